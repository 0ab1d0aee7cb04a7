import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { invalidInput, Refusal } from "../kernel/errors.ts";
import { dayInJakarta } from "../kernel/time.ts";
import { beginRun } from "./beginRun.ts";
import { readRun } from "./reconciliation.queries.ts";

/**
 * Has a day closed: answers at once, and the workers walk it. A day that runs is left to run; one that was closed is
 * begun again. Today may be looked at, too, but is signed off only when it is over.
 *
 * @throws Refusal FORBIDDEN; INVALID_INPUT for a day to come; CONFLICT for one that is signed off and locked
 */
export async function runReconciliation(
  app: Pick<App, "db" | "clock">,
  actor: Actor,
  { day }: { readonly day: string },
): Promise<string> {
  requireRight(actor, "reconciliation.run");
  await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    if (day > dayInJakarta(now)) throw invalidInput({ day: "a day that has begun" });
    const before = await readRun(tx, day);
    if (before?.state === "SIGNED_OFF")
      throw new Refusal("CONFLICT", "This day is signed off and locked: only a later finding reopens it");
    if (!(await beginRun(tx, now, day, actor.userId))) return;
    await recordAudit(tx, now, actor, {
      permission: "reconciliation.run",
      entity: "reconciliationRun",
      entityId: day,
      before: before && { state: before.state, round: before.round },
    });
  });
  return day;
}
