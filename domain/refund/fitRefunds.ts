import type { Tx } from "../../platform/db.ts";
import type { Ids, RefundId, TransactionId } from "../kernel/ids.ts";
import { bookPayments } from "../ledger/bookPayments.ts";
import { isUnsent, lockRefundsOf, type RefundRow, warnTransferrer, withdrawRefund } from "./advanceRefunds.ts";

/**
 * Less of a refund is owed than before, because less is left. Who approved it has approved another sum, so that
 * somebody looks at it again. Whole rupiah, more than 0.
 */
export async function lowerRefund(
  tx: Tx,
  app: { ids: Ids; now: Date },
  refund: RefundRow,
  amount: number,
): Promise<void> {
  await warnTransferrer(tx, app, refund, amount);
  await tx.sql(
    "update refunds set amount = $2, approved_by = null, approved_at = null, updated_at = $3 where id = $1",
    [refund.id, amount, app.now],
  );
  await bookPayments(tx, app.now, [refund.paymentId]);
}

// What of its transaction and of its own order has not gone back: only that can be sent again.
const LEFT_OF_FAILED = `
  select r.id, least(t.captured_amount - t.charged_back_amount - greatest(gone.whole, t.refunded_amount),
                     o.total - gone.own)::bigint as "left"
    from refunds r join payment_transactions t on t.id = r.transaction_id left join orders o on o.id = r.order_id
   cross join lateral (select coalesce(sum(g.amount), 0) as whole,
                              coalesce(sum(g.amount) filter (where g.order_id = o.id), 0) as own
                         from refunds g where g.transaction_id = t.id and g.status = 'SUCCEEDED') gone
   where t.id = $1 and r.status = 'FAILED'`;

/** A refund that failed waits for a person, who can do nothing about money that went back by another way. */
async function fitFailed(
  tx: Tx,
  app: { ids: Ids; now: Date },
  transactionId: TransactionId,
  failed: readonly RefundRow[],
): Promise<void> {
  if (failed.length === 0) return;
  const rows = await tx.sql<{ id: RefundId; left: number }>(LEFT_OF_FAILED, [transactionId]);
  for (const refund of failed) {
    const left = rows.find(({ id }) => id === refund.id)?.left ?? 0;
    if (left <= 0) await withdrawRefund(tx, app, refund);
    else if (left < refund.amount) await lowerRefund(tx, app, refund, left);
  }
}

/**
 * Lowers or withdraws what is owed of a transaction and was not sent, the newest first, until it fits into what is left
 * of the captured money: what went back by other ways cannot go again. What failed holds no money, and is of what has
 * not gone. The payment is locked by the caller; a second run finds nothing that is too much.
 */
export async function fitRefunds(tx: Tx, app: { ids: Ids; now: Date }, transactionId: TransactionId): Promise<void> {
  const [money] = await tx.sql<{ room: number }>(
    "select captured_amount - charged_back_amount as room from payment_transactions where id = $1",
    [transactionId],
  );
  const rows = (await lockRefundsOf(tx, transactionId)).filter(({ status }) => status !== "WITHDRAWN");
  const owed = rows.filter(({ status }) => status !== "FAILED").reduce((sum, { amount }) => sum + amount, 0);
  await fitFailed(
    tx,
    app,
    transactionId,
    rows.filter(({ status }) => status === "FAILED"),
  );
  let excess = owed - (money?.room ?? 0);
  const unsent = rows.filter((row) => isUnsent(row) && row.status !== "FAILED").reverse();
  // What nobody may be transferring yet gives way first.
  for (const refund of unsent.sort((a, b) => Number(a.approvedBy !== null) - Number(b.approvedBy !== null))) {
    if (excess <= 0) return;
    if (refund.amount > excess) await lowerRefund(tx, app, refund, refund.amount - excess);
    else await withdrawRefund(tx, app, refund);
    excess -= refund.amount;
  }
}
