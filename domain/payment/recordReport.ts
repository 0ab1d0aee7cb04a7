import type { Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { openMoneyCase } from "../kernel/openMoneyCase.ts";
import { raiseAlert } from "../kernel/raiseAlert.ts";
import { DAY_MS, HOUR_MS, later } from "../kernel/time.ts";
import { advancePayment, effectContext, logPaymentStep, type PaymentCause } from "./advancePayment.ts";
import { type LockedPayment, liveTransaction, type PaymentRow, statusIdOf, type TransactionRow } from "./lockPayment.ts";
import { eventOf, nextPollAt, stateAfter } from "./payment.rules.ts";
import { type PaymentEvent, paymentStates } from "./payment.states.ts";
import type { PaymentReport } from "./paymentGateway.ts";

export type ReportApp = Pick<App, "effects" | "ids" | "settings">;

/** What a report changed. `held`: nothing, because a person must look first. */
export type ReportOutcome = "applied" | "same" | "held";

interface Facts {
  readonly app: ReportApp;
  readonly payment: PaymentRow;
  readonly transaction: TransactionRow;
  readonly report: PaymentReport;
  readonly cause: PaymentCause;
  readonly now: Date;
}

const MONEY_WORDS = new Set(["capture", "settlement", "refund", "partial_refund", "chargeback", "partial_chargeback"]);

/** One order id may have several transactions at the gateway. Once one has paid, the others' ends are no news of it. */
const isOfAnother = (transaction: TransactionRow, { gatewayTransactionId }: PaymentReport): boolean =>
  statusIdOf(transaction) !== transaction.gatewayOrderId && gatewayTransactionId !== transaction.gatewayTransactionId;

/** Why a report may not move this payment, null where it may. */
function objection({ app, payment, transaction, report }: Facts): { kind: string; summary: string } | null {
  const { midtransMerchantId } = app.settings;
  if (report.gatewayOrderId !== transaction.gatewayOrderId) {
    return { kind: "UNMATCHED", summary: `The gateway answered about ${report.gatewayOrderId}, not ${transaction.gatewayOrderId}` };
  }
  if (report.merchantId !== null && report.merchantId !== midtransMerchantId) {
    return { kind: "UNMATCHED", summary: `Payment ${payment.number} was reported for another merchant` };
  }
  if (report.currency !== "IDR" || report.originalAmount !== transaction.amount) {
    return { kind: "AMOUNT_MISMATCH", summary: `Payment ${payment.number} was reported with another amount or currency` };
  }
  if (isOfAnother(transaction, report) && MONEY_WORDS.has(report.status)) {
    return { kind: "PAID_TWICE", summary: `Payment ${payment.number} was paid by two transactions of one order id` };
  }
  return null;
}

/** What has gone back of a transaction: the confirmed refunds, or all of a capture that was voided. */
function goneBack({ transaction, report }: Facts, event: PaymentEvent | "strange"): number {
  const isVoid = report.status === "cancel" && event !== "strange";
  return Math.min(isVoid ? transaction.capturedAmount : report.refundedAmount, transaction.capturedAmount);
}

/** Keeps what the report says on the transaction's row. It moves nothing else. */
async function storeReport(tx: Tx, facts: Facts, event: PaymentEvent | "strange"): Promise<void> {
  const { app, payment, transaction, report, now } = facts;
  const isCaptured = event === "captured" || event === "capturedAfterReversal";
  const isReversed = event === "reversed";
  const state = stateAfter(report, event, transaction.method, transaction.state);
  const settlesAt = isCaptured ? (report.settledAt ?? (report.status === "settlement" ? now : null)) : null;
  const settledAt = transaction.settledAt ?? settlesAt;
  const poll = nextPollAt(
    { state, createdAt: transaction.createdAt, paymentType: report.paymentType, settledAt },
    payment, app.settings.paymentPollsMs, now,
  );
  const captured = isReversed ? 0 : isCaptured ? report.originalAmount : transaction.capturedAmount;
  await tx.sql(
    `update payment_transactions
        set state = $2, gateway_transaction_id = $3, gateway_payment_type = $4, gateway_status = $5, fraud_status = $6,
            captured_amount = $7, fee_amount = $8, refunded_amount = $9, instructions = instructions || $10::jsonb,
            charged_back_amount = case when $15 then $7::bigint - $9::bigint else charged_back_amount end,
            settled_at = $11, expires_at = coalesce($12, expires_at), next_poll_at = $13, last_checked_at = $14, updated_at = $14
      where id = $1`,
    [
      transaction.id, state, report.gatewayTransactionId, report.paymentType, report.statusText, report.fraudStatus,
      captured, report.grossAmount - report.originalAmount, Math.min(goneBack(facts, event), captured),
      JSON.stringify(report.instructions), settledAt, report.expiresAt, poll, now, event === "chargedBack",
    ],
  );
}

/** Money beyond what is owed, or for something that is gone: recorded as owed back, and staff is told. */
async function recordOrphan(tx: Tx, facts: Facts, kind: "PAID_TWICE" | "LATE_PAYMENT", why: string): Promise<void> {
  const { app, payment, transaction, report, cause, now } = facts;
  await app.effects[payment.purpose].orphan(tx, {
    ...effectContext(payment, cause, now), transactionId: transaction.id, captured: report.originalAmount, why,
  });
  await openMoneyCase(tx, { ids: app.ids, now }, {
    kind, subject: transaction.gatewayOrderId, paymentId: payment.id, transactionId: transaction.id,
    amount: report.originalAmount, summary: why, evidence: { report }, actions: ["REFUND"],
  });
}

async function openCase(tx: Tx, facts: Facts, kind: string, summary: string): Promise<void> {
  const { app, payment, transaction, report, now } = facts;
  await openMoneyCase(tx, { ids: app.ids, now }, {
    kind, subject: transaction.gatewayOrderId, paymentId: payment.id, transactionId: transaction.id,
    amount: report.grossAmount, summary, evidence: { report, payment: payment.status }, actions: ["DISMISS"],
  });
}

/** Refunds that began at the gateway: the sums on our rows follow what it confirms. */
async function followRefunds(tx: Tx, facts: Facts, event: PaymentEvent): Promise<void> {
  const { app, payment, transaction, cause, now } = facts;
  const more = goneBack(facts, event) - transaction.refundedAmount;
  if (more <= 0) return;
  await app.effects[payment.purpose].refundedOutside(tx, {
    ...effectContext(payment, cause, now), transactionId: transaction.id, refunded: more,
  });
  await tx.sql("update payments set refunded_amount = refunded_amount + $2 where id = $1", [payment.id, more]);
}

/** Moves the payment by an event of its live or covering transaction. */
async function move(tx: Tx, facts: Facts, event: PaymentEvent): Promise<ReportOutcome> {
  const { app, payment, transaction, report, cause, now } = facts;
  const brings = event === "captured" || event === "capturedAfterReversal";
  const { verdict, effect } = await advancePayment(tx, app, payment, event, {
    ...cause, now, covering: brings ? transaction.id : null, transactionId: transaction.id,
  });
  if (effect === "orphaned") {
    await recordOrphan(tx, facts, "LATE_PAYMENT", `Payment ${payment.number} came when its order was over`);
  }
  if (verdict.opensCase) await openCase(tx, facts, event.toUpperCase(), `${event} on payment ${payment.number} that is ${payment.status}`);
  if (verdict.kind === "never") {
    const message = `The gateway says ${report.statusText} of payment ${payment.number}, which is ${payment.status}`;
    await raiseAlert(tx, { ids: app.ids, now }, { kind: "IMPOSSIBLE_STATUS", subject: transaction.gatewayOrderId, severity: "CRITICAL", message });
  }
  if (event === "chargedBack" && verdict.kind === "moved") {
    const message = `Payment ${payment.number} was charged back: its money is gone`;
    await raiseAlert(tx, { ids: app.ids, now }, { kind: "CHARGEBACK", subject: transaction.gatewayOrderId, severity: "CRITICAL", message });
  }
  await followRefunds(tx, facts, event);
  return verdict.kind === "moved" ? "applied" : "same";
}

/** True when another transaction has paid already: what this one says then moves nothing. */
const isCoveredByAnother = (payment: PaymentRow, transaction: TransactionRow): boolean =>
  payment.coveringTransactionId !== null && payment.coveringTransactionId !== transaction.id;

/** A transaction beside the live or covering one may only bring money; its end is no news for the payment. */
function concernsPayment({ payment, transactions }: LockedPayment, transaction: TransactionRow, event: PaymentEvent): boolean {
  if (event === "captured" || event === "capturedAfterReversal" || payment.coveringTransactionId === transaction.id) return true;
  const live = liveTransaction(transactions);
  return live === null || live.id === transaction.id;
}

async function applyMoneyOfAnother(tx: Tx, facts: Facts, event: PaymentEvent): Promise<ReportOutcome> {
  if (event === "captured" && facts.transaction.capturedAmount === 0) {
    await recordOrphan(tx, facts, "PAID_TWICE", `Payment ${facts.payment.number} was paid a second time`);
    return "applied";
  }
  if (event !== "captured" && MONEY_WORDS.has(facts.report.status)) {
    await openCase(tx, facts, event.toUpperCase(), `${event} on a second transaction of payment ${facts.payment.number}`);
  }
  return "same";
}

/** Notes that the gateway was asked; what is known of the transaction stays as it is. */
async function noteLook(tx: Tx, { transaction, now }: Facts): Promise<void> {
  await tx.sql("update payment_transactions set last_checked_at = $2 where id = $1", [transaction.id, now]);
}

/**
 * Applies what the gateway says is true to a locked payment: checks whose money it is and how much, keeps the report on
 * the transaction, and lets the total table decide. The same report twice changes nothing the second time: the table's
 * cell says `same`.
 */
export async function recordReport(
  tx: Tx,
  app: ReportApp,
  locked: LockedPayment,
  transaction: TransactionRow,
  news: { report: PaymentReport; cause: PaymentCause; now: Date },
): Promise<ReportOutcome> {
  const facts: Facts = { app, payment: locked.payment, transaction, ...news };
  const { payment, report, cause, now } = facts;
  const against = objection(facts);
  const isNews = report.statusText !== transaction.gatewayStatus || report.fraudStatus !== transaction.fraudStatus;
  if (isNews && (against || !isOfAnother(transaction, report))) {
    const detail = { status: report.statusText, fraud: report.fraudStatus, type: report.paymentType, amount: report.grossAmount };
    await logPaymentStep(tx, now, cause, { paymentId: payment.id, transactionId: transaction.id, step: "gatewayStatus", detail });
  }
  if (against) {
    await tx.sql("update payment_transactions set last_checked_at = $2, next_poll_at = $3 where id = $1", [
      transaction.id, now, now < later(payment.expiresAt, DAY_MS) ? later(now, HOUR_MS) : null,
    ]);
    await openCase(tx, facts, against.kind, against.summary);
    return "held";
  }
  if (isOfAnother(transaction, report)) {
    await noteLook(tx, facts);
    return "same";
  }
  const event = eventOf(report, transaction, payment, now);
  // Money that was taken back and came again is left to a person, and the next report of it must mean the same.
  const isHeldBack = event === "capturedAfterReversal" && paymentStates.verdict(payment.status, event).kind !== "moved";
  await (isHeldBack ? noteLook(tx, facts) : storeReport(tx, facts, event));
  if (event === "strange") {
    await openCase(tx, facts, "STRANGE_STATUS", `Payment ${payment.number}: the gateway says ${report.statusText} (${report.fraudStatus ?? "no fraud status"})`);
    return "held";
  }
  if (isCoveredByAnother(payment, transaction)) return applyMoneyOfAnother(tx, facts, event);
  return concernsPayment(locked, transaction, event) ? move(tx, facts, event) : "same";
}
