import type { Tx } from "../../platform/db.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { formatRupiah } from "../kernel/money.ts";
import { openMoneyCase } from "../kernel/openMoneyCase.ts";
import { effectContext } from "./advancePayment.ts";
import type { TransactionRow } from "./lockPayment.ts";
import { actionsAfter, toldBy, wordsOf } from "./moneyCase.rules.ts";
import { eventOf } from "./payment.rules.ts";
import type { PaymentEvent } from "./payment.states.ts";
import type { PaymentReport } from "./paymentGateway.ts";
import type { OrphanKind } from "./purposeEffects.ts";
import { adoptTransaction, type Facts, noteLook, type Sums, storeReport } from "./storeReport.ts";

/** What a report changed. `held`: nothing, because a person must look first. */
export type ReportOutcome = "applied" | "same" | "held";

const MONEY_WORDS = new Set(["capture", "settlement", "refund", "partial_refund", "chargeback", "partial_chargeback"]);

/** True when the report tells of money that came, whatever became of it. */
export const tellsOfMoney = (report: Pick<PaymentReport, "status">): boolean => MONEY_WORDS.has(report.status);

/** Money beyond what is owed, or for something that is gone: recorded as owed back, and staff is told. */
export async function recordOrphan(
  tx: Tx,
  facts: Facts,
  transactionId: TransactionRow["id"],
  kind: OrphanKind,
  why: string,
): Promise<void> {
  const { app, payment, report, cause, now } = facts;
  await app.effects[payment.purpose].orphan(tx, {
    ...effectContext(payment, cause, now),
    transactionId,
    captured: report.originalAmount,
    kind,
    why,
  });
  killPoint("refund.owed");
  await openMoneyCase(
    tx,
    { ids: app.ids, now },
    {
      kind: kind === "LATE" ? "LATE_PAYMENT" : "PAID_TWICE",
      subject: report.gatewayTransactionId,
      paymentId: payment.id,
      transactionId,
      amount: report.originalAmount,
      summary: why,
      evidence: { report },
      actions: ["REFUND", "DISMISS"],
    },
  );
}

/** Of several transactions under one order id each brings its own money: the first one's case does not tell of it. */
async function isPartBesides(tx: Tx, { transaction, report }: Facts, kind: string): Promise<boolean> {
  if (!tellsOfMoney(report)) return false;
  const others = await tx.sql(
    `select id from money_cases
      where kind = $1 and subject = $2 and resolved_at is null and split_part(told, ' ', 1) <> $3`,
    [kind, transaction.gatewayOrderId, report.gatewayTransactionId],
  );
  return others.length > 0;
}

/** Puts what a report says before a person: one open case a kind and order id, and one for each further money. */
export async function openCase(tx: Tx, facts: Facts, kind: string, summary: string): Promise<void> {
  const { app, payment, transaction, report, now } = facts;
  const isBesides = await isPartBesides(tx, facts, kind);
  await openMoneyCase(
    tx,
    { ids: app.ids, now },
    {
      kind,
      subject: isBesides ? `${transaction.gatewayOrderId}:${report.gatewayTransactionId}` : transaction.gatewayOrderId,
      paymentId: payment.id,
      transactionId: transaction.id,
      amount: report.grossAmount,
      summary,
      evidence: { report, payment: payment.status },
      actions: actionsAfter(kind, report),
      told: toldBy(report),
    },
  );
}

/** Money that went back by itself, at the gateway: a person decides what becomes of what it paid for. */
export async function openGoneCase(
  tx: Tx,
  { app, payment, transaction, report, now }: Facts,
  gone: { readonly kind: "CHARGEBACK" | "REFUNDED_OUTSIDE"; readonly amount: number; readonly total: number },
): Promise<void> {
  const how = gone.kind === "CHARGEBACK" ? "was charged back" : "went back at Midtrans, which nobody here asked for";
  await openMoneyCase(
    tx,
    { ids: app.ids, now },
    {
      kind: gone.kind,
      // Each sum that it comes to is a matter of its own.
      subject: `${transaction.gatewayOrderId}:${gone.total}`,
      paymentId: payment.id,
      transactionId: transaction.id,
      amount: gone.amount,
      summary: `${formatRupiah(gone.amount)} of payment ${payment.number} ${how}`,
      evidence: { report, payment: payment.status },
      actions: ["DISMISS"],
      told: toldBy(report),
    },
  );
}

/**
 * Refunds and their sum follow what the gateway's books say. Called before the payment moves, so that what we asked for
 * is no surprise to what it pays for.
 *
 * @returns how much nobody here asked for, whole rupiah
 */
export async function followRefunds(tx: Tx, facts: Facts, sums: Sums): Promise<number> {
  const { app, payment, transaction, report, cause, now } = facts;
  const refunds = report.refunds ?? [];
  const known = transaction.refundedAmount - transaction.refundedByHand;
  const said = report.status === "refund" ? sums.captured : report.refundedAmount;
  const isDenied = said < known && (report.status === "settlement" || report.status === "partial_refund");
  if (refunds.length === 0 && sums.refunded <= transaction.refundedAmount && !isDenied) return 0;
  return app.effects[payment.purpose].followRefunds(tx, {
    ...effectContext(payment, cause, now),
    transactionId: transaction.id,
    refunds,
    total: sums.refunded - transaction.refundedByHand,
    said: isDenied ? said : known,
    isVoid: report.status === "cancel",
  });
}

/** A person decides what becomes of what such money paid for. */
export async function openOutsideCase(tx: Tx, facts: Facts, outside: number, sums: Sums): Promise<void> {
  if (outside > 0) await openGoneCase(tx, facts, { kind: "REFUNDED_OUTSIDE", amount: outside, total: sums.refunded });
}

/** The money of such a try leaves it: what is gone is owed no more. */
async function followItsEnd(tx: Tx, facts: Facts, event: PaymentEvent): Promise<void> {
  const { app, payment, transaction, cause, now } = facts;
  const sums = await storeReport(tx, facts, event);
  if (event === "reversed" || event === "chargedBack") {
    await app.effects[payment.purpose].withdraw(tx, {
      ...effectContext(payment, cause, now),
      transactionId: transaction.id,
    });
  }
  const chargedBack = sums.chargedBack - transaction.chargedBackAmount;
  if (chargedBack > 0)
    await openGoneCase(tx, facts, { kind: "CHARGEBACK", amount: chargedBack, total: sums.chargedBack });
  await openOutsideCase(tx, facts, await followRefunds(tx, facts, sums), sums);
  if (sums.captured === 0 && tellsOfMoney(facts.report)) await openSecondCase(tx, facts, event);
}

const openSecondCase = (tx: Tx, facts: Facts, event: PaymentEvent): Promise<void> =>
  openCase(
    tx,
    facts,
    event.toUpperCase(),
    `The gateway says ${wordsOf(facts.report)} of a second transaction of payment ${facts.payment.number}`,
  );

/** A try that another one has outrun: its money is owed back, and what takes it away by itself is no debt any more. */
export async function applyMoneyOfAnother(tx: Tx, facts: Facts, event: PaymentEvent): Promise<ReportOutcome> {
  const { payment, transaction } = facts;
  if (event === "capturedAfterReversal") {
    // An answer from before the reversal may come after it: nothing of it is kept but the evidence.
    await noteLook(tx, facts);
    await openSecondCase(tx, facts, event);
    return "held";
  }
  if (event !== "captured") {
    await followItsEnd(tx, facts, event);
    return "same";
  }
  await storeReport(tx, facts, event);
  if (transaction.capturedAmount > 0) return "same";
  await recordOrphan(tx, facts, transaction.id, "TWICE", `Payment ${payment.number} was paid a second time`);
  return "applied";
}

/** What another gateway transaction under a paid order id says: only its money is news. */
export async function applySecondOfOneId(tx: Tx, facts: Facts): Promise<ReportOutcome> {
  const { payment, transaction, report } = facts;
  await noteLook(tx, facts);
  if (!tellsOfMoney(report)) return "same";
  const isCapture = eventOf(report, { settledAt: null, capturedAmount: 0 }, payment, facts.now) === "captured";
  const adopted = isCapture ? await adoptTransaction(tx, facts) : null;
  if (adopted) {
    await recordOrphan(
      tx,
      facts,
      adopted,
      "TWICE",
      `Payment ${payment.number} was paid by two transactions of ${transaction.gatewayOrderId}`,
    );
    return "applied";
  }
  if (!isCapture)
    await openCase(
      tx,
      facts,
      "SECOND_TRANSACTION",
      `${report.statusText} on a second transaction of ${transaction.gatewayOrderId}`,
    );
  return "same";
}
