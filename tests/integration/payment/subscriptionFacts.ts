import type { App } from "../../../domain/app.ts";
import { GatewayUnavailable } from "../../../domain/kernel/errors.ts";
import type { PackageId, SubscriptionId } from "../../../domain/kernel/ids.ts";
import { createSubscription } from "../../../domain/payment/createSubscription.ts";
import { keepSavedCards } from "../../../domain/payment/keepSavedCards.ts";
import { receiveRecurringNews } from "../../../domain/payment/receiveRecurringNews.ts";
import { listSavedCards } from "../../../domain/payment/savedCard.queries.ts";
import type { SubscriptionGateway } from "../../../domain/payment/subscriptionGateway.ts";
import { inTransaction } from "../../../platform/db.ts";
import type { LiveShop } from "../../support/liveShop.ts";
import type { Person } from "./facts.ts";

export const PRICE = 99_000;
export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
/** Longer than any month. */
export const MONTH = 32 * DAY;

let keys = 0;
export const newKey = () => `subscription-${process.pid}-${++keys}`;

export async function addPackage(shop: LiveShop, monthlyPrice: number | null = PRICE): Promise<PackageId> {
  const id = shop.app.ids.next<"package">();
  await inTransaction(shop.app.db, (tx) =>
    tx.sql(
      `insert into packages (id, slug, name, is_bundle, monthly_price, created_at)
       values ($1::uuid, $1::uuid::text, 'Kelas Seduh', true, $2, now())`,
      [id, monthlyPrice],
    ),
  );
  return id;
}

async function post(url: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

/**
 * Pays an order by card on the gateway's page, where the buyer lets it keep the card or not. `3ds`: his bank wants him
 * to prove himself, then and whenever the card is charged.
 */
export async function payByCard(
  shop: LiveShop,
  buyer: Person,
  save: boolean,
  outcome: "approve" | "3ds" = "approve",
): Promise<string> {
  const goods = await shop.addProduct();
  const { paymentId, gatewayOrderId } = await shop.buy(buyer, shop.order([{ ...goods, quantity: 1 }]));
  const { token } = await shop.one<{ token: string }>(
    "select instructions->>'snapToken' as token from payment_transactions where payment_id = $1",
    paymentId,
  );
  const form = new URLSearchParams({ outcome, ...(save ? { save: "yes" } : {}) });
  const page = `${shop.sandbox.url}/snap/v4/redirection/${token}`;
  await fetch(`${page}/card`, { method: "POST", body: form });
  if (outcome === "3ds") {
    await fetch(`${page}/simulate`, { method: "POST", body: new URLSearchParams({ action: "pay" }) });
  }
  await shop.notify(gatewayOrderId as string);
  await shop.drain();
  return paymentId;
}

/** A card of the buyer's that the gateway keeps. */
export async function saveCard(shop: LiveShop, buyer: Person, outcome?: "3ds"): Promise<string> {
  await payByCard(shop, buyer, true, outcome);
  await keepSavedCards(shop.app);
  const [card] = await listSavedCards(shop.app, buyer);
  if (!card) throw new Error("no card was saved");
  return card.id;
}

export const order = (packageId: string, savedCardId: string, idempotencyKey = newKey()) =>
  ({ packageId, savedCardId, method: "CREDIT_CARD", idempotencyKey }) as const;

export interface Running {
  readonly buyer: Person;
  readonly card: string;
  readonly packageId: PackageId;
  readonly id: SubscriptionId;
}

/** A subscription of a new buyer's, known to the gateway and not charged yet. */
export async function subscribe(shop: LiveShop, app: App = shop.app): Promise<Running> {
  const buyer = await shop.addBuyer();
  const card = await saveCard(shop, buyer);
  const packageId = await addPackage(shop);
  return { buyer, card, packageId, id: await createSubscription(app, buyer, order(packageId, card)) };
}

export const gatewayIdOf = async (shop: LiveShop, id: SubscriptionId): Promise<string> =>
  (await shop.one<{ gatewayId: string }>("select gateway_id from subscriptions where id = $1", id)).gatewayId;

/** The gateway makes a charge now; `fails` fixes how it ends. */
export async function charge(shop: LiveShop, id: SubscriptionId, how: object = { charge: "regular" }): Promise<void> {
  await post(`${shop.sandbox.url}/sandbox/subscriptions/${await gatewayIdOf(shop, id)}`, how);
}

/** The subscriptions that the gateway has under a name. */
export async function remotes(shop: LiveShop, number: string): Promise<{ id: string; status: string }[]> {
  const response = await fetch(`${shop.sandbox.url}/sandbox/subscriptions`);
  const { subscriptions } = (await response.json()) as {
    subscriptions: { id: string; name: string; status: string }[];
  };
  return subscriptions.filter(({ name }) => name === number);
}

/** The last recurring message about it, delivered. */
export async function tell(shop: LiveShop, id: SubscriptionId, app: App = shop.app): Promise<string> {
  const subscription = { id: await gatewayIdOf(shop, id) };
  return receiveRecurringNews(app, JSON.stringify({ event_name: "subscription.charge", subscription }));
}

export const read = (shop: LiveShop, id: SubscriptionId) =>
  shop.one<{ state: string; paidUntil: Date | null; startsAt: Date | null; number: string; gatewayId: string | null }>(
    "select state, paid_until, starts_at, number, gateway_id from subscriptions where id = $1",
    id,
  );

/** The payments of its charges, oldest first: status and the month that each pays for. */
export const charges = (shop: LiveShop, id: SubscriptionId) =>
  shop.app.db.sql<{ status: string; period: number | null; amount: number; paymentId: string }>(
    `select p.status, c.period, p.amount, c.payment_id
       from subscription_charges c join payments p on p.id = c.payment_id
      where c.subscription_id = $1 order by c.created_at, c.id`,
    [id],
  );

export const path = async (shop: LiveShop, id: SubscriptionId): Promise<string[]> =>
  (
    await shop.app.db.sql<{ state: string }>(
      "select to_state as state from subscription_logs where subscription_id = $1 order by id",
      [id],
    )
  ).map(({ state }) => state);

/** The shop whose gateway takes a call, of which the shop hears nothing; `lost`: not even the gateway does. */
export function losing(app: App, call: "create" | "cancel", is: "taken" | "lost", times = 1): App {
  let left = times;
  const act = app.subscriptions[call] as (input: unknown) => Promise<unknown>;
  const lossy = async (input: unknown) => {
    if (left === 0) return act(input);
    left--;
    if (is === "taken") await act(input);
    throw new GatewayUnavailable("midtrans", "no answer");
  };
  return { ...app, subscriptions: { ...app.subscriptions, [call]: lossy } as SubscriptionGateway };
}

/** Transactions that the gateway has made under names of ours, and that no payment is about. */
export async function unbooked(shop: LiveShop): Promise<string[]> {
  const response = await fetch(`${shop.sandbox.url}/sandbox/transactions?limit=1000`);
  const { transactions } = (await response.json()) as { transactions: { order_id: string }[] };
  const known = await shop.app.db.sql<{ id: string }>("select gateway_order_id as id from payment_transactions");
  const ids = new Set(known.map(({ id }) => id));
  return transactions.map(({ order_id }) => order_id).filter((id) => id.startsWith("LSUB-") && !ids.has(id));
}
