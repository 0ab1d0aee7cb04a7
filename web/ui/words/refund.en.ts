import type { refundId } from "./refund.id.ts";

/** What cancelling and money that goes back say, in English; to the customer and at the desk. */
export const refundEn: Readonly<Record<keyof typeof refundId, string>> = {
  "cancel.open": "Cancel the order",
  "cancel.title": "Cancel this order?",
  "cancel.unpaidEffect": "All orders of the same payment are cancelled with it, and the goods go back on the shelf.",
  "cancel.paidEffect": "Your money is sent back. If a courier is booked, we ask the courier first.",
  "cancel.reason": "Why do you cancel?",
  "cancel.ownReason": "Another reason",
  "cancel.reasonMissing": "Choose or write a reason, so that the store knows",
  "cancelReason.changedMind": "I changed my mind",
  "cancelReason.wrongItem": "Wrong item or quantity",
  "cancelReason.wrongAddress": "Wrong address or courier",
  "cancelReason.otherWay": "I want to pay in another way",
  "cancelReason.tooLong": "It takes too long",
  "cancel.confirm": "Yes, cancel",
  "cancel.done": "The order is cancelled",
  "cancel.asked": "The cancellation was received, we are asking the courier",
  "cannotCancel.PENDING_PAYMENT":
    "This order can't be cancelled yet: its payment is being checked. The next news appears on this page.",
  "cannotCancel.PAID": "This order can't be cancelled now. Reload the page in a moment.",
  "cannotCancel.PROCESSING":
    "This order can't be cancelled any more: the courier is coming for it. You may refuse the parcel when it arrives.",
  "cannotCancel.SHIPPED":
    "It can't be cancelled any more: the courier has the parcel. You may refuse it when it arrives.",
  "cannotCancel.COMPLETED":
    "It can't be cancelled: the order is completed. If something is wrong, contact the store with this order's number.",
  "cannotCancel.CANCEL_REQUESTED": "The cancellation is under way. There is nothing you need to do.",
  "cannotCancel.CANCELLED": "This order is cancelled.",
  "cannotCancel.RETURNED": "The goods are back at the store. The store will contact you.",
  "refusal.ALREADY_PAID":
    "The money has just arrived, so this order is paid now. Look at what cancelling means now, then decide again.",
  "refusal.PAYMENT_IN_REVIEW":
    "The payment is being checked, so nothing can be cancelled yet. This page changes by itself when that is done.",
  "refusal.CONFLICT": "The order has just changed. You see the latest now; try once more.",
  "refusal.GATEWAY_UNAVAILABLE": "Midtrans can't be asked now, so nothing has changed. Try again in a few minutes.",
};
