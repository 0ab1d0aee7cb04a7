import { stateTable } from "../kernel/stateTable.ts";

export const REFUND_STATUSES = ["PENDING", "PROCESSING", "SUCCEEDED", "FAILED", "MANUAL", "WITHDRAWN"] as const;
export type RefundStatus = (typeof REFUND_STATUSES)[number];

/**
 * What can happen to a refund. `moneyGone`: the payment was reversed or charged back, so the money went away by
 * itself.
 */
export const REFUND_EVENTS = [
  "claimed",
  "confirmed",
  "refusedWithTriesLeft",
  "refusedForGood",
  "noAnswer",
  "mustWait",
  "noApi",
  "retried",
  "settledByHand",
  "moneyGone",
] as const;
export type RefundEvent = (typeof REFUND_EVENTS)[number];

/** The life of a refund, every state and event. */
export const refundStates = stateTable(REFUND_STATUSES, REFUND_EVENTS, {
  PENDING: {
    claimed: "PROCESSING",
    confirmed: "SUCCEEDED",
    refusedWithTriesLeft: "never",
    refusedForGood: "never",
    noAnswer: "never",
    mustWait: "same",
    noApi: "MANUAL",
    retried: "same",
    settledByHand: "never",
    moneyGone: "WITHDRAWN",
  },
  PROCESSING: {
    claimed: "same",
    confirmed: "SUCCEEDED",
    refusedWithTriesLeft: "PENDING",
    refusedForGood: "FAILED",
    noAnswer: "same",
    mustWait: "PENDING",
    noApi: "MANUAL",
    retried: "same",
    settledByHand: "never",
    moneyGone: "same!",
  },
  SUCCEEDED: {
    claimed: "same",
    confirmed: "same",
    refusedWithTriesLeft: "never!",
    refusedForGood: "never!",
    noAnswer: "same",
    mustWait: "same",
    noApi: "same",
    retried: "never",
    settledByHand: "never",
    moneyGone: "same!",
  },
  FAILED: {
    claimed: "never",
    confirmed: "SUCCEEDED!",
    refusedWithTriesLeft: "same",
    refusedForGood: "same",
    noAnswer: "same",
    mustWait: "same",
    noApi: "MANUAL",
    retried: "PENDING",
    settledByHand: "SUCCEEDED",
    moneyGone: "WITHDRAWN",
  },
  MANUAL: {
    claimed: "never",
    confirmed: "SUCCEEDED!",
    refusedWithTriesLeft: "never",
    refusedForGood: "never",
    noAnswer: "never",
    mustWait: "never",
    noApi: "same",
    retried: "never",
    settledByHand: "SUCCEEDED",
    moneyGone: "WITHDRAWN",
  },
  WITHDRAWN: {
    claimed: "never",
    confirmed: "SUCCEEDED!",
    refusedWithTriesLeft: "same",
    refusedForGood: "same",
    noAnswer: "same",
    mustWait: "same",
    noApi: "same",
    retried: "never",
    settledByHand: "never",
    moneyGone: "same",
  },
});
