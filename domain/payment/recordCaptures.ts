import type { Tx } from "../../platform/db.ts";
import { bookPayments } from "../ledger/bookPayments.ts";
import { advancePayments, logPaymentSteps, type PaymentCause } from "./advancePayment.ts";
import { isBeside } from "./besides.rules.ts";
import type { LockedPayment, TransactionRow } from "./lockPayment.ts";
import { eventOf } from "./payment.rules.ts";
import type { PaymentReport } from "./paymentGateway.ts";
import { isOfAnother, newsOf, objection } from "./recordReport.ts";
import { type Facts, type ReportApp, storeReports, sumsAfter } from "./storeReport.ts";

/** What there is to know of one report before it is recorded. */
export interface News {
  readonly locked: LockedPayment;
  readonly transaction: TransactionRow;
  readonly report: PaymentReport;
  /** The request that it follows from. */
  readonly requestId: string;
}

/** The everyday case: an open payment's own transaction was paid, and nothing speaks against it. */
function isPlainCapture(facts: Facts): boolean {
  const { payment, transaction, report, now } = facts;
  if (payment.status !== "PENDING" && payment.status !== "CHALLENGED") return false;
  if (payment.coveringTransactionId !== null || isOfAnother(transaction, report) || objection(facts)) return false;
  if (isBeside(payment, transaction)) return false;
  if (eventOf(report, transaction, payment, now) !== "captured") return false;
  return !report.refunds && sumsAfter(facts, "captured").refunded === transaction.refundedAmount;
}

/**
 * Records, as recordReport does, those of some reports that are plain captures of open payments: each step is one
 * statement for all of them. The others are left untouched, for recordReport. The payments are different ones, and
 * all are locked.
 *
 * @returns of each report whether it was recorded
 * @throws Error where one cannot be settled: recorded alone, each finds what becomes of it
 */
export async function recordCaptures(
  tx: Tx,
  app: ReportApp,
  news: readonly News[],
  { cause, now }: { readonly cause: PaymentCause; readonly now: Date },
): Promise<boolean[]> {
  const all = news.map((one): Facts => ({ app, ...one, payment: one.locked.payment, cause, now }));
  const isPlain = all.map(isPlainCapture);
  const plain = all.filter((_, i) => isPlain[i]);
  if (plain.length === 0) return isPlain;
  const steps = plain.map(newsOf).filter((step) => step !== null);
  await logPaymentSteps(tx, now, cause, steps);
  await storeReports(
    tx,
    plain.map((facts) => ({ facts, event: "captured" })),
  );
  const moves = plain.map(({ payment, transaction: { id }, requestId }) => {
    return { payment, event: "captured", covering: id, transactionId: id, requestId } as const;
  });
  const results = await advancePayments(tx, app, moves, { ...cause, now });
  const isWhole = results.every(({ verdict, effect }) => effect === "settled" && !verdict.opensCase);
  if (!isWhole) throw new Error("a payment among others could not be settled");
  const paymentIds = plain.map(({ payment }) => payment.id);
  await bookPayments(tx, now, paymentIds);
  return isPlain;
}
