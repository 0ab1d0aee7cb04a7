import type { Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { DAY_MS, HOUR_MS, later, MINUTE_MS } from "../kernel/time.ts";
import type { PaymentCause } from "./advancePayment.ts";
import type { LockedPayment, PaymentRow, TransactionRow } from "./lockPayment.ts";
import { nextPollAt, stateAfter } from "./payment.rules.ts";
import type { PaymentEvent } from "./payment.states.ts";
import type { PaymentReport } from "./paymentGateway.ts";
import { cardHash } from "./screenStart.ts";

export type ReportApp = Pick<App, "effects" | "ids" | "sealer" | "settings">;

/** A report, and everything under lock that it may concern. */
export interface Facts {
  readonly app: ReportApp;
  readonly locked: LockedPayment;
  readonly payment: PaymentRow;
  readonly transaction: TransactionRow;
  readonly report: PaymentReport;
  readonly cause: PaymentCause;
  readonly now: Date;
  /** The payment has moved while the gateway was asked: the answer may be from before. */
  readonly isCrossed?: boolean | undefined;
  /** The request that it follows from, where that is not the one that runs. */
  readonly requestId?: string;
}

/** A transaction's money after a report, in whole rupiah. */
export interface Sums {
  readonly captured: number;
  readonly refunded: number;
  readonly chargedBack: number;
}

/**
 * The sums of a transaction after a report that is believed. Answers overtake one another, so what was once confirmed
 * is never lowered by a later one: only a reversal takes a capture back.
 */
export function sumsAfter(
  { transaction, report }: Pick<Facts, "transaction" | "report">,
  event: PaymentEvent | "strange",
): Sums {
  const { capturedAmount, refundedAmount, chargedBackAmount } = transaction;
  // What we have given back of it stays on record: it is a case, for the bank takes it a second time.
  if (event === "reversed") return { captured: refundedAmount, refunded: refundedAmount, chargedBack: 0 };
  const isCapture = event === "captured" || event === "capturedAfterReversal";
  const captured = isCapture ? report.originalAmount : capturedAmount;
  // A word that moves nothing moves no sum either.
  if (event === "strange") return { captured, refunded: refundedAmount, chargedBack: chargedBackAmount };
  // A cancel of something captured is a void: all of it goes back.
  const isWhole = event === "refunded" || report.status === "cancel";
  const told = isWhole ? captured : report.refundedAmount + transaction.refundedByHand;
  // A chargeback is of all that is left: a refund before it that is told only now was never charged back.
  const room = event === "chargedBack" ? captured : captured - chargedBackAmount;
  const refunded = Math.max(refundedAmount, Math.min(told, room));
  return { captured, refunded, chargedBack: event === "chargedBack" ? captured - refunded : chargedBackAmount };
}

/** A closed try comes back to life only where no other one lives: at most one can be paid. */
function stateOf({ locked, transaction, report }: Facts, event: PaymentEvent | "strange") {
  const state = stateAfter(report, event, transaction.method, transaction.state);
  const isRevived = state === "LIVE" && transaction.state === "CLOSED";
  const hasOther = locked.transactions.some(
    ({ id, state: other }) =>
      id !== transaction.id && (other === "LIVE" || other === "STARTING" || other === "UNKNOWN"),
  );
  return isRevived && hasOther ? "CLOSED" : state;
}

/** What a report is taken for. */
export interface Told {
  readonly facts: Facts;
  readonly event: PaymentEvent | "strange";
}

const STORE_REPORTS = `
  update payment_transactions t
     set state = r.state, gateway_transaction_id = r.gateway_id, gateway_payment_type = r.payment_type,
         gateway_status = r.status, fraud_status = r.fraud, captured_amount = r.captured, fee_amount = r.fee,
         card_hash = coalesce(r.card_hash, t.card_hash),
         refunded_amount = r.refunded, charged_back_amount = r.charged_back,
         instructions = t.instructions || r.instructions, settled_at = r.settled_at,
         expires_at = coalesce(r.expires_at, t.expires_at), next_poll_at = r.poll_at, last_checked_at = r.now,
         updated_at = r.now
    from jsonb_to_recordset($1::jsonb)
      as r(id uuid, state text, gateway_id text, payment_type text, status text, fraud text, captured bigint,
           card_hash text, fee bigint, refunded bigint, charged_back bigint, instructions jsonb, settled_at timestamptz,
           expires_at timestamptz, poll_at timestamptz, now timestamptz)
   where t.id = r.id`;

function reportRow({ facts, event }: Told, sums: Sums) {
  const { app, payment, transaction, report, now } = facts;
  const state = stateOf(facts, event);
  const isCapture = event === "captured" || event === "capturedAfterReversal";
  const settlesAt = isCapture ? (report.settledAt ?? (report.status === "settlement" ? now : null)) : null;
  const settledAt = transaction.settledAt ?? settlesAt;
  const known = { state, createdAt: transaction.createdAt, paymentType: report.paymentType, settledAt };
  return {
    id: transaction.id,
    state,
    gateway_id: report.gatewayTransactionId,
    payment_type: report.paymentType,
    status: report.statusText,
    fraud: report.fraudStatus,
    card_hash: report.maskedCard ? cardHash(app, report.maskedCard) : null,
    captured: sums.captured,
    fee: report.grossAmount - report.originalAmount,
    refunded: sums.refunded,
    charged_back: sums.chargedBack,
    instructions: report.instructions,
    settled_at: settledAt,
    expires_at: report.expiresAt,
    poll_at: nextPollAt(known, payment, app.settings.paymentPollsMs, now),
    now,
  };
}

/** Keeps what reports say on their transactions' rows. It moves nothing else. */
export async function storeReports(tx: Tx, told: readonly Told[]): Promise<void> {
  const rows = told.map((one) => reportRow(one, sumsAfter(one.facts, one.event)));
  await tx.sql(STORE_REPORTS, [JSON.stringify(rows)]);
}

/** As storeReports, of one; returns the transaction's sums. */
export async function storeReport(tx: Tx, facts: Facts, event: PaymentEvent | "strange"): Promise<Sums> {
  await storeReports(tx, [{ facts, event }]);
  return sumsAfter(facts, event);
}

/** The gateway is asked again at once; nothing of this answer is kept. */
export async function askAgain(tx: Tx, { transaction, now }: Facts): Promise<void> {
  await tx.sql("update payment_transactions set next_poll_at = $2 where id = $1", [transaction.id, now]);
}

const hourly = ({ expiresAt }: Pick<PaymentRow, "expiresAt">, now: Date): Date | null =>
  now < later(expiresAt, DAY_MS) ? later(now, HOUR_MS) : null;

/** A poll that is due sooner is the lease of the one that asked just now. */
const LEASE_LOOK_MS = 3 * MINUTE_MS;

/**
 * Notes that the gateway was asked; what is known of the transaction stays as it is. The poll that asked is over: the
 * next one is an hour away, until the payment has been over for a day.
 */
export async function noteLook(tx: Tx, { transaction, payment, now }: Facts): Promise<void> {
  await tx.sql(
    `update payment_transactions
        set last_checked_at = $2, next_poll_at = case when next_poll_at <= $3 then $4::timestamptz else next_poll_at end
      where id = $1`,
    [transaction.id, now, later(now, LEASE_LOOK_MS), hourly(payment, now)],
  );
}

/**
 * As noteLook, for a report that a person must look at: the gateway is asked again now and then, in case it changes.
 */
export async function noteHeld(tx: Tx, { transaction, payment, now }: Facts): Promise<void> {
  await tx.sql("update payment_transactions set last_checked_at = $2, next_poll_at = $3 where id = $1", [
    transaction.id,
    now,
    hourly(payment, now),
  ]);
}

/**
 * A second transaction at the gateway under one order id has paid, too, perhaps a wrong sum: it gets a row of its own,
 * by its own id, so that its money is on record and can go back. A second run finds the row.
 *
 * @returns the row's id, null where it was there already
 */
export async function adoptTransaction(
  tx: Tx,
  { app, payment, transaction, report, now }: Facts,
): Promise<TransactionRow["id"] | null> {
  const { paymentType, settledAt } = report;
  // Its bank may take it back as any other money.
  const known = { state: "PAID", createdAt: now, paymentType, settledAt } as const;
  const [row] = await tx.sql<{ id: TransactionRow["id"] }>(
    `insert into payment_transactions (id, payment_id, gateway_order_id, method, state, gateway_transaction_id,
                                       gateway_payment_type,
                                       gateway_status, fraud_status, amount, item_total, captured_amount, settled_at,
                                       next_poll_at, last_checked_at, created_at, updated_at)
     values ($1, $2, $3, $4, 'PAID', $3, $5, $6, $7, $11, $11, $8, $9, $12, $10, $10, $10)
     on conflict do nothing returning id`,
    [
      app.ids.next<"paymentTransaction">(),
      payment.id,
      report.gatewayTransactionId,
      transaction.method,
      paymentType,
      report.statusText,
      report.fraudStatus,
      report.originalAmount,
      settledAt,
      now,
      transaction.amount,
      nextPollAt(known, payment, app.settings.paymentPollsMs, now),
    ],
  );
  return row?.id ?? null;
}
