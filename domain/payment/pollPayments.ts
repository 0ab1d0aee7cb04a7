import { inTransaction, isDatabaseAway, isDatabaseBusy, type Tx } from "../../platform/db.ts";
import { redactText } from "../../platform/redact.ts";
import type { App } from "../app.ts";
import { GatewayUnavailable, GatewayUnreadable } from "../kernel/errors.ts";
import type { PaymentId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { clearAlertOf, raiseAlert } from "../kernel/raiseAlert.ts";
import { HOUR_MS, later, MINUTE_MS } from "../kernel/time.ts";
import type { PaymentCause } from "./advancePayment.ts";
import type { ReportOutcome } from "./applyMoneyOfAnother.ts";
import { askGateway } from "./askGateway.ts";
import { endParkedAbout } from "./endParkedAbout.ts";
import { type LockedPayment, lockPayment, type TransactionRow } from "./lockPayment.ts";
import { nextPollAt } from "./payment.rules.ts";
import type { PaymentReport } from "./paymentGateway.ts";
import { recordReport } from "./recordReport.ts";

/** Polls taken at once: a few seconds of work, so that a stopped worker leaves little to be taken over. */
const BATCH = 20;
const PARALLEL = 5; // a backlog must not flood the gateway
/** A poll whose worker died, or whose gateway was away, is due again after this. */
const LEASE_MS = 2 * MINUTE_MS;
/** A batch is this many calls one after another; with a longer limit of a call it is leased for longer. */
const ROUNDS = BATCH / PARALLEL + 1;
/** What we cannot apply now we cannot apply in two minutes either. */
const FAILED_PAUSE_MS = HOUR_MS;
/** The open alert of a transaction whose status cannot be applied; its subject is the order id. */
export const POLL_FAILED = "POLL_FAILED";

const CAUSE: PaymentCause = { source: "SYSTEM", actorId: null, reason: "poll" };

type DuePoll = Pick<TransactionRow, "state" | "gatewayOrderId" | "gatewayTransactionId"> & {
  readonly paymentId: PaymentId;
  /** The payment's, when the poll was claimed. */
  readonly seenVersion: number;
};

export interface Answer {
  readonly gatewayOrderId: string;
  /** null: the gateway knows no transaction yet. */
  readonly report: PaymentReport | null;
  /** The payment has moved while the gateway was asked: the answer may be from before. */
  readonly isCrossed?: boolean;
}

/**
 * Under lock: applies a status answer, with which what was put aside about its transaction is known, or notes that
 * there is none yet; either way the next poll is planned.
 */
export async function recordAnswer(
  tx: Tx,
  app: App,
  locked: LockedPayment,
  answer: Answer,
  cause: PaymentCause,
): Promise<ReportOutcome> {
  const now = app.clock.now();
  const { report, gatewayOrderId, isCrossed } = answer;
  const transaction = locked.transactions.find((row) => row.gatewayOrderId === gatewayOrderId);
  if (!transaction) throw new Error(`transaction ${gatewayOrderId} is gone`);
  if (report) {
    // A row that stands for a second transaction of one order id is known by its own id.
    const own =
      transaction.gatewayOrderId === transaction.gatewayTransactionId ? { ...report, gatewayOrderId } : report;
    const outcome = await recordReport(tx, app, locked, transaction, { report: own, cause, now, isCrossed });
    await endParkedAbout(tx, gatewayOrderId, report, now);
    return outcome;
  }
  const { state, createdAt, gatewayPaymentType: paymentType, settledAt } = transaction;
  const next = nextPollAt(
    { state, createdAt, paymentType, settledAt },
    locked.payment,
    app.settings.paymentPollsMs,
    now,
  );
  await tx.sql("update payment_transactions set last_checked_at = $2, next_poll_at = $3 where id = $1", [
    transaction.id,
    now,
    next,
  ]);
  return "same";
}

async function pollOne(app: App, due: DuePoll): Promise<void> {
  const { gatewayOrderId, seenVersion } = due;
  const report = await askGateway(app, due);
  killPoint("poll.answered");
  await inTransaction(app.db, async (tx) => {
    const locked = await lockPayment(tx, app, due.paymentId);
    if (!locked) throw new Error(`payment ${due.paymentId} is gone`);
    const isCrossed = locked.payment.version !== seenVersion;
    await recordAnswer(tx, app, locked, { gatewayOrderId, report, isCrossed }, CAUSE);
    await clearAlertOf(tx, app.clock.now(), POLL_FAILED, gatewayOrderId);
    killPoint("poll.recorded");
  });
  killPoint("poll.committed");
}

/** What is away or busy comes back; an answer that we cannot apply is our bug, and a person must know. */
async function notePollFailure(app: App, { gatewayOrderId }: DuePoll, error: unknown): Promise<void> {
  app.log.warn({ err: error, gatewayOrderId }, "a poll failed and is due again");
  const isAway = error instanceof GatewayUnavailable && !(error instanceof GatewayUnreadable);
  if (isAway || isDatabaseAway(error) || isDatabaseBusy(error)) return;
  await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const why = redactText((error as Error).message);
    const message = `The gateway's answer about ${gatewayOrderId} cannot be applied: ${why}`;
    await tx.sql("update payment_transactions set next_poll_at = $2 where gateway_order_id = $1", [
      gatewayOrderId,
      later(now, FAILED_PAUSE_MS),
    ]);
    await raiseAlert(
      tx,
      { ids: app.ids, now },
      { kind: POLL_FAILED, subject: gatewayOrderId, severity: "CRITICAL", message },
    );
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
      returning payment_id, state, gateway_order_id, gateway_transaction_id,
                (select version from payments p where p.id = payment_id) as seen_version`,
    [now, later(now, Math.max(LEASE_MS, ROUNDS * (app.settings.gatewayTimeoutMs ?? 0)))],
  );
  const queue = [...due];
  if (due.length > 0) killPoint("poll.claimed");
  const work = async () => {
    for (let poll = queue.shift(); poll; poll = queue.shift()) {
      const one = poll;
      await pollOne(app, one).catch((error: unknown) => notePollFailure(app, one, error));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return due.length;
}
