import { arrivalDaysOf } from "../payment/methodRefunds.rules.ts";
import { labelOfPaid } from "../payment/methods.rules.ts";
import { type RefundableMoney, sendable } from "./refund.rules.ts";
import type { RefundStatus } from "./refund.states.ts";

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

/** What tells how a refund goes. */
interface Going {
  readonly status: RefundStatus;
  readonly approvedAt: Date | null;
  readonly settledBy: string | null;
  /** The gateway's word for what it was paid with; null: it never told. */
  readonly paymentType: string | null;
}

/**
 * In how many days a refund's money is with its owner: by the gateway from when it is sent, by hand from when it was
 * asked for. null: nobody states any, or none goes.
 */
export function withinDaysOf({ status, approvedAt, settledBy, paymentType }: Going): number | null {
  if (status === "WITHDRAWN") return null;
  const isByHand = status === "MANUAL" || approvedAt !== null || settledBy !== null;
  return isByHand ? HAND_DAYS : arrivalDaysOf(paymentType);
}
