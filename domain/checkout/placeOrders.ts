import type { Tx } from "../../platform/db.ts";
import { currentRequestId } from "../../platform/log.ts";
import { outboxRow } from "../../platform/outbox.ts";
import type { App } from "../app.ts";
import { outOfStock } from "../catalog/stock.rules.ts";
import { orderNumber, paymentNumber } from "../kernel/codes.ts";
import type { PaymentId, ProductId, SessionId, TransactionId, UserId } from "../kernel/ids.ts";
import { later } from "../kernel/time.ts";
import { jobsOf } from "../messages.ts";
import type { AddressView } from "../order/order.queries.ts";
import { newTransaction } from "../payment/beginTransaction.ts";
import type { PaymentMethod } from "../payment/payment.rules.ts";
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

// All rows of a checkout in one statement, and the stock with them. The last part takes only what is there: a row that
// does not come back was sold out, and the whole is rolled back.
const PLACE = `
  with d as (select $1::jsonb as j),
  s as (insert into checkout_sessions (id, user_id, status, total, expires_at, created_at, updated_at)
        select r.id, r.user_id, 'OPEN', r.total, r.expires_at, $2, $2
          from d, jsonb_to_record(j->'session') as r(id uuid, user_id uuid, total bigint, expires_at timestamptz)),
  o as (insert into orders (id, number, session_id, user_id, store_id, status, payment_status, subtotal, shipping_cost,
      discount,
                            tax, total, shipping_tax, shipping_address, shipping_quote, created_at, updated_at)
        select r.id, r.number, r.session_id, r.user_id, r.store_id, 'PENDING_PAYMENT', r.payment_status, r.subtotal,
               r.shipping_cost, r.discount, r.tax, r.total, r.shipping_tax, r.shipping_address, r.shipping_quote, $2, $2
          from d, jsonb_to_recordset(j->'orders') as r(id uuid, number text, session_id uuid, user_id uuid, store_id
              uuid,
               payment_status text, subtotal bigint, shipping_cost bigint, discount bigint, tax bigint, total bigint,
               shipping_tax jsonb, shipping_address jsonb, shipping_quote jsonb)),
  i as (insert into order_items (id, order_id, product_id, product_name, unit_price, quantity, weight_grams, total, tax)
        select r.* from d, jsonb_to_recordset(j->'items') as r(id uuid, order_id uuid, product_id uuid, product_name
            text,
               unit_price bigint, quantity integer, weight_grams integer, total bigint, tax jsonb)),
  m as (insert into stock_movements (product_id, order_item_id, kind, quantity, at)
        select r.product_id, r.id, 'RESERVE', -r.quantity, $2
          from d, jsonb_to_recordset(j->'items') as r(id uuid, product_id uuid, quantity integer)),
  l as (insert into order_status_logs (order_id, from_status, to_status, event, source, actor_id, at)
        select r.id, null, 'PENDING_PAYMENT', 'placed', 'CUSTOMER', r.user_id, $2
          from d, jsonb_to_recordset(j->'orders') as r(id uuid, user_id uuid)),
  p as (insert into payments (id, number, purpose, channel, status, user_id, session_id, method, amount, tries,
      expires_at,
                              created_at, updated_at)
        select r.id, r.number, 'ORDER', 'MIDTRANS', 'PENDING', r.user_id, r.session_id, r.method, r.amount, r.tries,
               r.expires_at, $2, $2
          from d, jsonb_to_record(j->'payment') as r(id uuid, number text, user_id uuid, session_id uuid, method text,
               amount bigint, tries integer, expires_at timestamptz)),
  k as (insert into payment_tokens (token_hash, payment_id, expires_at, created_at)
        select r.token_hash, r.payment_id, r.expires_at, $2
          from d, jsonb_to_record(j->'token') as r(token_hash text, payment_id uuid, expires_at timestamptz)),
  t as (insert into payment_transactions (id, payment_id, gateway_order_id, method, state, amount, item_total,
      expires_at,
                                          next_poll_at, created_at, updated_at)
        select r.* from d, jsonb_to_recordset(j->'transactions') as r(id uuid, payment_id uuid, gateway_order_id text,
               method text, state text, amount bigint, item_total bigint, expires_at timestamptz, next_poll_at
                   timestamptz,
               created_at timestamptz, updated_at timestamptz)),
  g as (insert into payment_logs (payment_id, step, to_status, detail, source, actor_id, request_id, at)
        select r.payment_id, 'created', 'PENDING', '{}', 'CUSTOMER', r.user_id, r.request_id, $2
          from d, jsonb_to_record(j->'log') as r(payment_id uuid, user_id uuid, request_id text)),
  x as (insert into outbox_messages (name, handler, payload, key, request_id, due_at, created_at)
        select r.* from d, jsonb_to_recordset(j->'jobs') as r(name text, handler text, payload jsonb, key text,
            request_id text,
               due_at timestamptz, created_at timestamptz))
  update products p set stock = p.stock - w.quantity, updated_at = $2
    from (select r.product_id, sum(r.quantity)::integer as quantity
            from d, jsonb_to_recordset(j->'items') as r(product_id uuid, quantity integer) group by 1) w
   where p.id = w.product_id and p.stock >= w.quantity
  returning p.id`;

function orderRows(app: Pick<App, "ids">, placement: Placement, now: Date) {
  return placement.orders.map((order, index) => {
    const id = app.ids.next<"order">();
    const row = {
      id,
      number: orderNumber(now, placement.serials.orders[index] as number),
      session_id: placement.sessionId,
      user_id: placement.userId,
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
  const taken = await tx.sql<{ id: ProductId }>(PLACE, [
    JSON.stringify({
      session: { id: sessionId, user_id: userId, total: amount, expires_at: expiresAt },
      orders: rows.map((order) => order.row),
      items,
      payment: {
        id: paymentId,
        number: payment.number,
        user_id: userId,
        session_id: sessionId,
        method,
        amount,
        tries: first ? 1 : 0,
        expires_at: expiresAt,
      },
      token: { token_hash, payment_id: paymentId, expires_at: tokenExpiresAt },
      transactions: first ? [first.row] : [],
      log: { payment_id: paymentId, user_id: userId, request_id: currentRequestId() },
      jobs: jobs.map((job) => outboxRow(job, now)),
    }),
    now,
  ]);
  const missing = items.find((item) => !taken.some(({ id }) => id === item.product_id));
  if (missing) throw outOfStock(missing.product_id, 0);
  const written = placedCheckout(placement, payment, rows, now);
  return { transactionId: first?.id ?? null, paymentToken: token.token, written };
}
