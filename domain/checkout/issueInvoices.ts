import type { Tx } from "../../platform/db.ts";
import type { Ids, OrderId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { type InvoicedOrder, invoiceNumber, invoiceYear, snapshotOf } from "./invoice.rules.ts";

const ORDERS_WITHOUT_INVOICE = `
  select o.id, o.number, o.created_at, o.subtotal, o.shipping_cost, o.discount, o.total, o.shipping_tax,
         o.shipping_address, o.shipping_quote, o.store_id, s.slug as store_slug, s.name as store_name, s.legal_name,
         s.address as store_address, s.phone as store_phone, s.email as store_email, s.npwp, s.is_pkp, s.pkp_since,
         u.name as buyer_name, p.number as payment_number, p.method, p.paid_at, t.gateway_order_id,
           t.gateway_payment_type,
         (select jsonb_agg(jsonb_build_object('name', i.product_name, 'sku', r.slug, 'quantity', i.quantity,
                   'unitPrice', i.unit_price, 'total', i.total, 'tax', i.tax) order by i.id)
            from order_items i join products r on r.id = i.product_id where i.order_id = o.id) as lines
    from orders o
    join stores s on s.id = o.store_id
    join users u on u.id = o.user_id
    join payments p on p.session_id = o.session_id
    left join payment_transactions t on t.id = p.covering_transaction_id
   where o.id = any($1::uuid[]) and not exists (select from invoices v where v.order_id = o.id)
   order by o.store_id, o.id`;

// In the order of the stores: two transactions that need the same counters never wait for each other in a circle.
const TAKE_NUMBERS = `
  insert into invoice_counters (store_id, year, last)
  select store_id, $2, wanted from unnest($1::uuid[], $3::integer[]) as w(store_id, wanted) order by store_id
  on conflict (store_id, year) do update set last = invoice_counters.last + excluded.last
  returning store_id, last`;

const INSERT_INVOICES = `
  insert into invoices (id, number, store_id, year, sequence, order_id, snapshot, issued_at)
  select id, number, store_id, $2, sequence, order_id, snapshot, $3
    from jsonb_to_recordset($1::jsonb)
      as v(id uuid, number text, store_id uuid, sequence integer, order_id uuid, snapshot jsonb)`;

/** The next free number of each store that is asked for, taken under the counters' locks. */
async function takeNumbers(tx: Tx, year: number, orders: readonly InvoicedOrder[]): Promise<Map<string, number>> {
  const wanted = new Map<string, number>();
  for (const { storeId } of orders) wanted.set(storeId, (wanted.get(storeId) ?? 0) + 1);
  const taken = await tx.sql<{ storeId: string; last: number }>(TAKE_NUMBERS, [
    [...wanted.keys()],
    year,
    [...wanted.values()],
  ]);
  return new Map(taken.map(({ storeId, last }) => [storeId, last - (wanted.get(storeId) ?? 0) + 1]));
}

/**
 * Step of settling: gives each paid order its invoice, with a number from its store's counter of the Jakarta year. The
 * counter moves with the transaction that uses the number, so a rollback leaves no gap and no two get the same.
 *
 * The orders are locked by the caller, their payment is PAID and names its covering transaction; counters are locked
 * last of all. An order that has an invoice keeps it: a second run issues nothing.
 */
export async function issueInvoices(tx: Tx, now: Date, ids: Ids, orderIds: readonly OrderId[]): Promise<void> {
  const orders = await tx.sql<InvoicedOrder>(ORDERS_WITHOUT_INVOICE, [orderIds]);
  if (orders.length === 0) return;
  const year = invoiceYear(now);
  const next = await takeNumbers(tx, year, orders);
  killPoint("invoice.number-taken");
  const invoices = orders.map((order) => {
    const sequence = next.get(order.storeId) ?? 0; // the counter's statement answers for every store; 0 breaks a CHECK
    next.set(order.storeId, sequence + 1);
    const number = invoiceNumber(order.storeSlug, year, sequence);
    const snapshot = snapshotOf(order, number, now);
    return { id: ids.next<"invoice">(), number, store_id: order.storeId, sequence, order_id: order.id, snapshot };
  });
  await tx.sql(INSERT_INVOICES, [JSON.stringify(invoices), year, now]);
}
