import { ORDER_EVENTS, ORDER_STATUSES, orderStates } from "../order/order.states.ts";
import type { Invariant } from "./invariant.rules.ts";

/** Every change that the order table allows, as `[from, event, to]`. */
const MOVES = ORDER_STATUSES.flatMap((from) =>
  ORDER_EVENTS.map((event) => ({ from, event, verdict: orderStates.verdict(from, event) }))
    .filter(({ verdict }) => verdict.kind === "moved")
    .map(({ event, verdict }) => ({ from, event, to: verdict.next })),
);

/** What must hold of goods and orders. */
export const GOODS_INVARIANTS: readonly Invariant[] = [
  {
    id: "STOCK",
    says: "a product's stock is its opening stock plus the sum of its movements, and never negative",
    sql: `
      select p.slug as subject,
             format('stock %s, opening %s, movements %s', p.stock, p.opening_stock, coalesce(m.sum, 0)) as detail
        from products p
        left join (select product_id, sum(quantity) as sum from stock_movements group by product_id) m
          on m.product_id = p.id
       where p.stock <> p.opening_stock + coalesce(m.sum, 0) or p.stock < 0`,
  },
  {
    id: "HOLD",
    says: "what a cancelled order took is back; any other holds its quantity; no more is restocked than was taken",
    sql: `
      with held as (
        select i.id, i.order_id, i.product_id, i.quantity,
               coalesce(sum(m.quantity) filter (where m.kind in ('RESERVE', 'RELEASE')), 0) as held,
               coalesce(sum(m.quantity) filter (where m.kind = 'RESTOCK'), 0) as restocked,
               coalesce(bool_or(m.product_id <> i.product_id), false) as is_foreign
          from order_items i left join stock_movements m on m.order_item_id = i.id
         group by i.id)
      select o.number as subject,
             format('item %s of %s pieces in an order %s: held %s, restocked %s%s', h.id, h.quantity, o.status, h.held,
                    h.restocked, case when h.is_foreign then ', a movement of another product' else '' end) as detail
        from held h join orders o on o.id = h.order_id
       where h.held <> case when o.status = 'CANCELLED' then -h.restocked else -h.quantity end
          or h.restocked not between 0 and h.quantity or h.is_foreign`,
  },
  {
    id: "PIECES",
    says: "no piece is refunded twice, and a refund puts on the shelf what it says, once",
    sql: `
      select o.number as subject, format('item %s of %s pieces: %s refunded', i.id, i.quantity, n.pieces) as detail
        from (select n.order_item_id, sum(n.quantity) as pieces
                from refund_items n join refunds r on r.id = n.refund_id
               where r.status <> 'WITHDRAWN' group by n.order_item_id) n
        join order_items i on i.id = n.order_item_id join orders o on o.id = i.order_id
       where n.pieces > i.quantity
      union all
      select r.id::text, 'refunds an item of another order'
        from refund_items n join refunds r on r.id = n.refund_id join order_items i on i.id = n.order_item_id
       where i.order_id is distinct from r.order_id
      union all
      select coalesce(n.refund_id, m.refund_id)::text,
             format('%s pieces of an item to be restocked, %s restocked', n.quantity, m.quantity)
        from (select * from refund_items where restock) n
        full join (select * from stock_movements where refund_id is not null) m
          on m.refund_id = n.refund_id and m.order_item_id = n.order_item_id
       where m.quantity is distinct from n.quantity`,
  },
  {
    id: "LOG",
    says: "the status log of each order is a path in the order table that ends at its status",
    values: () => [JSON.stringify(MOVES)],
    sql: `
      with moves as (
        select m."from", m.event, m."to"
          from jsonb_to_recordset($1::jsonb) as m("from" text, event text, "to" text)),
      steps as (
        select l.order_id, l.from_status, l.event, l.to_status,
               lag(l.to_status) over w as previous, row_number() over w as step, lead(l.id) over w is null as is_last
          from order_status_logs l window w as (partition by l.order_id order by l.id))
      select o.number as subject,
             format('step %s: %s by %s to %s, after %s, order is %s',
                    s.step, s.from_status, s.event, s.to_status, s.previous, o.status) as detail
        from orders o left join steps s on s.order_id = o.id
       where s.order_id is null
          or s.from_status is distinct from s.previous
          or (s.step = 1 and s.to_status <> 'PENDING_PAYMENT')
          or (s.step > 1 and not exists (select from moves m
                                          where m."from" = s.from_status and m.event = s.event
                                            and m."to" = s.to_status))
          or (s.is_last and s.to_status <> o.status)`,
  },
  {
    id: "NUMBERS",
    says: "invoices of a store and year count from 1 without a gap, one for each order ever paid, of its total",
    sql: `
      with series as (
        select store_id, year, count(*) as issued, min(sequence) as first, max(sequence) as last
          from invoices group by store_id, year)
      select coalesce(s.store_id, c.store_id) || ' ' || coalesce(s.year, c.year) as subject,
             format('%s invoices numbered %s to %s, counter at %s',
                    coalesce(s.issued, 0), s.first, s.last, c.last) as detail
        from series s full join invoice_counters c on c.store_id = s.store_id and c.year = s.year
       where s.issued is distinct from c.last or s.first is distinct from 1 or s.last is distinct from c.last
      union all
      select o.number,
             case when v.id is null then 'was paid and has no invoice'
                  else 'has the invoice of another store, or was never paid' end
        from orders o left join invoices v on v.order_id = o.id
       where (o.paid_at is not null) <> (v.id is not null) or v.store_id <> o.store_id
      union all
      select v.number,
             format('invoice %s of %s for an order of %s', v.sequence, v.snapshot->'totals'->>'total', o.total)
        from invoices v join orders o on o.id = v.order_id
       where (v.snapshot->'totals'->>'total')::bigint is distinct from o.total
          or v.snapshot->>'number' is distinct from v.number
          or v.number not like '%/' || v.year || '/'
                               || lpad(v.sequence::text, greatest(6, length(v.sequence::text)), '0')`,
  },
  {
    id: "OWNER",
    says: "a checkout, its orders and its payment are one customer's, and what hangs from them belongs to them",
    sql: `
      select o.number as subject, 'the order is another customer''s than its checkout' as detail
        from orders o join checkout_sessions s on s.id = o.session_id where s.user_id <> o.user_id
      union all
      select p.number, 'the payment is another customer''s than its checkout'
        from payments p join checkout_sessions s on s.id = p.session_id where s.user_id <> p.user_id
      union all
      select o.number, 'an item is sold by another store: ' || r.slug
        from order_items i join orders o on o.id = i.order_id join products r on r.id = i.product_id
       where r.store_id <> o.store_id
      union all
      select p.number, 'a transaction goes by another payment''s number: ' || t.gateway_order_id
        from payment_transactions t join payments p on p.id = t.payment_id
       where t.gateway_order_id not like p.number || '-%'
         and t.gateway_order_id is distinct from t.gateway_transaction_id
         and not exists (select from subscription_charges c join subscriptions s on s.id = c.subscription_id
                          where c.payment_id = p.id and t.gateway_order_id like s.number || '-%')
      union all
      select s.number, 'a charge is paid by another customer: ' || p.number
        from subscriptions s join subscription_charges c on c.subscription_id = s.id
        join payments p on p.id = c.payment_id where p.user_id <> s.user_id
      union all
      select p.number, 'is covered by a transaction of another payment'
        from payments p join payment_transactions t on t.id = p.covering_transaction_id where t.payment_id <> p.id
      union all
      select p.number, 'a refund names a transaction or an order of another payment: ' || r.id
        from refunds r join payments p on p.id = r.payment_id join payment_transactions t on t.id = r.transaction_id
        left join orders o on o.id = r.order_id
       where t.payment_id <> r.payment_id or (o.id is not null and o.session_id is distinct from p.session_id)
      union all
      select n.event, 'the mail goes to an address that the account does not have'
        from notices n
        join payments p
          on p.id = case when n.event ~ '^payment[.](paid|ended):' then split_part(n.event, ':', 2)::uuid end
       where n.user_id is distinct from p.user_id
      union all
      select n.event, 'the mail about a parcel goes to somebody else'
        from notices n
        join shipments h on h.id = case when n.event ~ '^shipment[.]' then split_part(n.event, ':', 2)::uuid end
        join orders o on o.id = h.order_id
       where n.user_id is distinct from o.user_id`,
  },
];
