import pg from "pg";
import { CHOSEN, DESTINATION, SHIPPING_COST } from "./catalogue.ts";

const PENDING_FROM = 8_000_000; // the numbers of those that wait begin beyond all others of a day

// One order of two lines a checkout, minute by minute up to now. Customers take turns, so that one customer's orders
// lie far apart in every table, as in a shop; uuidv7 of the same age keeps rows and indexes in the order of time.
const PLAN = `
  create temp table plan as
  with buyers as (select id, row_number() over (order by id) - 1 as place, count(*) over () as many
                    from users where role = 'CUSTOMER'),
       shelves as (select id, store_id, name, price,
                          dense_rank() over (order by store_id) - 1 as store,
                          row_number() over (partition by store_id order by id) - 1 as place,
                          count(*) over (partition by store_id) as many
                     from products),
       turns as (select n, interval '-1 minute' * ($1::integer - n) as age, (select max(many) from buyers) as buyers,
                        (select max(store) + 1 from shelves) as stores, (select max(many) from shelves) as shelves
                   from generate_series(1, $1) n)
  select t.n, u.id as user_id, a.store_id, $2::timestamptz + t.age as at,
         uuidv7(t.age) as session_id, uuidv7(t.age) as order_id, uuidv7(t.age) as payment_id,
         uuidv7(t.age) as transaction_id,
         uuidv7(t.age) as item_a, a.id as product_a, a.name as name_a, a.price as total_a,
         uuidv7(t.age) as item_b, b.id as product_b, b.name as name_b, b.price as price_b, 2 * b.price as total_b,
         to_char($2::timestamptz + t.age, 'YYYYMMDD') || '-'
           || lpad(upper(to_hex(t.n + case when $3 then ${PENDING_FROM} else 0 end)), 6, '0') as number,
         case when $3 then 'PENDING_PAYMENT' when t.n % 10 = 0 then 'CANCELLED' else 'PAID' end as status
    from turns t
    join buyers u on u.place = t.n % t.buyers
    join shelves a on a.store = (t.n / t.buyers) % t.stores and a.place = (t.n * 7) % t.shelves
    join shelves b on b.store = a.store and b.place = (t.n * 7 + 1) % t.shelves`;

/** The rule of domain/kernel/tax.rules.ts, for the audit's sums. */
const TAX = `
  create function pg_temp.tax_inside(gross bigint) returns jsonb language sql immutable as $$
    with p as (select (gross * 200 + 111) / 222 as price)
    select jsonb_build_object('taxCode', 'taxable', 'price', price, 'otherBase', (price * 22 + 12) / 24,
                              'tax', gross - price, 'taxComputed', ((price * 22 + 12) / 24 * 24 + 100) / 200,
                              'ruleVersion', 'PMK-131-2024') from p $$`;

const total = `(total_a + total_b + ${SHIPPING_COST})`;
const itemTax = (gross: string) => `pg_temp.tax_inside(${gross})`;
const paid = "(status = 'PAID')";
const paidAt = `case when ${paid} then at + interval '5 seconds' end`;
const expiresAt = "case when status = 'PENDING_PAYMENT' then now() + interval '1 day' else at + interval '1 day' end";
const quote = JSON.stringify({
  ...CHOSEN,
  description: "JNE Reguler",
  cost: SHIPPING_COST,
  destinationId: DESTINATION.id,
});
const address = JSON.stringify({
  recipient: "Pembeli Uji",
  phone: "+6281200000001",
  line: "Jl. Melati 5",
  note: null,
  destination: DESTINATION,
});

const SESSIONS = `
  insert into checkout_sessions (id, user_id, status, total, expires_at, created_at, updated_at)
  select session_id, user_id, case status when 'PAID' then 'PAID' when 'CANCELLED' then 'EXPIRED' else 'OPEN' end,
         ${total}, ${expiresAt}, at, at from plan order by n`;

const ORDERS = `
  insert into orders (id, number, session_id, user_id, store_id, status, payment_status, subtotal, shipping_cost, tax,
                      total, shipping_tax, shipping_address, shipping_quote, paid_at, created_at, updated_at)
  select order_id, 'ORD-' || number, session_id, user_id, store_id, status,
         case status when 'PAID' then 'PAID' when 'CANCELLED' then 'EXPIRED' else 'PENDING' end,
         total_a + total_b, ${SHIPPING_COST},
         (${itemTax("total_a")}->>'tax')::bigint + (${itemTax("total_b")}->>'tax')::bigint
           + (${itemTax(String(SHIPPING_COST))}->>'tax')::bigint,
         ${total}, ${itemTax(String(SHIPPING_COST))}, '${address}', '${quote}', ${paidAt}, at, at
    from plan order by n`;

const ITEMS = `
  insert into order_items (id, order_id, product_id, product_name, unit_price, quantity, weight_grams, total, tax)
  select i.id, order_id, i.product_id, i.name, i.price, i.quantity, 300, i.total, ${itemTax("i.total")}
    from plan p, lateral (values (item_a, product_a, name_a, total_a, 1, total_a),
                                 (item_b, product_b, name_b, price_b, 2, total_b))
                   as i(id, product_id, name, price, quantity, total)
   order by n`;

const MOVEMENTS = `
  insert into stock_movements (product_id, order_item_id, kind, quantity, at)
  select i.product_id, i.id, k.kind, k.sign * i.quantity, p.at
    from plan p, lateral (values (item_a, product_a, 1), (item_b, product_b, 2)) as i(id, product_id, quantity),
         (values ('RESERVE', -1), ('RELEASE', 1)) as k(kind, sign)
   where k.kind = 'RESERVE' or p.status = 'CANCELLED' order by n, k.sign`;

const STOCK = `
  update products p set stock = p.opening_stock + m.sum
    from (select product_id, sum(quantity) as sum from stock_movements group by 1) m where m.product_id = p.id`;

const STATUS_LOGS = `
  insert into order_status_logs (order_id, from_status, to_status, event, source, at)
  select order_id, null, 'PENDING_PAYMENT', 'placed', 'CUSTOMER', at from plan
  union all
  select order_id, 'PENDING_PAYMENT', status, case status when 'PAID' then 'paid' else 'paymentEnded' end, 'SYSTEM', at
    from plan where status <> 'PENDING_PAYMENT'`;

const PAYMENT_LOGS = `
  insert into payment_logs (payment_id, step, from_status, to_status, source, at)
  select payment_id, 'created', null, 'PENDING', 'CUSTOMER', at from plan
  union all
  select payment_id, case status when 'PAID' then 'captured' else 'windowOver' end, 'PENDING',
         case status when 'PAID' then 'PAID' else 'EXPIRED' end, 'SYSTEM', at
    from plan where status <> 'PENDING_PAYMENT'`;

const TRANSACTIONS = `
  insert into payment_transactions (id, payment_id, gateway_order_id, method, state, gateway_transaction_id,
                                    gateway_payment_type, gateway_status, amount, item_total, captured_amount,
                                    instructions, expires_at, settled_at, captured_at, next_poll_at, created_at,
                                    updated_at)
  select transaction_id, payment_id, 'LNS-' || number || '-01A', 'SNAP',
         case status when 'PAID' then 'PAID' when 'CANCELLED' then 'CLOSED' else 'LIVE' end,
         case when ${paid} then transaction_id::text end, case when ${paid} then 'qris' end,
         case when ${paid} then 'settlement' end, ${total}, ${total}, case when ${paid} then ${total} else 0 end,
         jsonb_build_object('snapToken', transaction_id, 'redirectUrl', 'http://127.0.0.1/snap/' || transaction_id),
         ${expiresAt}, ${paidAt}, ${paidAt},
         case when status = 'PENDING_PAYMENT' then now() + interval '1 hour' end, at, at
    from plan order by n`;

const PAYMENTS = `
  insert into payments (id, number, purpose, channel, status, user_id, session_id, method, amount,
                        covering_transaction_id, tries, paid_at, expires_at, created_at, updated_at)
  select payment_id, 'LNS-' || number, 'ORDER', 'MIDTRANS',
         case status when 'PAID' then 'PAID' when 'CANCELLED' then 'EXPIRED' else 'PENDING' end, user_id, session_id,
         'SNAP', ${total}, case when ${paid} then transaction_id end, 1, ${paidAt}, ${expiresAt}, at, at
    from plan order by n`;

const INVOICES = `
  with numbered as (
    select *, row_number() over (partition by store_id, year order by n) as sequence
      from (select *, extract(year from at at time zone 'Asia/Jakarta')::integer as year from plan where ${paid}) p),
  kept as (
    insert into invoices (id, number, store_id, year, sequence, order_id, snapshot, issued_at)
    select uuidv7(), 'INV/' || upper(s.slug) || '/' || year || '/' || lpad(sequence::text, 6, '0'), store_id, year,
           sequence, order_id,
           jsonb_build_object('number', 'INV/' || upper(s.slug) || '/' || year || '/' || lpad(sequence::text, 6, '0'),
                              'totals', jsonb_build_object('total', ${total})),
           ${paidAt} from numbered join stores s on s.id = store_id)
  insert into invoice_counters (store_id, year, last) select store_id, year, max(sequence) from numbered group by 1, 2`;

const ENTRIES = `
  insert into ledger_entries (kind, at, payment_id, transaction_id, order_id)
  select e.kind, ${paidAt}, payment_id, e.transaction_id, e.order_id
    from plan p, lateral (values ('CAPTURED', transaction_id, null), ('SOLD', null, order_id))
                   as e(kind, transaction_id, order_id)
   where ${paid} order by n`;

const POSTINGS = `
  insert into ledger_postings (entry_id, line, account, store_id, method, amount)
  select e.id, l.line, l.account, l.store_id, l.method, l.amount
    from plan p join orders o on o.id = p.order_id join ledger_entries e on e.payment_id = p.payment_id
   cross join lateral (select (o.shipping_tax->>'tax')::bigint as of_shipping, o.tax::bigint as ppn) t
    join lateral (values
           ('CAPTURED', 1, 'RECEIVABLE', null, 'SNAP', o.total::bigint),
           ('CAPTURED', 2, 'SUSPENSE', null, null, -o.total),
           ('SOLD', 1, 'SUSPENSE', null, null, o.total),
           ('SOLD', 2, 'SALES', o.store_id, null, t.ppn - t.of_shipping - o.subtotal),
           ('SOLD', 3, 'SHIPPING', o.store_id, null, t.of_shipping - o.shipping_cost),
           ('SOLD', 4, 'PPN_PAYABLE', o.store_id, null, -t.ppn)) as l(kind, line, account, store_id, method, amount)
      on l.kind = e.kind`;

const FILLED = [
  "checkout_sessions",
  "orders",
  "order_items",
  "stock_movements",
  "order_status_logs",
  "payments",
  "payment_transactions",
  "payment_logs",
  "invoices",
  "ledger_entries",
  "ledger_postings",
];
const STEPS = [
  ...[SESSIONS, ORDERS, ITEMS, MOVEMENTS, STOCK, STATUS_LOGS],
  ...[PAYMENTS, PAYMENT_LOGS, TRANSACTIONS, INVOICES, ENTRIES, POSTINGS],
];

/**
 * Fills a shop with whole orders for the customers and goods that it has: nine of ten paid and one expired, or all of
 * them waiting for their payment. Foreign keys are not checked while it fills; the audit looks at all of it afterwards.
 */
export async function addManyOrders(databaseUrl: string, rows: number, as: "OLD" | "PENDING"): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("set session_replication_role = replica");
    await client.query("set jit = off");
    await client.query(TAX);
    await client.query(PLAN, [rows, new Date(), as === "PENDING"]);
    await client.query("analyze plan");
    for (const step of STEPS) await client.query(step);
    await client.query("drop table plan");
    await client.query(`vacuum (analyze) products, ${FILLED.join(", ")}`);
  } finally {
    await client.end();
  }
}
