import type { LockedPayment, PaymentRow, TransactionRow } from "./lockPayment.ts";
import type { PaymentReport } from "./paymentGateway.ts";

/** Money of a wrong sum that a person put on record. */
export const isStray = ({ capturedAmount, amount }: TransactionRow): boolean =>
  capturedAmount > 0 && capturedAmount !== amount;

/** Money that pays for nothing, such as a second transaction's under one order id: only what takes it away is news. */
export const isBeside = ({ coveringTransactionId }: PaymentRow, row: TransactionRow): boolean =>
  row.id !== coveringTransactionId &&
  (isStray(row) ||
    (row.gatewayOrderId === row.gatewayTransactionId && (row.capturedAmount > 0 || row.settledAt !== null)));

/** What a report is about: a second transaction under an order id may have a row of its own. */
export function rowOf({ transactions }: LockedPayment, transaction: TransactionRow, report: PaymentReport) {
  const own = transactions.find(({ gatewayOrderId }) => gatewayOrderId === report.gatewayTransactionId);
  if (!own || report.gatewayOrderId !== transaction.gatewayOrderId) return { transaction, report };
  return { transaction: own, report: { ...report, gatewayOrderId: own.gatewayOrderId } };
}
