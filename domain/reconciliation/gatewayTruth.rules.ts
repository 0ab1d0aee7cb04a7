import type { PaymentId, TransactionId } from "../kernel/ids.ts";
import { usesPage } from "../payment/methods.rules.ts";
import { eventOf, isDead, type TransactionState } from "../payment/payment.rules.ts";
import { isEnded, type PaymentEvent, type PaymentStatus, paymentStates } from "../payment/payment.states.ts";
import type { PaymentReport } from "../payment/paymentGateway.ts";
import { type KnownRefund, refundDifferences } from "./gatewayRefunds.rules.ts";

const MONEY_WORDS: ReadonlySet<string> = new Set([
  "capture",
  "settlement",
  "refund",
  "partial_refund",
  "chargeback",
  "partial_chargeback",
]);
/** True where the customer has paid, whatever became of it later. */
export const saysPaid = ({ status }: PaymentReport): boolean => MONEY_WORDS.has(status);
const isPayable = ({ status }: PaymentReport): boolean => status === "pending" || status === "authorize";

/** What must hold between our books and the gateway's; `runAudit` holds what our own books say among themselves. */
export const GATEWAY_INVARIANTS = [
  { id: "GATEWAY_KNOWN", says: "what is begun here is known there under the same names, and the other way round" },
  { id: "GATEWAY_MISSED", says: "no answer of the gateway would still move a payment, or open a case, when applied" },
  { id: "GATEWAY_SUMS", says: "amount, currency, and what was captured, given back and charged back agree" },
  {
    id: "GATEWAY_REFUNDS",
    says: "each refund there is one here under the same key, of the same sum, and the other way",
  },
  { id: "GATEWAY_PAID", says: "what is paid there is captured here, or a money case is about it" },
  { id: "GATEWAY_UNPAID", says: "what is captured here is paid there" },
  {
    id: "GATEWAY_LIVE",
    says: "of one payment one order id at most can be paid there, and none beside what paid it or when it ended",
  },
] as const;
export type GatewayInvariant = (typeof GATEWAY_INVARIANTS)[number]["id"];

/** A try as our rows have it. Whole rupiah. */
export interface KnownTry {
  readonly id: TransactionId;
  readonly paymentId: PaymentId;
  readonly gatewayOrderId: string;
  readonly gatewayTransactionId: string | null;
  readonly gatewayStatus: string | null;
  readonly method: string;
  readonly state: TransactionState;
  readonly amount: number;
  readonly capturedAmount: number;
  readonly refundedAmount: number;
  /** What of it a bank transferred: the gateway knows nothing of that. */
  readonly refundedByHand: number;
  readonly chargedBackAmount: number;
  readonly settledAt: Date | null;
  /** null: nothing ever was. */
  readonly capturedAt: Date | null;
  /** Transactions that notifications under this order id named. */
  readonly named: readonly string[];
}

export interface KnownCase {
  readonly kind: string;
  readonly subject: string;
  readonly transactionId: TransactionId | null;
  /** Nobody has decided it yet. */
  readonly isOpen: boolean;
}

export interface KnownPayment {
  readonly id: PaymentId;
  readonly number: string;
  readonly status: PaymentStatus;
  readonly version: number;
  readonly expiresAt: Date;
  readonly coveringTransactionId: TransactionId | null;
  /** Oldest first. */
  readonly tries: readonly KnownTry[];
  readonly refunds: readonly KnownRefund[];
  /** Open or decided. */
  readonly cases: readonly KnownCase[];
  /** A poll or a job about it is soon to come, and may bring what is missing. */
  readonly isAwaited: boolean;
}

/** What the gateway says of a try: of its own transaction first, then of others under its order id; none for a 404. */
export interface AnsweredTry {
  readonly one: KnownTry;
  readonly reports: readonly PaymentReport[];
}

export interface Difference {
  readonly invariant: GatewayInvariant;
  /** The gateway's order id. */
  readonly subject: string;
  readonly detail: string;
  /** What it is about, here and there; null: the gateway knows nothing of it. */
  readonly one: KnownTry;
  readonly report: PaymentReport | null;
}

interface Facts {
  readonly merchantId: string;
  readonly now: Date;
}

/** A second transaction under one order id has a row of its own, by its own id. */
const isAdopted = ({ gatewayOrderId, gatewayTransactionId }: KnownTry): boolean =>
  gatewayOrderId === gatewayTransactionId;

const WINDOW = /(WHILEOPEN|WHENOVER)$/; // one event of the gateway, whatever the hour it was told
const caseKindOf = (event: PaymentEvent): string => event.toUpperCase().replace(WINDOW, "");

function hasCase(payment: KnownPayment, one: KnownTry, kind: string, subject = one.gatewayOrderId): boolean {
  return payment.cases.some(
    (each) => each.kind.replace(WINDOW, "") === kind && (each.subject === subject || each.transactionId === one.id),
  );
}

const MONEY_EVENTS: ReadonlySet<string> = new Set([
  "captured",
  "capturedAfterReversal",
  "partiallyRefunded",
  "refunded",
  "chargedBack",
]);

/** What the gateway's answer says was given back and charged back of what we captured. */
export function sumsThere(one: KnownTry, report: PaymentReport) {
  const isWhole = report.status === "refund" || report.status === "cancel";
  const back = report.refundedAmount + one.refundedByHand;
  const chargedBack = report.status === "chargeback" ? one.capturedAmount - back : 0;
  return { refunded: isWhole ? one.capturedAmount : report.refundedAmount, chargedBack };
}

type Verdict = readonly [GatewayInvariant, string] | null;

/** Whose transaction it is, and of how much: nothing else counts while this is wrong. */
function judgeNames(payment: KnownPayment, one: KnownTry, report: PaymentReport, facts: Facts): Verdict | "fits" {
  const isNamed = report.gatewayOrderId === one.gatewayOrderId || isAdopted(one);
  if (!isNamed || (report.merchantId !== null && report.merchantId !== facts.merchantId)) {
    if (hasCase(payment, one, "UNMATCHED")) return null;
    return ["GATEWAY_KNOWN", `answered as ${report.gatewayOrderId} of merchant ${report.merchantId}`];
  }
  if (report.currency === "IDR" && report.originalAmount === one.amount) return "fits";
  if (hasCase(payment, one, "AMOUNT_MISMATCH")) return null;
  const there = `${report.originalAmount} ${report.currency}`;
  return ["GATEWAY_SUMS", `${report.statusText} of ${there} there, of ${one.amount} IDR here`];
}

/** True where the payment itself follows what this try says, and not another one. */
function isHeard(payment: KnownPayment, one: KnownTry): boolean {
  if (payment.coveringTransactionId !== null) return payment.coveringTransactionId === one.id;
  const live = payment.tries.find(({ state }) => state === "STARTING" || state === "LIVE" || state === "UNKNOWN");
  return live === undefined || live.id === one.id || one.capturedAmount > 0;
}

/** What applying the answer would still do. */
function judgeMove(payment: KnownPayment, one: KnownTry, report: PaymentReport, event: PaymentEvent): Verdict {
  if (!isHeard(payment, one)) return null;
  // A method that ended on a hosted page leaves the page usable; its end is the end of the window.
  if (payment.status === "PENDING" && usesPage(one.method) && isDead(report) && !event.endsWith("WhenOver"))
    return null;
  const verdict = paymentStates.verdict(payment.status, event);
  if (verdict.kind === "moved") {
    return ["GATEWAY_MISSED", `${report.statusText} would still move ${payment.status} to ${verdict.next}`];
  }
  if (!verdict.opensCase || hasCase(payment, one, caseKindOf(event))) return null;
  return ["GATEWAY_MISSED", `${report.statusText} of a payment that is ${payment.status}, and no case is about it`];
}

/** Its refunds one by one: the sums agree. */
function judgeRefunds(payment: KnownPayment, one: KnownTry, report: PaymentReport): Verdict {
  if (hasCase(payment, one, "REFUND_MISMATCH")) return null;
  const ours = payment.refunds.filter(({ transactionId }) => transactionId === one.id);
  const differences = refundDifferences(ours, report);
  return differences.length > 0 ? ["GATEWAY_REFUNDS", differences.join("; ")] : null;
}

/** The try's own transaction against its row. */
function judgeOwn(payment: KnownPayment, one: KnownTry, report: PaymentReport, facts: Facts): Verdict {
  const named = judgeNames(payment, one, report, facts);
  if (named !== "fits") return named;
  const said = eventOf(report, one, payment, facts.now);
  const isWhole = report.refundedAmount + one.refundedByHand >= one.capturedAmount;
  const event = said === "partiallyRefunded" && isWhole ? "refunded" : said;
  if (event === "strange") {
    if (hasCase(payment, one, "STRANGE_STATUS")) return null;
    return ["GATEWAY_MISSED", `${report.statusText} (${report.fraudStatus}), and no case is about it`];
  }
  const isMoney = MONEY_EVENTS.has(event);
  if (isMoney && one.capturedAmount === 0) {
    if (hasCase(payment, one, caseKindOf(event))) return null;
    return ["GATEWAY_PAID", `${report.statusText} of ${report.originalAmount} there, nothing captured here`];
  }
  if (!isMoney && one.capturedAmount > 0 && report.status !== "cancel") {
    if (hasCase(payment, one, caseKindOf(event))) return null;
    return ["GATEWAY_UNPAID", `captured ${one.capturedAmount} here, ${report.statusText} there`];
  }
  const moved = judgeMove(payment, one, report, event);
  if (moved || one.capturedAmount === 0) return moved;
  const there = sumsThere(one, report);
  // A person knows that the gateway's refunds and ours by hand are more than came.
  if (hasCase(payment, one, "REFUNDED_TWICE")) return null;
  const refunded = one.refundedAmount - one.refundedByHand;
  if (one.capturedAmount === report.originalAmount && refunded === there.refunded) {
    if (one.chargedBackAmount === there.chargedBack) return judgeRefunds(payment, one, report);
  }
  const here = `${one.capturedAmount}, back ${refunded}, charged back ${one.chargedBackAmount}`;
  const theirs = `${report.originalAmount}, back ${there.refunded}, charged back ${there.chargedBack}`;
  return ["GATEWAY_SUMS", `captured ${here} here; ${theirs} there`];
}

/** Another transaction under the order id: only its money is news, and that has a row or a case. */
function judgeOther(payment: KnownPayment, one: KnownTry, report: PaymentReport): Verdict {
  const id = report.gatewayTransactionId;
  if (!saysPaid(report) || report.fraudStatus === "challenge") return null;
  if (payment.tries.some((each) => each.gatewayTransactionId === id && each.capturedAmount > 0)) return null;
  const kinds = ["SECOND_TRANSACTION", "AMOUNT_MISMATCH", "UNMATCHED"];
  if (kinds.some((kind) => hasCase(payment, one, kind))) return null;
  return ["GATEWAY_PAID", `${report.statusText} of ${report.originalAmount} by its transaction ${id}, unknown here`];
}

/** A verdict with the answer that it is about. */
type Judged = readonly [Verdict, PaymentReport | null];

function judgeTry(payment: KnownPayment, { one, reports }: AnsweredTry, facts: Facts): Judged[] {
  const isBegun = one.gatewayTransactionId !== null || one.gatewayStatus !== null || one.capturedAmount > 0;
  const pinned = one.state === "PAID" && one.gatewayTransactionId !== null ? one.gatewayTransactionId : null;
  const own = pinned
    ? reports.find(({ gatewayTransactionId }) => gatewayTransactionId === pinned)
    : (reports.find(saysPaid) ?? reports[0]);
  const others = reports.filter((report) => report !== own);
  const first: Verdict = own
    ? judgeOwn(payment, one, own, facts)
    : isBegun
      ? ["GATEWAY_KNOWN", `${one.state} here as ${one.gatewayTransactionId}, and unknown there`]
      : null;
  return [[first, own ?? null], ...others.map((report) => [judgeOther(payment, one, report), report] as const)];
}

/** More than one number, code or page that a customer can still pay. */
function judgeLive(payment: KnownPayment, answered: readonly AnsweredTry[], now: Date): Difference[] {
  const open = answered.filter(({ reports }) =>
    reports.some((report) => isPayable(report) && (report.expiresAt === null || report.expiresAt > now)),
  );
  const [first] = open;
  const { status, coveringTransactionId: covering } = payment;
  const isSpare = covering !== null && open.some(({ one }) => one.id !== covering);
  if (!first || (open.length === 1 && !isEnded(status) && !isSpare)) return [];
  const ids = open.map(({ one }) => one.gatewayOrderId).join(", ");
  return [
    {
      invariant: "GATEWAY_LIVE",
      subject: first.one.gatewayOrderId,
      detail: `${payment.number} is ${status}, and can be paid there by ${ids}`,
      one: first.one,
      report: first.reports.find(isPayable) ?? null,
    },
  ];
}

/**
 * Where our rows of a payment and the gateway's answers about it disagree; none where all is well.
 *
 * @see payment.states.ts: an answer whose cell is `same` is no difference
 */
export function differencesOf(payment: KnownPayment, answered: readonly AnsweredTry[], facts: Facts): Difference[] {
  const tries = answered.flatMap((each) =>
    judgeTry(payment, each, facts).flatMap(([verdict, report]) => {
      if (!verdict) return [];
      const [invariant, detail] = verdict;
      return [{ invariant, subject: each.one.gatewayOrderId, detail, one: each.one, report }];
    }),
  );
  return [...tries, ...judgeLive(payment, answered, facts.now)];
}
