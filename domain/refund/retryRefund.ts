import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import type { RefundId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { advanceRefund } from "./advanceRefunds.ts";
import { advanceShown } from "./advanceShown.ts";
import { lockOwed } from "./lockOwed.ts";
import { sendDue } from "./oweBack.ts";
import { isKeyAlive, KEY_NUMBER_MAX, SEND_TRIES_MAX } from "./refund.rules.ts";
import { requireRoom } from "./requireRoom.ts";

/**
 * Sends a refund again that the gateway refused for good. It has as many tries as at first, under keys that no try
 * before it had, and its log keeps them all. One that is sent already is left as it is, so that a second run changes
 * nothing.
 *
 * @throws Refusal FORBIDDEN | NOT_FOUND; ILLEGAL_TRANSITION where it did not fail, or may be paid by hand already;
 * NOT_REFUNDABLE where no key is left; REFUND_EXCEEDS_CAPTURED; SECOND_PERSON_NEEDED for the admin's own money
 */
export async function retryRefund(
  app: Pick<App, "db" | "clock" | "ids" | "effects">,
  actor: Actor,
  input: { readonly refundId: string },
): Promise<RefundId> {
  requireRight(actor, "refund.retry");
  return inTransaction(app.db, async (tx) => {
    const { refund, locked } = await lockOwed(tx, app, input.refundId);
    if (locked.payment.userId === actor.userId)
      throw new Refusal("SECOND_PERSON_NEEDED", "Somebody else has to send your own money back");
    const { id, status, attempts } = refund;
    const now = app.clock.now();
    // Nobody knows what became of it, and nobody asks again by himself: the same key makes no second refund.
    const isGivenUp = status === "PROCESSING" && attempts >= SEND_TRIES_MAX && isKeyAlive(refund.keySentAt, now);
    if (status === "PENDING" || (status === "PROCESSING" && !isGivenUp)) return id;
    if (status !== "FAILED" && !isGivenUp)
      throw new Refusal("ILLEGAL_TRANSITION", "This refund did not fail", { status });
    // Whoever approved it has let somebody transfer the money, who may be doing so now.
    if (refund.approvedBy !== null)
      throw new Refusal("ILLEGAL_TRANSITION", "This refund is approved to be paid by hand", { status });
    if (refund.keyNumber >= KEY_NUMBER_MAX)
      throw new Refusal("NOT_REFUNDABLE", "The gateway has refused this too often: pay it back by hand");
    if (!isGivenUp) await requireRoom(tx, refund);
    const { next } = await advanceRefund(tx, { ids: app.ids, now }, refund, "retried", {
      nextAttemptAt: now,
      tries: -attempts,
    });
    killPoint("refund.retried");
    await sendDue(tx, now, id);
    if (locked.payment.sessionId) await advanceShown(tx, locked.payment.sessionId, now);
    await recordAudit(tx, now, actor, {
      permission: "refund.retry",
      entity: "refund",
      entityId: id,
      before: { status, attempts },
      after: { status: next, attempts: 0 },
    });
    return id;
  });
}
