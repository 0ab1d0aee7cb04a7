import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import type { AdjustmentId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { readReason } from "./adjustment.rules.ts";
import { lockAdjustment } from "./lockAdjustment.ts";

/**
 * An admin says no to an adjustment that is not booked: another's, or, as who takes his word back, his own. The same
 * person again changes nothing.
 *
 * @throws Refusal FORBIDDEN | NOT_FOUND | INVALID_INPUT (reason); ILLEGAL_TRANSITION where it was decided already
 */
export async function rejectAdjustment(
  app: Pick<App, "db" | "clock">,
  actor: Actor,
  input: { readonly id: string; readonly reason: string },
): Promise<AdjustmentId> {
  requireRight(actor, "adjustment.approve");
  const reason = readReason(input.reason);
  return inTransaction(app.db, async (tx) => {
    const { id, approvedBy, rejectedBy } = await lockAdjustment(tx, input.id);
    if (rejectedBy !== null && rejectedBy === actor.userId) return id;
    if (approvedBy !== null || rejectedBy !== null || actor.userId === null)
      throw new Refusal("ILLEGAL_TRANSITION", "This adjustment was decided already");
    const now = app.clock.now();
    await tx.sql("update ledger_adjustments set rejected_by = $2, rejected_at = $3, reject_reason = $4 where id = $1", [
      id,
      actor.userId,
      now,
      reason,
    ]);
    killPoint("adjustment.rejected");
    await recordAudit(tx, now, actor, {
      permission: "adjustment.approve",
      entity: "adjustment",
      entityId: id,
      after: { isRejected: true },
      reason,
    });
    return id;
  });
}
