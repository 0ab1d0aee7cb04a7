import { type OrderStatus, orderStates } from "./order.states.ts";

export const ORDER_PAYMENT_STATUSES = [
  "UNPAID",
  "PENDING",
  "PAID",
  "REFUND_PENDING",
  "PARTIALLY_REFUNDED",
  "REFUNDED",
  "FAILED",
  "EXPIRED",
  "CANCELLED",
  "CHARGEBACK",
] as const;
export type OrderPaymentStatus = (typeof ORDER_PAYMENT_STATUSES)[number];

/** The status in Indonesian, as the shop shows it. */
export const STATUS_LABELS: Readonly<Record<OrderStatus, string>> = {
  PENDING_PAYMENT: "MENUNGGU PEMBAYARAN",
  PAID: "DIBAYAR",
  PROCESSING: "DIPROSES",
  SHIPPED: "DIKIRIM",
  COMPLETED: "SELESAI",
  CANCEL_REQUESTED: "PEMBATALAN DIPROSES",
  CANCELLED: "DIBATALKAN",
  RETURNED: "DIKEMBALIKAN",
};

/**
 * What orders.payment_status shows while no refund of the order exists, by the payment's status.
 * UNPAID only until the first try at the gateway.
 */
export const PAYMENT_STATUS_SHOWN = {
  PENDING: "PENDING",
  CHALLENGED: "PENDING",
  PAID: "PAID",
  APPROVED: "PAID",
  REJECTED: "FAILED",
  FAILED: "FAILED",
  EXPIRED: "EXPIRED",
  CANCELLED: "FAILED",
  PARTIALLY_REFUNDED: "PARTIALLY_REFUNDED",
  REFUNDED: "REFUNDED",
  CHARGEBACK: "CHARGEBACK",
} as const satisfies Record<string, OrderPaymentStatus>;

/** A cancel may be asked for now, and changes something: paid or not, as long as no courier has the parcel. */
export const isCancellable = (status: OrderStatus): boolean =>
  orderStates.verdict(status, "cancelAsked").kind === "moved";
