import type { OrderPaymentStatus, OrderStatus } from "../ui/status.ts";

/** The stages that people think in, each with the statuses that it stands for. */
export const STAGES = {
  toPay: ["PENDING_PAYMENT"],
  underWay: ["PAID", "PROCESSING"],
  sent: ["SHIPPED"],
  done: ["COMPLETED"],
  ended: ["CANCEL_REQUESTED", "CANCELLED", "RETURNED"],
} as const satisfies Readonly<Record<string, readonly OrderStatus[]>>;

export type Stage = keyof typeof STAGES;

export const PAYMENT_STATUSES = [
  "UNPAID",
  "PENDING",
  "PAID",
  "REFUND_PENDING",
  "PARTIALLY_REFUNDED",
  "REFUNDED",
  "FAILED",
  "EXPIRED",
  "CHARGEBACK",
] as const satisfies readonly OrderPaymentStatus[];

/** What the address of the list asks for; whatever it holds that is no filter counts as none. */
export interface OrderChoice {
  readonly stage: Stage | null;
  readonly payment: OrderPaymentStatus | null;
  /** Days in Asia/Jakarta, YYYY-MM-DD. */
  readonly from: string | null;
  readonly to: string | null;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

const dayIn = (text: string | null): string | null =>
  text !== null && DAY.test(text) && !Number.isNaN(Date.parse(text)) ? text : null;

/** The filters as an address says them. */
export function readChoice(params: URLSearchParams): OrderChoice {
  const [stage, payment] = [params.get("stage"), params.get("payment")];
  return {
    stage: stage !== null && Object.hasOwn(STAGES, stage) ? (stage as Stage) : null,
    payment: PAYMENT_STATUSES.find((each) => each === payment) ?? null,
    from: dayIn(params.get("from")),
    to: dayIn(params.get("to")),
  };
}

/** The first day is after the last: nothing can fit, and the server is not asked. */
export const isBackwards = ({ from, to }: OrderChoice): boolean => from !== null && to !== null && from > to;

/** How many filters are set besides the stage. */
export const hiddenCount = ({ payment, from, to }: OrderChoice): number =>
  [payment, from, to].filter((each) => each !== null).length;

/** The filter that the server is asked with. */
export const orderFilter = ({ stage, payment, from, to }: OrderChoice) => ({
  ...(stage && { status: [...STAGES[stage]] }),
  ...(payment && { paymentStatus: [payment] }),
  ...(from && { from }),
  ...(to && { to }),
});
