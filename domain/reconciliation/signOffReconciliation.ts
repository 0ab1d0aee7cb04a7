import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { clearAlertOf } from "../kernel/raiseAlert.ts";
import { TRIFLE } from "./discrepancy.rules.ts";
import { lockDay } from "./lockDay.ts";
import { REOPENED_ALERT } from "./openDiscrepancy.ts";
import { type RunView, readRun } from "./reconciliation.queries.ts";
import { sumDay } from "./sumDay.ts";

/** Of a day's open discrepancies: how many rupiah are in question, whichever way. */
async function readDoubt(tx: Tx, day: string): Promise<{ many: number; amount: number }> {
  const [row] = await tx.sql<{ many: number; amount: number }>(
    `select count(*) as many, coalesce(sum(abs(amount)), 0) as amount
       from discrepancies where day = $1 and resolved_at is null`,
    [day],
  );
  return row ?? { many: 0, amount: 0 };
}

function refuseOpenDay(run: RunView, doubt: { many: number; amount: number }): void {
  const isLookedAtAgain = run.finishedAt !== null && run.finishedAt < run.startedAt;
  if (run.state === "RUNNING" || isLookedAtAgain) throw new Refusal("IN_PROGRESS", "The close of this day still runs");
  const unanswered = run.total - run.checked;
  if (unanswered > 0) {
    throw new Refusal("CONFLICT", "The gateway did not answer about some of it: close the day again", { unanswered });
  }
  if (doubt.amount > TRIFLE)
    throw new Refusal("CONFLICT", "More than a trifle is in question", { open: doubt.many, amount: doubt.amount });
}

/**
 * Signs a day off: its figures are locked, and what is found of it later opens it again before everybody's eyes. Open
 * discrepancies of TRIFLE rupiah at most in all may be left, and those that change no sum. One that is signed before it
 * is over is open again when the schedule closes the whole of it. The same again changes nothing.
 *
 * @throws Refusal FORBIDDEN | NOT_FOUND; IN_PROGRESS while it runs; CONFLICT where the gateway has not answered about
 * all of it (details.unanswered), or too much is open (details.open, details.amount)
 */
export async function signOffReconciliation(
  app: Pick<App, "db" | "clock" | "ids">,
  actor: Actor,
  { day }: { readonly day: string },
): Promise<string> {
  requireRight(actor, "reconciliation.signOff");
  await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    await lockDay(tx, day);
    await sumDay(tx, { ids: app.ids, now }, day);
    const run = await readRun(tx, day);
    if (!run) throw new Refusal("NOT_FOUND", "This day was never closed");
    if (run.state === "SIGNED_OFF") return;
    const doubt = await readDoubt(tx, day);
    refuseOpenDay(run, doubt);
    await tx.sql(
      "update reconciliation_runs set state = 'SIGNED_OFF', signed_off_at = $2, signed_off_by = $3 where day = $1",
      [day, now, actor.userId],
    );
    await clearAlertOf(tx, now, REOPENED_ALERT, day);
    await recordAudit(tx, now, actor, {
      permission: "reconciliation.signOff",
      entity: "reconciliationRun",
      entityId: day,
      before: { state: run.state },
      after: { ...run, doubt },
    });
    killPoint("day.sign-written");
  });
  killPoint("day.signed");
  return day;
}
