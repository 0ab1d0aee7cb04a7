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
