import type { Tx } from "../../platform/db.ts";
import { clearAlertsOf } from "../kernel/raiseAlert.ts";
import type { PaymentReport } from "./paymentGateway.ts";

/** The kind of the alert about notifications that were put aside; its subject is their order id. */
export const NOTIFICATION_PARKED = "NOTIFICATION_PARKED";

/**
 * What was put aside about a transaction is known once the gateway has told of that very transaction by another way:
 * the rows are SAME, and the alert is cleared where nothing else of the order id stands aside. Another transaction's
 * may tell of other money: it stays a person's. A second run finds none.
 *
 * @param orderId under which we know it
 */
export async function endParkedAbout(tx: Tx, orderId: string, report: PaymentReport, now: Date): Promise<void> {
  const ended = await tx.sql<{ gatewayOrderId: string }>(
    `update payment_notifications set state = 'SAME', error = null, applied_at = $3
      where gateway_order_id = any($1::text[]) and gateway_transaction_id = $2 and state = 'PARKED'
      returning gateway_order_id`,
    [[orderId, report.gatewayOrderId], report.gatewayTransactionId, now],
  );
  if (ended.length === 0) return;
  const orderIds = [...new Set(ended.map(({ gatewayOrderId }) => gatewayOrderId))];
  const left = await tx.sql<{ gatewayOrderId: string }>(
    "select gateway_order_id from payment_notifications where gateway_order_id = any($1::text[]) and state = 'PARKED'",
    [orderIds],
  );
  const stillAside = new Set(left.map(({ gatewayOrderId }) => gatewayOrderId));
  await clearAlertsOf(
    tx,
    now,
    NOTIFICATION_PARKED,
    orderIds.filter((id) => !stillAside.has(id)),
  );
}
