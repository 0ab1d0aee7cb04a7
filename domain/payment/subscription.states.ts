import { stateTable } from "../kernel/stateTable.ts";

export const SUBSCRIPTION_STATES = [
  "STARTING",
  "UNKNOWN",
  "PENDING",
  "ACTIVE",
  "PAST_DUE",
  "SUSPENDED",
  "CANCELLING",
  "CANCELLED",
  "REFUSED",
] as const;
export type SubscriptionState = (typeof SUBSCRIPTION_STATES)[number];

/**
 * What can happen to a subscription. `found`: the gateway has it. `noAnswer`: whether it has it, nobody knows.
 * `charged`: a month was paid. `unpaid`: a month began without its charge. `retriesOver`: nothing more is tried.
 * `moneyGone`: a charge was taken back, and the month of now is not paid any more.
 */
export const SUBSCRIPTION_EVENTS = [
  "found",
  "noAnswer",
  "refused",
  "charged",
  "unpaid",
  "retriesOver",
  "moneyGone",
  "cancelAsked",
  "cancelConfirmed",
] as const;
export type SubscriptionEvent = (typeof SUBSCRIPTION_EVENTS)[number];

/** The life of a subscription, every state and event. */
export const subscriptionStates = stateTable(SUBSCRIPTION_STATES, SUBSCRIPTION_EVENTS, {
  STARTING: {
    found: "PENDING",
    noAnswer: "UNKNOWN",
    refused: "REFUSED",
    charged: "never!",
    unpaid: "same",
    retriesOver: "same",
    moneyGone: "same",
    cancelAsked: "CANCELLING",
    cancelConfirmed: "never",
  },
  UNKNOWN: {
    found: "PENDING",
    noAnswer: "same",
    refused: "same",
    charged: "never!",
    unpaid: "same",
    retriesOver: "same",
    moneyGone: "same",
    cancelAsked: "CANCELLING",
    cancelConfirmed: "never",
  },
  PENDING: {
    found: "same",
    noAnswer: "same",
    refused: "never",
    charged: "ACTIVE",
    unpaid: "same",
    retriesOver: "SUSPENDED",
    moneyGone: "same",
    cancelAsked: "CANCELLING",
    cancelConfirmed: "never",
  },
  ACTIVE: {
    found: "same",
    noAnswer: "same",
    refused: "never",
    charged: "same",
    unpaid: "PAST_DUE",
    retriesOver: "SUSPENDED",
    moneyGone: "PAST_DUE",
    cancelAsked: "CANCELLING",
    cancelConfirmed: "never",
  },
  PAST_DUE: {
    found: "same",
    noAnswer: "same",
    refused: "never",
    charged: "ACTIVE",
    unpaid: "same",
    retriesOver: "SUSPENDED",
    moneyGone: "same",
    cancelAsked: "CANCELLING",
    cancelConfirmed: "never",
  },
  SUSPENDED: {
    found: "same",
    noAnswer: "same",
    refused: "never",
    charged: "never!",
    unpaid: "same",
    retriesOver: "same",
    moneyGone: "same",
    cancelAsked: "CANCELLING",
    cancelConfirmed: "never",
  },
  CANCELLING: {
    found: "same",
    noAnswer: "same",
    refused: "CANCELLED",
    charged: "same",
    unpaid: "same",
    retriesOver: "same",
    moneyGone: "same",
    cancelAsked: "same",
    cancelConfirmed: "CANCELLED",
  },
  CANCELLED: {
    found: "same",
    noAnswer: "same",
    refused: "same",
    charged: "never!",
    unpaid: "same",
    retriesOver: "same",
    moneyGone: "same",
    cancelAsked: "same",
    cancelConfirmed: "same",
  },
  REFUSED: {
    found: "never!",
    noAnswer: "same",
    refused: "same",
    charged: "never!",
    unpaid: "same",
    retriesOver: "same",
    moneyGone: "same",
    cancelAsked: "same",
    cancelConfirmed: "same",
  },
});

/** True while the gateway may still charge it, or is to be stopped. */
export const isOpenSubscription = (state: SubscriptionState): boolean =>
  state !== "SUSPENDED" && state !== "CANCELLED" && state !== "REFUSED";
