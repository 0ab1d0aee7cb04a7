import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import type { RefundId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { lockOwed } from "./lockOwed.ts";
import { requireAccount, requireRoom } from "./requireRoom.ts";

/**
 * Lets a refund that no API pays be transferred by hand, to the account that is on record now and no other. Whoever
 * asked for it cannot approve it, and whoever approves it cannot settle it. The same person again changes nothing.
 *
 * @throws Refusal FORBIDDEN | NOT_FOUND; ILLEGAL_TRANSITION where people do not pay it, or another approved it;
 * SECOND_PERSON_NEEDED; REFUND_ACCOUNT_MISSING; REFUND_EXCEEDS_CAPTURED
 */
export async function approveManualRefund(
  app: Pick<App, "db" | "clock" | "effects">,
  actor: Actor,
  input: { readonly refundId: string },
): Promise<RefundId> {
  requireRight(actor, "refund.approve");
  return inTransaction(app.db, async (tx) => {
    const { refund, locked } = await lockOwed(tx, app, input.refundId);
    const { id, status, approvedBy, requestedBy } = refund;
    if (status !== "MANUAL" && status !== "FAILED")
      throw new Refusal("ILLEGAL_TRANSITION", "This refund is not paid by hand", { status });
    if (approvedBy !== null && approvedBy === actor.userId) return id;
    if (approvedBy !== null) throw new Refusal("ILLEGAL_TRANSITION", "This refund is approved already", { status });
    if (actor.userId === null || actor.userId === requestedBy || actor.userId === locked.payment.userId)
      throw new Refusal("SECOND_PERSON_NEEDED", "Another person than who asked for it, or has it, approves it");
    const masked = await requireAccount(tx, id);
    await requireRoom(tx, refund);
    const now = app.clock.now();
    await tx.sql("update refunds set approved_by = $2, approved_at = $3, updated_at = $3 where id = $1", [
      id,
      actor.userId,
      now,
    ]);
    killPoint("refund.approved");
    await recordAudit(tx, now, actor, {
      permission: "refund.approve",
      entity: "refund",
      entityId: id,
      before: { status, approvedBy },
      after: { status, approvedBy: actor.userId, amount: refund.amount, masked },
    });
    return id;
  });
}
