// The pages look statuses up by the types of schema.graphql: one that is missing here does not compile there.

/** One colour a meaning: waiting amber, good green, way (on its way) blue, ended grey, wrong red. */
export type Meaning = "waiting" | "good" | "way" | "ended" | "wrong";

export const orderMeaning = {
  PENDING_PAYMENT: "waiting",
  PAID: "good",
  PROCESSING: "way",
  SHIPPED: "way",
  COMPLETED: "good",
  CANCEL_REQUESTED: "waiting",
  CANCELLED: "ended",
  RETURNED: "ended",
} as const satisfies Readonly<Record<string, Meaning>>;

export const paymentMeaning = {
  PENDING: "waiting",
  CHALLENGED: "waiting",
  PAID: "good",
  APPROVED: "good",
  REJECTED: "wrong",
  FAILED: "wrong",
  EXPIRED: "ended",
  CANCELLED: "ended",
  PARTIALLY_REFUNDED: "ended",
  REFUNDED: "ended",
  CHARGEBACK: "wrong",
} as const satisfies Readonly<Record<string, Meaning>>;

export const orderPaymentMeaning = {
  UNPAID: "waiting",
  PENDING: "waiting",
  PAID: "good",
  REFUND_PENDING: "waiting",
  PARTIALLY_REFUNDED: "ended",
  REFUNDED: "ended",
  FAILED: "wrong",
  EXPIRED: "ended",
  CANCELLED: "ended",
  CHARGEBACK: "wrong",
} as const satisfies Readonly<Record<string, Meaning>>;

export const subscriptionMeaning = {
  STARTING: "waiting",
  UNKNOWN: "waiting",
  PENDING: "waiting",
  ACTIVE: "good",
  PAST_DUE: "wrong",
  SUSPENDED: "wrong",
  CANCELLING: "waiting",
  CANCELLED: "ended",
  REFUSED: "wrong",
} as const satisfies Readonly<Record<string, Meaning>>;

export type SubscriptionState = keyof typeof subscriptionMeaning;
export type OrderStatus = keyof typeof orderMeaning;
export type OrderPaymentStatus = keyof typeof orderPaymentMeaning;
export type PaymentStatus = keyof typeof paymentMeaning;

const STILL_OPEN: ReadonlySet<PaymentStatus> = new Set<PaymentStatus>(["PENDING", "CHALLENGED"]);
const MONEY_HERE: ReadonlySet<PaymentStatus> = new Set<PaymentStatus>([
  "PAID",
  "APPROVED",
  "PARTIALLY_REFUNDED",
  "REFUNDED",
]);

const CAN_END: ReadonlySet<SubscriptionState> = new Set<SubscriptionState>([
  "STARTING",
  "UNKNOWN",
  "PENDING",
  "ACTIVE",
  "PAST_DUE",
]);

/** Whether a subscription goes on unless somebody ends it. */
export const canEndSubscription = (state: SubscriptionState): boolean => CAN_END.has(state);

/** Whether the payment may still change by what the customer does now. */
export const isOpen = (status: PaymentStatus): boolean => STILL_OPEN.has(status);

/** Whether the customer can pay now; one that somebody looks at is paid, and waits for their word. */
export const isPayable = (status: PaymentStatus): boolean => status === "PENDING";

/** Whether the money arrived, whatever became of it later. */
export const isSettled = (status: PaymentStatus): boolean => MONEY_HERE.has(status);
