import { stateTable } from "../kernel/stateTable.ts";

export const PAYMENT_STATUSES = [
  "PENDING", "CHALLENGED", "PAID", "APPROVED", "REJECTED", "FAILED", "EXPIRED", "CANCELLED",
  "PARTIALLY_REFUNDED", "REFUNDED", "CHARGEBACK",
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/**
 * What can happen to a payment. `...WhileOpen` and `...WhenOver` are one event of the gateway, told apart by whether the
 * payment's own window is still open; `reversed` is a deny after a stored settlement.
 */
export const PAYMENT_EVENTS = [
  "pending", "captured", "capturedAfterReversal", "challenged", "deniedWhileOpen", "deniedWhenOver", "expiredWhileOpen",
  "expiredWhenOver", "cancelledByOthersWhileOpen", "cancelledByOthersWhenOver", "closedAsAsked", "windowOver", "reversed",
  "partiallyRefunded", "refunded", "chargedBack", "holdOver", "approved", "rejected",
] as const;
export type PaymentEvent = (typeof PAYMENT_EVENTS)[number];

const END_OF_UNPAID = {
  pending: "same", captured: "PAID", capturedAfterReversal: "never!", challenged: "same!", deniedWhileOpen: "same",
  deniedWhenOver: "same", expiredWhileOpen: "same", expiredWhenOver: "same", cancelledByOthersWhileOpen: "same",
  cancelledByOthersWhenOver: "same", closedAsAsked: "same", windowOver: "same", reversed: "same",
  partiallyRefunded: "never!", refunded: "never!", chargedBack: "never!", holdOver: "same", approved: "never", rejected: "never",
} as const;

const PAID_LIKE = {
  pending: "same", captured: "same", capturedAfterReversal: "same", challenged: "same!", deniedWhileOpen: "never!",
  deniedWhenOver: "never!", expiredWhileOpen: "same", expiredWhenOver: "same", cancelledByOthersWhileOpen: "REFUNDED",
  cancelledByOthersWhenOver: "REFUNDED", closedAsAsked: "REFUNDED", windowOver: "same", reversed: "FAILED",
  partiallyRefunded: "PARTIALLY_REFUNDED", refunded: "REFUNDED", chargedBack: "CHARGEBACK",
} as const;

const NOTHING_MOVES = {
  pending: "same", captured: "same", capturedAfterReversal: "same", challenged: "same", deniedWhileOpen: "same",
  deniedWhenOver: "same", expiredWhileOpen: "same", expiredWhenOver: "same", cancelledByOthersWhileOpen: "same",
  cancelledByOthersWhenOver: "same", closedAsAsked: "same", windowOver: "same", reversed: "same", partiallyRefunded: "same",
  refunded: "same", chargedBack: "same", holdOver: "same", approved: "never", rejected: "never",
} as const;

/** The life of a payment, every state and event. The events concern its live or its covering gateway transaction. */
export const paymentStates = stateTable(PAYMENT_STATUSES, PAYMENT_EVENTS, {
  PENDING: {
    pending: "same", captured: "PAID", capturedAfterReversal: "PAID", challenged: "CHALLENGED", deniedWhileOpen: "same",
    deniedWhenOver: "FAILED", expiredWhileOpen: "same", expiredWhenOver: "EXPIRED", cancelledByOthersWhileOpen: "same",
    cancelledByOthersWhenOver: "EXPIRED", closedAsAsked: "CANCELLED", windowOver: "EXPIRED", reversed: "never",
    partiallyRefunded: "never!", refunded: "never!", chargedBack: "never!", holdOver: "never", approved: "never", rejected: "never",
  },
  CHALLENGED: {
    pending: "same", captured: "PAID", capturedAfterReversal: "PAID", challenged: "same", deniedWhileOpen: "PENDING",
    deniedWhenOver: "FAILED", expiredWhileOpen: "PENDING", expiredWhenOver: "EXPIRED", cancelledByOthersWhileOpen: "PENDING",
    cancelledByOthersWhenOver: "EXPIRED", closedAsAsked: "CANCELLED", windowOver: "same", reversed: "never",
    partiallyRefunded: "never!", refunded: "never!", chargedBack: "never!", holdOver: "never", approved: "never", rejected: "never",
  },
  PAID: { ...PAID_LIKE, holdOver: "APPROVED", approved: "APPROVED", rejected: "REJECTED" },
  APPROVED: { ...PAID_LIKE, holdOver: "same", approved: "same", rejected: "never" },
  REJECTED: {
    pending: "never", captured: "never", capturedAfterReversal: "never", challenged: "never", deniedWhileOpen: "never",
    deniedWhenOver: "never", expiredWhileOpen: "never", expiredWhenOver: "never", cancelledByOthersWhileOpen: "never",
    cancelledByOthersWhenOver: "never", closedAsAsked: "never", windowOver: "never", reversed: "never", partiallyRefunded: "never",
    refunded: "never", chargedBack: "never", holdOver: "never", approved: "never", rejected: "same",
  },
  FAILED: END_OF_UNPAID,
  EXPIRED: END_OF_UNPAID,
  CANCELLED: END_OF_UNPAID,
  PARTIALLY_REFUNDED: {
    ...NOTHING_MOVES,
    deniedWhileOpen: "never!", deniedWhenOver: "never!", cancelledByOthersWhileOpen: "never!",
    cancelledByOthersWhenOver: "never!", closedAsAsked: "never", reversed: "never!", refunded: "REFUNDED", chargedBack: "CHARGEBACK!",
    holdOver: "same",
  },
  REFUNDED: { ...NOTHING_MOVES, reversed: "never!", partiallyRefunded: "same!", chargedBack: "same!" },
  CHARGEBACK: { ...NOTHING_MOVES, partiallyRefunded: "same!", refunded: "same!" },
});

/** True once money was confirmed and not all of it went back. */
export const isPaidStatus = (status: PaymentStatus): boolean =>
  status === "PAID" || status === "APPROVED" || status === "PARTIALLY_REFUNDED";

/** True for a payment that ended without money. */
export const isEnded = (status: PaymentStatus): status is "FAILED" | "EXPIRED" | "CANCELLED" =>
  status === "FAILED" || status === "EXPIRED" || status === "CANCELLED";
