import type { Tx } from "../../platform/db.ts";
import { currentRequestId } from "../../platform/log.ts";
import { outboxRow } from "../../platform/outbox.ts";
import { anyId } from "../../platform/sqlClient.ts";
import type { App } from "../app.ts";
import { outOfStock } from "../catalog/stock.rules.ts";
import { orderNumber, paymentNumber } from "../kernel/codes.ts";
import type { PaymentId, ProductId, SessionId, TransactionId, UserId } from "../kernel/ids.ts";
import { later } from "../kernel/time.ts";
import { jobsOf } from "../messages.ts";
import type { AddressView } from "../order/order.queries.ts";
import { INSERT_TRANSACTIONS, newTransaction } from "../payment/beginTransaction.ts";
import type { PaymentMethod } from "../payment/methods.rules.ts";
import { newToken } from "../payment/paymentToken.ts";
import { type PricedOrder, totalOf } from "./checkout.rules.ts";
import { type PlacedCheckout, placedCheckout } from "./placed.rules.ts";
import type { Serials } from "./reserveSerials.ts";

export interface Placement {
  readonly userId: UserId;
  readonly sessionId: SessionId;
  readonly paymentId: PaymentId;
  readonly orders: readonly PricedOrder[];
  readonly address: AddressView;
  readonly method: PaymentMethod | null;
  readonly serials: Serials;
}

// Of a product that stands in one item (sumDemand). Not joined to the items: for a join PostgreSQL expects a hundred of
// them, and reads every product.
const WANTED = "($17::integer[])[array_position($16::uuid[], id)]";
// All rows of a checkout in one statement, and the stock with them. The last part takes only what is there: a row that
// does not come back was sold out, and the whole is rolled back. What there is one of comes as a parameter of its own,
// and items are read out of their JSON once: every part costs, whether it has rows or not.
const placeText = (isTried: boolean): string => `
  with s as (insert into checkout_sessions (id, user_id, status, total, expires_at, created_at, updated_at)
        values ($4::uuid, $5::uuid, 'OPEN', $7::bigint, $8::timestamptz, $3::timestamptz, $3)),
  o as (insert into orders (id, number, session_id, user_id, store_id, status, payment_status, subtotal, shipping_cost,
                            discount, tax, total, shipping_tax, shipping_address, shipping_quote, created_at,
                            updated_at)
        select r.id, r.number, $4, $5, r.store_id, 'PENDING_PAYMENT', r.payment_status, r.subtotal, r.shipping_cost,
               r.discount, r.tax, r.total, r.shipping_tax, r.shipping_address, r.shipping_quote, $3, $3
          from jsonb_to_recordset($1::jsonb) as r(id uuid, number text, store_id uuid, payment_status text,
               subtotal bigint, shipping_cost bigint, discount bigint, tax bigint, total bigint, shipping_tax jsonb,
               shipping_address jsonb, shipping_quote jsonb)
        returning id),
  i as (insert into order_items (id, order_id, product_id, product_name, unit_price, quantity, weight_grams, total, tax)
        select r.* from jsonb_to_recordset($2::jsonb) as r(id uuid, order_id uuid, product_id uuid, product_name text,
               unit_price bigint, quantity integer, weight_grams integer, total bigint, tax jsonb)
        returning id, product_id, quantity),
  m as (insert into stock_movements (product_id, order_item_id, kind, quantity, at)
        select i.product_id, i.id, 'RESERVE', -i.quantity, $3 from i),
  l as (insert into order_status_logs (order_id, from_status, to_status, event, source, actor_id, at)
        select o.id, null, 'PENDING_PAYMENT', 'placed', 'CUSTOMER', $5, $3 from o),
  p as (insert into payments (id, number, purpose, channel, status, user_id, session_id, method, amount, tries,
                              expires_at, created_at, updated_at)
        values ($6::uuid, $9::text, 'ORDER', 'MIDTRANS', 'PENDING', $5, $4, $10::text, $7, $11::integer, $8, $3, $3)),
  k as (insert into payment_tokens (token_hash, payment_id, expires_at, created_at)
        values ($12::text, $6, $13::timestamptz, $3)),
  g as (insert into payment_logs (payment_id, step, to_status, detail, source, actor_id, request_id, at)
        values ($6, 'created', 'PENDING', '{}', 'CUSTOMER', $5, $14::text, $3)),
  x as (insert into outbox_messages (name, handler, payload, key, request_id, due_at, created_at)
        select r.* from jsonb_to_recordset($15::jsonb) as r(name text, handler text, payload jsonb, key text,
               request_id text, due_at timestamptz, created_at timestamptz))${isTried ? `, t as (${TRY})` : ""}
  update products set stock = stock - ${WANTED}, updated_at = $3
   where id = ${anyId(16)} and stock >= ${WANTED}
  returning id`;
const TRY = INSERT_TRANSACTIONS.replace("$1", "$18");
const PLACE = placeText(false);
const PLACE_WITH_TRY = placeText(true);

function orderRows(app: Pick<App, "ids">, placement: Placement, now: Date) {
  return placement.orders.map((order, index) => {
    const id = app.ids.next<"order">();
    const row = {
      id,
      number: orderNumber(now, placement.serials.orders[index] as number),
      store_id: order.storeId,
      payment_status: placement.method ? ("PENDING" as const) : ("UNPAID" as const),
      subtotal: order.subtotal,
      shipping_cost: order.shippingCost,
      discount: order.discount,
      tax: order.tax,
      total: order.total,
      shipping_tax: order.shippingTax,
      shipping_address: placement.address,
      shipping_quote: order.rate,
    };
    const items = order.items.map(({ product, quantity, total, tax }) => ({
      id: app.ids.next<"orderItem">(),
      order_id: id,
      product_id: product.id,
      product_name: product.name,
      unit_price: product.price,
      quantity,
      weight_grams: product.weightGrams,
      total,
      tax,
    }));
    return { row, items };
  });
}

/**
 * Writes a whole checkout: session, orders, items, stock, payment, its token, the first try where a method is given,
 * and the job that ends it when its window is over. The products are locked by the caller.
 *
 * @throws Refusal OUT_OF_STOCK, and nothing of it is kept
 */
export async function placeOrders(
  tx: Tx,
  app: Pick<App, "ids" | "settings">,
  placement: Placement,
  now: Date,
): Promise<{ transactionId: TransactionId | null; paymentToken: string; written: PlacedCheckout }> {
  const { userId, sessionId, paymentId, method } = placement;
  const rows = orderRows(app, placement, now);
  const items = rows.flatMap((order) => order.items);
  const amount = totalOf(placement.orders);
  const expiresAt = later(now, app.settings.paymentWindowMs);
  const payment = { id: paymentId, number: paymentNumber(now, placement.serials.payment), amount, expiresAt };
  const first = method ? newTransaction(app, payment, 1, method, now) : null;
  const token = newToken(app, paymentId, now);
  const [token_hash, , tokenExpiresAt] = token.values;
  const jobs = [
    ...jobsOf("payment.windowOver", { paymentId }, { key: paymentId, dueAt: expiresAt }),
    ...(first?.jobs ?? []),
  ];
  const values = [
    JSON.stringify(rows.map((order) => order.row)),
    JSON.stringify(items),
    now,
    sessionId,
    userId,
    paymentId,
    amount,
    expiresAt,
    payment.number,
    method,
    first ? 1 : 0,
    token_hash,
    tokenExpiresAt,
    currentRequestId(),
    JSON.stringify(jobs.map((job) => outboxRow(job, now))),
    items.map((item) => item.product_id),
    items.map((item) => item.quantity),
  ];
  const taken = first
    ? await tx.sql<{ id: ProductId }>(PLACE_WITH_TRY, [...values, JSON.stringify([first.row])])
    : await tx.sql<{ id: ProductId }>(PLACE, values);
  const missing = items.find((item) => !taken.some(({ id }) => id === item.product_id));
  if (missing) throw outOfStock(missing.product_id, 0);
  const written = placedCheckout(placement, payment, rows, now);
  return { transactionId: first?.id ?? null, paymentToken: token.token, written };
}
