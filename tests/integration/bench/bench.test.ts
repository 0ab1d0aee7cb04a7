import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { startChild } from "../../../scripts/childProcess.ts";
import { redisUrl } from "../../support/redis.ts";

/** All but the day's close, whose parts have tests of their own: it takes a minute at any size. */
const SMALL = ["checkout", "hanging", "webhook", "applied", "orders", "lists", "tracking", "backup"];

const LAST_WORDS = 30; // lines: the error's, and where it was

interface Row {
  readonly name: string;
  readonly atOnce: number;
  readonly operations: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly cpuMs: { readonly process: number; readonly postgres: number; readonly total: number } | null;
  readonly statements: number;
  readonly ofBare: Readonly<Record<string, number>>;
}
interface Report {
  readonly machine: { readonly settings: Readonly<Record<string, string>> };
  readonly results: readonly {
    readonly name: string;
    readonly notes: readonly string[];
    readonly rows: readonly Row[];
  }[];
}

/** Runs the compiled benchmarks in a temporary directory of their own; answers their exit code and what they left. */
async function bench(...args: string[]): Promise<{ code: number | string; said: string; left: string[] }> {
  const dir = mkdtempSync(path.join(os.tmpdir(), "lunas-bench-test-"));
  const logFile = path.join(dir, "said");
  const tmp = mkdtempSync(path.join(dir, "tmp-"));
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], TMPDIR: tmp };
  const child = startChild({ name: "bench", args: ["dist/bench/main.js", ...args], env, logFile });
  try {
    const code = await child.exited;
    return { code, said: readFileSync(logFile, "utf8"), left: readdirSync(tmp) };
  } finally {
    await child.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

const jsonOf = (said: string) => JSON.parse(said.slice(said.indexOf("\n{\n"))) as Report;

function expectWhole(row: Row): void {
  expect(row.operations).toBeGreaterThan(0);
  expect(row.perSecond).toBeGreaterThan(0);
  expect(row.p50Ms).toBeGreaterThan(0);
  expect(row.p95Ms).toBeGreaterThanOrEqual(row.p50Ms);
  expect(row.p99Ms).toBeGreaterThanOrEqual(row.p95Ms);
  // Not a whole number: a process asks for the time, and for numbers in batches, beside the operations.
  expect(row.statements).toBeGreaterThanOrEqual(1);
  expect(row.cpuMs === null).toBe(process.platform !== "linux");
  for (const ratio of Object.values(row.ofBare)) expect(ratio).toBeGreaterThan(0);
}

test("the benchmarks measure every case on a database that waits for its disk, and leave nothing", async () => {
  const { code, said, left } = await bench(...SMALL, "--json", "--operations", "6", "--sizes", "40,80");
  const lastWords = code === 0 ? [] : said.trim().split("\n").slice(-LAST_WORDS);
  expect({ lastWords, code, left }).toEqual({ lastWords: [], code: 0, left: [] });
  const { machine, results } = jsonOf(said);
  expect(machine.settings).toMatchObject({ fsync: "on", synchronous_commit: "on", full_page_writes: "on" });
  expect(results.map(({ name }) => name)).toEqual(SMALL);
  for (const row of results.flatMap(({ rows }) => rows)) expectWhole(row);
  const [checkout, hanging, webhook, applied, orders] = results.map(({ rows }) => rows);
  for (const rows of [checkout, webhook, orders]) {
    const compared = rows?.filter(({ ofBare }) => Object.keys(ofBare).length > 0) ?? [];
    expect(new Set(compared.map(({ atOnce }) => atOnce))).toEqual(new Set([1, 8, 32]));
  }
  expect(hanging?.map(({ name, atOnce }) => `${name} ${atOnce}`)).toEqual([
    "SNAP 8",
    "SNAP 32",
    "VA_BCA 8",
    "VA_BCA 32",
  ]);
  // The bare cases send what their names say; nothing else may have been counted with them.
  expect(checkout?.find(({ name }) => name.includes("one statement"))?.statements).toBe(1);
  expect(orders?.filter(({ name }) => name.includes("bare")).map(({ statements }) => statements)).toEqual(
    Array(6).fill(4),
  );
  expect(webhook?.filter(({ name }) => name.includes("worker beside"))).toHaveLength(2);
  const queues = applied?.filter(({ ofBare }) => Object.keys(ofBare).length > 0) ?? [];
  expect(queues.length).toBe(redisUrl() === null ? 2 : 4);
  expect(applied?.find(({ name }) => name.startsWith("bare"))?.statements).toBe(16);
});

test("a benchmark that is not there is refused in one line, above what may be asked for", async () => {
  const { code, said, left } = await bench("chekcout");
  expect(code).toBe(1);
  const [refusal, ...usage] = said.trim().split("\n");
  expect(refusal).toBe(
    "there is no benchmark chekcout, only checkout, hanging, webhook, applied, orders, lists, tracking, backup, close",
  );
  expect(usage.join("\n")).toContain("--operations");
  expect(left).toEqual([]);
});
