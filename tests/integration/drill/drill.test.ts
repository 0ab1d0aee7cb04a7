import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { startChild } from "../../../scripts/childProcess.ts";
import type { DrillReport } from "../../../scripts/drill/report.ts";

const LAST_WORDS = 40; // lines: the losses', or where an error was

/** Runs the compiled drill in a temporary directory of its own; answers its exit code and what it left. */
async function drill(...args: string[]) {
  const dir = mkdtempSync(path.join(os.tmpdir(), "lunas-drill-test-"));
  const logFile = path.join(dir, "said");
  const tmp = mkdtempSync(path.join(dir, "tmp-"));
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], TMPDIR: tmp };
  const all = ["dist/scripts/drill/drill.js", "--queue", "postgres", "--kills", "0", "--json", ...args];
  const child = startChild({ name: "drill", args: all, env, logFile });
  try {
    const code = await child.exited;
    const said = readFileSync(logFile, "utf8");
    const start = said.indexOf("\n{\n");
    const report = start < 0 ? null : (JSON.parse(said.slice(start)) as DrillReport);
    return { code, report, left: readdirSync(tmp), lastWords: said.trim().split("\n").slice(-LAST_WORDS) };
  } finally {
    await child.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function lossless(): Promise<void> {
  const faults = ["midtrans-answer-lost", "notifications-doubled", "worker-killed", "connections-cut"];
  const args = ["--minutes", "0.1", "--rate", "4", "--seed", "3", "--faults", faults.join(",")];
  const { code, report, left, lastWords } = await drill(...args);
  const why = code === 0 ? [] : lastWords;
  expect({ why, code, left }).toEqual({ why: [], code: 0, left: [] });
  const [found] = report?.queues ?? [];
  expect(found).toMatchObject({ queue: "postgres", losses: [] });
  expect(found?.faults.map(({ name, skipped }) => [name, skipped])).toEqual(faults.map((name) => [name, null]));
  const worked = new Map(found?.work.map((each) => [each.kind, each]));
  expect(worked.get("checkout")?.done).toBeGreaterThan(5);
  expect(worked.get("paid")?.done).toBeGreaterThan(0);
  expect(found?.sums.answered).toBe(found?.sums.checkouts);
  expect(found?.sums.paidNotices).toBeGreaterThan(0);
  expect(found?.audit.asked).toBeGreaterThanOrEqual(found?.sums.checkouts ?? Number.NaN);
}

async function lossy(): Promise<void> {
  const { code, report, left } = await drill("--minutes", "0.05", "--rate", "2", "--faults", "", "--plant-loss");
  expect({ code, left }).toEqual({ code: 1, left: [] });
  const kinds = report?.queues.flatMap(({ losses }) => losses.map(({ kind }) => kind));
  // By the drill's own books, and by the shop's audit.
  expect(kinds).toEqual(["STOCK", "AUDIT STOCK"]);
}

test("a drill ends with 0 when nothing was lost, with 1 when a piece is missing, and leaves nothing", async () => {
  await Promise.all([lossless(), lossy()]);
});
