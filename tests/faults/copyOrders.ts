import { orderNumber, paymentNumber } from "../../domain/kernel/codes.ts";
import type { PaymentId } from "../../domain/kernel/ids.ts";
import { inTransaction } from "../../platform/db.ts";
import type { LiveShop } from "../support/liveShop.ts";

export interface Copied {
  readonly paymentId: PaymentId;
  readonly gatewayOrderId: string;
  readonly amount: number;
}

const FROM = `payments p join checkout_sessions s on s.id = p.session_id join orders o on o.session_id = s.id
  join order_items i on i.order_id = o.id join products r on r.id = i.product_id
  join payment_transactions t on t.payment_id = p.id where p.id = $2`;
/** A row as it stands, but for some columns. */
const like = (table: string, row: string, change: string) => `
  insert into ${table} select (jsonb_populate_record(${row}, jsonb_build_object(${change}))).*
    from w cross join (select ${row} from ${FROM}) as f`;

/** The order id of a first try, and the name that the gateway gives its first transaction, once it did. */
const TRY = `'id', w.try, 'payment_id', w.payment, 'gateway_order_id', w.payment_number || '-01A',
  'gateway_transaction_id', case when (t).gateway_transaction_id is not null then w.payment_number || '-01A-A' end`;

// Every row of a checkout whose try has begun at the gateway. Logs and movements number themselves.
const COPY = `
  with w as (select * from jsonb_to_recordset($1::jsonb) as w(product uuid, session uuid, "order" uuid, item uuid,
               payment uuid, try uuid, order_number text, payment_number text)),
  r as (insert into products (id, store_id, slug, name, description, price, weight_grams, length_cm, width_cm,
                              height_cm, opening_stock, stock, created_at, updated_at)
        select w.product, r.store_id, w.product::text, r.name, r.description, r.price, r.weight_grams, r.length_cm,
               r.width_cm, r.height_cm, r.opening_stock, r.stock, r.created_at, r.updated_at from w, ${FROM}),
  s as (${like("checkout_sessions", "s", "'id', w.session")}),
  o as (${like("orders", "o", "'id', w.order, 'number', w.order_number, 'session_id', w.session")}),
  i as (${like("order_items", "i", "'id', w.item, 'order_id', w.order, 'product_id', w.product")}),
  p as (${like("payments", "p", "'id', w.payment, 'number', w.payment_number, 'session_id', w.session")}),
  t as (${like("payment_transactions", "t", TRY)}),
  m as (insert into stock_movements (product_id, order_item_id, kind, quantity, at)
        select w.product, w.item, m.kind, m.quantity, m.at
          from w, stock_movements m where m.order_item_id = (select i.id from ${FROM})),
  l as (insert into order_status_logs (order_id, from_status, to_status, event, source, actor_id, at)
        select w.order, l.from_status, l.to_status, l.event, l.source, l.actor_id, l.at
          from w, order_status_logs l where l.order_id = (select o.id from ${FROM})),
  g as (insert into payment_logs (payment_id, step, from_status, to_status, detail, source, actor_id, request_id, at)
        select w.payment, g.step, g.from_status, g.to_status, g.detail, g.source, g.actor_id, g.request_id, g.at
          from w, payment_logs g where g.payment_id = $2)
  insert into outbox_messages (name, handler, payload, key, due_at, created_at)
  select x.name, x.handler, jsonb_build_object('paymentId', w.payment), w.payment::text, x.due_at, x.created_at
    from w, outbox_messages x where x.handler = 'endPaymentWindow' and x.key = $2::uuid::text`;

/**
 * A checkout as often as it is wanted, each with a product of its own: as if so many customers had bought the same at
 * the same moment. One statement, where a checkout and its start are some twenty.
 */
export async function copyOrders({ app }: LiveShop, paymentId: PaymentId, count: number): Promise<Copied[]> {
  const serials = await app.db.sql<{ payment: number; order: number }>(
    "select nextval('payment_numbers') as payment, nextval('order_numbers') as order from generate_series(1, $1::int)",
    [count],
  );
  const now = app.clock.now();
  const rows = serials.map((serial) => ({
    product: app.ids.next<"product">(),
    session: app.ids.next<"checkoutSession">(),
    order: app.ids.next<"order">(),
    item: app.ids.next<"orderItem">(),
    payment: app.ids.next<"payment">(),
    try: app.ids.next<"transaction">(),
    order_number: orderNumber(now, serial.order),
    payment_number: paymentNumber(now, serial.payment),
  }));
  await inTransaction(app.db, (tx) => tx.sql(COPY, [JSON.stringify(rows), paymentId]));
  const [one] = await app.db.sql<{ amount: number }>("select amount from payments where id = $1", [paymentId]);
  const amount = one?.amount as number;
  return rows.map(({ payment, payment_number }) => ({
    paymentId: payment,
    gatewayOrderId: `${payment_number}-01A`,
    amount,
  }));
}
