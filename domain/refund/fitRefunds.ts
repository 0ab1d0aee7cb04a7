import type { Tx } from "../../platform/db.ts";
import type { Ids, TransactionId } from "../kernel/ids.ts";
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

/**
 * Lowers or withdraws what is owed of a transaction and was not sent, the newest first, until it fits into what is left
 * of the captured money: what went back by other ways cannot go again. The payment is locked by the caller; a second
 * run finds nothing that is too much.
 */
export async function fitRefunds(tx: Tx, app: { ids: Ids; now: Date }, transactionId: TransactionId): Promise<void> {
  const [money] = await tx.sql<{ room: number }>(
    "select captured_amount - charged_back_amount as room from payment_transactions where id = $1",
    [transactionId],
  );
  const rows = (await lockRefundsOf(tx, transactionId)).filter(({ status }) => status !== "WITHDRAWN");
  const owed = rows.filter(({ status }) => status !== "FAILED").reduce((sum, { amount }) => sum + amount, 0);
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
