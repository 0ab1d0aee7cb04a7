import type { App } from "../../../domain/app.ts";
import type { Actor } from "../../../domain/kernel/actor.ts";
import type { UserId } from "../../../domain/kernel/ids.ts";
import type { PaymentReport } from "../../../domain/payment/paymentGateway.ts";
import { renewPaymentToken, startPayment } from "../../../domain/payment/startPayment.ts";
import type { Bought, LiveShop } from "../../support/liveShop.ts";

export type Person = Actor & { userId: UserId };
export type Order = Bought & { readonly gatewayOrderId: string; readonly productId: string };

/** Buys two pieces of a product of which there are `stock`. */
export async function buyTwo(shop: LiveShop, buyer: Actor, stock = 10): Promise<Order> {
  const product = await shop.addProduct({ stock });
  const bought = await shop.buy(buyer, shop.order([{ ...product, quantity: 2 }]));
  return { ...bought, productId: product.productId, gatewayOrderId: bought.gatewayOrderId as string };
}

/** How an order of one store stands, with what it shows of its payment and the pieces on the shelf. */
export async function standing(shop: LiveShop, order: Order) {
  return shop.one<{ payment: string; order: string; shown: string; session: string; stock: number }>(
    `select p.status as payment, o.status as "order", o.payment_status as shown, s.status as session,
            (select stock from products where id = $2) as stock
       from payments p join checkout_sessions s on s.id = p.session_id join orders o on o.session_id = s.id
      where p.id = $1`,
    order.paymentId,
    order.productId,
  );
}

export const UNPAID = { payment: "PENDING", order: "PENDING_PAYMENT", shown: "PENDING", session: "OPEN", stock: 8 };
export const PAID = { payment: "PAID", order: "PAID", shown: "PAID", session: "PAID", stock: 8 };
export const CANCELLED = { payment: "CANCELLED", order: "CANCELLED", shown: "FAILED", session: "CANCELLED", stock: 10 };

/** The statuses that an order went through, by its log. */
export async function path(shop: LiveShop, order: Order): Promise<string[]> {
  const { statuses } = await shop.one<{ statuses: string[] }>(
    `select array_agg(l.to_status order by l.id) as statuses from order_status_logs l join orders o on o.id = l.order_id
      where o.session_id = $1`,
    order.sessionId,
  );
  return statuses;
}

/** The kinds of the open cases of a payment. */
export async function cases(shop: LiveShop, order: Order): Promise<string[]> {
  const { kinds } = await shop.one<{ kinds: string[] | null }>(
    "select array_agg(kind order by kind) as kinds from money_cases where payment_id = $1 and resolved_at is null",
    order.paymentId,
  );
  return kinds ?? [];
}

/** How often something is there. */
export async function count(shop: LiveShop, from: string, ...values: unknown[]): Promise<number> {
  return (await shop.one<{ n: number }>(`select count(*) as n from ${from}`, ...values)).n;
}

/** The alerts about a subject: each kind with how often it was raised, open ones alone. */
export async function alerts(shop: LiveShop, subject: string): Promise<Record<string, number>> {
  const { found } = await shop.one<{ found: Record<string, number> | null }>(
    "select jsonb_object_agg(kind, raises) as found from alerts where subject = $1 and cleared_at is null",
    subject,
  );
  return found ?? {};
}

/** Moves the gateway's transaction, has it send its notification, and lets the worker apply it. */
export async function happens(shop: LiveShop, order: Order, move: object): Promise<void> {
  await shop.gatewayMoves(order.gatewayOrderId, move);
  await shop.notify(order.gatewayOrderId);
  await shop.drain();
}

/** The shop with a gateway whose status answers are changed on their way. */
export function lyingGateway(
  app: App,
  change: Partial<PaymentReport> | ((report: PaymentReport) => Partial<PaymentReport>),
): App {
  const fetchStatus: App["payments"]["fetchStatus"] = async (id) => {
    const report = await app.payments.fetchStatus(id);
    return report && { ...report, ...(typeof change === "function" ? change(report) : change) };
  };
  return { ...app, payments: { ...app.payments, fetchStatus } };
}

/** The shop with something that happens right before or after the gateway's first answer to a call. */
export function interleaved(
  app: App,
  call: "fetchStatus" | "cancel" | "expire" | "approve" | "deny" | "closePage" | "openPage",
  happening: () => Promise<unknown>,
  when: "before" | "after" = "after",
): App {
  let isFirst = true;
  const original = app.payments[call] as (argument: never) => Promise<unknown>;
  const wrapped = async (argument: never) => {
    const happensNow = isFirst;
    isFirst = false;
    if (happensNow && when === "before") await happening();
    const answer = await original(argument);
    if (happensNow && when === "after") await happening();
    return answer;
  };
  return { ...app, payments: { ...app.payments, [call]: wrapped } };
}

interface Try {
  readonly id: string;
  readonly state: string;
  readonly token: string | null;
  readonly gatewayOrderId: string;
}

/** The tries of a payment, oldest first. */
export const triesOf = (shop: LiveShop, order: Order) =>
  shop.app.db.sql<Try>(
    `select id, state, instructions->>'snapToken' as token, gateway_order_id
       from payment_transactions where payment_id = $1 order by gateway_order_id`,
    [order.paymentId],
  );
export const newestTry = async (shop: LiveShop, order: Order) => (await triesOf(shop, order)).at(-1) as Try;

/** Another try by the customer, with a token of its own. */
export async function tryAgain(app: App, buyer: Actor, order: Order, key: string): Promise<void> {
  const { paymentToken } = await renewPaymentToken(app, buyer, { paymentId: order.paymentId });
  await startPayment(app, buyer, { paymentId: order.paymentId, method: "SNAP", paymentToken, idempotencyKey: key });
}
