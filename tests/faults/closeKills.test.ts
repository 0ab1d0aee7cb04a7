import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderReport } from "../../domain/reconciliation/runReport.queries.ts";
import { tables } from "../../domain/tables.ts";
import { type Db, openDb } from "../../platform/db.ts";
import { DAY, sellers } from "../support/closeShop.ts";
import { copyTestDatabase, createTestDatabase, type TestDatabase } from "../support/database.ts";
import { closeInProcess, closeWithDeaths } from "../support/killedClose.ts";
import { MISMATCHES } from "../support/mismatches.ts";
import { addCustomer, addStore } from "../support/shopRows.ts";
import { type StatusBooks, startStatusBooks } from "../support/statusBooks.ts";

/** Payments that agree, and deaths of whoever closes the day; the benchmark has more of both. */
const PAYMENTS = Number(process.env["CLOSE_PAYMENTS"] ?? 24);
const DEATHS = Number(process.env["CLOSE_DEATHS"] ?? 2);
/** So fast that a death is between any two calls, and so slow that there are many moments to die at. */
const RATE = 250;

let [whole, killed]: TestDatabase[] = [];
let books: StatusBooks;
let dataDir: string;

beforeAll(async () => {
  whole = await createTestDatabase();
  books = await startStatusBooks();
  dataDir = mkdtempSync(path.join(os.tmpdir(), "lunas-close-kills-"));
  const db = openDb(whole.url, tables);
  const ground = { db, books, ...sellers(db, books, await addCustomer(db), await addStore(db)) };
  for (const mismatch of MISMATCHES) await mismatch.plant(ground);
  for (let i = 0; i < PAYMENTS; i++) await (i % 2 === 0 ? ground.paid() : ground.ended("EXPIRED"));
  await db.close();
  killed = await copyTestDatabase(whole);
});
afterAll(async () => {
  await books?.stop();
  await whole?.drop();
  await killed?.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const plan = (database: TestDatabase, db: Db) => {
  return { databaseUrl: database.url, dataDir, day: DAY, books, rate: RATE, sql: db.sql };
};

async function reportsOf(db: Db): Promise<(string | null)[]> {
  return [await renderReport(db, DAY, "json"), await renderReport(db, DAY, "csv")];
}

test(`a close whose process is killed ${DEATHS} times ends with the same report, to the byte`, async () => {
  const [one, other] = [openDb((whole as TestDatabase).url, tables), openDb((killed as TestDatabase).url, tables)];
  try {
    const before = books.calls();
    await closeInProcess(plan(whole as TestDatabase, one));
    const calls = books.calls() - before;
    const share = Math.floor(calls / (DEATHS + 1));
    const after = Array.from({ length: DEATHS }, () => 1 + Math.floor(Math.random() * share));
    expect(await closeWithDeaths(plan(killed as TestDatabase, other), after)).toBe(DEATHS);
    const reports = await reportsOf(one);
    expect(await reportsOf(other)).toEqual(reports);
    expect(JSON.parse(reports[0] as string)).toMatchObject({ state: "OPEN", counts: { unanswered: 0 } });
  } finally {
    await one.close();
    await other.close();
  }
});
