import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { PaymentId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { clearAlertOf, raiseAlert } from "../kernel/raiseAlert.ts";
import { DAY_MS, HOUR_MS, later } from "../kernel/time.ts";
import type { Messages } from "../messages.ts";
import { advancePayment, type PaymentCause } from "../payment/advancePayment.ts";
import { askGateway } from "../payment/askGateway.ts";
import { type LockedPayment, lockPayment, type PaymentRow, readPayment } from "../payment/lockPayment.ts";
import { lockSubscriptionsOf, type SubscriptionRow } from "../payment/lockSubscription.ts";
import { recordAnswer } from "../payment/pollPayments.ts";
import { accessUntil } from "../payment/subscription.rules.ts";
import { readBought, readHold } from "./bought.queries.ts";
import { openMonth } from "./closeMonths.ts";
import { lookAgain } from "./lookAgain.ts";

const CAUSE: PaymentCause = { source: "SYSTEM", actorId: null, reason: "hold over" };

/** What a person has not ended in this time is told to staff. A package is then theirs to approve. */
const LOOKS_END_MS = 7 * DAY_MS;
/** A month is nobody's to approve: it is looked at while its access lasts, and no learner waits longer than this. */
const MONTH_LOOK_MS = HOUR_MS;
const ENROLLMENT_HELD = "ENROLLMENT_HELD";

/** How its money stands at the gateway now. @throws GatewayUnavailable */
async function askFresh(app: App, { payment, transactions }: LockedPayment) {
  const covering = transactions.find(({ id }) => id === payment.coveringTransactionId);
  if (!covering) return null;
  return { gatewayOrderId: covering.gatewayOrderId, report: await askGateway(app, covering) };
}

/** A package of which a part went back is given up; a month is paid all the same. */
const mayOpen = ({ status }: PaymentRow, isMonth: boolean): boolean =>
  status === "PAID" || (isMonth && status === "PARTIALLY_REFUNDED");

/** The subscription, locked, of which a payment pays a month; null: its access is over, or no month is paid by this. */
async function lockMonth(tx: Tx, paymentId: PaymentId, now: Date): Promise<SubscriptionRow | null> {
  const row = (await lockSubscriptionsOf(tx, [paymentId])).get(paymentId);
  const until = row ? accessUntil(row) : null;
  if (!row || until === null || now >= until) return null;
  const months = await tx.sql("select from subscription_charges where payment_id = $1 and period is not null", [
    paymentId,
  ]);
  return months.length > 0 ? row : null;
}

/** Tells staff once: who has cleared it knows of it. */
async function tellHeld(tx: Tx, app: App, { number }: PaymentRow, reason: string): Promise<void> {
  const told = await tx.sql("select from alerts where kind = $1 and subject = $2 limit 1", [ENROLLMENT_HELD, number]);
  if (told.length > 0) return;
  const message = `Payment ${number} is held (${reason}), and its courses are not open`;
  const alert = { kind: ENROLLMENT_HELD, subject: number, severity: "WARNING", message } as const;
  await raiseAlert(tx, { ids: app.ids, now: app.clock.now() }, alert);
}

/**
 * Handler of enrollment.held: opens what a payment for courses would have opened by its settlement, had nothing held
 * it: a package by its approval, or the month of a subscription. The gateway says afresh that the money is there; while
 * something holds it still, another look is planned: of a package for 7 days, of a month until its access is over.
 *
 * A second run is harmless: what is approved, refunded or reversed since is left alone, and a month is opened once.
 *
 * @throws GatewayUnavailable to be run again
 */
export async function approveHeld(app: App, { paymentId }: Messages["enrollment.held"]): Promise<void> {
  const seen = await readPayment(app.db, paymentId);
  const isMonth = (await readBought(app.db.sql, paymentId)) === null;
  if (!seen || !mayOpen(seen.payment, isMonth)) return;
  const answer = (await readHold(app.db, app, paymentId)) ? null : await askFresh(app, seen);
  killPoint("enrollment.status-asked");
  await inTransaction(app.db, async (tx) => {
    const before = await lockPayment(tx, app, paymentId);
    if (before && answer) await recordAnswer(tx, app, before, answer, CAUSE);
    const payment = (await lockPayment(tx, app, paymentId))?.payment;
    if (!payment || !mayOpen(payment, isMonth)) return;
    const now = app.clock.now();
    const month = isMonth ? await lockMonth(tx, paymentId, now) : null;
    if (isMonth && !month) return;
    const hold = await readHold(tx, app, paymentId);
    // A gateway that knows no such transaction has not said that its money is there.
    if (!hold && answer?.report) {
      if (month) await openMonth(tx, { ids: app.ids, now }, month, paymentId);
      else await advancePayment(tx, app, { payment, event: "holdOver" }, { ...CAUSE, now });
      await clearAlertOf(tx, now, ENROLLMENT_HELD, payment.number);
      return;
    }
    const isLong = now >= later(payment.paidAt ?? now, LOOKS_END_MS);
    if (isLong) await tellHeld(tx, app, payment, hold?.reason ?? "UNKNOWN_TO_GATEWAY");
    if (!isLong) await lookAgain(tx, now, paymentId, hold ?? { until: null });
    else if (month) await lookAgain(tx, now, paymentId, { until: hold?.until ?? later(now, MONTH_LOOK_MS) });
  });
}
