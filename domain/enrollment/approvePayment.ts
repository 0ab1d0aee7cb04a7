import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { type Right, requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { invalidInput, Refusal } from "../kernel/errors.ts";
import { isId, type PaymentId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { advancePayment } from "../payment/advancePayment.ts";
import { lockPayment, type PaymentRow } from "../payment/lockPayment.ts";
import { paymentStates } from "../payment/payment.states.ts";
import { sourceOf } from "../payment/syncPayment.ts";
import { readBought, readHold } from "./bought.queries.ts";

type DecideApp = Pick<App, "db" | "clock" | "ids" | "settings" | "effects">;

/** What staff says to who paid, and to who looks it up later. */
const REASON_CHARS_MAX = 500;

interface Decision {
  readonly event: "approved" | "rejected";
  readonly permission: Right;
  readonly reason: string | null;
  /** What else must hold, and what else is written. */
  readonly check: (tx: Tx, payment: PaymentRow) => Promise<void>;
}

/**
 * Under the payment's lock: checks by the table, moves it, and keeps who decided.
 *
 * @throws Refusal NOT_FOUND | SECOND_PERSON_NEEDED | ILLEGAL_TRANSITION
 */
async function decide(app: DecideApp, actor: Actor, paymentId: string, decision: Decision): Promise<PaymentId> {
  const { event, permission, reason, check } = decision;
  const notFound = () => new Refusal("NOT_FOUND", "There is no such payment");
  if (!isId(paymentId)) throw notFound();
  const id = paymentId as PaymentId;
  await inTransaction(app.db, async (tx) => {
    const payment = (await lockPayment(tx, app, id))?.payment;
    if (!payment) throw notFound();
    const { status } = payment;
    // Who paid is judge in his own cause, whatever else he may do.
    if (payment.userId === actor.userId)
      throw new Refusal("SECOND_PERSON_NEEDED", "Somebody else has to decide about your own payment");
    const bought = await readBought(tx.sql, id);
    const { kind, next } = paymentStates.verdict(status, event);
    if (!bought || kind === "never")
      throw new Refusal("ILLEGAL_TRANSITION", `This payment cannot be ${event}`, { status });
    if (kind === "same") return;
    await check(tx, payment);
    const now = app.clock.now();
    const cause = { source: sourceOf(actor), actorId: actor.userId, reason, now };
    await advancePayment(tx, app, { payment, event }, cause);
    await recordAudit(tx, now, actor, {
      permission,
      entity: "payment",
      entityId: id,
      before: { status },
      after: { status: next },
      reason,
    });
    killPoint("enrollment.decision-written");
  });
  killPoint("enrollment.decided");
  return id;
}

/**
 * Staff, or a service, confirms that a payment for courses is good: it is APPROVED and its owner is enrolled in every
 * course of it, in one transaction, or nothing of it is. A second approval changes nothing.
 *
 * @throws Refusal UNAUTHENTICATED | FORBIDDEN | NOT_FOUND | SECOND_PERSON_NEEDED (it is the caller's own) |
 * ILLEGAL_TRANSITION (status: it is not paid, rejected, or pays for something else) | ON_HOLD (reason, until): its bank
 * may still take the money back, or a person must look
 */
export async function approvePayment(
  app: DecideApp,
  actor: Actor,
  input: { readonly paymentId: string },
): Promise<PaymentId> {
  requireRight(actor, "payment.approve");
  return decide(app, actor, input.paymentId, {
    event: "approved",
    permission: "payment.approve",
    reason: null,
    async check(tx, payment) {
      const hold = await readHold(tx, app, payment.id);
      // A proof waits for nothing but this.
      if (!hold || hold.reason === "UNAPPROVED") return;
      const until = hold.until?.toISOString() ?? null;
      throw new Refusal("ON_HOLD", "This payment's money is on hold, so no course is opened yet", {
        reason: hold.reason,
        until,
      });
    },
  });
}

/**
 * Staff does not believe a proof of payment. That is the end of this payment: a new proof is a new payment. What was
 * paid through Midtrans is here for certain and goes back by a refund. A second rejection changes nothing.
 *
 * @throws Refusal UNAUTHENTICATED | FORBIDDEN | NOT_FOUND | INVALID_INPUT (reason) | SECOND_PERSON_NEEDED |
 * ILLEGAL_TRANSITION (status)
 */
export async function rejectPayment(
  app: DecideApp,
  actor: Actor,
  input: { readonly paymentId: string; readonly reason: string },
): Promise<PaymentId> {
  requireRight(actor, "payment.reject");
  const reason = input.reason.trim();
  if (reason.length === 0 || reason.length > REASON_CHARS_MAX)
    throw invalidInput({ reason: `1 to ${REASON_CHARS_MAX} characters` });
  return decide(app, actor, input.paymentId, {
    event: "rejected",
    permission: "payment.reject",
    reason,
    async check(tx, { id, status, coveringTransactionId }) {
      if (coveringTransactionId !== null)
        throw new Refusal("ILLEGAL_TRANSITION", "Its money came through Midtrans: refund it instead", { status });
      await tx.sql("update enrollment_payments set reject_reason = $2 where id = $1", [id, reason]);
    },
  });
}
