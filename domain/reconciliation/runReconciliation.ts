import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { invalidInput } from "../kernel/errors.ts";
import { dayInJakarta } from "../kernel/time.ts";
import { beginRun } from "./beginRun.ts";
import { readRun } from "./reconciliation.queries.ts";

/**
 * Has a day closed: answers at once, and the workers walk it. A day that runs is left to run; one that was closed is
 * begun again. One that is signed off is looked at again and stays as it was signed, unless something is found.
 *
 * @throws Refusal FORBIDDEN; INVALID_INPUT for a day to come
 */
export async function runReconciliation(
  app: Pick<App, "db" | "clock" | "ids">,
  actor: Actor,
  { day }: { readonly day: string },
): Promise<string> {
  requireRight(actor, "reconciliation.run");
  await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    if (day > dayInJakarta(now)) throw invalidInput({ day: "a day that has begun" });
    const before = await readRun(tx, day);
    if (!(await beginRun(tx, { ids: app.ids, now }, day, actor.userId))) return;
    await recordAudit(tx, now, actor, {
      permission: "reconciliation.run",
      entity: "reconciliationRun",
      entityId: day,
      before: before && { state: before.state, round: before.round },
    });
  });
  return day;
}
