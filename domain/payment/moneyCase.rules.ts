import type { CaseAction } from "../kernel/openMoneyCase.ts";
import type { PaymentReport } from "./paymentGateway.ts";

/** The gateway's words for people, with those of its fraud check where these are no plain yes. */
export const wordsOf = ({ statusText, fraudStatus }: PaymentReport): string =>
  fraudStatus === null || fraudStatus === "accept" ? statusText : `${statusText} (${fraudStatus})`;

/** What makes a report news: the same words about the same money open no second case after a decision. */
export const toldBy = (report: PaymentReport): string =>
  [
    report.gatewayTransactionId,
    report.statusText,
    report.fraudStatus ?? "-",
    report.grossAmount,
    report.originalAmount,
    report.currency,
    report.refundedAmount,
    report.merchantId ?? "-",
  ].join(" ");

/**
 * The gateway's transaction that opened a case, whatever else came under its order id since. null: no report did, or
 * one about another order id.
 */
export const toldTransaction = ({ kind, told }: { kind: string; told: string | null }): string | null =>
  kind === "UNMATCHED" ? null : (told?.split(" ", 1)[0] ?? null);

/** True when the report says that whole rupiah came, and nothing is open about it. */
export const isMoneyHere = ({ status, fraudStatus, currency, originalAmount }: PaymentReport): boolean =>
  currency === "IDR" &&
  originalAmount > 0 &&
  (fraudStatus === "accept" || (fraudStatus === null && status === "settlement")) &&
  (status === "settlement" || status === "capture");

/** What can end a case that a report opened. */
export function actionsAfter(kind: string, report: PaymentReport): readonly CaseAction[] {
  return kind === "AMOUNT_MISMATCH" && isMoneyHere(report) ? ["REFUND", "SYNC", "DISMISS"] : ["SYNC", "DISMISS"];
}
