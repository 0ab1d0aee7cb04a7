import type { Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { Refusal } from "../kernel/errors.ts";
import { isId, type PaymentId, type RefundId } from "../kernel/ids.ts";
import { type LockedPayment, lockPayment, type TransactionRow } from "../payment/lockPayment.ts";
import { lockRefund, type RefundRow } from "./advanceRefunds.ts";

/** A refund under lock, with what it is of. */
export interface LockedRefund {
  readonly refund: RefundRow;
  readonly locked: LockedPayment;
  readonly transaction: TransactionRow;
}

/**
 * Locks a refund as every money transaction does: orders, payment, refund.
 *
 * @throws Refusal NOT_FOUND for one that is not there, or that the actor may not know of
 */
export async function lockOwed(
  tx: Tx,
  app: Pick<App, "effects">,
  refundId: string,
  isAllowed: (owner: { userId: string }) => boolean = () => true,
): Promise<LockedRefund> {
  const [found] = isId(refundId)
    ? await tx.sql<{ paymentId: PaymentId }>("select payment_id from refunds where id = $1", [refundId])
    : [];
  const locked = found ? await lockPayment(tx, app, found.paymentId) : null;
  const refund = locked && isAllowed(locked.payment) ? await lockRefund(tx, refundId as RefundId) : null;
  const transaction = locked?.transactions.find(({ id }) => id === refund?.transactionId);
  if (!locked || !refund || !transaction) throw new Refusal("NOT_FOUND", "There is no such refund");
  return { refund, locked, transaction };
}
