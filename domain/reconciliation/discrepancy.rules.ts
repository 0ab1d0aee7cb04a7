import { DAY_MS } from "../kernel/time.ts";

/** What does not agree, by what a person has to do about it; docs/reconciliation.md says that of each. */
export const DISCREPANCY_KINDS = [
  "MISSING_THERE",
  "MISSING_HERE",
  "AMOUNT",
  "STATUS",
  "DUPLICATE",
  "REFUND",
  "FEE",
  "LATE_SETTLEMENT",
  "CURRENCY",
  "UNMATCHED",
  "ORPHAN_MONEY",
  "AGED",
  "CHARGEBACK",
  "PAYOUT",
] as const;
export type DiscrepancyKind = (typeof DISCREPANCY_KINDS)[number];

/**
 * What can end a discrepancy. SYNC: the gateway is asked again, and agrees by now. RECHECK: our own books are looked at
 * again, and agree. DECIDED: the money case about it was decided. ADJUST: two people corrected the ledger for it.
 * ACCEPT: it is explained and stays. DISMISS: it is none of ours, or no difference.
 */
export const DISCREPANCY_ACTIONS = ["SYNC", "RECHECK", "DECIDED", "ADJUST", "ACCEPT", "DISMISS"] as const;
export type DiscrepancyAction = (typeof DISCREPANCY_ACTIONS)[number];

/** An action that looks again, after which the discrepancy has ended by itself or not. */
export const isLook = (action: DiscrepancyAction): boolean => action === "SYNC" || action === "RECHECK";

/** How one ends without a person: the same look finds it no more, or what it lacks has come. */
export const HEALED = "HEALED";

const ACTIONS: Readonly<Record<DiscrepancyKind, readonly DiscrepancyAction[]>> = {
  MISSING_THERE: ["SYNC", "ADJUST", "DISMISS"],
  MISSING_HERE: ["SYNC", "DECIDED", "ADJUST", "DISMISS"],
  AMOUNT: ["SYNC", "DECIDED", "ADJUST", "DISMISS"],
  STATUS: ["SYNC", "DECIDED", "ACCEPT", "DISMISS"],
  DUPLICATE: ["SYNC", "DECIDED", "DISMISS"],
  REFUND: ["SYNC", "DECIDED", "ADJUST", "DISMISS"],
  FEE: ["ACCEPT", "ADJUST", "DISMISS"],
  LATE_SETTLEMENT: ["ACCEPT", "DISMISS"],
  CURRENCY: ["SYNC", "DECIDED", "DISMISS"],
  UNMATCHED: ["DECIDED", "ADJUST", "DISMISS"],
  ORPHAN_MONEY: ["RECHECK", "DECIDED", "ADJUST"],
  AGED: ["RECHECK", "ACCEPT"],
  CHARGEBACK: ["SYNC", "DECIDED", "ADJUST", "ACCEPT"],
  PAYOUT: ["ADJUST", "ACCEPT", "DISMISS"],
};

/** What can end a discrepancy of this kind. */
export const actionsOf = (kind: DiscrepancyKind): readonly DiscrepancyAction[] => ACTIONS[kind];

const IMPOSSIBLE_PAID = ["CAPTURED", "CAPTUREDAFTERREVERSAL"];
const IMPOSSIBLE_BACK = ["REFUNDED", "PARTIALLYREFUNDED"];
const IMPOSSIBLE_LOST = ["REVERSED", "CHARGEDBACK"];

/** The kinds of money cases whose decision settles a discrepancy of a kind; none: no case does. */
export const CASES: Readonly<Record<DiscrepancyKind, readonly string[]>> = {
  MISSING_THERE: [],
  MISSING_HERE: [
    ...["UNMATCHED", "LATE_PAYMENT", "PAID_TWICE", "AMOUNT_MISMATCH", "STRANGE_STATUS", "UNKNOWN_OUTCOME"],
    ...IMPOSSIBLE_PAID,
  ],
  AMOUNT: ["AMOUNT_MISMATCH"],
  STATUS: [
    ...["STRANGE_STATUS", "SECOND_TRANSACTION", "UNKNOWN_OUTCOME", "CHALLENGED"],
    ...[...IMPOSSIBLE_PAID, ...IMPOSSIBLE_BACK, ...IMPOSSIBLE_LOST],
  ],
  DUPLICATE: ["PAID_TWICE", "LATE_PAYMENT", "SECOND_TRANSACTION", ...IMPOSSIBLE_PAID],
  REFUND: [
    ...["REFUNDED_OUTSIDE", "REFUND_MISMATCH", "REFUNDED_TWICE", "REFUND_DENIED", "REFUND_AND_REVERSAL"],
    ...["UNKNOWN_OUTCOME", ...IMPOSSIBLE_BACK],
  ],
  FEE: [],
  LATE_SETTLEMENT: [],
  CURRENCY: ["AMOUNT_MISMATCH"],
  UNMATCHED: ["UNMATCHED"],
  ORPHAN_MONEY: ["LATE_PAYMENT", "PAID_TWICE", "AMOUNT_MISMATCH"],
  AGED: [],
  CHARGEBACK: ["CHARGEBACK", "STRANGE_STATUS", "REFUND_AND_REVERSAL", ...IMPOSSIBLE_LOST],
  PAYOUT: [],
};

/** What adjustments have moved of one account, for one method and store. Whole rupiah, debit above 0. */
export interface Moved {
  readonly account: string;
  readonly amount: number;
}

/**
 * Whether adjustments move just the sum in question: all their debits together, or one account. Where no sum changes
 * there is none to compare.
 */
export function isMoved(moved: readonly Moved[], amount: number): boolean {
  if (amount === 0) return moved.length > 0;
  const byAccount = new Map<string, number>();
  for (const each of moved) byAccount.set(each.account, (byAccount.get(each.account) ?? 0) + each.amount);
  const debits = moved.reduce((sum, each) => sum + Math.max(0, each.amount), 0);
  return [debits, ...byAccount.values()].some((sum) => Math.abs(sum) === Math.abs(amount));
}

/** Up to here a difference is explained by rounding: staff may let it be, and a day is signed off with it. */
export const TRIFLE = 1_000;

/** From here on one is worth a call at night. Whole rupiah. */
const LARGE = 1_000_000;

/** Such a one is told of at once, by itself. */
export const isLarge = (amount: number): boolean => Math.abs(amount) >= LARGE;

/** A person is told again of what is still open after so long, */
export const AGED_AFTER_MS = 3 * DAY_MS;
/** and louder after a week: by then a customer has lost patience, and the gateway's refund window may be over. */
export const OVERDUE_AFTER_MS = 7 * DAY_MS;
