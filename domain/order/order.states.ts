import { stateTable } from "../kernel/stateTable.ts";

export const ORDER_STATUSES = [
  "PENDING_PAYMENT", "PAID", "PROCESSING", "SHIPPED", "COMPLETED", "CANCEL_REQUESTED", "CANCELLED", "RETURNED",
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/**
 * What can happen to an order. `cancelAskedBooked`: a courier's booking is in flight, unknown or made. The four
 * `courierRefuses...` are one answer of the courier, told apart by where the parcel really is. `moneyGone`: reversed,
 * voided, refunded in full outside, or charged back.
 */
export const ORDER_EVENTS = [
  "paid", "paymentEnded", "booked", "cancelAsked", "cancelAskedBooked", "courierAcceptsCancel",
  "courierRefusesProcessing", "courierRefusesShipped", "courierRefusesCompleted", "courierRefusesReturned",
  "shipped", "delivered", "receiptConfirmed", "returned", "bookingGone", "lostOrDamaged", "moneyGone",
] as const;
export type OrderEvent = (typeof ORDER_EVENTS)[number];

const REFUSALS_ARE_LATE = {
  courierRefusesProcessing: "same", courierRefusesShipped: "same", courierRefusesCompleted: "same", courierRefusesReturned: "same",
} as const;
const NO_CANCEL_UNDER_WAY = {
  courierRefusesProcessing: "never", courierRefusesShipped: "never", courierRefusesCompleted: "never", courierRefusesReturned: "never",
} as const;
const CANCEL_IS_OVER = {
  courierRefusesProcessing: "never!", courierRefusesShipped: "never!", courierRefusesCompleted: "never!", courierRefusesReturned: "never!",
} as const;

/** The life of an order, every state and event. */
export const orderStates = stateTable(ORDER_STATUSES, ORDER_EVENTS, {
  PENDING_PAYMENT: {
    paid: "PAID", paymentEnded: "CANCELLED", booked: "never", cancelAsked: "CANCELLED", cancelAskedBooked: "CANCELLED",
    courierAcceptsCancel: "never", ...NO_CANCEL_UNDER_WAY, shipped: "never", delivered: "never", receiptConfirmed: "never",
    returned: "never", bookingGone: "never", lostOrDamaged: "never", moneyGone: "never",
  },
  PAID: {
    paid: "same", paymentEnded: "same", booked: "PROCESSING", cancelAsked: "CANCELLED", cancelAskedBooked: "CANCEL_REQUESTED",
    courierAcceptsCancel: "never", ...NO_CANCEL_UNDER_WAY, shipped: "never!", delivered: "never!", receiptConfirmed: "never",
    returned: "never", bookingGone: "same", lostOrDamaged: "never", moneyGone: "CANCELLED",
  },
  PROCESSING: {
    paid: "same", paymentEnded: "same", booked: "same", cancelAsked: "CANCEL_REQUESTED", cancelAskedBooked: "CANCEL_REQUESTED",
    courierAcceptsCancel: "never", ...REFUSALS_ARE_LATE, shipped: "SHIPPED", delivered: "COMPLETED", receiptConfirmed: "never",
    returned: "RETURNED", bookingGone: "PAID", lostOrDamaged: "same!", moneyGone: "CANCEL_REQUESTED",
  },
  SHIPPED: {
    paid: "same", paymentEnded: "same", booked: "same", cancelAsked: "never", cancelAskedBooked: "never",
    courierAcceptsCancel: "never", ...REFUSALS_ARE_LATE, shipped: "same", delivered: "COMPLETED", receiptConfirmed: "COMPLETED",
    returned: "RETURNED", bookingGone: "same!", lostOrDamaged: "same!", moneyGone: "same!",
  },
  COMPLETED: {
    paid: "same", paymentEnded: "same", booked: "same", cancelAsked: "never", cancelAskedBooked: "never",
    courierAcceptsCancel: "never", ...REFUSALS_ARE_LATE, shipped: "same", delivered: "same", receiptConfirmed: "same",
    returned: "same!", bookingGone: "same", lostOrDamaged: "same!", moneyGone: "same!",
  },
  CANCEL_REQUESTED: {
    paid: "same", paymentEnded: "same", booked: "same", cancelAsked: "same", cancelAskedBooked: "same",
    courierAcceptsCancel: "CANCELLED", courierRefusesProcessing: "PROCESSING", courierRefusesShipped: "SHIPPED",
    courierRefusesCompleted: "COMPLETED", courierRefusesReturned: "RETURNED", shipped: "SHIPPED", delivered: "COMPLETED",
    receiptConfirmed: "never", returned: "RETURNED", bookingGone: "CANCELLED", lostOrDamaged: "same!", moneyGone: "same",
  },
  CANCELLED: {
    paid: "same!", paymentEnded: "same", booked: "never!", cancelAsked: "same", cancelAskedBooked: "same",
    courierAcceptsCancel: "same", ...CANCEL_IS_OVER, shipped: "never!", delivered: "never!", receiptConfirmed: "never",
    returned: "same", bookingGone: "same", lostOrDamaged: "same", moneyGone: "same",
  },
  RETURNED: {
    paid: "same", paymentEnded: "same", booked: "never", cancelAsked: "never", cancelAskedBooked: "never",
    courierAcceptsCancel: "never", ...REFUSALS_ARE_LATE, shipped: "same", delivered: "same!", receiptConfirmed: "never",
    returned: "same", bookingGone: "same", lostOrDamaged: "same", moneyGone: "same!",
  },
});
