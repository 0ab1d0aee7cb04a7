import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { PaymentId } from "../kernel/ids.ts";
import { later, MINUTE_MS } from "../kernel/time.ts";
import type { PaymentCause } from "./advancePayment.ts";
import { lockPayment, statusIdOf, type TransactionRow } from "./lockPayment.ts";
import { nextPollAt } from "./payment.rules.ts";
import type { PaymentReport } from "./paymentGateway.ts";
import { type ReportOutcome, recordReport } from "./recordReport.ts";

/** Polls taken at once: a few seconds of work, so that a stopped worker leaves little to be taken over. */
const BATCH = 20;
const PARALLEL = 5; // a backlog must not flood the gateway
/** A poll whose worker died, or whose gateway was away, is due again after this. */
const LEASE_MS = 2 * MINUTE_MS;

const CAUSE: PaymentCause = { source: "SYSTEM", actorId: null, reason: "poll" };

type DuePoll = Pick<TransactionRow, "state" | "gatewayOrderId" | "gatewayTransactionId"> & { readonly paymentId: PaymentId };

/** Applies a status answer, or notes that there is none yet; either way the next poll is planned. */
export async function recordAnswer(
  app: App,
  due: { readonly paymentId: PaymentId; readonly gatewayOrderId: string },
  report: PaymentReport | null,
  cause: PaymentCause,
): Promise<ReportOutcome> {
  return inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const locked = await lockPayment(tx, app, due.paymentId);
    const transaction = locked?.transactions.find(({ gatewayOrderId }) => gatewayOrderId === due.gatewayOrderId);
    if (!locked || !transaction) throw new Error(`payment ${due.paymentId} is gone`);
    if (report) return recordReport(tx, app, locked, transaction, { report, cause, now });
    const { state, createdAt, gatewayPaymentType: paymentType, settledAt } = transaction;
    const next = nextPollAt({ state, createdAt, paymentType, settledAt }, locked.payment, app.settings.paymentPollsMs, now);
    await tx.sql("update payment_transactions set last_checked_at = $2, next_poll_at = $3 where id = $1", [transaction.id, now, next]);
    return "same";
  });
}

/**
 * Asks the gateway about transactions whose poll is due. Several workers may run it: each poll is claimed by one, and a
 * report that comes twice changes nothing the second time.
 *
 * @returns how many were asked about
 */
export async function pollPayments(app: App): Promise<number> {
  const now = app.clock.now();
  const due = await app.db.sql<DuePoll>(
    `update payment_transactions set polls = polls + 1, next_poll_at = $2
      where id in (select id from payment_transactions where next_poll_at <= $1
                    order by next_poll_at limit ${BATCH} for update skip locked)
      returning payment_id, state, gateway_order_id, gateway_transaction_id`,
    [now, later(now, LEASE_MS)],
  );
  const queue = [...due];
  const work = async () => {
    for (let poll = queue.shift(); poll; poll = queue.shift()) {
      try {
        await recordAnswer(app, poll, await app.payments.fetchStatus(statusIdOf(poll)), CAUSE);
      } catch (error) {
        app.log.warn({ err: error, gatewayOrderId: poll.gatewayOrderId }, "a poll failed and is due again after its lease");
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return due.length;
}
