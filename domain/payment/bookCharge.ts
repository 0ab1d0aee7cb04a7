import type { Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { paymentNumber } from "../kernel/codes.ts";
import type { PaymentId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { later, MINUTE_MS } from "../kernel/time.ts";
import { send } from "../messages.ts";
import { logPaymentStep, type PaymentCause } from "./advancePayment.ts";
import { lockPayment } from "./lockPayment.ts";
import type { SubscriptionRow } from "./lockSubscription.ts";
import { isDead } from "./payment.rules.ts";
import type { PaymentReport } from "./paymentGateway.ts";
import { recordReport } from "./recordReport.ts";
import type { ReportApp } from "./storeReport.ts";

const CAUSE: PaymentCause = { source: "MIDTRANS", actorId: null, reason: "subscription" };

/** The try's method: a kept card is charged without a page, whichever way it was kept. */
const METHOD = { CREDIT_CARD: "SAVED_CARD", GOPAY: "GOPAY" } as const;

/** Writes the payment of a charge that the gateway made by itself, for the sum that the subscription says. */
async function writePayment(
  tx: Tx,
  app: Pick<App, "ids" | "settings">,
  subscription: SubscriptionRow,
  report: PaymentReport,
  now: Date,
): Promise<PaymentId | null> {
  const [paymentId, transactionId] = [app.ids.next<"payment">(), app.ids.next<"paymentTransaction">()];
  const charge = await tx.sql(
    "select from subscription_charges where gateway_transaction_id = $1", // the subscription is locked
    [report.gatewayTransactionId],
  );
  if (charge.length > 0) return null;
  const [serial] = await tx.sql<{ n: number }>("select nextval('payment_numbers')::int as n");
  // What failed can be paid no more; anything else has its time until somebody ends it.
  const expiresAt = isDead(report) ? now : later(now, app.settings.paymentWindowMs);
  const number = paymentNumber(now, serial?.n as number);
  const method = METHOD[subscription.method];
  await tx.sql(
    `insert into payments (id, number, purpose, channel, status, user_id, method, amount, tries, expires_at,
                           created_at, updated_at)
     values ($1, $2, 'ENROLLMENT', 'MIDTRANS', 'PENDING', $3, $4, $5, 1, $6, $7, $7)`,
    [paymentId, number, subscription.userId, method, subscription.amount, expiresAt, now],
  );
  await tx.sql(
    `insert into payment_transactions (id, payment_id, gateway_order_id, method, state, gateway_transaction_id, amount,
                                       item_total, expires_at, next_poll_at, created_at, updated_at)
     values ($1, $2, $3, $4, 'LIVE', $5, $6, $6, $7, $8, $9, $9)`,
    [
      transactionId,
      paymentId,
      report.gatewayOrderId,
      method,
      report.gatewayTransactionId,
      subscription.amount,
      expiresAt,
      later(now, app.settings.paymentPollsMs[0] ?? MINUTE_MS),
      now,
    ],
  );
  await tx.sql(
    `insert into subscription_charges (id, subscription_id, payment_id, gateway_transaction_id, created_at)
     values ($1, $2, $3, $4, $5)`,
    [app.ids.next<"subscriptionCharge">(), subscription.id, paymentId, report.gatewayTransactionId, now],
  );
  await logPaymentStep(tx, now, CAUSE, {
    paymentId,
    transactionId,
    step: "created",
    to: "PENDING",
    detail: { subscription: subscription.number },
  });
  await send(tx, now, "payment.windowOver", { paymentId }, { key: paymentId, dueAt: expiresAt });
  return paymentId;
}

/**
 * Books a charge that the gateway made for a locked subscription: a payment of its own, moved by what the gateway says
 * of it as any other payment is. A charge that was booked before is left alone: it is known by its transaction.
 */
export async function bookCharge(
  tx: Tx,
  app: ReportApp,
  subscription: SubscriptionRow,
  report: PaymentReport,
  now: Date,
): Promise<void> {
  const paymentId = await writePayment(tx, app, subscription, report, now);
  if (!paymentId) return;
  killPoint("subscription.charge-written");
  const locked = await lockPayment(tx, app, paymentId);
  const [transaction] = locked?.transactions ?? [];
  if (!locked || !transaction) throw new Error(`payment ${paymentId} is gone`);
  await recordReport(tx, app, locked, transaction, { report, cause: CAUSE, now });
}
