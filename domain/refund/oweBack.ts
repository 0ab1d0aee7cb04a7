import type { Tx } from "../../platform/db.ts";
import type { Ids, OrderId, PaymentId, RefundId, SessionId, TransactionId, UserId } from "../kernel/ids.ts";
import { bookPayments } from "../ledger/bookPayments.ts";
import { send } from "../messages.ts";
import { advanceShown } from "./advanceShown.ts";

/** Money of one gateway transaction, in whole rupiah. */
export interface OwedMoney {
  readonly paymentId: PaymentId;
  readonly transactionId: TransactionId;
  readonly amount: number;
  readonly reason: string;
  /** Who of staff decided it; left out: nobody, the money has no purpose. */
  readonly requestedBy?: UserId | null;
}

export interface DecidedRefund extends OwedMoney {
  /** null: the payment pays for no order. */
  readonly orderId: OrderId | null;
  /** null: it was no checkout. */
  readonly sessionId: SessionId | null;
  /** Who decided it. */
  readonly requestedBy: UserId;
}

/** Has a refund that was just written sent by a worker. */
export const sendDue = (tx: Tx, now: Date, refundId: RefundId): Promise<void> =>
  send(tx, now, "refund.due", { refundId }, { key: refundId });

/**
 * Records that a whole transaction must go back, because nothing can be had for it. Once a transaction, by its unique
 * index; a worker sends it (sendRefund).
 */
export async function oweBack(tx: Tx, app: { ids: Ids; now: Date }, owed: OwedMoney): Promise<void> {
  const [made] = await tx.sql<{ id: RefundId }>(
    `insert into refunds (id, payment_id, transaction_id, amount, reason, status, cause, requested_by,
                          next_attempt_at, created_at, updated_at)
     select $1::uuid, $2::uuid, $3::uuid, $4::bigint, $5::text, 'PENDING', 'ORPHAN', $7::uuid, $6, $6, $6::timestamptz
      where not exists (select from refunds
                         where transaction_id = $3 and cause = 'ORPHAN' and status <> 'WITHDRAWN')
     on conflict (transaction_id) where cause = 'ORPHAN' and status <> 'WITHDRAWN' do nothing returning id`,
    [
      app.ids.next<"refund">(),
      owed.paymentId,
      owed.transactionId,
      owed.amount,
      owed.reason,
      app.now,
      owed.requestedBy ?? null,
    ],
  );
  await bookPayments(tx, app.now, [owed.paymentId]); // and the money itself, where a case has just put it on record
  if (made) await sendDue(tx, app.now, made.id);
}

/**
 * Records what staff decided to give back of a payment that is paid. The payment is locked by the caller, who has
 * looked at what is left; the database's own ceiling refuses more than that.
 */
export async function oweDecided(tx: Tx, app: { ids: Ids; now: Date }, owed: DecidedRefund): Promise<RefundId> {
  const id = app.ids.next<"refund">();
  await tx.sql(
    `insert into refunds (id, payment_id, transaction_id, order_id, amount, reason, status, cause, requested_by,
                          next_attempt_at, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, 'PENDING', 'STAFF', $7, $8, $8, $8)`,
    [id, owed.paymentId, owed.transactionId, owed.orderId, owed.amount, owed.reason, owed.requestedBy, app.now],
  );
  await bookPayments(tx, app.now, [owed.paymentId]);
  await sendDue(tx, app.now, id);
  if (owed.sessionId) await advanceShown(tx, owed.sessionId, app.now);
  return id;
}
