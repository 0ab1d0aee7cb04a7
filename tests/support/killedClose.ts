import type { Sql } from "../../platform/sqlClient.ts";
import { startChild } from "../../scripts/childProcess.ts";
import type { StatusBooks } from "./statusBooks.ts";
import { PATIENCE_MS } from "./until.ts";

const LOOK_EVERY_MS = 5;

interface Plan {
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly day: string;
  readonly books: StatusBooks;
  /** Status calls a second. */
  readonly rate: number;
  /** For what the dead process left: its claim would be over some minutes later. */
  readonly sql: Sql;
}

/** A process of its own that closes a day, and where its words go. */
function startClose({ databaseUrl, dataDir, day, books, rate }: Plan) {
  const env = {
    PATH: process.env["PATH"],
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    MIDTRANS_CORE_URL: books.url,
    MIDTRANS_RATE: String(rate),
    LOG_LEVEL: "silent",
  };
  const args = ["--enable-source-maps", "dist/scripts/reconcile.js", "--date", day, "--json"];
  return startChild({ name: "reconcile", args, env, logFile: `${dataDir}/reconcile.log` });
}

const endClaims = (sql: Sql) =>
  sql("update reconciliation_runs set claimed_until = now() where claimed_until is not null");

/** Closes a day in a process of its own. @returns its exit code */
export async function closeInProcess(plan: Plan): Promise<number | string> {
  const child = startClose(plan);
  return child.exited;
}

/** Waits until the gateway has been asked more often, or the process has ended. @returns whether it lives */
async function untilCalls(books: StatusBooks, calls: number, hasExited: () => boolean): Promise<boolean> {
  const end = performance.now() + PATIENCE_MS;
  while (books.calls() <= calls && !hasExited()) {
    if (performance.now() > end) throw new Error("the close does not go on");
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return !hasExited();
}

/**
 * Closes a day in processes of their own, each of which but the last is killed when it has asked the gateway so often.
 *
 * @param after how many calls each of them makes before its death
 * @returns how many died
 */
export async function closeWithDeaths(plan: Plan, after: readonly number[]): Promise<number> {
  let deaths = 0;
  for (const calls of after) {
    const last = plan.books.calls() + calls;
    // It stands at a call without an answer until it dies, however late the look at it comes.
    plan.books.holdAfter(calls);
    const child = startClose(plan);
    const isAlive = await untilCalls(plan.books, last, child.hasExited);
    if (isAlive) {
      process.kill(child.pid, "SIGKILL");
      deaths++;
    }
    await child.exited;
    plan.books.release();
    await endClaims(plan.sql);
  }
  await closeInProcess(plan);
  return deaths;
}
