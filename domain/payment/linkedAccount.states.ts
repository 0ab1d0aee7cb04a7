import { stateTable } from "../kernel/stateTable.ts";

export const LINKED_ACCOUNT_STATES = [
  "LINKING",
  "PENDING",
  "LINKED",
  "UNLINKING",
  "EXPIRED",
  "REFUSED",
  "UNLINKED",
] as const;
export type LinkedAccountState = (typeof LINKED_ACCOUNT_STATES)[number];

/**
 * What can happen to a linked account. `answered`: the gateway has a link to be opened. `refused`: it makes none.
 * `noAnswer`: it did not say; nobody has that link then. `enabled`: its owner has agreed. `ended`: the gateway's link,
 * or the account's being linked, is over.
 */
export const LINKED_ACCOUNT_EVENTS = ["answered", "refused", "noAnswer", "enabled", "ended", "unlinkAsked"] as const;
export type LinkedAccountEvent = (typeof LINKED_ACCOUNT_EVENTS)[number];

/** The life of a linked account, every state and event. */
export const linkedAccountStates = stateTable(LINKED_ACCOUNT_STATES, LINKED_ACCOUNT_EVENTS, {
  LINKING: {
    answered: "PENDING",
    refused: "REFUSED",
    noAnswer: "EXPIRED",
    enabled: "never",
    ended: "never",
    unlinkAsked: "EXPIRED",
  },
  PENDING: {
    answered: "same",
    refused: "never",
    noAnswer: "same",
    enabled: "LINKED",
    ended: "EXPIRED",
    unlinkAsked: "UNLINKING",
  },
  LINKED: {
    answered: "same",
    refused: "never",
    noAnswer: "same",
    enabled: "same",
    ended: "UNLINKED",
    unlinkAsked: "UNLINKING",
  },
  UNLINKING: {
    answered: "same",
    refused: "never",
    noAnswer: "same",
    enabled: "same",
    ended: "UNLINKED",
    unlinkAsked: "same",
  },
  EXPIRED: {
    answered: "same",
    refused: "same",
    noAnswer: "same",
    enabled: "LINKED",
    ended: "same",
    unlinkAsked: "same",
  },
  REFUSED: {
    answered: "never",
    refused: "same",
    noAnswer: "same",
    enabled: "never",
    ended: "same",
    unlinkAsked: "same",
  },
  UNLINKED: {
    answered: "same",
    refused: "same",
    noAnswer: "same",
    enabled: "same",
    ended: "same",
    unlinkAsked: "same",
  },
});

/** True where nothing more is to come of it. */
export const isOverAccount = (state: LinkedAccountState): boolean =>
  state === "EXPIRED" || state === "REFUSED" || state === "UNLINKED";
