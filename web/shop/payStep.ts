import { isSettled, type PaymentStatus } from "../ui/status.ts";

/** What of a payment decides what comes next. */
interface Payable {
  readonly status: PaymentStatus;
  readonly expiresAt?: string | null;
  readonly currentTransaction?: {
    readonly state: "STARTING" | "LIVE" | "PAID" | "CLOSED" | "UNKNOWN";
    readonly gatewayStatus?: string | null;
    readonly expiresAt?: string | null;
    readonly instructions: {
      readonly redirectUrl?: string | null;
      readonly vaNumber?: string | null;
      readonly billKey?: string | null;
      readonly paymentCode?: string | null;
      readonly qrString?: string | null;
      readonly qrImageUrl?: string | null;
      readonly deeplinkUrl?: string | null;
    };
  } | null;
}

/**
 * What the customer can do about a payment now.
 * pay: a page, number or code is open for it. preparing: the gateway has not answered yet. unknown: it never did, and
 * is asked what became of it. start: nothing is open, a try is needed. again: the last try failed or its time is over,
 * another is possible. review: a person at Midtrans looks at it. The others are ends.
 */
export type PayStep = "pay" | "preparing" | "unknown" | "start" | "again" | "review" | PayEnd;
type PayEnd = "paid" | "failed" | "expired" | "cancelled";

const FAILED_TRY: ReadonlySet<string> = new Set(["deny", "failure", "expire", "cancel"]);

const isOver = (instant: string | null | undefined, now: number): boolean =>
  Boolean(instant) && Date.parse(instant as string) <= now;

/** The step that a payment is at; `now` in milliseconds since 1970. */
export function payStep(payment: Payable, now: number): PayStep {
  const { status, currentTransaction: last } = payment;
  if (isSettled(status)) return "paid";
  if (status === "CHALLENGED") return "review";
  if (status === "EXPIRED") return "expired";
  if (status === "CANCELLED") return "cancelled";
  if (status !== "PENDING") return "failed";
  if (isOver(payment.expiresAt, now)) return "expired";
  return last ? tryStep(last, now) : "start";
}

function tryStep(last: NonNullable<Payable["currentTransaction"]>, now: number): PayStep {
  if (FAILED_TRY.has(last.gatewayStatus ?? "")) return "again";
  if (last.state === "UNKNOWN") return "unknown";
  if (last.state === "STARTING") return "preparing";
  if (last.state === "CLOSED" || isOver(last.expiresAt, now)) return "again";
  const { redirectUrl, vaNumber, billKey, paymentCode, qrString, qrImageUrl, deeplinkUrl } = last.instructions;
  const shown = redirectUrl || vaNumber || billKey || paymentCode || qrString || qrImageUrl || deeplinkUrl;
  return shown ? "pay" : "preparing";
}

/** Whether the try's own time ran out, while the payment's goes on. */
export const isTryOver = (payment: Payable, now: number): boolean =>
  payment.currentTransaction?.gatewayStatus === "expire" || isOver(payment.currentTransaction?.expiresAt, now);

/** Until when what is open can be paid: the payment's end, or the try's where that comes first. */
export function payUntil(payment: Payable): string | null {
  const ends = [payment.expiresAt, payment.currentTransaction?.expiresAt].filter((end) => end != null);
  return ends.sort()[0] ?? null;
}

/** An address that people may be sent to; anything but http and https is refused. */
export const webAddress = (url: string | null | undefined): string | null =>
  url && /^https?:\/\//.test(url) ? url : null;

/** The hosted page of the current try; null where it has none. */
export const payPage = (payment: Pick<Payable, "currentTransaction">): string | null =>
  webAddress(payment.currentTransaction?.instructions.redirectUrl);
