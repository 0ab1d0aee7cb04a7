import type { StaffOrderFragment } from "../graphql/generated/admin/graphql.ts";
import { isSettled } from "../ui/status.ts";

/** An order's money in whole rupiah: what is due, came, went back, may go back, and is on its way with no answer yet. */
export interface MoneyStrip {
  readonly due: number;
  readonly paid: number;
  readonly refunded: number;
  readonly refundable: number;
  readonly inDoubt: number;
}

type Order = {
  readonly total: number;
  readonly payment: Pick<StaffOrderFragment["payment"], "status">;
  readonly refunds: ReadonlyArray<Pick<StaffOrderFragment["refunds"][number], "amount" | "status">>;
};

const sum = (refunds: Order["refunds"], statuses: readonly string[]) =>
  refunds.filter((refund) => statuses.includes(refund.status)).reduce((all, refund) => all + refund.amount, 0);

/** The strip of one order, from its own total and refunds alone: its payment may cover other orders besides. */
export function moneyStrip(order: Order): MoneyStrip {
  const paid = isSettled(order.payment.status) ? order.total : 0;
  const refunded = sum(order.refunds, ["SUCCEEDED"]);
  const inDoubt = sum(order.refunds, ["PENDING", "PROCESSING", "MANUAL"]);
  const open = order.payment.status === "PENDING" || order.payment.status === "CHALLENGED";
  return { due: open ? order.total : 0, paid, refunded, refundable: Math.max(0, paid - refunded - inDoubt), inDoubt };
}
