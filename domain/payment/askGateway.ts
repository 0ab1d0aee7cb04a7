import type { App } from "../app.ts";
import { tellsOfMoney } from "./applyMoneyOfAnother.ts";
import { statusIdOf, type TransactionRow } from "./lockPayment.ts";
import type { PaymentReport } from "./paymentGateway.ts";

/** Other transactions of one order id that are asked about at once: a page has had two or three of them at most. */
const NAMED_MAX = 3;
/** No signature covers a transaction id: what no path can hold is not asked about. */
const ASKABLE = /^[\w-]{1,64}$/;

/** True while a customer may still pay it. */
export const isPayable = ({ status }: Pick<PaymentReport, "status">): boolean =>
  status === "pending" || status === "authorize";

/**
 * What the gateway says of older transactions under an order id, whose status answers for the newest alone: those that
 * notifications have named, where they tell of money or can still be paid; money comes first. A name is only a hint:
 * the answer must be about this order id.
 */
export async function askOlder(
  app: Pick<App, "db" | "payments">,
  gatewayOrderId: string,
  newest: PaymentReport | null,
): Promise<PaymentReport[]> {
  const rows = await app.db.sql<{ named: string }>(
    `select distinct gateway_transaction_id as named from payment_notifications
      where gateway_order_id = $1 and not is_test and gateway_transaction_id <> $2 limit ${NAMED_MAX}`,
    [gatewayOrderId, newest?.gatewayTransactionId ?? ""],
  );
  const others: PaymentReport[] = [];
  for (const { named } of rows.filter((row) => ASKABLE.test(row.named))) {
    const other = await app.payments.fetchStatus(named);
    if (other?.gatewayOrderId === gatewayOrderId && (tellsOfMoney(other) || isPayable(other))) others.push(other);
  }
  return others.sort((a, b) => Number(tellsOfMoney(b)) - Number(tellsOfMoney(a)));
}

/**
 * How a try stands at the gateway, its older transactions included while none has paid. null: no method was chosen.
 *
 * @throws GatewayUnavailable
 */
export async function askGateway(
  app: Pick<App, "db" | "payments">,
  transaction: Pick<TransactionRow, "state" | "gatewayOrderId" | "gatewayTransactionId">,
): Promise<PaymentReport | null> {
  const report = await app.payments.fetchStatus(statusIdOf(transaction));
  if (transaction.state === "PAID" || (report && tellsOfMoney(report))) return report;
  const [older] = await askOlder(app, transaction.gatewayOrderId, report);
  return older && tellsOfMoney(older) ? older : report;
}
