import type { Tx } from "../../platform/db.ts";
import type { Ids, TransactionId } from "../kernel/ids.ts";
import { advanceRefund, lockRefundsOf, type RefundRow } from "./advanceRefunds.ts";

const OPEN: readonly string[] = ["PENDING", "PROCESSING", "MANUAL", "FAILED"];

/** True while nothing of it can have gone: no key was sent, or the gateway refused each that was. */
export const isUnsent = ({ status, keySentAt }: RefundRow): boolean => OPEN.includes(status) && keySentAt === null;

/**
 * Less of a refund is owed than before, because less is left. Who approved it has approved another sum, so that
 * somebody looks at it again. Whole rupiah, more than 0.
 */
export async function lowerRefund(tx: Tx, app: { now: Date }, refund: RefundRow, amount: number): Promise<void> {
  await tx.sql(
    "update refunds set amount = $2, approved_by = null, approved_at = null, updated_at = $3 where id = $1",
    [refund.id, amount, app.now],
  );
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
  for (const refund of rows.filter((row) => isUnsent(row) && row.status !== "FAILED").reverse()) {
    if (excess <= 0) return;
    if (refund.amount > excess) await lowerRefund(tx, app, refund, refund.amount - excess);
    // Nobody works on it, or the gateway was not asked yet: whoever does finds it gone.
    else
      await advanceRefund(
        tx,
        app,
        refund.status === "PROCESSING" ? { ...refund, status: "PENDING" } : refund,
        "moneyGone",
      );
    excess -= refund.amount;
  }
}
