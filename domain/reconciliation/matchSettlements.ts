import { type Db, inTransaction, type Tx } from "../../platform/db.ts";
import { anyId } from "../../platform/sqlClient.ts";
import type { App } from "../app.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { clearAlertOf, raiseAlert } from "../kernel/raiseAlert.ts";
import { dayInJakarta, HOUR_MS, later } from "../kernel/time.ts";
import { readHolidays, readRates } from "./fee.queries.ts";
import { judgePayouts, openPayouts, settlePayouts } from "./judgePayouts.ts";
import { tryLockSettlements } from "./lockSettlements.ts";
import { matchBankLines } from "./matchBankLines.ts";
import { matchLines } from "./matchLines.ts";
import { sumTouched } from "./sumDay.ts";
import { type LineTable, unmatchedLines } from "./unmatchedLines.ts";

type Matcher = Pick<App, "db" | "clock" | "ids" | "sealer">;

/** Lines of one transaction: some 100 ms of locks. */
const SLICE = 500;
/** Slices of one round: another file, and the process's end, wait no longer than some seconds. */
const SLICES_MAX = 40;

/** A file of so many lines as there may be is matched within minutes: one that is not keeps all others waiting. */
const STUCK_AFTER_MS = HOUR_MS;
const STUCK_ALERT = "RECONCILIATION_FILE";

interface OpenFile {
  readonly id: string;
  readonly name: string;
  readonly kind: "SETTLEMENT" | "BANK";
  readonly importedAt: Date;
}

/** The oldest file with lines to match; a worker that died leaves it where its last slice ended. */
async function oldestOpen(db: Pick<Db, "sql">): Promise<OpenFile | null> {
  const [file] = await db.sql<OpenFile>(
    `select id, name, kind, imported_at from settlement_files where state = 'MATCHING'
      order by imported_at, id limit 1`,
  );
  return file ?? null;
}

async function newLines(tx: Tx, { id, kind }: OpenFile): Promise<string[]> {
  const table = kind === "BANK" ? "bank_lines" : "settlement_lines";
  const rows = await tx.sql<{ id: string }>(
    `select id from ${table} where file_id = $1 and state = 'NEW' order by line limit ${SLICE}`,
    [id],
  );
  return rows.map((row) => row.id);
}

/** Files tell how many of their lines are matched by now. */
async function countAgain(tx: Tx, table: LineTable, ids: readonly string[]): Promise<void> {
  await tx.sql(
    `update settlement_files f set matched = c.matched
       from (select file_id, count(*) filter (where state = 'MATCHED') as matched from ${table}
              where file_id in (select file_id from ${table} where id = any($1::uuid[])) group by 1) c
      where f.id = c.file_id`,
    [ids],
  );
}

const COHORTS = `
  select distinct to_char(t.captured_at at time zone 'Asia/Jakarta', 'YYYY-MM-DD') as day
    from settlement_lines l join payment_transactions t on t.id = l.transaction_id
   where l.id = ${anyId(1)} and t.captured_at is not null`;

/**
 * What is new may be what older lines lacked. The caller holds the lock of settlements.
 *
 * @param payouts that a file brought lines of, which are held against the bank with those that are open
 * @returns the days of payments whose lines were not known before
 */
export async function matchAgain(tx: Tx, app: Omit<Matcher, "db">, payouts: readonly string[] = []): Promise<string[]> {
  const now = app.clock.now();
  const on = { ids: app.ids, sealer: app.sealer, now };
  const holidays = await readHolidays(tx);
  const [settlements, banks] = [await unmatchedLines(tx, "settlement_lines"), await unmatchedLines(tx, "bank_lines")];
  if ((await matchLines(tx, on, await readRates(tx), settlements)) > 0)
    await countAgain(tx, "settlement_lines", settlements);
  const known = await matchBankLines(tx, on, banks);
  if (known.matched > 0) await countAgain(tx, "bank_lines", banks);
  const today = dayInJakarta(now);
  const open = await openPayouts(tx, today, [...payouts, ...known.payouts]);
  await judgePayouts(tx, on, holidays, open);
  await settlePayouts(tx, open, today);
  return (await tx.sql<{ day: string }>(COHORTS, [settlements])).map(({ day }) => day);
}

/** The days whose sums a file changed: those of its payments. */
const DAYS = `
  select distinct to_char(t.captured_at at time zone 'Asia/Jakarta', 'YYYY-MM-DD') as day
    from settlement_lines l join payment_transactions t on t.id = l.transaction_id
   where l.file_id = $1 and t.captured_at is not null`;

async function payoutsOf(tx: Tx, { id, kind }: OpenFile): Promise<string[]> {
  const table = kind === "BANK" ? "bank_lines" : "settlement_lines";
  const rows = await tx.sql<{ reference: string }>(
    `select distinct payout_reference as reference from ${table} where file_id = $1 and payout_reference is not null`,
    [id],
  );
  return rows.map(({ reference }) => reference);
}

async function finish(tx: Tx, app: Matcher, file: OpenFile): Promise<void> {
  const others = await matchAgain(tx, app, await payoutsOf(tx, file));
  const days = (await tx.sql<{ day: string }>(DAYS, [file.id])).map(({ day }) => day);
  await sumTouched(tx, { ids: app.ids, now: app.clock.now() }, file.importedAt, [...days, ...others]);
  const now = app.clock.now();
  await tx.sql("update settlement_files set state = 'DONE', finished_at = $2 where id = $1", [file.id, now]);
  await clearAlertOf(tx, now, STUCK_ALERT, file.id);
}

/** One slice of a file in one transaction. @returns false where there is nothing to do, or somebody else does it */
async function matchSlice(app: Matcher): Promise<boolean> {
  return inTransaction(app.db, async (tx) => {
    if (!(await tryLockSettlements(tx))) return false;
    const file = await oldestOpen(tx);
    if (!file) return false;
    const ids = await newLines(tx, file);
    if (ids.length === 0) {
      await finish(tx, app, file);
      killPoint("settlement.file-finished");
      return true;
    }
    const on = { ids: app.ids, sealer: app.sealer, now: app.clock.now() };
    const matched =
      file.kind === "BANK"
        ? (await matchBankLines(tx, on, ids)).matched
        : await matchLines(tx, on, await readRates(tx), ids);
    await tx.sql("update settlement_files set done = done + $2, matched = matched + $3 where id = $1", [
      file.id,
      ids.length,
      matched,
    ]);
    killPoint("settlement.slice-written");
    return true;
  });
}

/** People are told once of a file that does not come to its end. */
async function tellStuck(app: Matcher, { id, name }: OpenFile): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const told = await tx.sql("select from alerts where kind = $1 and subject = $2 and cleared_at is null", [
      ...[STUCK_ALERT, id],
    ]);
    if (told.length > 0) return;
    const message = `The lines of ${name} are not matched ${STUCK_AFTER_MS / HOUR_MS} hour after its import`;
    const at = { ids: app.ids, now: app.clock.now() };
    await raiseAlert(tx, at, { kind: STUCK_ALERT, subject: id, severity: "CRITICAL", message });
  });
}

/**
 * A round of the schedule: matches the lines of imported files, slice by slice, each with its books, its discrepancies
 * and the file's progress in one transaction. Who dies leaves the slices that are done; the next round, of whoever,
 * goes on behind them. Two at once are one: a slice is made by who has the lock.
 *
 * A second run is harmless: it finds no new line and no open file.
 *
 * @returns slices that were made
 */
export async function matchSettlements(app: Matcher): Promise<number> {
  // Asked without a transaction: most rounds find nothing.
  const file = await oldestOpen(app.db);
  if (!file) return 0;
  if (later(file.importedAt, STUCK_AFTER_MS) < app.clock.now()) await tellStuck(app, file);
  for (let slices = 0; slices < SLICES_MAX; slices++) {
    const wasMade = await matchSlice(app);
    killPoint("settlement.slice-stored");
    if (!wasMade) return slices;
  }
  return SLICES_MAX;
}
