import { withRequestId } from "../../platform/log.ts";
import type { App } from "../app.ts";
import type { PaymentId } from "../kernel/ids.ts";
import { tellsOfMoney } from "./applyMoneyOfAnother.ts";
import { type Named, namedToAsk } from "./askGateway.ts";
import { statusIdOf, type TransactionRow } from "./lockPayment.ts";
import { lookAtSubscriptionOf } from "./lookAtSubscription.ts";
import type { PaymentReport } from "./paymentGateway.ts";

type Found = Pick<TransactionRow, "state" | "gatewayOrderId" | "gatewayTransactionId"> & {
  readonly paymentId: PaymentId;
  /** The payment's, before the gateway was asked. */
  readonly seenVersion: number;
};

interface Stored extends Named {
  readonly id: string;
}

/** What stands stored for one order id, and the payment that it belongs to. */
export interface Unasked {
  readonly gatewayOrderId: string;
  /** The newest first; at least one. */
  readonly stored: readonly Stored[];
  readonly found: Found | null;
  /** Of the request that brought it. */
  readonly requestId: string;
}

/** Ours by the order id, or (channels that put their own id there) by the transaction id. */
const FIND_PAYMENTS = `
  select w.id as wanted, t.payment_id, t.state, t.gateway_order_id, t.gateway_transaction_id,
         (select version from payments p where p.id = t.payment_id) as seen_version
    from unnest($1::text[]) as w(id),
         lateral (select * from payment_transactions
                   where gateway_order_id = w.id or gateway_transaction_id = w.id
                   order by gateway_order_id <> w.id limit 1) t`;

/** Reads what stands stored for these order ids; those with nothing are left out. */
export async function readStored(
  app: Pick<App, "db">,
  messages: readonly { readonly gatewayOrderId: string; readonly requestId: string }[],
): Promise<Unasked[]> {
  const orderIds = messages.map(({ gatewayOrderId }) => gatewayOrderId);
  const rows = await app.db.sql<Stored & { readonly gatewayOrderId: string }>(
    `select id, gateway_order_id, gateway_transaction_id as named, gateway_status as said from payment_notifications
      where gateway_order_id = any($1::text[]) and state = 'STORED' order by received_at desc, id`,
    [orderIds],
  );
  if (rows.length === 0) return [];
  const found = await app.db.sql<Found & { readonly wanted: string }>(FIND_PAYMENTS, [orderIds]);
  const paymentOf = new Map(found.map((payment) => [payment.wanted, payment]));
  const storedOf = Map.groupBy(rows, ({ gatewayOrderId }) => gatewayOrderId);
  const requestOf = new Map(messages.map(({ gatewayOrderId, requestId }) => [gatewayOrderId, requestId]));
  return [...storedOf].map(([gatewayOrderId, stored]) => ({
    gatewayOrderId,
    stored,
    found: paymentOf.get(gatewayOrderId) ?? null,
    requestId: requestOf.get(gatewayOrderId) ?? "",
  }));
}

/** What is known under the transactions' own ids; the answer must be about this order id. */
async function askNamed(app: App, { gatewayOrderId, stored }: Unasked): Promise<PaymentReport[]> {
  const reports: PaymentReport[] = [];
  for (const id of namedToAsk(stored, null)) {
    const report = id === gatewayOrderId ? null : await app.payments.fetchStatus(id);
    if (report?.gatewayOrderId === gatewayOrderId) reports.push(report);
  }
  return reports;
}

/** What stands stored, with what the gateway says of it. */
export interface Answered extends Unasked {
  /** The newest first; none where the gateway knows nothing of the order id. */
  readonly reports: readonly PaymentReport[];
}

/**
 * What the gateway says of the order id, which is its newest transaction; of the one that has paid where that is older;
 * and of others that the notifications name, where they tell of money under this order id. A name alone is only a hint.
 * Some wallets' transactions are known by their own id alone: there, what the notifications name is all there is. A
 * charge that the gateway made by itself is booked first: then it belongs to a payment, too.
 *
 * @throws GatewayUnavailable
 */
export function fetchReports(app: App, about: Unasked): Promise<Answered> {
  return withRequestId(about.requestId, async () => {
    const newest = await app.payments.fetchStatus(about.gatewayOrderId);
    if (!newest) return { ...about, reports: await askNamed(app, about) };
    const known = about.found ? about : await findByAnswer(app, about, newest);
    const booked = known ?? (await bookOwnCharge(app, about));
    return { ...booked, reports: await ask(app, booked, newest) };
  });
}

/** The payment that the gateway's answer is about: some channels put an id of their own where ours belongs. */
async function findByAnswer(app: App, about: Unasked, { gatewayOrderId }: PaymentReport): Promise<Unasked | null> {
  const [found] = await app.db.sql<Found>(FIND_PAYMENTS, [[gatewayOrderId]]);
  return found ? { ...about, found } : null;
}

/** What belonged to no payment may be the charge of a subscription that nobody has looked at since. */
async function bookOwnCharge(app: App, about: Unasked): Promise<Unasked> {
  if (!(await lookAtSubscriptionOf(app, about.gatewayOrderId))) return about;
  const [booked] = await readStored(app, [about]);
  return booked ?? about;
}

async function ask(
  app: Pick<App, "payments">,
  { gatewayOrderId, found, stored }: Unasked,
  newest: PaymentReport,
): Promise<PaymentReport[]> {
  const reports = [newest];
  const paidId = found && statusIdOf(found) !== found.gatewayOrderId ? statusIdOf(found) : null;
  if (paidId && newest.gatewayTransactionId !== paidId) {
    const paid = await app.payments.fetchStatus(paidId);
    if (paid) reports.push(paid);
  }
  for (const id of found ? namedToAsk(stored, newest.gatewayTransactionId) : []) {
    const other = id === paidId ? null : await app.payments.fetchStatus(id);
    if (other?.gatewayOrderId === gatewayOrderId && tellsOfMoney(other)) reports.push(other);
  }
  return reports;
}
