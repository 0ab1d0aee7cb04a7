import { formatRupiah } from "../kernel/money.ts";
import { isEnded } from "../payment/payment.states.ts";
import type { PaymentReport } from "../payment/paymentGateway.ts";
import { actionsOf, type DiscrepancyAction, type DiscrepancyKind } from "./discrepancy.rules.ts";
import { type Difference, type KnownPayment, type KnownTry, saysPaid, sumsThere } from "./gatewayTruth.rules.ts";

/** What a look at the gateway found, in the words of the queue. */
export interface Finding {
  readonly kind: DiscrepancyKind;
  readonly subject: string;
  readonly ours: string;
  /** null: the gateway knows nothing of it. */
  readonly theirs: string | null;
  /** What we count on less what the gateway owes us, whole rupiah. */
  readonly amount: number;
  readonly actions: readonly DiscrepancyAction[];
  readonly evidence: object;
  readonly one: KnownTry;
}

/** What we count on from the gateway: captured, and not gone back through it. */
const countedOn = (one: KnownTry): number =>
  one.capturedAmount - (one.refundedAmount - one.refundedByHand) - one.chargedBackAmount;

/** What the gateway owes us by its answer; nothing of money that is not rupiah. */
function owedThere(one: KnownTry, report: PaymentReport | null): number {
  if (!report || !saysPaid(report) || report.currency !== "IDR" || report.fraudStatus === "challenge") return 0;
  const { refunded, chargedBack } = sumsThere(one, report);
  const back = report.status === "refund" ? report.originalAmount : refunded;
  return Math.max(0, report.originalAmount - back - (report.status === "chargeback" ? chargedBack : 0));
}

const isOwn = (one: KnownTry, report: PaymentReport | null): boolean =>
  report === null || one.gatewayTransactionId === null || report.gatewayTransactionId === one.gatewayTransactionId;

const isCoveredByAnother = (payment: KnownPayment, one: KnownTry): boolean =>
  payment.coveringTransactionId !== null && payment.coveringTransactionId !== one.id;

function kindOfPaid(payment: KnownPayment, one: KnownTry, report: PaymentReport | null): DiscrepancyKind {
  // Its money is here already: what else is paid there is money twice.
  const isSecond = isCoveredByAnother(payment, one) || (!isOwn(one, report) && one.capturedAmount > 0);
  return isSecond ? "DUPLICATE" : "MISSING_HERE";
}

function kindOfSums(one: KnownTry, report: PaymentReport | null): DiscrepancyKind {
  if (report && report.currency !== "IDR") return "CURRENCY";
  if (report && report.originalAmount !== (one.capturedAmount || one.amount)) return "AMOUNT";
  const chargedBack = report ? sumsThere(one, report).chargedBack : 0;
  return chargedBack === one.chargedBackAmount ? "REFUND" : "CHARGEBACK";
}

function kindOfMissed(one: KnownTry, report: PaymentReport | null): DiscrepancyKind {
  if (report?.status === "chargeback" || report?.status === "partial_chargeback") return "CHARGEBACK";
  const isBack = report?.status === "refund" || report?.status === "partial_refund";
  return isBack && one.capturedAmount > 0 ? "REFUND" : "STATUS";
}

function kindOf(payment: KnownPayment, { invariant, one, report }: Difference): DiscrepancyKind {
  switch (invariant) {
    case "GATEWAY_KNOWN":
      return report === null ? "MISSING_THERE" : "UNMATCHED";
    case "GATEWAY_PAID":
      return kindOfPaid(payment, one, report);
    case "GATEWAY_UNPAID":
      return "STATUS";
    case "GATEWAY_SUMS":
      return kindOfSums(one, report);
    case "GATEWAY_REFUNDS":
      return "REFUND";
    case "GATEWAY_MISSED":
      return kindOfMissed(one, report);
    case "GATEWAY_LIVE":
      return isEnded(payment.status) ? "STATUS" : "DUPLICATE";
  }
}

function wordsHere(payment: KnownPayment, one: KnownTry): string {
  const back = one.refundedAmount > 0 ? `, ${formatRupiah(one.refundedAmount)} back` : "";
  const charged = one.chargedBackAmount > 0 ? `, ${formatRupiah(one.chargedBackAmount)} charged back` : "";
  const captured = one.capturedAmount > 0 ? `${formatRupiah(one.capturedAmount)} captured` : "nothing captured";
  return `${payment.status} of ${formatRupiah(one.amount)}, ${captured}${back}${charged}`;
}

function wordsThere(report: PaymentReport | null): string | null {
  if (!report) return null;
  const fraud = report.fraudStatus && report.fraudStatus !== "accept" ? ` (${report.fraudStatus})` : "";
  const back = report.refundedAmount > 0 ? `, ${formatRupiah(report.refundedAmount)} back` : "";
  const of =
    report.currency === "IDR" ? formatRupiah(report.originalAmount) : `${report.originalAmount} ${report.currency}`;
  return `${report.statusText}${fraud} of ${of}${back}`;
}

/** What of an answer and of a row is worth keeping, side by side. */
function evidenceOf(payment: KnownPayment, { invariant, detail, one, report }: Difference): object {
  const { instructions: _, maskedCard: __, refunds, ...rest } = report ?? { instructions: {} };
  const there = report && { ...rest, refunds: refunds?.map(({ key, ...each }) => ({ refundKey: key, ...each })) };
  const cases = payment.cases.map(({ kind, isOpen }) => ({ kind, isOpen }));
  return { invariant, detail, payment: payment.number, here: one, there, cases };
}

/** What a difference is to the people who end it: its kind, both sides in words, and the sum in question. */
export function findingOf(payment: KnownPayment, difference: Difference): Finding {
  const { invariant, one, report, subject } = difference;
  const kind = kindOf(payment, difference);
  const isOther = invariant === "GATEWAY_PAID" && report !== null && !isOwn(one, report);
  const isWithoutSum = invariant === "GATEWAY_LIVE" || invariant === "GATEWAY_REFUNDS";
  const counted = isOther ? 0 : countedOn(one);
  return {
    kind,
    subject: isOther ? `${subject} ${report.gatewayTransactionId}` : subject,
    ours: isOther ? "nothing of it" : wordsHere(payment, one),
    theirs: wordsThere(report),
    amount: isWithoutSum ? 0 : counted - owedThere(one, report),
    actions: actionsOf(kind),
    evidence: evidenceOf(payment, difference),
    one,
  };
}
