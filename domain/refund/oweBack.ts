import type { Tx } from "../../platform/db.ts";
import type { Ids, PaymentId, RefundId, TransactionId } from "../kernel/ids.ts";
import { advanceRefunds } from "./advanceRefunds.ts";

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

/** What went back by itself is owed no more: a debt that is not being sent yet is settled, or lowered by it. */
async function settleOwed(tx: Tx, app: { ids: Ids; now: Date }, refunded: OwedMoney): Promise<number> {
  const { transactionId, amount } = refunded;
  const [owed] = await tx.sql<{ id: RefundId; amount: number }>(
    `select id, amount from refunds where transaction_id = $1 and cause = 'ORPHAN' and status = 'PENDING' for update`,
    [transactionId],
  );
  if (!owed) return 0;
  if (owed.amount <= amount) {
    await advanceRefunds(tx, app, transactionId, "confirmed", owed.id);
    return owed.amount;
  }
  await tx.sql("update refunds set amount = amount - $2, updated_at = $3 where id = $1", [owed.id, amount, app.now]);
  return 0;
}

/** Records a refund that the gateway confirms and we did not ask for. */
export async function recordOutsideRefund(tx: Tx, app: { ids: Ids; now: Date }, refunded: OwedMoney): Promise<void> {
  const more = refunded.amount - (await settleOwed(tx, app, refunded));
  if (more === 0) return;
  await tx.sql(
    `insert into refunds (id, payment_id, transaction_id, amount, reason, status, cause, created_at, updated_at)
     values ($1, $2, $3, $4, $5, 'SUCCEEDED', 'GATEWAY', $6, $6)`,
    [app.ids.next<"refund">(), refunded.paymentId, refunded.transactionId, more, refunded.reason, app.now],
  );
}
