import { currentRequestId } from "../../platform/log.ts";
import type { App } from "../app.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { HOUR_MS, later } from "../kernel/time.ts";

/** New rows an order id may add in an hour; the gateway's own retries stay far below it. */
const NEW_ROWS_AN_HOUR = 20;

/** What a body is sealed under. */
export const BODY_CONTEXT = "payment_notifications.body";

// A copy of a stored body adds nothing. Beyond the hourly limit a new body is folded into the newest row. The row and
// its job of payment.notified are one statement, and so one transaction: the function stands in the migrations.
const STORE = "select store_notification($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) as outcome";

/**
 * Takes a notification: checks form and signature, stores it once, and leaves a job that asks the gateway what is true.
 * Nothing else changes here: the signature does not cover the status. Copies at once and again later are harmless by
 * the unique digest; at most one job an order id is pending.
 *
 * @throws Refusal INVALID_INPUT malformed or badly signed
 */
export async function receiveNotification(
  app: Pick<App, "db" | "clock" | "ids" | "sealer" | "payments">,
  body: string,
): Promise<"stored" | "folded" | "duplicate" | "test"> {
  const notice = app.payments.readNotification(body);
  const sealed = app.sealer.seal(body, BODY_CONTEXT);
  killPoint("notification.checked");
  const now = app.clock.now();
  const [row] = await app.db.sql<{ outcome: "stored" | "folded" | "duplicate" }>(STORE, [
    app.ids.next<"notification">(),
    notice.digest,
    notice.gatewayOrderId,
    notice.gatewayTransactionId,
    notice.statusText,
    sealed,
    notice.isTest,
    now,
    later(now, -HOUR_MS),
    NEW_ROWS_AN_HOUR,
    currentRequestId(),
  ]);
  return notice.isTest ? "test" : (row?.outcome ?? "duplicate");
}
