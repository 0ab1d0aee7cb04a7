import { setTimeout as delay } from "node:timers/promises";
import { inTransaction, isDatabaseAway, type Tx } from "../../platform/db.ts";
import { currentRequestId, withRequestId } from "../../platform/log.ts";
import { redactText } from "../../platform/redact.ts";
import type { App } from "../app.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { openMoneyCase } from "../kernel/openMoneyCase.ts";
import { clearAlertsOf, raiseAlert } from "../kernel/raiseAlert.ts";
import type { PaymentCause } from "./advancePayment.ts";
import type { ReportOutcome } from "./applyMoneyOfAnother.ts";
import { NOTIFICATION_PARKED } from "./endParkedAbout.ts";
import { type Answered, fetchReports, readStored, type Unasked } from "./fetchReports.ts";
import { type LockedPayment, lockPayment, lockPayments, type TransactionRow } from "./lockPayment.ts";
import { toldBy } from "./moneyCase.rules.ts";
import type { PaymentReport } from "./paymentGateway.ts";
import { POLL_FAILED } from "./pollPayments.ts";
import { recordCaptures } from "./recordCaptures.ts";
import { recordReport } from "./recordReport.ts";

const CAUSE: PaymentCause = { source: "MIDTRANS", actorId: null, reason: null };

type NotificationEnd = "APPLIED" | "SAME" | "REJECTED" | "PARKED";

const idsOf = (all: readonly Unasked[]): string[] => all.flatMap(({ stored }) => stored.map(({ id }) => id));

async function endNotifications(
  tx: Tx,
  all: readonly Unasked[],
  state: NotificationEnd,
  error: string | null,
  now: Date,
) {
  await tx.sql(
    `update payment_notifications set state = $2, error = $3, attempts = attempts + 1, applied_at = $4
      where id = any($1::uuid[]) and state = 'STORED'`,
    [idsOf(all), state, error, now],
  );
}

/**
 * The gateway's answer settles what was given up before, too: those rows are no longer open, and neither is their
 * alert, nor that of a poll that could not apply such an answer.
 */
async function endParked(tx: Tx, all: readonly Unasked[], state: "SAME" | "REJECTED", error: string | null, now: Date) {
  const orderIds = all.map(({ gatewayOrderId }) => gatewayOrderId);
  await tx.sql(
    `update payment_notifications set state = $2, error = $3, applied_at = $4
      where gateway_order_id = any($1::text[]) and state = 'PARKED'`,
    [orderIds, state, error, now],
  );
  await clearAlertsOf(tx, now, [NOTIFICATION_PARKED, POLL_FAILED], orderIds);
}

async function endRecorded(tx: Tx, all: readonly Unasked[], state: "APPLIED" | "SAME", now: Date): Promise<void> {
  killPoint("apply.report-recorded");
  await endNotifications(tx, all, state, null, now);
  await endParked(tx, all, "SAME", null, now);
  killPoint("apply.rows-ended");
}

/** Money or news that belongs to no payment of ours: kept, with a case and an alert, never dropped. */
async function keepUnmatched(app: App, one: Answered, report: PaymentReport): Promise<void> {
  const { gatewayOrderId } = one;
  await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const summary = `The gateway reports ${report.statusText} for ${gatewayOrderId}, which is no payment of ours`;
    await endNotifications(tx, [one], "PARKED", summary, now);
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
        actions: ["REPLAY", "DISMISS"],
        told: toldBy(report),
      },
    );
    await raiseAlert(
      tx,
      { ids: app.ids, now },
      { kind: NOTIFICATION_PARKED, subject: gatewayOrderId, severity: "WARNING", message: summary },
    );
  });
}

/** A report about the order id that a payment has here, whatever id the gateway told of it by. */
const inOurWords = ({ gatewayOrderId, found }: Answered, report: PaymentReport): PaymentReport =>
  found === null || found.gatewayOrderId === gatewayOrderId
    ? report
    : { ...report, gatewayOrderId: found.gatewayOrderId };

const transactionOf = (locked: LockedPayment | null | undefined, { found }: Answered): TransactionRow | undefined =>
  locked?.transactions.find((row) => row.gatewayOrderId === found?.gatewayOrderId);

async function record(app: App, one: Answered): Promise<void> {
  const { gatewayOrderId, found, reports } = one;
  const [report] = reports;
  // A correctly signed notification of ours is never put aside for one answer: the gateway may not have it at hand yet.
  if (!report && found) throw new Error("the gateway knows no such transaction yet");
  if (!report) {
    return inTransaction(app.db, async (tx) => {
      const [now, why] = [app.clock.now(), "the gateway knows no such transaction"];
      await endNotifications(tx, [one], "REJECTED", why, now);
      await endParked(tx, [one], "REJECTED", why, now);
    });
  }
  if (!found) return keepUnmatched(app, one, report);
  await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const outcomes: ReportOutcome[] = [];
    let isCrossed: boolean | undefined; // known once it is locked, before a report moves it
    for (const each of reports) {
      // Read under lock each time: a report may have moved what the next one is about.
      const locked = await lockPayment(tx, app, found.paymentId);
      const transaction = transactionOf(locked, one);
      if (!locked || !transaction) throw new Error(`payment ${found.paymentId} of ${gatewayOrderId} is gone`);
      isCrossed ??= locked.payment.version !== found.seenVersion;
      const news = { report: inOurWords(one, each), cause: CAUSE, now, isCrossed };
      outcomes.push(await recordReport(tx, app, locked, transaction, news));
    }
    await endRecorded(tx, [one], outcomes.includes("applied") ? "APPLIED" : "SAME", now);
  });
}

type End = PromiseSettledResult<void>;
const DONE: End = { status: "fulfilled", value: undefined };

function committed(): End {
  killPoint("apply.committed");
  return DONE;
}

async function noteFailure(app: App, one: Unasked, error: unknown): Promise<End> {
  killPoint("apply.failed");
  try {
    await app.db.sql(
      `update payment_notifications set attempts = attempts + 1, error = $2
        where id = any($1::uuid[]) and state = 'STORED'`,
      [idsOf([one]), redactText((error as Error).message)],
    );
  } catch (reason) {
    return { status: "rejected", reason };
  }
  return { status: "rejected", reason: error };
}

const applyAlone = (app: App, one: Answered): Promise<End> =>
  withRequestId(one.requestId, () => record(app, one).then(committed, (error) => noteFailure(app, one, error)));

/**
 * Records those of some answers that are plain captures in one transaction, where each step is one statement for all.
 *
 * @returns those that it recorded; the others wait for a transaction of their own
 */
async function recordTogether(app: App, all: readonly Answered[]): Promise<Answered[]> {
  const paymentIds = all.flatMap(({ found }) => (found ? [found.paymentId] : []));
  return inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const payments = await lockPayments(tx, app, paymentIds);
    const single = all.flatMap((one) => {
      const [report, ...more] = one.reports;
      const locked = one.found ? payments.get(one.found.paymentId) : undefined;
      const transaction = transactionOf(locked, one);
      if (!report || !locked || !transaction || more.length > 0) return [];
      return [{ one, locked, transaction, report: inOurWords(one, report), requestId: one.requestId }];
    });
    const isRecorded = await recordCaptures(tx, app, single, { cause: CAUSE, now });
    const recorded = single.flatMap(({ one }, i) => (isRecorded[i] ? [one] : []));
    if (recorded.length > 0) await endRecorded(tx, recorded, "APPLIED", now);
    return recorded;
  });
}

/** Applies answers about different payments. What fails among others is tried alone: it must not harm them. */
async function applyTogether(app: App, all: readonly Answered[], ends: Map<string, End>): Promise<void> {
  let recorded: readonly Answered[] = [];
  if (all.length > 1) {
    try {
      recorded = await recordTogether(app, all);
      for (const { gatewayOrderId } of recorded) ends.set(gatewayOrderId, committed());
    } catch (reason) {
      if (isDatabaseAway(reason)) {
        for (const { gatewayOrderId } of all) ends.set(gatewayOrderId, { status: "rejected", reason });
        return;
      }
      app.log.warn({ err: reason, notifications: all.length }, "notifications are applied one by one");
    }
  }
  for (const one of all) {
    if (!recorded.includes(one)) ends.set(one.gatewayOrderId, await applyAlone(app, one));
  }
}

/** Takes what has been answered out of the list, one of each payment. */
function takeAnswered(waiting: Answered[]): Answered[] {
  const seen = new Set<string>();
  const taken = waiting.filter(({ found }) => {
    if (!found) return true;
    const isFirst = !seen.has(found.paymentId);
    seen.add(found.paymentId);
    return isFirst;
  });
  waiting.splice(0, waiting.length, ...waiting.filter((one) => !taken.includes(one)));
  return taken;
}

/** How long the quickest answers wait for the others, so that one transaction records them. */
const TOGETHER_MS = 100;

/**
 * Applies what stands stored for some order ids: asks the gateway what is true of each, all at once, then moves the
 * payments by their table. Each has an end of its own: a slow answer or a failure does not hold up or harm the others.
 *
 * A second run is harmless: the table's cell for the same status is `same`, and rows that are not STORED any more are
 * left alone.
 *
 * @returns the end of each with its place among the messages, as they come; rejected with GatewayUnavailable to be run
 * again
 */
export async function* applyNotifications(
  app: App,
  messages: readonly { readonly gatewayOrderId: string; readonly requestId: string }[],
): AsyncGenerator<(readonly [place: number, end: End])[]> {
  const placeOf = new Map(messages.map(({ gatewayOrderId }, place) => [gatewayOrderId, place]));
  const ends = new Map<string, End>(messages.map(({ gatewayOrderId }) => [gatewayOrderId, DONE]));
  const unasked = await readStored(app, messages);
  for (const { gatewayOrderId } of unasked) ends.delete(gatewayOrderId);
  const waiting: Answered[] = [];
  const asking = new Map<string, Promise<unknown>>();
  for (const one of unasked) {
    const answer = fetchReports(app, one).then(
      (answered) => {
        killPoint("apply.answered");
        waiting.push(answered);
      },
      async (error) => ends.set(one.gatewayOrderId, await noteFailure(app, one, error)),
    );
    asking.set(
      one.gatewayOrderId,
      answer.finally(() => asking.delete(one.gatewayOrderId)),
    );
  }
  const timer = new AbortController();
  const late = delay(TOGETHER_MS, undefined, { signal: timer.signal }).catch(() => undefined); // called off
  await Promise.race([Promise.all(asking.values()), late]).finally(() => timer.abort());
  while (ends.size > 0 || waiting.length > 0 || asking.size > 0) {
    if (waiting.length > 0) await applyTogether(app, takeAnswered(waiting), ends);
    else if (ends.size === 0) await Promise.race(asking.values());
    const some = [...ends].map(([gatewayOrderId, end]) => [placeOf.get(gatewayOrderId) as number, end] as const);
    ends.clear();
    if (some.length > 0) yield some;
  }
}

/** As applyNotifications, of one order id. @throws GatewayUnavailable to be run again */
export async function applyNotification(app: App, message: { gatewayOrderId: string }): Promise<void> {
  const requestId = currentRequestId() ?? message.gatewayOrderId;
  for await (const ends of applyNotifications(app, [{ ...message, requestId }])) {
    for (const [, end] of ends) if (end.status === "rejected") throw end.reason;
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
      kind: NOTIFICATION_PARKED,
      subject: message.gatewayOrderId,
      severity: "CRITICAL",
      message: `Notifications of ${message.gatewayOrderId} could not be applied: ${error}`,
    },
  );
}
