import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { Ids } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { clearAlertOf, raiseAlert } from "../kernel/raiseAlert.ts";
import { later } from "../kernel/time.ts";
import { type ClaimedRun, ClaimLost, keepRun } from "./claimRun.ts";
import { AGED_AFTER_MS, OVERDUE_AFTER_MS } from "./discrepancy.rules.ts";
import { findBookDifferences } from "./findBookDifferences.ts";
import { findSettlementDifferences } from "./findSettlementDifferences.ts";
import { AGED_ALERT, alertSubject, OVERDUE_ALERT } from "./openDiscrepancy.ts";
import { sumTouched } from "./sumDay.ts";

/** Old ones that people are told of in one night: they read no more, and the next night tells of others. */
const AGED_MAX = 100;
/** A run could not be finished, because the gateway was away or kept silent about some of it. */
export const UNANSWERED_ALERT = "RECONCILIATION_UNANSWERED";
/** A day is not closed hours after its time. */
export const LATE_ALERT = "RECONCILIATION_LATE";

interface At {
  readonly ids: Ids;
  readonly now: Date;
}

async function tellAged(tx: Tx, at: At): Promise<void> {
  for (const [kind, severity, ageMs] of [
    [OVERDUE_ALERT, "CRITICAL", OVERDUE_AFTER_MS],
    [AGED_ALERT, "WARNING", AGED_AFTER_MS],
  ] as const) {
    const rows = await tx.sql<{ kind: string; subject: string; day: string }>(
      `select kind, subject, day from discrepancies d
        where resolved_at is null and opened_at < $1
          and not exists (select from alerts a where a.kind = $2 and a.cleared_at is null
                             and a.subject = d.kind || ' ' || d.subject)
        order by opened_at, id limit ${AGED_MAX}`,
      [later(at.now, -ageMs), kind],
    );
    for (const row of rows) {
      const message = `${row.kind} of ${row.day} is still open: ${row.subject}`;
      await raiseAlert(tx, at, { kind, subject: alertSubject(row), severity, message });
    }
  }
}

async function tellUnanswered(tx: Tx, at: At, day: string, unanswered: number): Promise<void> {
  await clearAlertOf(tx, at.now, LATE_ALERT, day);
  if (unanswered === 0) return clearAlertOf(tx, at.now, UNANSWERED_ALERT, day);
  const message = `${unanswered} transactions of ${day} had no answer of the gateway: close the day again`;
  await raiseAlert(tx, at, { kind: UNANSWERED_ALERT, subject: day, severity: "CRITICAL", message });
}

const FINISH = `
  update reconciliation_runs
     set state = case when signed_off_at is not null then 'SIGNED_OFF' when reopened_at is null then 'OPEN'
                      else 'REOPENED' end, finished_at = $3, next_slice_at = null,
         claimed_by = null, claimed_until = null
   where day = $1 and claimed_by = $2 returning unanswered`;

/**
 * Ends a run whose transactions were all looked at: what only our own books and the files tell is found, the sums are
 * made, and people are told, all in one transaction, in which no other worker takes the run over. A crash in it leaves
 * a run whose end is still to be made.
 *
 * @throws ClaimLost where another worker has the run
 */
export async function finishRun(app: App, run: ClaimedRun): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const at = { ids: app.ids, now: app.clock.now() };
    await keepRun(tx, run);
    await findBookDifferences(tx, at, run.day);
    const days = await findSettlementDifferences(tx, { ...at, sealer: app.sealer }, run.day);
    killPoint("day.books-looked-through");
    const [ended] = await tx.sql<{ unanswered: number }>(FINISH, [run.day, run.token, at.now]);
    if (!ended) throw new ClaimLost(`another worker closes ${run.day}`);
    await sumTouched(tx, at, run.startedAt, [run.day, ...days]);
    killPoint("day.summed");
    await tellAged(tx, at);
    await tellUnanswered(tx, at, run.day, ended.unanswered);
  });
  killPoint("day.finished");
}
