import { channel } from "node:diagnostics_channel";

/**
 * Every place where a process may end between two side effects and leave the rest undone, by the flow that it
 * interrupts. What follows each of them must happen all the same, once, by somebody else or later.
 */
export const KILL_POINTS = [
  // A courier is asked what a parcel costs.
  "courier.call-counted",
  "courier.rates-answered",
  // checkout
  "checkout.couriers-asked",
  "checkout.key-taken",
  "checkout.rows-written",
  "checkout.stored",
  "checkout.page-awaited",
  // startPayment
  "start.screened",
  "start.earlier-try-closed",
  "start.earlier-try-recorded",
  "start.token-used",
  "start.try-written",
  "start.try-stored",
  "token.renewed",
  // finishStart
  "page.to-be-asked",
  "page.answered",
  "page.address-written",
  "page.address-stored",
  "page.refusal-checked",
  // chargeTry, refuseStart
  "charge.to-be-sent",
  "charge.claimed",
  "charge.answered",
  "charge.answer-recorded",
  "charge.unknown-stored",
  "charge.status-answered",
  "charge.repeat-answered",
  "charge.unpayable-closed",
  "charge.not-made-stored",
  "charge.not-sent-stored",
  "charge.refused",
  "start.refusal-written",
  // keepSavedCards
  "card.looked-up",
  "card.kept",
  // receiveNotification
  "notification.checked",
  "notification.stored",
  // applyNotification
  "apply.answered",
  "apply.report-recorded",
  "apply.rows-ended",
  "apply.committed",
  "apply.failed",
  "apply.unmatched-ended",
  // What a report moves, whoever brings it
  "payment.moved",
  "payment.effects-applied",
  "orders.paid",
  "invoice.number-taken",
  "orders.ended",
  "stock.released",
  "refund.owed",
  // pollPayments, syncPayment
  "poll.claimed",
  "poll.answered",
  "poll.recorded",
  "poll.committed",
  "sync.answered",
  "sync.recorded",
  "sync.committed",
  // closeInstrument, endPayment, and who calls them
  "close.method-ended",
  "close.page-closed",
  "end.closed-at-gateway",
  "end.written",
  "end.committed",
  "cancel-payment.ended",
  "cancel-order.ended",
  "cancel-order.moved",
  "cancel-order.written",
  "cancel-order.committed",
  "window.found-over",
  // answerChallenge
  "challenge.on-record",
  "challenge.told",
  "challenge.answered",
  "challenge.stored",
  // takeMoneyCase, resolveMoneyCase, replayNotification
  "case.owner-written",
  "case.status-asked",
  "case.effects-written",
  "case.end-written",
  "case.ended",
  "replay.reopened",
  "replay.stored",
  // createSubscription, finishSubscription
  "subscription.stored",
  "subscription.claimed",
  "subscription.created",
  "subscription.adopted",
  "subscription.doubt-stored",
  // lookAtSubscription, pollSubscriptions, receiveRecurringNews
  "subscription.news-stored",
  "subscription.poll-claimed",
  "subscription.looked",
  "subscription.charge-written",
  "subscription.charges-booked",
  "subscription.look-stored",
  "subscription.stopped-there",
  // cancelSubscription
  "subscription.cancel-asked",
  "subscription.cancelled-there",
  "subscription.last-charges-booked",
  "subscription.cancel-stored",
  // linkGopay, unlinkGopay, pollAccounts, lookAtAccount
  "link.asked-for",
  "link.answered",
  "link.stored",
  "unlink.asked-for",
  "account.poll-claimed",
  "account.answered",
  "account.ended-there",
  "account.look-stored",
  // createShipment, bookCourier, arrangePickup, cancelBooking, printLabels
  "shipment.written",
  "booking.rates-answered",
  "booking.claimed",
  "booking.answered",
  "booking.recorded",
  "pickup.claimed",
  "pickup.answered",
  "cancel-booking.answered",
  "cancel-booking.recorded",
  "label.made",
  // The relay and a job
  "relay.rows-taken",
  "relay.queue-told",
  "job.read",
  "job.handled",
  "job.marked-done",
  "job.failed",
  "job.parked",
  // Mails and alerts
  "notice.written",
  "mail.claimed",
  "mail.taken-by-server",
  "mail.refused-by-server",
  "mail.settled",
  "alert.written",
  "alert.posted",
  // Rounds of the schedule, and what is made on demand
  "sweep.notifications-offered",
  "sweep.windows-offered",
  "purge.batch-deleted",
  "invoice.pdf-rendered",
  // receiveCourierNews, trackShipments, checkShipment, confirmReceipt
  "news.told",
  "tracking.claimed",
  "tracking.booking-read",
  "tracking.answered",
  "tracking.events-kept",
  "tracking.order-followed",
  "tracking.recorded",
  "tracking.committed",
  "receipt.written",
  "receipt.confirmed",
  // refundPayment
  "refund-payment.written",
  "refund-payment.committed",
  // sendRefund
  "refund.claimed",
  "refund.status-answered",
  "refund.to-be-sent",
  "refund.marked-sent",
  "refund.answered",
  // setRefundAccount, approveManualRefund, settleRefundManually, retryRefund
  "refund.account-kept",
  "refund.approved",
  "refund.settle-answered",
  "refund.settle-followed",
  "refund.hand-settled",
  "refund.hand-summed",
  "refund.retried",
  // markAbandonedCarts
  "cart.marked",
  "cart.abandoned",
  // storeProof, purgeUploads
  "upload.file-written",
  "upload.stored",
  "upload.rows-deleted",
  // createEnrollmentPayment
  "enrollment.payment-written",
  "enrollment.payment-stored",
  "enrollment.page-awaited",
  // grantCourses, revokeGrants, closeMonths
  "enrollment.rows-written",
  "enrollment.granted",
  "enrollment.grants-revoked",
  "subscription.months-closed",
  // approvePayment, rejectPayment, approveHeld
  "enrollment.decision-written",
  "enrollment.decided",
  "enrollment.status-asked",
  // updateProgress, setMember
  "enrollment.progress-written",
  "enrollment.progress-kept",
  "member.written",
  "member.kept",
  // closeDays, walkSlice, finishRun
  "day.begun",
  "day.claimed",
  "day.answered",
  "day.answers-applied",
  "day.findings-written",
  "day.look-settled",
  "day.slice-counted",
  "day.slice-committed",
  "day.books-looked-through",
  "day.summed",
  "day.finished",
  // resolveDiscrepancy, takeDiscrepancy, signOffReconciliation
  "discrepancy.answered",
  "discrepancy.owner-written",
  "discrepancy.end-written",
  "discrepancy.ended",
  "day.sign-written",
  "day.signed",
  // requestAdjustment, approveAdjustment, rejectAdjustment
  "adjustment.requested",
  "adjustment.approved",
  "adjustment.booked",
  "adjustment.rejected",
  // issueCreditNote
  "credit-note.number-taken",
  "credit-note.written",
  // importFile, matchSettlements
  "file.written",
  "file.stored",
  "settlement.slice-written",
  "settlement.slice-stored",
  "settlement.file-finished",
  // setFeeRate
  "fee.rate-written",
  "fee.rate-kept",
] as const;

export type KillPoint = (typeof KILL_POINTS)[number];

/** Where a tool that ends processes listens. Nothing in the product does. */
const passed = channel("lunas.killPoint");

/**
 * Says that a run is between two side effects here. Without a listener, as in production, this reads one field and
 * returns: it costs nothing and can do nothing. Never part of the shop's behaviour: nobody may act on it but a tool
 * that ends the process on the spot.
 */
export function killPoint(name: KillPoint): void {
  if (passed.hasSubscribers) passed.publish(name);
}
