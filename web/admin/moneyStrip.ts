import { isOpen, isSettled, type PaymentStatus } from "../ui/status.ts";

/** Money in whole rupiah: due, come, gone back, still to go back if asked, and what the gateway has not told. */
export interface MoneyStrip {
  readonly due: number;
  readonly paid: number;
  readonly refunded: number;
  readonly refundable: number;
  /** Asked for and not sent yet: by the gateway or by hand. */
  readonly returning: number;
  readonly inDoubt: number;
}

interface Refund {
  readonly amount: number;
  readonly status: string;
  readonly order?: { readonly id: string } | null;
}

interface Payment {
  readonly status: PaymentStatus;
  readonly amount: number;
  readonly refundedAmount: number;
  readonly refunds: readonly Refund[];
  readonly transactions: ReadonlyArray<{ readonly state: string }>;
}

interface Order {
  readonly id: string;
  readonly total: number;
  readonly payment: Payment;
}

const sumOf = (refunds: readonly Refund[], ...statuses: readonly string[]): number =>
  refunds.reduce((sum, { amount, status }) => (statuses.includes(status) ? sum + amount : sum), 0);

function stripOf(payment: Payment, amount: number, refunded: number, refunds: readonly Refund[]): MoneyStrip {
  const paid = isSettled(payment.status) ? amount : 0;
  const isUnsure = payment.status === "CHALLENGED" || payment.transactions.some((one) => one.state === "UNKNOWN");
  const returning = sumOf(refunds, "PENDING", "MANUAL");
  const onItsWay = sumOf(refunds, "PROCESSING");
  return {
    due: isOpen(payment.status) ? amount : 0,
    paid,
    refunded,
    refundable: Math.max(0, paid - refunded - returning - onItsWay),
    returning,
    inDoubt: (isUnsure && paid === 0 ? amount : 0) + onItsWay,
  };
}

/**
 * The strip of a payment. In doubt: somebody at Midtrans looks at it, a start never got its answer, or a refund waits
 * for one. What failed to go back is free to be asked for again.
 */
export const moneyStrip = (payment: Payment): MoneyStrip =>
  stripOf(payment, payment.amount, payment.refundedAmount, payment.refunds);

/** The strip of one order: its own part of the payment, and what of that goes back. */
export function orderMoneyStrip({ id, total, payment }: Order): MoneyStrip {
  const own = payment.refunds.filter(({ order }) => order?.id === id);
  return stripOf(payment, total, sumOf(own, "SUCCEEDED"), own);
}
