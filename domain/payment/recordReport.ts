import type { Tx } from "../../platform/db.ts";
import { raiseAlert } from "../kernel/raiseAlert.ts";
import { bookPayments } from "../ledger/bookPayments.ts";
import { send } from "../messages.ts";
import { advancePayment, effectContext, logPaymentStep, type PaymentStep } from "./advancePayment.ts";
import {
  applyMoneyOfAnother,
  applySecondOfOneId,
  followRefunds,
  openCase,
  openGoneCase,
  openOutsideCase,
  type ReportOutcome,
  recordOrphan,
} from "./applyMoneyOfAnother.ts";
import { isBeside, isStray, rowOf } from "./besides.rules.ts";
import {
  type LockedPayment,
  liveTransaction,
  type PaymentRow,
  statusIdOf,
  type TransactionRow,
} from "./lockPayment.ts";
import { usesPage } from "./methods.rules.ts";
import { wordsOf } from "./moneyCase.rules.ts";
import { eventOf, isDead } from "./payment.rules.ts";
import { type PaymentEvent, paymentStates } from "./payment.states.ts";
import type { PaymentReport } from "./paymentGateway.ts";
import {
  adoptTransaction,
  askAgain,
  type Facts,
  noteHeld,
  noteLook,
  type ReportApp,
  type Sums,
  storeReport,
} from "./storeReport.ts";

/** One order id may have several transactions at the gateway. Once one has paid, the others' ends are no news of it. */
export const isOfAnother = (transaction: TransactionRow, { gatewayTransactionId }: PaymentReport): boolean =>
  statusIdOf(transaction) !== transaction.gatewayOrderId && gatewayTransactionId !== transaction.gatewayTransactionId;

/** Why a report may not move this payment, null where it may. */
export function objection({ app, payment, transaction, report }: Facts): { kind: string; summary: string } | null {
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
  const isOwn = report.gatewayTransactionId === transaction.gatewayTransactionId;
  const expected = isStray(transaction) && isOwn ? transaction.capturedAmount : transaction.amount;
  if (report.currency !== "IDR" || report.originalAmount !== expected) {
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

const contradiction = ({ payment, report }: Facts): string =>
  `The gateway says ${wordsOf(report)} of payment ${payment.number}, which is ${payment.status}`;

/** The table says that this cannot be: nothing of it is kept but the evidence, and people are told. */
async function refuse(tx: Tx, facts: Facts, event: PaymentEvent, opensCase: boolean): Promise<ReportOutcome> {
  await noteLook(tx, facts);
  if (opensCase) await openCase(tx, facts, event.toUpperCase(), contradiction(facts));
  await alert(tx, facts, "IMPOSSIBLE_STATUS", contradiction(facts));
  return "held";
}

/** Moves the payment by an event of its live or covering transaction. */
async function move(tx: Tx, facts: Facts, said: PaymentEvent, sums: Sums): Promise<ReportOutcome> {
  const { app, payment, transaction, cause, now } = facts;
  // The gateway knows nothing of what was paid back by hand: its part and ours may be the whole.
  const isWhole = said === "partiallyRefunded" && sums.refunded >= sums.captured;
  const event = isWhole ? "refunded" : said;
  const brings = event === "captured" || event === "capturedAfterReversal";
  const covering = brings ? transaction.id : null;
  const what = { payment, event, covering, transactionId: transaction.id };
  const outside = await followRefunds(tx, facts, sums);
  const { verdict, effect } = await advancePayment(tx, app, what, { ...cause, now });
  if (effect === "orphaned") {
    await recordOrphan(tx, facts, transaction.id, "LATE", `Payment ${payment.number} came when its order was over`);
  }
  if (verdict.opensCase) await openCase(tx, facts, event.toUpperCase(), contradiction(facts));
  if (verdict.kind === "moved" && (event === "chargedBack" || event === "reversed")) {
    await app.effects[payment.purpose].withdraw(tx, {
      ...effectContext(payment, cause, now),
      transactionId: transaction.id,
    });
  }
  if (verdict.kind === "moved" && event === "chargedBack") {
    await alert(tx, facts, "CHARGEBACK", `Payment ${payment.number} was charged back: its money is gone`);
    await openGoneCase(tx, facts, { kind: "CHARGEBACK", amount: sums.chargedBack, total: sums.chargedBack });
  }
  await openOutsideCase(tx, facts, outside, sums);
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

/** What the payment's log says of a report; null where it says what is known already. */
export function newsOf({ payment, transaction, report, requestId }: Facts): PaymentStep | null {
  const isSame = report.statusText === transaction.gatewayStatus && report.fraudStatus === transaction.fraudStatus;
  // One card after another may be declined under one order id: the same word, of another transaction.
  if (isSame && (report.gatewayTransactionId === transaction.gatewayTransactionId || !isDead(report))) return null;
  const detail = {
    status: report.statusText,
    fraud: report.fraudStatus,
    type: report.paymentType,
    amount: report.grossAmount,
  };
  return { paymentId: payment.id, transactionId: transaction.id, step: "gatewayStatus", detail, requestId };
}

async function logNews(tx: Tx, facts: Facts): Promise<void> {
  const news = newsOf(facts);
  if (news) await logPaymentStep(tx, facts.now, facts.cause, news);
}

/** A report of the transaction itself, against which nothing speaks. */
async function applyOwn(tx: Tx, facts: Facts, event: PaymentEvent): Promise<ReportOutcome> {
  const { payment, transaction, report, now, locked } = facts;
  if (isCoveredByAnother(payment, transaction)) return applyMoneyOfAnother(tx, facts, event);
  if (!concernsPayment(locked, transaction, event)) return applyMoneyOfAnother(tx, facts, event);
  // A method that ended on a hosted page is not the end of the payment: that comes when its page is closed.
  if (payment.status === "PENDING" && usesPage(transaction.method) && isDead(report)) {
    await storeReport(tx, facts, event);
    if (now >= payment.expiresAt)
      await send(tx, now, "payment.windowOver", { paymentId: payment.id }, { key: payment.id });
    return "same";
  }
  const { kind, opensCase } = paymentStates.verdict(payment.status, event);
  if ((kind === "never" || opensCase) && facts.isCrossed) {
    await askAgain(tx, facts);
    return "same";
  }
  if (kind === "never") return refuse(tx, facts, event, opensCase);
  return move(tx, facts, event, await storeReport(tx, facts, event));
}

/**
 * What another transaction says under an order id whose own row stands for a wrong sum: the right one may still pay, on
 * a row of its own.
 */
async function applyAfterStray(tx: Tx, facts: Facts): Promise<ReportOutcome> {
  const { payment, transaction, report, now } = facts;
  const event = eventOf(report, { settledAt: null, capturedAmount: 0 }, payment, now);
  if (event !== "captured") return applySecondOfOneId(tx, facts);
  const id = await adoptTransaction(tx, facts);
  if (!id) return "same";
  const name = report.gatewayTransactionId;
  const captured = report.originalAmount;
  const gone = { refundedAmount: 0, chargedBackAmount: 0 };
  const row = {
    ...transaction,
    ...gone,
    id,
    gatewayOrderId: name,
    gatewayTransactionId: name,
    capturedAmount: captured,
  };
  return move(tx, { ...facts, transaction: row }, event, { captured, refunded: 0, chargedBack: 0 });
}

const applyEvent = (tx: Tx, facts: Facts, event: PaymentEvent): Promise<ReportOutcome> =>
  (isBeside(facts.payment, facts.transaction) ? applyMoneyOfAnother : applyOwn)(tx, facts, event);

async function record(tx: Tx, facts: Facts): Promise<ReportOutcome> {
  const { payment, report, now } = facts;
  const against = objection(facts);
  if (against) {
    await logNews(tx, facts);
    await (facts.transaction.state === "PAID" ? noteLook(tx, facts) : noteHeld(tx, facts));
    await openCase(tx, facts, against.kind, against.summary);
    return "held";
  }
  if (isOfAnother(facts.transaction, report)) {
    const mayPay = payment.coveringTransactionId === null && isStray(facts.transaction);
    return (mayPay ? applyAfterStray : applySecondOfOneId)(tx, facts);
  }
  await logNews(tx, facts);
  const event = eventOf(report, facts.transaction, payment, now);
  if (event !== "strange") return applyEvent(tx, facts, event);
  // Of a part that the bank took back nobody says how much it is. What was given back besides is told as ever.
  const { refundedAmount, refundedByHand } = facts.transaction;
  const isPart = report.status === "partial_chargeback" && report.refundedAmount + refundedByHand > refundedAmount;
  if (isPart) await applyEvent(tx, facts, "partiallyRefunded");
  else await storeReport(tx, facts, event);
  await openCase(
    tx,
    facts,
    "STRANGE_STATUS",
    `Payment ${payment.number}: the gateway says ${report.statusText} (${report.fraudStatus ?? "no fraud status"})`,
  );
  return "held";
}

/**
 * Applies what the gateway says is true to a locked payment: checks whose money it is and how much, keeps the report on
 * the transaction, and lets the total table decide. What cannot be, told by an answer that the payment has moved
 * during, is asked for again before anybody is told. The ledger follows. The same report twice changes nothing the
 * second time: the table's cell says `same`, and sums only follow what is new.
 */
export async function recordReport(
  tx: Tx,
  app: ReportApp,
  locked: LockedPayment,
  transaction: TransactionRow,
  news: Pick<Facts, "report" | "cause" | "now" | "isCrossed">,
): Promise<ReportOutcome> {
  const outcome = await record(tx, {
    app,
    locked,
    payment: locked.payment,
    ...news,
    ...rowOf(locked, transaction, news.report),
  });
  await bookPayments(tx, news.now, [locked.payment.id]);
  return outcome;
}
