import type { Tx } from "../../platform/db.ts";
import { raiseAlert } from "../kernel/raiseAlert.ts";
import { send } from "../messages.ts";
import { advancePayment, effectContext, logPaymentStep, type PaymentCause } from "./advancePayment.ts";
import {
  applyMoneyOfAnother,
  applySecondOfOneId,
  openCase,
  type ReportOutcome,
  recordOrphan,
} from "./applyMoneyOfAnother.ts";
import {
  type LockedPayment,
  liveTransaction,
  type PaymentRow,
  statusIdOf,
  type TransactionRow,
} from "./lockPayment.ts";
import { eventOf, isDead } from "./payment.rules.ts";
import { type PaymentEvent, paymentStates } from "./payment.states.ts";
import type { PaymentReport } from "./paymentGateway.ts";
import { type Facts, noteHeld, noteLook, type ReportApp, type Sums, storeReport } from "./storeReport.ts";

/** One order id may have several transactions at the gateway. Once one has paid, the others' ends are no news of it. */
const isOfAnother = (transaction: TransactionRow, { gatewayTransactionId }: PaymentReport): boolean =>
  statusIdOf(transaction) !== transaction.gatewayOrderId && gatewayTransactionId !== transaction.gatewayTransactionId;

/** Why a report may not move this payment, null where it may. */
function objection({ app, payment, transaction, report }: Facts): { kind: string; summary: string } | null {
  const { midtransMerchantId } = app.settings;
  if (report.gatewayOrderId !== transaction.gatewayOrderId) {
    return {
      kind: "UNMATCHED",
      summary: `The gateway answered about ${report.gatewayOrderId}, not ${transaction.gatewayOrderId}`,
    };
  }
  if (report.merchantId !== null && report.merchantId !== midtransMerchantId) {
    return { kind: "UNMATCHED", summary: `Payment ${payment.number} was reported for another merchant` };
  }
  if (report.currency !== "IDR" || report.originalAmount !== transaction.amount) {
    return {
      kind: "AMOUNT_MISMATCH",
      summary: `Payment ${payment.number} was reported with another amount or currency`,
    };
  }
  return null;
}

async function alert(tx: Tx, { app, transaction, now }: Facts, kind: string, message: string): Promise<void> {
  await raiseAlert(
    tx,
    { ids: app.ids, now },
    { kind, subject: transaction.gatewayOrderId, severity: "CRITICAL", message },
  );
}

/** Refunds that began at the gateway: rows and the payment's sum follow what it confirms. */
async function followRefunds(tx: Tx, facts: Facts, sums: Sums): Promise<void> {
  const { app, payment, transaction, cause, now } = facts;
  const more = sums.refunded - transaction.refundedAmount;
  if (more <= 0) return;
  await app.effects[payment.purpose].refundedOutside(tx, {
    ...effectContext(payment, cause, now),
    transactionId: transaction.id,
    refunded: more,
  });
  await tx.sql("update payments set refunded_amount = refunded_amount + $2 where id = $1", [payment.id, more]);
}

/** The table says that this cannot be: nothing of it is kept but the evidence, and people are told. */
async function refuse(tx: Tx, facts: Facts, event: PaymentEvent, opensCase: boolean): Promise<ReportOutcome> {
  const { payment, report } = facts;
  await noteLook(tx, facts);
  if (opensCase)
    await openCase(tx, facts, event.toUpperCase(), `${event} on payment ${payment.number} that is ${payment.status}`);
  await alert(
    tx,
    facts,
    "IMPOSSIBLE_STATUS",
    `The gateway says ${report.statusText} of payment ${payment.number}, which is ${payment.status}`,
  );
  return "held";
}

/** Moves the payment by an event of its live or covering transaction. */
async function move(tx: Tx, facts: Facts, event: PaymentEvent, sums: Sums): Promise<ReportOutcome> {
  const { app, payment, transaction, cause, now } = facts;
  const brings = event === "captured" || event === "capturedAfterReversal";
  const { verdict, effect } = await advancePayment(tx, app, payment, event, {
    ...cause,
    now,
    covering: brings ? transaction.id : null,
    transactionId: transaction.id,
  });
  if (effect === "orphaned") {
    await recordOrphan(tx, facts, transaction.id, "LATE", `Payment ${payment.number} came when its order was over`);
  }
  if (verdict.opensCase)
    await openCase(tx, facts, event.toUpperCase(), `${event} on payment ${payment.number} that is ${payment.status}`);
  if (verdict.kind === "moved" && (event === "chargedBack" || event === "reversed")) {
    await app.effects[payment.purpose].withdraw(tx, {
      ...effectContext(payment, cause, now),
      transactionId: transaction.id,
    });
  }
  if (verdict.kind === "moved" && event === "chargedBack") {
    await alert(tx, facts, "CHARGEBACK", `Payment ${payment.number} was charged back: its money is gone`);
  }
  await followRefunds(tx, facts, sums);
  return verdict.kind === "moved" ? "applied" : "same";
}

/** True when another transaction has paid already: what this one says then moves nothing. */
const isCoveredByAnother = (payment: PaymentRow, transaction: TransactionRow): boolean =>
  payment.coveringTransactionId !== null && payment.coveringTransactionId !== transaction.id;

/** A transaction beside the live or covering one may only bring money; its end is no news for the payment. */
function concernsPayment(
  { payment, transactions }: LockedPayment,
  transaction: TransactionRow,
  event: PaymentEvent,
): boolean {
  if (event === "captured" || event === "capturedAfterReversal" || payment.coveringTransactionId === transaction.id)
    return true;
  const live = liveTransaction(transactions);
  return live === null || live.id === transaction.id;
}

async function logNews(tx: Tx, { payment, transaction, report, cause, now }: Facts): Promise<void> {
  if (report.statusText === transaction.gatewayStatus && report.fraudStatus === transaction.fraudStatus) return;
  const detail = {
    status: report.statusText,
    fraud: report.fraudStatus,
    type: report.paymentType,
    amount: report.grossAmount,
  };
  await logPaymentStep(tx, now, cause, {
    paymentId: payment.id,
    transactionId: transaction.id,
    step: "gatewayStatus",
    detail,
  });
}

/** A report of the transaction itself, against which nothing speaks. */
async function applyOwn(tx: Tx, facts: Facts, event: PaymentEvent): Promise<ReportOutcome> {
  const { payment, transaction, report, now, locked } = facts;
  if (isCoveredByAnother(payment, transaction)) return applyMoneyOfAnother(tx, facts, event);
  if (!concernsPayment(locked, transaction, event)) {
    await storeReport(tx, facts, event);
    return "same";
  }
  // A method that ended on a hosted page is not the end of the payment: that comes when its page is closed.
  if (payment.status === "PENDING" && transaction.method === "SNAP" && isDead(report)) {
    await storeReport(tx, facts, event);
    if (now >= payment.expiresAt)
      await send(tx, now, "payment.windowOver", { paymentId: payment.id }, { key: payment.id });
    return "same";
  }
  const { kind, opensCase } = paymentStates.verdict(payment.status, event);
  if (kind === "never") return refuse(tx, facts, event, opensCase);
  return move(tx, facts, event, await storeReport(tx, facts, event));
}

/**
 * Applies what the gateway says is true to a locked payment: checks whose money it is and how much, keeps the report on
 * the transaction, and lets the total table decide. The same report twice changes nothing the second time: the table's
 * cell says `same`, and sums only follow what is new.
 */
export async function recordReport(
  tx: Tx,
  app: ReportApp,
  locked: LockedPayment,
  transaction: TransactionRow,
  news: { report: PaymentReport; cause: PaymentCause; now: Date },
): Promise<ReportOutcome> {
  const facts: Facts = { app, locked, payment: locked.payment, transaction, ...news };
  const { payment, report, now } = facts;
  const against = objection(facts);
  if (against) {
    await logNews(tx, facts);
    await (transaction.state === "PAID" ? noteLook(tx, facts) : noteHeld(tx, facts));
    await openCase(tx, facts, against.kind, against.summary);
    return "held";
  }
  if (isOfAnother(transaction, report)) return applySecondOfOneId(tx, facts);
  await logNews(tx, facts);
  const event = eventOf(report, transaction, payment, now);
  if (event !== "strange") return applyOwn(tx, facts, event);
  await storeReport(tx, facts, event);
  await openCase(
    tx,
    facts,
    "STRANGE_STATUS",
    `Payment ${payment.number}: the gateway says ${report.statusText} (${report.fraudStatus ?? "no fraud status"})`,
  );
  return "held";
}
