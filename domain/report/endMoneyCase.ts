import type { Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { restock } from "../catalog/restock.ts";
import { COURSE_PAID_TWICE } from "../enrollment/openTwiceCase.ts";
import { endUnanswered } from "../fulfilment/cancelBooking.ts";
import { UNANSWERED } from "../fulfilment/endBooking.ts";
import { Refusal } from "../kernel/errors.ts";
import type { OrderId } from "../kernel/ids.ts";
import type { CaseAction } from "../kernel/openMoneyCase.ts";
import { clearAlertOf } from "../kernel/raiseAlert.ts";
import { send } from "../messages.ts";
import { logPaymentStep, type PaymentCause } from "../payment/advancePayment.ts";
import { NOTIFICATION_PARKED } from "../payment/endParkedAbout.ts";
import { type LockedPayment, liveTransaction, type TransactionRow } from "../payment/lockPayment.ts";
import { isMoneyHere, toldBy, toldTransaction } from "../payment/moneyCase.rules.ts";
import type { PaymentReport } from "../payment/paymentGateway.ts";
import { recordAnswer } from "../payment/pollPayments.ts";
import { reopenNotifications } from "../payment/replayNotification.ts";
import { adoptTransaction } from "../payment/storeReport.ts";
import { isUnknown, UNKNOWN_OUTCOME } from "../payment/sweepUnknownTries.ts";
import { oweBack } from "../refund/oweBack.ts";
import { oweForOrder } from "../refund/oweForOrder.ts";
import { readRefundable } from "../refund/refundable.queries.ts";
import type { CaseRow } from "./lockMoneyCase.ts";

/** A case under lock with what it is about, and the gateway's fresh word where the action wants one. */
export interface Ending {
  readonly app: App;
  readonly row: CaseRow;
  readonly locked: LockedPayment | null;
  readonly report: PaymentReport | null;
  readonly cause: PaymentCause;
  readonly now: Date;
}

/** True where the gateway is asked before anything is changed: other money than ours has only its word. */
export const needsStatus = ({ kind }: CaseRow, action: CaseAction): boolean =>
  (action === "SYNC" && kind !== UNKNOWN_OUTCOME) || (action === "REFUND" && kind === "AMOUNT_MISMATCH");

const cannot = (why: string) => new Refusal("ILLEGAL_TRANSITION", why);

function transactionOf({ row, locked }: Ending): TransactionRow {
  const found = locked?.transactions.find(({ id }) => id === row.transactionId);
  if (!found) throw cannot("This case is about no transaction of a payment");
  return found;
}

/** The try that the case held open is over: its payment may end with its window, or be tried anew. */
async function letGo(tx: Tx, { row, locked, cause, now }: Ending): Promise<void> {
  const live = locked && liveTransaction(locked.transactions);
  if (locked?.payment.status !== "PENDING" || !live || live.id !== row.transactionId) return;
  // What the gateway has told of meanwhile can be paid there.
  if (row.kind === UNKNOWN_OUTCOME && !isUnknown(live)) return;
  await tx.sql("update payment_transactions set state = 'CLOSED', next_poll_at = null, updated_at = $2 where id = $1", [
    live.id,
    now,
  ]);
  const { id: paymentId, expiresAt } = locked.payment;
  await logPaymentStep(tx, now, cause, { paymentId, transactionId: live.id, step: "instrumentClosed" });
  if (now >= expiresAt) await send(tx, now, "payment.windowOver", { paymentId }, { key: paymentId });
}

async function dismiss(tx: Tx, ending: Ending): Promise<void> {
  const { row, now } = ending;
  await letGo(tx, ending);
  if (row.kind !== "UNMATCHED" || row.paymentId) return;
  await tx.sql(
    `update payment_notifications set state = 'REJECTED', error = 'dismissed by staff', applied_at = $2
      where gateway_order_id = $1 and state = 'PARKED'`,
    [row.subject, now],
  );
  await clearAlertOf(tx, now, NOTIFICATION_PARKED, row.subject);
}

/** The gateway's fresh word, where it tells of the very money that the case is about. */
function strayReport({ app, row, report }: Ending, { gatewayOrderId }: TransactionRow): PaymentReport {
  const { midtransMerchantId } = app.settings;
  const isOurs = report?.merchantId === null || report?.merchantId === midtransMerchantId;
  const isIt = report?.gatewayTransactionId === toldTransaction(row) && report?.gatewayOrderId === gatewayOrderId;
  if (!report || !isOurs || !isIt || !isMoneyHere(report))
    throw cannot("The gateway tells of no money that could go back");
  return report;
}

const BOOK = `
  update payment_transactions
     set state = 'PAID', captured_amount = $2, fee_amount = $3, gateway_transaction_id = $4, gateway_status = $5,
         fraud_status = $6, gateway_payment_type = $7, settled_at = $8, next_poll_at = null, last_checked_at = $9,
         updated_at = $9
   where id = $1`;

/**
 * Money of another amount than ours is put on record, so that a refund of it has its ceiling: on the try's own row, or
 * on one of its own where the try's row stands for other money.
 *
 * @returns the row's id
 */
async function bookStrayMoney(tx: Tx, ending: Ending, transaction: TransactionRow): Promise<TransactionRow["id"]> {
  const { row, locked, cause, now } = ending;
  const report = strayReport(ending, transaction);
  const own = { ...ending, locked: locked as LockedPayment, payment: (locked as LockedPayment).payment };
  const { gatewayTransactionId: name } = transaction;
  const isOwn = name === report.gatewayTransactionId || (name === null && row.subject === transaction.gatewayOrderId);
  if (transaction.capturedAmount === 0 && isOwn) {
    await tx.sql(BOOK, [
      transaction.id,
      report.originalAmount,
      Math.max(0, report.grossAmount - report.originalAmount),
      report.gatewayTransactionId,
      report.statusText,
      report.fraudStatus,
      report.paymentType,
      report.settledAt ?? now,
      now,
    ]);
    return transaction.id;
  }
  const known = own.locked.transactions.find(({ gatewayOrderId }) => gatewayOrderId === report.gatewayTransactionId);
  const id = known?.id ?? (await adoptTransaction(tx, { ...own, transaction, report, cause, now }));
  if (!id) throw new Error(`${report.gatewayTransactionId} has a row that is not its payment's`);
  await tx.sql("update money_cases set transaction_id = $2 where id = $1", [row.id, id]);
  return id;
}

/** What is left of a row's money, in whole rupiah: of money that pays for something, without what is promised back. */
async function leftOf(tx: Tx, transactionId: TransactionRow["id"], { kind, paymentId }: CaseRow): Promise<number> {
  if (kind === COURSE_PAID_TWICE && paymentId) return (await readRefundable(tx, paymentId))?.transaction?.left ?? 0;
  const [row] = await tx.sql<{ left: number }>(
    `select captured_amount - refunded_amount - charged_back_amount as "left" from payment_transactions where id = $1`,
    [transactionId],
  );
  return row?.left ?? 0;
}

async function refund(tx: Tx, ending: Ending): Promise<void> {
  const { app, row, locked, cause, now } = ending;
  const transaction = transactionOf(ending);
  const isStray = row.kind === "AMOUNT_MISMATCH";
  const transactionId = isStray ? await bookStrayMoney(tx, ending, transaction) : transaction.id;
  const isCovering = locked?.payment.coveringTransactionId === transactionId;
  if (isCovering && row.kind !== "LATE_PAYMENT" && row.kind !== COURSE_PAID_TWICE)
    throw cannot("This money pays for something: refund the payment instead");
  const amount = await leftOf(tx, transactionId, row);
  if (amount <= 0) throw cannot("Nothing of this money is here any more");
  const { expiresAt, id: paymentId, status } = (locked as LockedPayment).payment;
  const owed = { paymentId, transactionId, amount, reason: `Money case ${row.kind}`, requestedBy: cause.actorId };
  await oweBack(tx, { ids: app.ids, now }, owed);
  if (isStray && status === "PENDING" && now >= expiresAt)
    await send(tx, now, "payment.windowOver", { paymentId }, { key: paymentId });
}

const nothingEndsIt = (status: string | null) =>
  new Refusal("CONFLICT", "The gateway says nothing that ends this case", { status });

async function sync(tx: Tx, ending: Ending): Promise<void> {
  const { app, row, locked, report, cause } = ending;
  if (row.kind === UNKNOWN_OUTCOME) {
    // It was asked, and its word followed, before this transaction.
    if (isUnknown(transactionOf(ending))) throw nothingEndsIt(null);
    return;
  }
  const { gatewayOrderId } = transactionOf(ending);
  const outcome = await recordAnswer(tx, app, locked as LockedPayment, { gatewayOrderId, report }, cause);
  const isNews = outcome === "applied" || (report !== null && toldBy(report) !== row.told);
  if (!report || outcome === "held" || !isNews) throw nothingEndsIt(report?.statusText ?? null);
}

async function replay(tx: Tx, { row, now }: Ending): Promise<void> {
  await reopenNotifications(tx, { gatewayOrderId: row.subject });
  await send(tx, now, "payment.notified", { gatewayOrderId: row.subject }, { key: row.subject });
  await clearAlertOf(tx, now, NOTIFICATION_PARKED, row.subject);
}

/** Its own operation ends the case, because it needs to know more than a note. */
const leaveToItsOperation = async (): Promise<void> => {
  throw cannot("Say by confirmBooking what became of this booking");
};

type Decision = { readonly restocks: boolean; readonly refunds: boolean };

/**
 * Goods that came back, did not arrive or, as a person says, were never fetched: the case is about their order, which
 * is locked with its payment.
 */
const endParcel =
  ({ restocks, refunds }: Decision) =>
  async (tx: Tx, { app, row, cause, now }: Ending): Promise<void> => {
    const orderId = row.subject as OrderId;
    if (row.kind === UNANSWERED) {
      const { actorId, reason } = cause;
      if (await endUnanswered(tx, app.ids, orderId, { actorId, reason, now })) return;
      throw cannot("The cancel of this order has its end already");
    }
    const reason = `Money case ${row.kind}`;
    if (restocks) await restock(tx, now, orderId, reason);
    const owed = { orderId, reason, cause: "STAFF", requestedBy: cause.actorId } as const;
    if (refunds && !(await oweForOrder(tx, { ids: app.ids, now }, owed)))
      throw cannot("Nothing of this order's money is here that is not on its way back");
  };

const END_BY: Readonly<Record<CaseAction, (tx: Tx, ending: Ending) => Promise<void>>> = {
  DISMISS: dismiss,
  REFUND: refund,
  SYNC: sync,
  REPLAY: replay,
  CONFIRM_BOOKING: leaveToItsOperation,
  RESTOCK: endParcel({ restocks: true, refunds: false }),
  REFUND_ORDER: endParcel({ restocks: false, refunds: true }),
  RESTOCK_REFUND: endParcel({ restocks: true, refunds: true }),
};

/**
 * Does what an action does beside ending the case, in the transaction that ends it.
 *
 * @throws Refusal ILLEGAL_TRANSITION where it cannot be done (any more), CONFLICT where the gateway still says what
 * opened the case
 */
export const endMoneyCase = (tx: Tx, action: CaseAction, ending: Ending): Promise<void> => END_BY[action](tx, ending);
