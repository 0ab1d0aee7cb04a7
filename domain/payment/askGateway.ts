import type { App } from "../app.ts";
import { tellsOfMoney } from "./applyMoneyOfAnother.ts";
import { statusIdOf, type TransactionRow } from "./lockPayment.ts";
import { DEAD_WORDS } from "./payment.rules.ts";
import type { PaymentReport } from "./paymentGateway.ts";

/** Other transactions of one order id that are asked about at once: those that live are two or three at most. */
const NAMED_MAX = 3;
/** No signature covers a transaction id: what no path can hold is not asked about. */
const ASKABLE = /^[\w-]{1,64}$/;

/** A transaction as a notification names it, with the word that came with it. */
export interface Named {
  readonly named: string | null;
  readonly said: string | null;
}

const isSaidDead = (said: string | null): boolean => DEAD_WORDS.has(said?.toLowerCase() ?? "");

/**
 * Which of the transactions that notifications have named are asked about: those first that were not declined, for a
 * customer may have tried many cards after choosing what he pays by.
 *
 * @param all the newest first
 */
export function namedToAsk(all: readonly Named[], newest: string | null): string[] {
  const saidOf = new Map<string, string | null>();
  for (const { named, said } of all) {
    if (named !== null && named !== newest && ASKABLE.test(named) && !saidOf.has(named)) saidOf.set(named, said);
  }
  const order = [...saidOf].sort(([, a], [, b]) => Number(isSaidDead(a)) - Number(isSaidDead(b)));
  return order.slice(0, NAMED_MAX).map(([named]) => named);
}

/** Of one order id; its notifications are 20 an hour at most. */
const NOTIFIED_MAX = 200;

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
  const rows = await app.db.sql<Named>(
    `select gateway_transaction_id as named, gateway_status as said from payment_notifications
      where gateway_order_id = $1 and not is_test order by received_at desc limit ${NOTIFIED_MAX}`,
    [gatewayOrderId],
  );
  const others: PaymentReport[] = [];
  for (const named of namedToAsk(rows, newest?.gatewayTransactionId ?? null)) {
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
