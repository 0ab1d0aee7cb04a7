import { later } from "../kernel/time.ts";
import { isPaidMethodReversible } from "./methods.rules.ts";
import { isPaidStatus, type PaymentStatus } from "./payment.states.ts";

/** Why what a payment pays for may not leave yet. The first that holds is told. */
export const HOLD_REASONS = ["NOT_PAID", "CHALLENGED", "UNAPPROVED", "REVIEW", "MONEY_CASE", "REVERSAL"] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

export interface FulfilmentHold {
  readonly reason: HoldReason;
  /** When it ends by itself; null: not before a person decides or the gateway says otherwise. */
  readonly until: Date | null;
}

/** What is known of a payment that somebody wants to send or open something for. */
export interface FulfilmentFacts {
  readonly status: PaymentStatus;
  readonly channel: "MIDTRANS" | "MANUAL_TRANSFER";
  readonly paidAt: Date | null;
  /** Of the transaction that pays it; null where there is none, or it has not settled. */
  readonly settledAt: Date | null;
  readonly method: string | null;
  readonly paymentType: string | null;
  /** A look at it is asked for and nobody has released it. */
  readonly isInReview: boolean;
  /** The kinds of its open cases about its own money; those of one order alone are not among them. */
  readonly openCases: readonly string[];
}

/**
 * Cases of money beyond what was owed, and of an outcome that must be known by now: what was bought is paid all the
 * same. Any other kind holds.
 */
const MONEY_BESIDES: ReadonlySet<string> = new Set([
  "PAID_TWICE",
  "COURSE_PAID_TWICE",
  "LATE_PAYMENT",
  "SECOND_TRANSACTION",
  "UNKNOWN_OUTCOME",
]);

/** True for a case that says that a payment's own money may not be here, or not be what was owed. */
export const forbidsFulfilment = (kind: string): boolean => !MONEY_BESIDES.has(kind);

/**
 * Why goods may not be sent, nor courses opened, for a payment; null where they may. What is refused on review stays
 * held: its money goes back by cancelling what it paid for.
 *
 * @param reversalHoldMs how long, from the payment and from its settlement, money of a reversible method is waited with
 */
export function holdOf(facts: FulfilmentFacts, reversalHoldMs: number, now: Date): FulfilmentHold | null {
  const { status, channel, paidAt, settledAt } = facts;
  if (status === "CHALLENGED") return { reason: "CHALLENGED", until: null };
  if (!isPaidStatus(status) || paidAt === null) return { reason: "NOT_PAID", until: null };
  // A proof is what a customer says: a person has to believe it first.
  if (channel === "MANUAL_TRANSFER" && status === "PAID") return { reason: "UNAPPROVED", until: null };
  if (facts.isInReview) return { reason: "REVIEW", until: null };
  if (facts.openCases.some(forbidsFulfilment)) return { reason: "MONEY_CASE", until: null };
  if (!isPaidMethodReversible(facts.method, facts.paymentType)) return null;
  const since = settledAt && settledAt > paidAt ? settledAt : paidAt;
  const until = later(since, reversalHoldMs);
  return now < until ? { reason: "REVERSAL", until } : null;
}
