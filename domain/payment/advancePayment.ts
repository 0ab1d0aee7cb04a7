import type { Tx } from "../../platform/db.ts";
import { currentRequestId } from "../../platform/log.ts";
import type { App } from "../app.ts";
import type { PaymentId, TransactionId, UserId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import type { Verdict } from "../kernel/stateTable.ts";
import { send } from "../messages.ts";
import type { PaymentRow } from "./lockPayment.ts";
import { isEnded, isPaidStatus, type PaymentEvent, type PaymentStatus, paymentStates } from "./payment.states.ts";
import type { EffectContext } from "./purposeEffects.ts";

/** Who or what moves a payment: goes into its log and the logs of what it pays for. */
export interface PaymentCause {
  readonly source: "CUSTOMER" | "STAFF" | "MIDTRANS" | "SYSTEM";
  readonly actorId: UserId | null;
  readonly reason: string | null;
}

export interface PaymentStep {
  readonly paymentId: PaymentId;
  readonly transactionId?: TransactionId | null;
  readonly step: string;
  readonly from?: PaymentStatus | null;
  readonly to?: PaymentStatus | null;
  readonly detail?: object;
}

/** Appends to the payment's log: every step of its life stands there. */
export async function logPaymentStep(tx: Tx, now: Date, cause: PaymentCause, entry: PaymentStep): Promise<void> {
  await tx.sql(
    `insert into payment_logs (payment_id, transaction_id, step, from_status, to_status, detail, source, actor_id,
                               request_id, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      entry.paymentId,
      entry.transactionId ?? null,
      entry.step,
      entry.from ?? null,
      entry.to ?? null,
      JSON.stringify(entry.detail ?? {}),
      cause.source,
      cause.actorId,
      currentRequestId(),
      now,
    ],
  );
}

/** The context that effects get. */
export const effectContext = (payment: PaymentRow, cause: PaymentCause, now: Date): EffectContext => ({
  paymentId: payment.id,
  paymentNumber: payment.number,
  sessionId: payment.sessionId,
  userId: payment.userId,
  amount: payment.amount,
  now,
  ...cause,
});

/** What the new status does to what the payment pays for, in the same transaction. */
async function applyEffects(
  tx: Tx,
  app: Pick<App, "effects">,
  payment: PaymentRow,
  next: PaymentStatus,
  context: EffectContext,
): Promise<"settled" | "orphaned" | "none"> {
  const effects = app.effects[payment.purpose];
  const wasPaid = isPaidStatus(payment.status);
  if (isPaidStatus(next) && !wasPaid) return effects.settle(tx, context);
  if (isEnded(next) || (wasPaid && (next === "REFUNDED" || next === "CHARGEBACK"))) {
    await effects.unsettle(tx, { ...context, as: next, wasPaid });
    return "none";
  }
  await effects.mirror(tx, { ...context, as: next });
  return "none";
}

// The one place that writes a payment's status.
const MOVE_PAYMENT = `
  update payments set status = $2, version = version + 1, updated_at = $3,
         paid_at = case when $4 then coalesce(paid_at, $3) else paid_at end,
         covering_transaction_id = case when $4 then $5::uuid when $6 then null else covering_transaction_id end
   where id = $1 and status = $7`;

/**
 * Applies one event to a locked payment by the total table: its status, its log, the effects on what it pays for, and
 * the message that tells the rest of the shop, all in this transaction.
 *
 * @param covering the transaction that pays it, for events that bring money
 * @returns what the table said, and `orphaned` when the money came for something that cannot be had any more
 */
export async function advancePayment(
  tx: Tx,
  app: Pick<App, "effects">,
  payment: PaymentRow,
  event: PaymentEvent,
  cause: PaymentCause & { now: Date; covering?: TransactionId | null; transactionId?: TransactionId | null },
): Promise<{ verdict: Verdict<PaymentStatus>; effect: "settled" | "orphaned" | "none" }> {
  const verdict = paymentStates.verdict(payment.status, event);
  if (verdict.kind !== "moved" || verdict.next === payment.status) return { verdict, effect: "none" };
  const { now, covering = null, transactionId = null, ...who } = cause;
  const next = verdict.next;
  const becomesPaid = isPaidStatus(next) && !isPaidStatus(payment.status);
  const rows = await tx.sql(`${MOVE_PAYMENT} returning id`, [
    payment.id,
    next,
    now,
    becomesPaid,
    covering,
    event === "reversed",
    payment.status,
  ]);
  if (rows.length !== 1) throw new Error(`payment ${payment.id} moved without its lock`);
  killPoint("payment.moved");
  await logPaymentStep(tx, now, who, {
    paymentId: payment.id,
    transactionId,
    step: event,
    from: payment.status,
    to: next,
  });
  const effect = await applyEffects(tx, app, payment, next, effectContext(payment, who, now));
  killPoint("payment.effects-applied");
  if (effect === "settled") await send(tx, now, "payment.paid", { paymentId: payment.id });
  if (isEnded(next)) await send(tx, now, "payment.ended", { paymentId: payment.id, as: next });
  return { verdict, effect };
}
