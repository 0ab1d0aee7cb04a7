import type { Tx } from "../../platform/db.ts";
import type { Ids, OrderId, PaymentId, RefundId, TransactionId, UserId } from "../kernel/ids.ts";
import { send } from "../messages.ts";

/** Money of one gateway transaction, in whole rupiah. */
export interface OwedMoney {
  readonly paymentId: PaymentId;
  readonly transactionId: TransactionId;
  readonly amount: number;
  readonly reason: string;
}

export interface OwedForOrder extends OwedMoney {
  readonly orderId: OrderId | null;
  readonly cause: "CANCEL" | "STAFF";
  /** null: the shop itself. */
  readonly requestedBy: UserId | null;
}

const tell = (tx: Tx, now: Date, refundId: RefundId) => send(tx, now, "refund.due", { refundId }, { key: refundId });

/**
 * Records that a whole transaction must go back, because nothing can be had for it. Once a transaction, by its unique
 * index; a worker sends it (sendRefund).
 */
export async function oweBack(tx: Tx, app: { ids: Ids; now: Date }, owed: OwedMoney): Promise<void> {
  const [made] = await tx.sql<{ id: RefundId }>(
    `insert into refunds (id, payment_id, transaction_id, amount, reason, status, cause, next_attempt_at,
                          created_at, updated_at)
     values ($1, $2, $3, $4, $5, 'PENDING', 'ORPHAN', $6, $6, $6)
     on conflict (transaction_id) where cause = 'ORPHAN' and status <> 'WITHDRAWN' do nothing returning id`,
    [app.ids.next<"refund">(), owed.paymentId, owed.transactionId, owed.amount, owed.reason, app.now],
  );
  if (made) await tell(tx, app.now, made.id);
}

/**
 * Records what goes back of a payment that is paid: for an order that is cancelled (once an order, by its unique index),
 * or as staff decided. The payment is locked by the caller, who has looked at what is left; the database's own ceiling
 * refuses more than that.
 *
 * @returns the refund; null where the order's cancel has one already
 */
export async function oweForOrder(tx: Tx, app: { ids: Ids; now: Date }, owed: OwedForOrder): Promise<RefundId | null> {
  const [made] = await tx.sql<{ id: RefundId }>(
    `insert into refunds (id, payment_id, transaction_id, order_id, amount, reason, status, cause, requested_by,
                          next_attempt_at, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, 'PENDING', $7, $8, $9, $9, $9)
     on conflict (order_id) where cause = 'CANCEL' and status <> 'WITHDRAWN' do nothing returning id`,
    [
      app.ids.next<"refund">(),
      owed.paymentId,
      owed.transactionId,
      owed.orderId,
      owed.amount,
      owed.reason,
      owed.cause,
      owed.requestedBy,
      app.now,
    ],
  );
  if (made) await tell(tx, app.now, made.id);
  return made?.id ?? null;
}
