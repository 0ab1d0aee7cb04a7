import type { App } from "../../../domain/app.ts";
import type { Actor } from "../../../domain/kernel/actor.ts";
import type { PaymentMethod } from "../../../domain/payment/methods.rules.ts";
import { renewPaymentToken, startPayment } from "../../../domain/payment/startPayment.ts";
import type { Bought, LiveShop } from "../../support/liveShop.ts";
import { HANG_LIMIT_MS } from "../../support/until.ts";

let keys = 0;

/** An order that costs more than every method's least and less than every method's most; nothing is started yet. */
export async function order(shop: LiveShop, buyer: Actor, price = 50_000): Promise<Bought> {
  const product = await shop.addProduct({ price });
  return shop.buy(buyer, shop.order([{ ...product, quantity: 1 }], { method: null }));
}

/** The customer chooses a method, with a fresh token. */
export async function choose(app: App, buyer: Actor, bought: Bought, method: PaymentMethod): Promise<void> {
  const { paymentToken } = await renewPaymentToken(app, buyer, { paymentId: bought.paymentId });
  keys += 1;
  const idempotencyKey = `choose-${process.pid}-${keys}`;
  await startPayment(app, buyer, { paymentId: bought.paymentId, method, paymentToken, idempotencyKey });
}

export interface Tried {
  readonly id: string;
  readonly gatewayOrderId: string;
  readonly method: string;
  readonly state: string;
  readonly gatewayStatus: string | null;
  readonly instructions: Record<string, string>;
  readonly expiresAt: Date;
  readonly createdAt: Date;
  readonly chargeSentAt: Date | null;
}

/** The tries of a payment, oldest first. */
export const tries = (shop: LiveShop, bought: Bought) =>
  shop.app.db.sql<Tried>(
    `select id, gateway_order_id, method, state, gateway_status, instructions, expires_at, created_at, charge_sent_at
       from payment_transactions where payment_id = $1 order by gateway_order_id`,
    [bought.paymentId],
  );
export const newest = async (shop: LiveShop, bought: Bought) => (await tries(shop, bought)).at(-1) as Tried;
export const states = async (shop: LiveShop, bought: Bought) => (await tries(shop, bought)).map(({ state }) => state);

/** What the gateway has of an order id: null where it knows none. */
export async function atGateway(shop: LiveShop, id: string): Promise<Record<string, unknown> | null> {
  const answer = await fetch(`${shop.sandbox.url}/sandbox/transactions/${id}`);
  return answer.ok ? ((await answer.json()) as Record<string, unknown>) : null;
}

/** How often the gateway was really called for something about an order id. */
export const calls = async (shop: LiveShop, operation: string, id: string) =>
  (
    await shop.one<{ n: number }>(
      "select count(*)::int as n from gateway_calls where operation = $1 and correlation = $2",
      operation,
      id,
    )
  ).n;

export const paymentOf = (shop: LiveShop, bought: Bought) =>
  shop.one<{ status: string; method: string | null }>(
    "select status, method from payments where id = $1",
    bought.paymentId,
  );

/** How many instruments of a payment can be paid at the gateway. */
export async function livingThere(shop: LiveShop, bought: Bought): Promise<number> {
  const all = await Promise.all((await tries(shop, bought)).map((one) => atGateway(shop, one.gatewayOrderId)));
  return all.filter((one) => one?.["transaction_status"] === "pending").length;
}

/** The call's limit and the slack; after it a 404 proves that nothing was made. */
export const LIMIT_MS = HANG_LIMIT_MS + 5_000;
