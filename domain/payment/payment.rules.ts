import { DAY_MS, HOUR_MS, later, MINUTE_MS } from "../kernel/time.ts";
import { isReversible, usesPage } from "./methods.rules.ts";
import type { PaymentEvent, PaymentStatus } from "./payment.states.ts";
import type { PaymentReport } from "./paymentGateway.ts";

export const TRANSACTION_STATES = ["STARTING", "LIVE", "PAID", "CLOSED", "UNKNOWN"] as const;
export type TransactionState = (typeof TRANSACTION_STATES)[number];

const TRIES_MAX = 99; // two digits in the gateway's order id

/**
 * The order id that the gateway knows: the payment's number, the try, a letter. One fixed length, ending in a letter,
 * so that no two (order id, status code, amount) can be split two ways into the same signed text.
 *
 * @throws RangeError beyond 99 tries
 */
export function gatewayOrderId(paymentNumber: string, attempt: number): string {
  if (!Number.isInteger(attempt) || attempt < 1 || attempt > TRIES_MAX) throw new RangeError(`try ${attempt}`);
  return `${paymentNumber}-${String(attempt).padStart(2, "0")}A`;
}

/** What our records hold of a transaction when a report about it arrives. */
export interface KnownTransaction {
  readonly settledAt: Date | null;
  readonly capturedAmount: number;
}

interface KnownPayment {
  readonly expiresAt: Date;
}

/**
 * Money that the gateway took back although it had settled: only a reversal leaves nothing captured. The last word that
 * we were told does not say it, because an answer from before may come after it.
 */
export const wasReversed = (known: KnownTransaction): boolean => known.settledAt !== null && known.capturedAmount === 0;

/**
 * What a report means for the payment; `strange` is a word or a pair of words that must not move anything: a person
 * looks at it.
 *
 * @see the paid predicate of Midtrans: settlement with accept or no fraud status, capture with accept
 */
export function eventOf(
  report: PaymentReport,
  known: KnownTransaction,
  payment: KnownPayment,
  now: Date,
): PaymentEvent | "strange" {
  const isOpen = now < payment.expiresAt;
  const fraud = report.fraudStatus;
  const captured = wasReversed(known) ? "capturedAfterReversal" : "captured";
  switch (report.status) {
    case "pending":
      return "pending";
    case "settlement":
      return fraud === null || fraud === "accept" ? captured : "strange";
    case "capture":
      if (fraud === "challenge") return "challenged";
      return fraud === "accept" ? captured : "strange";
    case "deny":
    case "failure":
      if (known.settledAt !== null) return "reversed";
      return isOpen ? "deniedWhileOpen" : "deniedWhenOver";
    case "expire":
      return isOpen ? "expiredWhileOpen" : "expiredWhenOver";
    case "cancel":
      // What has settled is refunded, never cancelled: such an answer is from before, or a person must look.
      if (known.settledAt !== null) return "strange";
      return isOpen ? "cancelledByOthersWhileOpen" : "cancelledByOthersWhenOver";
    case "refund":
      return "refunded";
    case "partial_refund":
      return "partiallyRefunded";
    case "chargeback":
      return "chargedBack";
    default:
      return "strange";
  }
}

const TAKES_BACK: ReadonlySet<string> = new Set([
  "reversed",
  "cancelledByOthersWhileOpen",
  "cancelledByOthersWhenOver",
]);
/** How one method chosen on a hosted page may end without ending the page: the customer may choose another there. */
export const DEAD_WORDS: ReadonlySet<string> = new Set(["deny", "failure", "expire", "cancel"]);

/** True when the transaction ended without money. */
export const isDead = (report: Pick<PaymentReport, "status">): boolean => DEAD_WORDS.has(report.status);

/**
 * The state of a transaction after a report. A method that ended on a hosted page leaves the page usable: only closing
 * it ends the try. What was paid stays so until the gateway takes the money back: a late expiry of it is no news.
 */
export function stateAfter(
  report: PaymentReport,
  event: PaymentEvent | "strange",
  method: string,
  before: TransactionState,
): TransactionState {
  if (event === "captured" || event === "capturedAfterReversal") return "PAID";
  if (before === "PAID" && !TAKES_BACK.has(event)) return "PAID";
  if (event === "strange") return before;
  if (report.status === "refund" || report.status === "partial_refund" || report.status === "chargeback") return "PAID";
  if (event === "pending" || event === "challenged") return "LIVE";
  return usesPage(method) && isDead(report) && before !== "PAID" ? before : "CLOSED";
}

const POLL_EVERY_AFTERWARDS_MS = HOUR_MS;
const POLL_AFTERWARDS_FOR_MS = DAY_MS;
const REVERSAL_LOOK_MS = 10 * MINUTE_MS; // the documented reversal comes after 1 to 5 minutes

/**
 * When to ask the gateway next, so that a payment is final within 15 minutes of its change without any notification.
 * null: never again.
 *
 * @param firstPolls ages in ms since the start at which the first polls fall due; afterwards the last of them is the
 * interval while the window is open
 */
export function nextPollAt(
  transaction: {
    readonly state: TransactionState;
    readonly createdAt: Date;
    readonly paymentType: string | null;
    readonly settledAt: Date | null;
  },
  payment: { readonly expiresAt: Date; readonly status: PaymentStatus },
  firstPolls: readonly number[],
  now: Date,
): Date | null {
  if (transaction.state === "CLOSED") return null;
  if (transaction.state === "PAID") {
    const look = transaction.settledAt ? later(transaction.settledAt, REVERSAL_LOOK_MS) : null;
    return isReversible(transaction.paymentType) && look && look > now ? look : null;
  }
  const age = now.getTime() - transaction.createdAt.getTime();
  const first = firstPolls.find((poll) => poll > age);
  if (first !== undefined) return later(transaction.createdAt, first);
  if (now < payment.expiresAt) return later(now, firstPolls.at(-1) ?? POLL_EVERY_AFTERWARDS_MS);
  // A challenge that nobody answers ends at the gateway the next day, whenever our window was over.
  const isWatched = payment.status === "CHALLENGED" || now < later(payment.expiresAt, POLL_AFTERWARDS_FOR_MS);
  if (isWatched) return later(now, POLL_EVERY_AFTERWARDS_MS);
  return null;
}
