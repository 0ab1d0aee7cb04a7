import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { raiseAlert } from "../kernel/raiseAlert.ts";
import { DAY_MS, later } from "../kernel/time.ts";
import type { Messages } from "../messages.ts";
import { advancePayment, type PaymentCause } from "../payment/advancePayment.ts";
import { askGateway } from "../payment/askGateway.ts";
import { type LockedPayment, lockPayment, type PaymentRow, readPayment } from "../payment/lockPayment.ts";
import { lockSubscriptionsOf } from "../payment/lockSubscription.ts";
import { recordAnswer } from "../payment/pollPayments.ts";
import { accessUntil } from "../payment/subscription.rules.ts";
import { readHold } from "./bought.queries.ts";
import { openMonth } from "./closeMonths.ts";
import { lookAgain } from "./lookAgain.ts";

const CAUSE: PaymentCause = { source: "SYSTEM", actorId: null, reason: "hold over" };

/** What a person has not ended in this time nobody looks at again by itself: staff approves it. */
const LOOKS_END_MS = 7 * DAY_MS;

/** How its money stands at the gateway now. @throws GatewayUnavailable */
async function askFresh(app: App, { payment, transactions }: LockedPayment) {
  const covering = transactions.find(({ id }) => id === payment.coveringTransactionId);
  if (!covering) return null;
  return { gatewayOrderId: covering.gatewayOrderId, report: await askGateway(app, covering) };
}

/** Opens what nothing holds any more: a package by its approval, or the month of a subscription that is not over. */
async function openHeld(tx: Tx, app: App, payment: PaymentRow, now: Date): Promise<void> {
  const row = (await lockSubscriptionsOf(tx, [payment.id])).get(payment.id);
  if (!row) {
    await advancePayment(tx, app, { payment, event: "holdOver" }, { ...CAUSE, now });
    return;
  }
  const months = await tx.sql("select from subscription_charges where payment_id = $1 and period is not null", [
    payment.id,
  ]);
  const until = accessUntil(row);
  if (months.length > 0 && until !== null && now < until) await openMonth(tx, { ids: app.ids, now }, row, payment.id);
}

/**
 * Handler of enrollment.held: opens what a payment for courses would have opened by its settlement, had nothing held
 * it. The gateway says afresh that the money is there; while something holds it still, another look is planned.
 *
 * A second run is harmless: what is approved, refunded or reversed since is left alone.
 *
 * @throws GatewayUnavailable to be run again
 */
export async function approveHeld(app: App, { paymentId }: Messages["enrollment.held"]): Promise<void> {
  const seen = await readPayment(app.db, paymentId);
  if (seen?.payment.status !== "PAID") return;
  const answer = (await readHold(app.db, app, paymentId)) ? null : await askFresh(app, seen);
  killPoint("enrollment.status-asked");
  await inTransaction(app.db, async (tx) => {
    const before = await lockPayment(tx, app, paymentId);
    if (before && answer) await recordAnswer(tx, app, before, answer, CAUSE);
    const locked = await lockPayment(tx, app, paymentId);
    if (locked?.payment.status !== "PAID") return;
    const now = app.clock.now();
    const hold = await readHold(tx, app, paymentId);
    // A gateway that knows no such transaction has not said that its money is there.
    if (!hold && answer?.report) {
      await openHeld(tx, app, locked.payment, now);
    } else if (now < later(locked.payment.paidAt ?? now, LOOKS_END_MS)) {
      await lookAgain(tx, now, paymentId, hold ?? { until: null });
    } else {
      const message = `Payment ${locked.payment.number} is held (${hold?.reason}), and its courses are not open`;
      const alert = { kind: "ENROLLMENT_HELD", subject: locked.payment.number, severity: "WARNING", message } as const;
      await raiseAlert(tx, { ids: app.ids, now }, alert);
    }
  });
}
