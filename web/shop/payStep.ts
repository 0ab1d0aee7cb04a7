import { isSettled, type PaymentStatus } from "../ui/status.ts";

/** What of a payment decides what comes next. */
interface Payable {
  readonly status: PaymentStatus;
  readonly expiresAt?: string | null;
  readonly currentTransaction?: {
    readonly state: "STARTING" | "LIVE" | "PAID" | "CLOSED" | "UNKNOWN";
    readonly gatewayStatus?: string | null;
    readonly instructions: { readonly redirectUrl?: string | null };
  } | null;
}

/**
 * What the customer can do about a payment now.
 * pay: a page is open for it. preparing: the gateway has not answered yet. start: nothing is open, a try is needed.
 * again: the last try failed, another is possible. review: a person at Midtrans looks at it. The others are ends.
 */
export type PayStep = "pay" | "preparing" | "start" | "again" | "review" | PayEnd;
type PayEnd = "paid" | "failed" | "expired" | "cancelled";

const FAILED_TRY: ReadonlySet<string> = new Set(["deny", "failure", "expire", "cancel"]);

/** The step that a payment is at; `now` in milliseconds since 1970. */
export function payStep(payment: Payable, now: number): PayStep {
  const { status, currentTransaction: last } = payment;
  if (isSettled(status)) return "paid";
  if (status === "CHALLENGED") return "review";
  if (status === "EXPIRED") return "expired";
  if (status === "CANCELLED") return "cancelled";
  if (status !== "PENDING") return "failed";
  if (payment.expiresAt && Date.parse(payment.expiresAt) <= now) return "expired";
  if (!last) return "start";
  if (FAILED_TRY.has(last.gatewayStatus ?? "")) return "again";
  if (last.state === "STARTING" || last.state === "UNKNOWN") return "preparing";
  if (last.state === "CLOSED") return "again";
  return last.instructions.redirectUrl ? "pay" : "preparing";
}

/** A page to send the customer to; anything but http and https is refused. */
export function payPage(payment: Pick<Payable, "currentTransaction">): string | null {
  const url = payment.currentTransaction?.instructions.redirectUrl;
  return url && /^https?:\/\//.test(url) ? url : null;
}
