import { arrivalDaysOf } from "../payment/methodRefunds.rules.ts";
import { labelOfPaid } from "../payment/methods.rules.ts";
import { type RefundableMoney, sendable } from "./refund.rules.ts";

export const MONEY_BACK_WAYS = ["GATEWAY", "HAND"] as const;

/** How money of a payment would go back to its customer. Whole rupiah. */
export interface MoneyBack {
  readonly amount: number;
  readonly way: (typeof MONEY_BACK_WAYS)[number];
  /** What it was paid with, in Indonesian. By hand it goes to an account that the customer names. */
  readonly paidWith: string;
  /** null: now. */
  readonly notBefore: Date | null;
  /** Days until the customer has it, from when it is sent; null: nobody promises any. */
  readonly withinDays: number | null;
}

/** UU 8/1999 art. 19: what is owed to a consumer is given within 7 days. */
const HAND_DAYS = 7;
/** A hold, and closed hours after it. */
const WAITS_MAX = 3;

/** How `amount` of a transaction's money would go back if it were owed now; nothing is changed or asked. */
export function moneyBackOf(money: RefundableMoney, amount: number, holdMs: number, now: Date): MoneyBack {
  let at = now;
  let can = sendable(money, amount, holdMs, at);
  for (let waits = 0; can.kind === "WAIT" && waits < WAITS_MAX; waits++) {
    at = can.until;
    can = sendable(money, amount, holdMs, at);
  }
  const isByHand = can.kind === "MANUAL";
  return {
    amount,
    way: isByHand ? "HAND" : "GATEWAY",
    paidWith: labelOfPaid(money.paymentType ?? money.method),
    notBefore: at > now ? at : null,
    withinDays: isByHand ? HAND_DAYS : arrivalDaysOf(money.paymentType),
  };
}
