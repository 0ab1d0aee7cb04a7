import { count, money } from "../ui/format.ts";

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function read(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    return isRecord(value) ? value : { value };
  } catch {
    // Not JSON: shown as it came.
    return { value: json };
  }
}

interface Sides {
  readonly ours: unknown;
  readonly theirs: unknown;
  /** What is of no side, in single words and figures. */
  readonly shared: Readonly<Record<string, unknown>>;
  /** The rest of it as text; null: there is none. */
  readonly rest: string | null;
}

/** A piece of evidence by its sides: what we hold, what they say, and what is of neither. */
export function sidesOf(json: string): Sides {
  const { here, there, ours = here, theirs = there, ...others } = read(json);
  const isSingle = ([, value]: readonly [string, unknown]) => typeof value !== "object" || value === null;
  const nested = Object.entries(others).filter((entry) => !isSingle(entry));
  return {
    ours,
    theirs,
    shared: Object.fromEntries(Object.entries(others).filter(isSingle)),
    rest: nested.length > 0 ? JSON.stringify(Object.fromEntries(nested), null, 2) : null,
  };
}

/** The facts of one side as names and texts; what is empty says nothing and is left out. */
export function factsOf(side: unknown): ReadonlyArray<readonly [name: string, value: string]> {
  if (!isRecord(side)) return [];
  return Object.entries(side)
    .filter(([, value]) => value !== null && value !== undefined && value !== "")
    .filter(([, value]) => !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => [name, wordsOf(value)] as const);
}

function wordsOf(value: unknown): string {
  if (typeof value === "number" && Number.isInteger(value)) return value < 0 ? `-${count(-value)}` : count(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** One side's words with sums as people write them: the files of gateways and banks say `IDR 65000`. */
export const sideWords = (text: string): string =>
  text.replace(/\bIDR (-?)(\d+)\b/g, (_, sign: string, digits: string) => money(Number(`${sign}${digits}`)));

/** Whether one side's words are more than figures, statuses and ids: a sentence, which the server says in English. */
export const hasSentence = (text: string): boolean => /(^|\s)[a-z]{2,}(?=[\s,]|$)/.test(text);
