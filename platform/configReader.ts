import { readFileSync } from "node:fs";
import { isCron } from "./cron.ts";
import { type FileColumns, withOwnColumns } from "./fileColumns.ts";
import { SECRET_NAMES } from "./sealedSecrets.ts";
import type { DataKey } from "./secrets.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A start that must not happen: one line for each bad variable. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

const UNITS_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `500ms`, `2s`, `5m`, `24h` in milliseconds; null for anything else. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text.trim());
  return match ? Number(match[1]) * UNITS_MS[match[2] as keyof typeof UNITS_MS] : null;
}

/** True for `https://shop.example`: a scheme, a host and perhaps a port, and nothing behind them. */
const isOrigin = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;

/** False where a password has a percent sign that is not written as %25: it would be read as another, or not at all. */
function isDecodable(url: string): boolean {
  const { username, password } = new URL(url);
  try {
    decodeURIComponent(`${username}${password}`);
    return true;
  } catch {
    return false;
  }
}

/** Reads variables one by one and collects what is wrong, so that a person sees all of it at once. */
export class Reader {
  readonly problems: string[] = [];
  private sealed: Readonly<Record<string, string>> = {};

  constructor(
    private readonly env: Environment,
    private readonly openSealed: (keys: readonly DataKey[]) => Readonly<Record<string, string>>,
  ) {}

  fail(name: string, expected: string): void {
    this.problems.push(`${name}: ${expected}`);
  }

  /** From here on secrets are also looked for in the sealed file. */
  useSealed(keys: readonly DataKey[]): void {
    try {
      this.sealed = this.openSealed(keys);
    } catch {
      this.fail("DATA_KEY", "does not open the sealed secrets under DATA_DIR");
    }
  }

  optionalText(name: string): string | null {
    const value = this.env[name]?.trim();
    return value ? value : null;
  }

  text(name: string, fallback: string): string {
    return this.optionalText(name) ?? fallback;
  }

  list(name: string, fallback: readonly string[]): string[] {
    const value = this.optionalText(name);
    return value === null
      ? [...fallback]
      : value
          .split(",")
          .map((item) => item.trim())
          .filter(Boolean);
  }

  oneOf<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    const value = this.text(name, fallback) as T;
    if (allowed.includes(value)) return value;
    this.fail(name, `expected one of ${allowed.join(", ")}`);
    return fallback;
  }

  number(name: string, fallback: number, limits: { min: number; max: number; integer?: boolean }): number {
    const text = this.optionalText(name);
    if (text === null) return fallback;
    const value = Number(text);
    const isRight = Number.isFinite(value) && value >= limits.min && value <= limits.max;
    if (isRight && (limits.integer === false || Number.isInteger(value))) return value;
    this.fail(
      name,
      `expected a ${limits.integer === false ? "number" : "whole number"} from ${limits.min} to ${limits.max}`,
    );
    return fallback;
  }

  optionalCron(name: string): string | null {
    const value = this.optionalText(name);
    if (value === null || isCron(value)) return value;
    this.fail(name, "expected five fields as in crontab, such as 0 2 * * *");
    return null;
  }

  /** JSON that gives some fields headers of their own, before those that are known. */
  columns<Field extends string>(name: string, known: FileColumns<Field>): FileColumns<Field> {
    const columns = withOwnColumns(known, this.optionalText(name));
    if (columns) return columns;
    this.fail(name, `expected JSON such as {"field": ["Header"]}, of the fields ${Object.keys(known).join(", ")}`);
    return known;
  }

  origins(name: string, fallback: readonly string[]): string[] {
    const values = this.list(name, fallback);
    if (values.every(isOrigin)) return values;
    this.fail(name, "expected origins separated by commas, such as https://shop.example, without a path; * is none");
    return [];
  }

  url(name: string, fallback: string): string {
    const value = this.text(name, fallback).replace(/\/+$/, "");
    if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value;
    this.fail(name, "expected an http or https URL");
    return fallback;
  }

  optionalUrl(name: string): string | null {
    return this.optionalText(name) === null ? null : this.url(name, "http://127.0.0.1");
  }

  /** A URL that may hold a password, of one of these schemes; `value` is what was read for it. */
  connection(name: string, value: string | null, schemes: readonly string[]): string | null {
    if (value === null || value === "") return null;
    const isRight = URL.canParse(value) && schemes.includes(new URL(value).protocol.slice(0, -1)) && isDecodable(value);
    if (!isRight) this.fail(name, `expected a URL of the form ${schemes[0]}://...`);
    return isRight ? value : null;
  }

  /** @param limits durations as they are written, both inclusive */
  duration(name: string, fallback: string, limits: { min?: string; max?: string } = {}): number {
    const value = parseDuration(this.text(name, fallback));
    const min = parseDuration(limits.min ?? "1ms") ?? 1;
    const max = limits.max === undefined ? Number.MAX_SAFE_INTEGER : (parseDuration(limits.max) ?? 0);
    if (value !== null && value >= min && value <= max) return value;
    if (value === null || value === 0) this.fail(name, "expected a duration such as 500ms, 2s, 5m or 24h");
    else this.fail(name, value < min ? `must be at least ${limits.min}` : `must be at most ${limits.max}`);
    return parseDuration(fallback) ?? 0;
  }

  optionalDuration(name: string, limits: { min?: string; max?: string } = {}): number | null {
    return this.optionalText(name) === null ? null : this.duration(name, "1s", limits);
  }

  durations(name: string, fallback: string): number[] {
    const values = this.list(name, fallback.split(",")).map(parseDuration);
    if (values.length > 0 && values.every((value) => value !== null && value > 0)) return values as number[];
    this.fail(name, "expected durations separated by commas, such as 1m,3m,10m");
    return [];
  }

  /** Environment first, then the file that NAME_FILE names, then the sealed file. An empty value is none. */
  optionalSecret(name: string): string | null {
    const file = this.optionalText(`${name}_FILE`);
    if (this.optionalText(name) !== null || file === null) return this.optionalText(name) ?? this.sealedSecret(name);
    try {
      const value = readFileSync(file, "utf8").trim();
      if (value !== "") return value;
      this.fail(`${name}_FILE`, "expected a file that is not empty");
    } catch {
      this.fail(`${name}_FILE`, "expected the path of a file that can be read");
    }
    return null;
  }

  private sealedSecret(name: string): string | null {
    return this.sealed[name]?.trim() || null;
  }

  /** A secret that must be there; `fallback` is what local mode makes. */
  secret(name: string, fallback: string | null): string {
    const known = this.problems.length;
    const value = this.optionalSecret(name) ?? fallback;
    if (value !== null) return value;
    const sealing = SECRET_NAMES.includes(name) ? `, or sealed by \`npm run secrets -- set ${name}\`` : "";
    // A file that gave no value is told already.
    if (this.problems.length === known) this.fail(name, `required outside local mode (or ${name}_FILE${sealing})`);
    return "";
  }
}
