/** What one shopper wanted, did and was told: the third book, beside the shop's and the gateway's. */
export interface ShopperBook {
  readonly n: number;
  readonly story: string;
  readonly userId: string;
  /** The idempotency key of the checkout. */
  readonly key: string;
  readonly lines: readonly { readonly productId: string; readonly quantity: number }[];
  /** What the shop answered; null: no answer arrived, or a refusal. */
  checkout: CheckoutTold | null;
  /** The shop's last word where it refused. */
  refusal: string | null;
  /** Money that the gateway said it took, whole rupiah. */
  readonly paid: { readonly gatewayOrderId: string; readonly amount: number }[];
  /** The gateway's order ids of numbers that were closed, and paid all the same. */
  readonly paidLate: string[];
  toldPaid: boolean;
  /** Orders that the shop said are cancelled. */
  readonly cancelled: string[];
  /** Refunds that he was told are sent, whole rupiah. */
  readonly toldRefunded: { readonly id: string; readonly amount: number }[];
  /** Those that an admin decided about, one for each key; null: the shop said no. */
  readonly decided: { readonly refundId: string | null; readonly amount: number }[];
  /** Those that an admin transferred, or tried to. */
  readonly transferred: { readonly refundId: string; readonly reference: string }[];
  /** The gateway's order ids of what was refunded in its dashboard. */
  readonly dashboard: string[];
  /** Payments that the gateway's screening held, and that perhaps nobody answered: its order ids. */
  readonly unanswered: string[];
  /** A package by the month that the shop said is ordered; null: none. */
  subscription: SubscriptionTold | null;
}

export interface SubscriptionTold {
  readonly id: string;
  readonly number: string;
  /** Charges that the gateway said it made, and took money for. */
  taken: number;
  toldCancelled: boolean;
}

export interface CheckoutTold {
  readonly sessionId: string;
  readonly paymentId: string;
  readonly orderIds: readonly string[];
  readonly total: number;
}

/** Kinds of work that a shop does for a shopper. */
export const KINDS = [
  "checkout",
  "start",
  "page",
  "pay",
  "paid",
  "look",
  "cancel",
  "refund",
  "staff",
  "monthly",
] as const;
export type Kind = (typeof KINDS)[number];

/** One attempt: `code` is OK, the shop's error code, HTTP and a status, or NO_ANSWER. Moments in ms since the start. */
export interface Attempt {
  readonly kind: Kind;
  readonly code: string;
  readonly at: number;
  /** When it was answered. */
  readonly until: number;
}

/** Answers that are no word of the shop about what was asked: something was broken. */
const BROKEN = /^(NO_ANSWER|INTERNAL|GATEWAY_UNAVAILABLE|HTTP_5\d\d)$/;
export const isBroken = (code: string): boolean => BROKEN.test(code);

/** All that happened, in the order of its end. */
export interface Diary {
  readonly attempts: readonly Attempt[];
  readonly books: readonly ShopperBook[];
  /** From a shopper's payment until he was told PAID, ms since the start. */
  readonly waits: readonly { readonly from: number; readonly until: number }[];
}
