import { isOpen, isSettled, type PaymentStatus } from "../ui/status.ts";

/** A payment's money in whole rupiah: due, come, gone back, still to go back, and what the gateway has not told. */
export interface MoneyStrip {
  readonly due: number;
  readonly paid: number;
  readonly refunded: number;
  readonly refundable: number;
  readonly inDoubt: number;
}

interface Payment {
  readonly status: PaymentStatus;
  readonly amount: number;
  readonly refundedAmount: number;
  readonly transactions: ReadonlyArray<{ readonly state: string }>;
}

/** The strip of a payment. In doubt: somebody at Midtrans looks at it, or a start never got its answer. */
export function moneyStrip(payment: Payment): MoneyStrip {
  const paid = isSettled(payment.status) ? payment.amount : 0;
  const unsure = payment.status === "CHALLENGED" || payment.transactions.some((one) => one.state === "UNKNOWN");
  return {
    due: isOpen(payment.status) ? payment.amount : 0,
    paid,
    refunded: payment.refundedAmount,
    refundable: Math.max(0, paid - payment.refundedAmount),
    inDoubt: unsure && paid === 0 ? payment.amount : 0,
  };
}
