import type { Tx } from "../../platform/db.ts";
import type { Ids, PaymentId, TransactionId } from "../kernel/ids.ts";

/** Money of one gateway transaction, in whole rupiah. */
export interface OwedMoney {
  readonly paymentId: PaymentId;
  readonly transactionId: TransactionId;
  readonly amount: number;
  readonly reason: string;
}

/**
 * Records that a whole transaction must go back, because nothing can be had for it. Once a transaction, by its unique
 * index; the refund itself is sent later.
 */
export async function oweBack(tx: Tx, app: { ids: Ids; now: Date }, owed: OwedMoney): Promise<void> {
  await tx.sql(
    `insert into refunds (id, payment_id, transaction_id, amount, reason, status, cause, next_attempt_at,
                          created_at, updated_at)
     values ($1, $2, $3, $4, $5, 'PENDING', 'ORPHAN', $6, $6, $6)
     on conflict (transaction_id) where cause = 'ORPHAN' and status <> 'WITHDRAWN' do nothing`,
    [app.ids.next<"refund">(), owed.paymentId, owed.transactionId, owed.amount, owed.reason, app.now],
  );
}

/** Records a refund that the gateway confirms and we did not ask for. */
export async function recordOutsideRefund(tx: Tx, app: { ids: Ids; now: Date }, refunded: OwedMoney): Promise<void> {
  await tx.sql(
    `insert into refunds (id, payment_id, transaction_id, amount, reason, status, cause, created_at, updated_at)
     values ($1, $2, $3, $4, $5, 'SUCCEEDED', 'GATEWAY', $6, $6)`,
    [app.ids.next<"refund">(), refunded.paymentId, refunded.transactionId, refunded.amount, refunded.reason, app.now],
  );
}
