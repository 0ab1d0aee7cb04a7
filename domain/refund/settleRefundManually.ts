import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { GatewayUnavailable, invalidInput, Refusal } from "../kernel/errors.ts";
import type { RefundId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { advancePayment, type PaymentCause } from "../payment/advancePayment.ts";
import { askGateway } from "../payment/askGateway.ts";
import { isOffline } from "../payment/methods.rules.ts";
import { recordAnswer } from "../payment/pollPayments.ts";
import { sourceOf } from "../payment/syncPayment.ts";
import { advanceRefund, type RefundRow } from "./advanceRefunds.ts";
import { advanceShown } from "./advanceShown.ts";
import { fitRefunds } from "./fitRefunds.ts";
import { isSeenByPeople } from "./held.queries.ts";
import { type LockedRefund, lockOwed } from "./lockOwed.ts";
import { heldUntil } from "./refund.rules.ts";
import { requireAccount, requireRoom } from "./requireRoom.ts";

export interface SettleInput {
  readonly refundId: string;
  /** The bank's, of the transfer. */
  readonly reference: string;
}

const REFERENCE = /^[\p{L}\p{N}][\p{L}\p{N} ./_-]{3,63}$/u; // as banks print them on a proof of transfer

function readReference(text: string): string {
  const reference = text.trim();
  if (!REFERENCE.test(reference)) throw invalidInput({ reference: "4 to 64 letters and digits, as the bank has it" });
  return reference;
}

/** True for one that is settled by this very act: the answer to it was lost. */
const isSettledBy = (refund: RefundRow, actor: Actor, reference: string): boolean =>
  refund.status === "SUCCEEDED" && refund.settledBy === actor.userId && refund.bankReference === reference;

/** @throws Refusal what stands against paying it by hand, as far as people are concerned */
function checkPeople({ refund, locked }: LockedRefund, actor: Actor): void {
  const { status, approvedBy, settledBy } = refund;
  if (status === "SUCCEEDED" && settledBy !== null)
    throw new Refusal("ILLEGAL_TRANSITION", "Somebody has settled this refund", { status });
  if (status !== "MANUAL" && status !== "FAILED")
    throw new Refusal("ILLEGAL_TRANSITION", "This refund is not paid by hand", { status });
  if (approvedBy === null)
    throw new Refusal("SECOND_PERSON_NEEDED", "Somebody else approves it before it is paid by hand");
  if (actor.userId === null || approvedBy === actor.userId || locked.payment.userId === actor.userId)
    throw new Refusal("SECOND_PERSON_NEEDED", "Another person than who approved it, or has it, settles it");
}

/**
 * Asks the gateway how the money stands and follows that, whatever becomes of the refund. Of a transfer with a proof it
 * knows nothing.
 */
async function followStatus(app: App, refundId: string, cause: PaymentCause): Promise<void> {
  const { transaction } = await inTransaction(app.db, (tx) => lockOwed(tx, app, refundId));
  if (isOffline(transaction.method)) return;
  const report = await askGateway(app, transaction);
  killPoint("refund.settle-answered");
  if (!report) throw new GatewayUnavailable("midtrans", "Midtrans does not say how this payment stands");
  const outcome = await inTransaction(app.db, async (tx) => {
    const { locked } = await lockOwed(tx, app, refundId);
    return recordAnswer(tx, app, locked, { gatewayOrderId: transaction.gatewayOrderId, report }, cause);
  });
  killPoint("refund.settle-followed");
  if (outcome === "held" && !(await isSeenByPeople(app.db, transaction.id, report)))
    throw new Refusal("PAYMENT_IN_REVIEW", "What Midtrans says of this payment is looked at by a person first");
}

/** @throws Refusal ON_HOLD (details.until) while a bank may still take the payment back */
function checkHold(app: App, { transaction, locked }: LockedRefund): void {
  const money = { ...transaction, paymentType: transaction.gatewayPaymentType, paidAt: locked.payment.paidAt };
  const until = heldUntil(money, app.settings.reversalHoldMs);
  if (until && until > app.clock.now())
    throw new Refusal("ON_HOLD", "The bank may still take this payment back", { until: until.toISOString() });
}

/** The sums and statuses of what the money was paid for. */
async function book(tx: Tx, app: App, held: LockedRefund, cause: PaymentCause): Promise<void> {
  const { refund, transaction, locked } = held;
  const { payment } = locked;
  const now = app.clock.now();
  await tx.sql(
    `update payment_transactions
        set refunded_amount = refunded_amount + $2, refunded_by_hand = refunded_by_hand + $2, updated_at = $3
      where id = $1`,
    [transaction.id, refund.amount, now],
  );
  await tx.sql("update payments set refunded_amount = refunded_amount + $2 where id = $1", [payment.id, refund.amount]);
  killPoint("refund.hand-summed");
  await fitRefunds(tx, { ids: app.ids, now }, transaction.id);
  if (payment.coveringTransactionId === transaction.id) {
    const isWhole = transaction.refundedAmount + refund.amount >= transaction.capturedAmount;
    const event = isWhole ? "refunded" : "partiallyRefunded";
    const { verdict } = await advancePayment(
      tx,
      app,
      { payment, event, transactionId: transaction.id },
      { ...cause, now },
    );
    if (verdict.kind === "never")
      throw new Refusal("ILLEGAL_TRANSITION", "This payment is not refunded by hand", { status: payment.status });
  }
  if (payment.sessionId) await advanceShown(tx, payment.sessionId, now);
}

/**
 * Records that a person has transferred a refund to the customer's account. What the gateway says is read and followed
 * first, so that money that went back by itself is not paid twice; the same person and reference again change nothing.
 *
 * @throws Refusal FORBIDDEN | INVALID_INPUT | NOT_FOUND; ILLEGAL_TRANSITION where it is not paid by hand or is settled;
 * SECOND_PERSON_NEEDED without an approver, by him or by who gets it; REFUND_ACCOUNT_MISSING; ON_HOLD;
 * PAYMENT_IN_REVIEW; REFUND_EXCEEDS_CAPTURED; GatewayUnavailable when the status cannot be read, and nothing changed
 */
export async function settleRefundManually(app: App, actor: Actor, input: SettleInput): Promise<RefundId> {
  requireRight(actor, "refund.settle");
  const reference = readReference(input.reference);
  const cause: PaymentCause = { source: sourceOf(actor), actorId: actor.userId, reason: "refund by hand" };
  const before = await inTransaction(app.db, (tx) => lockOwed(tx, app, input.refundId));
  if (isSettledBy(before.refund, actor, reference)) return before.refund.id;
  checkPeople(before, actor);
  await followStatus(app, before.refund.id, cause);
  return inTransaction(app.db, async (tx) => {
    const held = await lockOwed(tx, app, input.refundId);
    const { refund } = held;
    if (isSettledBy(refund, actor, reference)) return refund.id;
    checkPeople(held, actor);
    const masked = await requireAccount(tx, refund.id);
    checkHold(app, held);
    await requireRoom(tx, refund);
    const now = app.clock.now();
    await tx.sql("update refunds set settled_by = $2, bank_reference = $3 where id = $1", [
      refund.id,
      actor.userId,
      reference,
    ]);
    await advanceRefund(tx, { ids: app.ids, now }, refund, "settledByHand");
    killPoint("refund.hand-settled");
    await book(tx, app, held, cause);
    await recordAudit(tx, now, actor, {
      permission: "refund.settle",
      entity: "refund",
      entityId: refund.id,
      before: { status: refund.status },
      after: { status: "SUCCEEDED", amount: refund.amount, reference, masked },
    });
    return refund.id;
  });
}
