import { inTransaction, type Tx } from "../../platform/db.ts";
import { redactText } from "../../platform/redact.ts";
import type { App } from "../app.ts";
import type { PaymentId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { openMoneyCase } from "../kernel/openMoneyCase.ts";
import { clearAlertOf, raiseAlert } from "../kernel/raiseAlert.ts";
import type { PaymentCause } from "./advancePayment.ts";
import { type ReportOutcome, tellsOfMoney } from "./applyMoneyOfAnother.ts";
import { lockPayment, statusIdOf, type TransactionRow } from "./lockPayment.ts";
import type { PaymentReport } from "./paymentGateway.ts";
import { recordReport } from "./recordReport.ts";

const CAUSE: PaymentCause = { source: "MIDTRANS", actorId: null, reason: null };
const PARKED = "NOTIFICATION_PARKED";

type NotificationEnd = "APPLIED" | "SAME" | "REJECTED" | "PARKED";

async function endNotifications(
  tx: Tx,
  ids: readonly string[],
  state: NotificationEnd,
  error: string | null,
  now: Date,
) {
  await tx.sql(
    `update payment_notifications set state = $2, error = $3, attempts = attempts + 1, applied_at = $4
      where id = any($1::uuid[]) and state = 'STORED'`,
    [ids, state, error, now],
  );
}

/**
 * The gateway's answer settles what was given up before, too: those rows are no longer open, and neither is their
 * alert.
 */
async function endParked(tx: Tx, gatewayOrderId: string, state: "SAME" | "REJECTED", error: string | null, now: Date) {
  await tx.sql(
    `update payment_notifications set state = $2, error = $3, applied_at = $4
      where gateway_order_id = $1 and state = 'PARKED'`,
    [gatewayOrderId, state, error, now],
  );
  await clearAlertOf(tx, now, PARKED, gatewayOrderId);
}

type Found = Pick<TransactionRow, "state" | "gatewayOrderId" | "gatewayTransactionId"> & {
  readonly paymentId: PaymentId;
};

/** Ours by the order id, or (channels that put their own id there) by the transaction id. */
async function findPayment(app: Pick<App, "db">, gatewayOrderId: string): Promise<Found | null> {
  const [row] = await app.db.sql<Found>(
    `select payment_id, state, gateway_order_id, gateway_transaction_id from payment_transactions
      where gateway_order_id = $1 or gateway_transaction_id = $1 order by gateway_order_id <> $1 limit 1`,
    [gatewayOrderId],
  );
  return row ?? null;
}

/** Money or news that belongs to no payment of ours: kept, with a case and an alert, never dropped. */
async function keepUnmatched(
  app: App,
  gatewayOrderId: string,
  ids: readonly string[],
  report: PaymentReport,
): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const summary = `The gateway reports ${report.statusText} for ${gatewayOrderId}, which is no payment of ours`;
    await endNotifications(tx, ids, "PARKED", summary, now);
    killPoint("apply.unmatched-ended");
    await openMoneyCase(
      tx,
      { ids: app.ids, now },
      {
        kind: "UNMATCHED",
        subject: gatewayOrderId,
        amount: report.grossAmount,
        summary,
        evidence: { report },
        actions: ["DISMISS"],
      },
    );
    await raiseAlert(
      tx,
      { ids: app.ids, now },
      { kind: PARKED, subject: gatewayOrderId, severity: "WARNING", message: summary },
    );
  });
}

interface Stored {
  readonly id: string;
  /** The transaction that the body names. */
  readonly named: string | null;
}

/** Other transactions of one order id that are asked about at once: a page has had two or three of them at most. */
const NAMED_MAX = 3;
/** No signature covers a transaction id: what no path can hold is not asked about. */
const ASKABLE = /^[\w-]{1,64}$/;

/** The transactions that notifications name, beside the newest one. */
function othersNamed(stored: readonly Stored[], newest: PaymentReport): string[] {
  const ids = new Set(stored.flatMap(({ named }) => (named !== null && ASKABLE.test(named) ? [named] : [])));
  ids.delete(newest.gatewayTransactionId);
  return [...ids].slice(0, NAMED_MAX);
}

/**
 * What the gateway says of the order id, which is its newest transaction; of the one that has paid where that is older;
 * and of others that the notifications name, where they tell of money under this order id. A name alone is only a hint.
 */
async function fetchReports(
  app: App,
  gatewayOrderId: string,
  found: Found | null,
  stored: readonly Stored[],
): Promise<PaymentReport[]> {
  const newest = await app.payments.fetchStatus(gatewayOrderId);
  if (!newest) return [];
  const reports = [newest];
  const paidId = found && statusIdOf(found) !== found.gatewayOrderId ? statusIdOf(found) : null;
  if (paidId && newest.gatewayTransactionId !== paidId) {
    const paid = await app.payments.fetchStatus(paidId);
    if (paid) reports.push(paid);
  }
  for (const id of found ? othersNamed(stored, newest) : []) {
    const other = id === paidId ? null : await app.payments.fetchStatus(id);
    if (other?.gatewayOrderId === gatewayOrderId && tellsOfMoney(other)) reports.push(other);
  }
  return reports;
}

async function applyStored(app: App, gatewayOrderId: string, stored: readonly Stored[]): Promise<void> {
  const ids = stored.map(({ id }) => id);
  const found = await findPayment(app, gatewayOrderId);
  const reports = await fetchReports(app, gatewayOrderId, found, stored);
  killPoint("apply.answered");
  const [report] = reports;
  // A correctly signed notification of ours is never put aside for one answer: the gateway may not have it at hand yet.
  if (!report && found) throw new Error("the gateway knows no such transaction yet");
  if (!report) {
    return inTransaction(app.db, async (tx) => {
      const [now, why] = [app.clock.now(), "the gateway knows no such transaction"];
      await endNotifications(tx, ids, "REJECTED", why, now);
      await endParked(tx, gatewayOrderId, "REJECTED", why, now);
    });
  }
  if (!found) return keepUnmatched(app, gatewayOrderId, ids, report);
  await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const isOwnId = found.gatewayOrderId === gatewayOrderId;
    const outcomes: ReportOutcome[] = [];
    for (const one of reports) {
      // Read under lock each time: a report may have moved what the next one is about.
      const locked = await lockPayment(tx, app, found.paymentId);
      const transaction = locked?.transactions.find((row) => row.gatewayOrderId === found.gatewayOrderId);
      if (!locked || !transaction) throw new Error(`payment ${found.paymentId} is gone`);
      const report = isOwnId ? one : { ...one, gatewayOrderId: found.gatewayOrderId };
      outcomes.push(await recordReport(tx, app, locked, transaction, { report, cause: CAUSE, now }));
    }
    killPoint("apply.report-recorded");
    await endNotifications(tx, ids, outcomes.includes("applied") ? "APPLIED" : "SAME", null, now);
    await endParked(tx, gatewayOrderId, "SAME", null, now);
    killPoint("apply.rows-ended");
  });
}

/**
 * Applies what stands stored for an order id: asks the gateway what is true, then moves the payment by its table in one
 * transaction. A second run is harmless: the table's cell for the same status is `same`, and rows that are not STORED
 * any more are left alone.
 *
 * @throws GatewayUnavailable to be run again
 */
export async function applyNotification(app: App, message: { gatewayOrderId: string }): Promise<void> {
  const stored = await app.db.sql<Stored>(
    `select id, gateway_transaction_id as named from payment_notifications
      where gateway_order_id = $1 and state = 'STORED' order by received_at desc, id`,
    [message.gatewayOrderId],
  );
  if (stored.length === 0) return;
  const ids = stored.map(({ id }) => id);
  try {
    await applyStored(app, message.gatewayOrderId, stored);
    killPoint("apply.committed");
  } catch (error) {
    killPoint("apply.failed");
    await app.db.sql(
      `update payment_notifications set attempts = attempts + 1, error = $2
        where id = any($1::uuid[]) and state = 'STORED'`,
      [ids, redactText((error as Error).message)],
    );
    throw error;
  }
}

/** What is left when applying was given up: the rows are parked and one alert is open until a replay finishes them. */
export async function parkNotification(
  tx: Tx,
  app: Pick<App, "ids" | "clock">,
  message: { gatewayOrderId: string },
  error: string,
): Promise<void> {
  const now = app.clock.now();
  await tx.sql(
    "update payment_notifications set state = 'PARKED', error = $2 where gateway_order_id = $1 and state = 'STORED'",
    [message.gatewayOrderId, error],
  );
  await raiseAlert(
    tx,
    { ids: app.ids, now },
    {
      kind: PARKED,
      subject: message.gatewayOrderId,
      severity: "CRITICAL",
      message: `Notifications of ${message.gatewayOrderId} could not be applied: ${error}`,
    },
  );
}
