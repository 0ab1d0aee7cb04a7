import type { Tx } from "../platform/db.ts";
import { type OutboxJob, writeOutbox } from "../platform/outbox.ts";
import type { OrderId, PaymentId, RefundId, ShipmentId, SubscriptionId, TransactionId } from "./kernel/ids.ts";

/** Every message: a fact that was committed, and what its handlers need to look it up again. */
export interface Messages {
  /** A gateway notification was stored (receiveNotification); at most one unfinished a gateway order id. */
  "payment.notified": { gatewayOrderId: string };
  /** A transaction was begun and the gateway has not answered yet (checkout, startPayment). */
  "payment.starting": { transactionId: TransactionId };
  /** A payment's window is over (checkout writes it, due at the payment's expiresAt). */
  "payment.windowOver": { paymentId: PaymentId };
  /** A payment became PAID and what it pays for was settled. */
  "payment.paid": { paymentId: PaymentId };
  /** A payment for courses was paid and something holds their opening (boughtEffects): it is looked at again. */
  "enrollment.held": { paymentId: PaymentId };
  /** A payment ended without money. */
  "payment.ended": { paymentId: PaymentId; as: "FAILED" | "EXPIRED" | "CANCELLED" };
  /** Money came for an order that is over: it goes back. */
  "payment.orphaned": { paymentId: PaymentId };
  /** Money is owed back and may be sent now (oweBack, oweForOrder, oweDecided). */
  "refund.due": { refundId: RefundId };
  /** The gateway cannot pay a refund back: people do, and the customer is asked for an account. */
  "refund.manual": { refundId: RefundId };
  /** Money has gone back: by the gateway's books, or by hand. */
  "refund.done": { refundId: RefundId };
  /** A subscription was ordered and the gateway has not answered yet. */
  "subscription.starting": { subscriptionId: SubscriptionId };
  /** A subscription is to be ended at the gateway. */
  "subscription.cancelling": { subscriptionId: SubscriptionId };
  /** Somebody says that a subscription of ours has news (receiveRecurringNews). */
  "subscription.told": { subscriptionId: SubscriptionId; gatewayId: string };
  /**
   * A paid order is to be sent: its courier is to be booked (createShipment, confirmBooking). With `sentAt`, in ISO
   * 8601: only what became of the call of that moment is looked for.
   */
  "shipment.booking": { shipmentId: ShipmentId; sentAt?: string };
  /** A courier's booking exists: its pickup is to be arranged. `askedAt` as `sentAt` above. */
  "shipment.booked": { shipmentId: ShipmentId; askedAt?: string };
  /** An order became CANCEL_REQUESTED, and its courier's booking is to be cancelled. */
  "order.cancelAsked": { orderId: OrderId };
  /** A paid order is cancelled for good (cancelOrder, endCancelled). */
  "order.cancelled": { orderId: OrderId };
  /** Somebody says that a parcel of ours has news (receiveCourierNews); at most one unfinished a shipment. */
  "shipment.told": { shipmentId: ShipmentId };
  /** A parcel came into a state that its customer is told of, or is in trouble. */
  "shipment.changed": {
    shipmentId: ShipmentId;
    event: "shipped" | "delivered" | "problem" | "returned" | "cancelRefused";
  };
  /** A subscription is not paid, is over for that, or is paid again; `logId` is the step that says so. */
  "subscription.moved": { subscriptionId: SubscriptionId; logId: number; as: "PAST_DUE" | "SUSPENDED" | "ACTIVE" };
  /** A subscription's paid months, or the days of grace after them, may be over (planEnd). */
  "subscription.monthsOver": { subscriptionId: SubscriptionId };
  /** Staff, or a settlement, has decided about a payment for courses: its owner is told. */
  "enrollment.decided": { paymentId: PaymentId; as: "APPROVED" | "REJECTED" };
  /** A cart was left by somebody who has agreed to be reminded (markAbandonedCarts); `at` in ISO 8601. */
  "cart.abandoned": { cartId: string; at: string };
  /** A mail was rendered and stored (storeNotice). */
  "notice.stored": { noticeId: string };
  /** An alert was opened. */
  "alert.raised": { alertId: string };
  /** An open alert was cleared. */
  "alert.cleared": { alertId: string };
}

export type MessageName = keyof Messages;

/** Which handlers a message has: each becomes a job of its own, so that one that fails repeats alone. */
export const MESSAGE_HANDLERS = {
  "payment.notified": ["applyNotification"],
  "payment.starting": ["finishStart"],
  "payment.windowOver": ["endPaymentWindow"],
  "payment.paid": ["noticePaid"],
  "enrollment.held": ["approveHeld"],
  "payment.ended": ["noticeEnded"],
  "payment.orphaned": ["noticeOwedBack"],
  "refund.due": ["sendRefund"],
  "refund.manual": ["noticeRefundManual"],
  "refund.done": ["issueCreditNote", "noticeRefundDone"],
  "subscription.starting": ["finishSubscription"],
  "subscription.cancelling": ["finishCancelling"],
  "subscription.told": ["followRecurringNews"],
  "shipment.booking": ["bookCourier"],
  "shipment.booked": ["arrangePickup"],
  "order.cancelAsked": ["cancelBooking"],
  "order.cancelled": ["noticeCancelled"],
  "shipment.told": ["checkShipment"],
  "shipment.changed": ["noticeShipment"],
  "subscription.moved": ["noticeSubscription", "closeMonths"],
  "subscription.monthsOver": ["closeMonths"],
  "enrollment.decided": ["noticeEnrollment"],
  "cart.abandoned": ["noticeCart"],
  "notice.stored": ["deliverNotice"],
  "alert.raised": ["postAlert"],
  "alert.cleared": ["postAlert"],
} as const satisfies Record<MessageName, readonly string[]>;

export type HandlerName<N extends MessageName = MessageName> = (typeof MESSAGE_HANDLERS)[N][number];

export interface SendOptions {
  /** Not before this instant. */
  readonly dueAt?: Date;
  /** At most one unfinished job a handler and key. */
  readonly key?: string;
  /** The request that it follows from; left out: the one that runs. */
  readonly requestId?: string | undefined;
}

/** The outbox jobs of a message, one for each handler. */
export function jobsOf<N extends MessageName>(name: N, payload: Messages[N], options: SendOptions = {}): OutboxJob[] {
  return MESSAGE_HANDLERS[name].map((handler) => ({ name, handler, payload, ...options }));
}

/** Writes a message into the outbox of this transaction. What follows from it happens after the commit, or never. */
export function send<N extends MessageName>(
  tx: Tx,
  now: Date,
  name: N,
  payload: Messages[N],
  options: SendOptions = {},
): Promise<void> {
  return writeOutbox(tx, now, jobsOf(name, payload, options));
}
