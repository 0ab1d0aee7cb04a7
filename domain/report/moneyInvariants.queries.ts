import { PAYMENT_STATUS_SHOWN } from "../order/order.rules.ts";
import { PAYMENT_EVENTS, PAYMENT_STATUSES, paymentStates } from "../payment/payment.states.ts";
import type { Invariant } from "./invariant.rules.ts";

/** Every change that the payment table allows. */
const PAYMENT_MOVES = PAYMENT_STATUSES.flatMap((from) =>
  PAYMENT_EVENTS.map((event) => ({ from, event, verdict: paymentStates.verdict(from, event) }))
    .filter(({ verdict }) => verdict.kind === "moved")
    .map(({ event, verdict }) => ({ from, event, to: verdict.next })),
);

const EVER_PAID = "('PAID', 'APPROVED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'CHARGEBACK')";
const MONEY_WORDS = "('capture', 'settlement', 'refund', 'partial_refund', 'chargeback', 'partial_chargeback')";
const OWED_BACK = "('PENDING', 'PROCESSING', 'MANUAL', 'SUCCEEDED')";

/** What must hold of money. Sums are whole rupiah. */
export const MONEY_INVARIANTS: readonly Invariant[] = [
  {
    id: "TOTAL",
    says: "checkout, orders, payment and each gateway transaction have one total, and an order that of its lines",
    sql: `
      select p.number as subject, format('checkout %s, orders %s, payment %s', s.total, o.sum, p.amount) as detail
        from payments p join checkout_sessions s on s.id = p.session_id
        left join (select session_id, sum(total) as sum from orders group by session_id) o on o.session_id = s.id
       where s.total is distinct from o.sum or s.total <> p.amount
      union all
      select s.id::text, 'a checkout without a payment'
        from checkout_sessions s where not exists (select from payments p where p.session_id = s.id)
      union all
      select t.gateway_order_id,
             format('transaction of %s with items of %s for a payment of %s', t.amount, t.item_total, p.amount)
        from payment_transactions t join payments p on p.id = t.payment_id
       where t.amount <> p.amount or t.item_total <> p.amount
      union all
      select o.number,
             format('subtotal %s with items of %s, PPN %s with lines of %s, total %s',
                    o.subtotal, i.total, o.tax, i.tax + (o.shipping_tax->>'tax')::bigint, o.total)
        from orders o
        join (select order_id, sum(total) as total, sum((tax->>'tax')::bigint) as tax
                from order_items group by order_id) i on i.order_id = o.id
       where o.subtotal <> i.total or o.tax is distinct from i.tax + (o.shipping_tax->>'tax')::bigint
          or o.total <> o.subtotal + o.shipping_cost - o.discount`,
  },
  {
    id: "PAID",
    says: "a payment is PAID only with a transaction that the gateway confirmed for that amount, or an approved proof",
    sql: `
      select p.number as subject,
             format('%s of %s, covered by %s that captured %s, confirmed as %s',
                    p.status, p.amount, coalesce(t.gateway_order_id, 'nothing'), t.captured_amount, t.gateway_status
             ) as detail
        from payments p left join payment_transactions t on t.id = p.covering_transaction_id
       where (p.status in ${EVER_PAID} and p.channel = 'MIDTRANS'
              and (t.id is null or t.captured_amount <> p.amount or t.state <> 'PAID' and t.refunded_amount = 0
                   or t.gateway_status is null or p.paid_at is null))
          -- A proof that nobody has approved is what its customer says, and no money yet.
          or (p.channel = 'MANUAL_TRANSFER'
              and case when p.status in ${EVER_PAID} and p.status <> 'PAID'
                       then t.id is null or t.captured_amount <> p.amount or t.method <> 'MANUAL_TRANSFER'
                       else t.id is not null end)
          or (p.status not in ${EVER_PAID} and p.covering_transaction_id is not null)`,
  },
  {
    id: "REFUND",
    says: "what goes back never exceeds what was captured, its sums and the status agree, an order goes back once",
    sql: `
      select t.gateway_order_id as subject,
             format('captured %s, charged back %s, refunds of %s, of them done %s, on its row %s', t.captured_amount,
                    t.charged_back_amount, coalesce(r.owed, 0), coalesce(r.done, 0), t.refunded_amount) as detail
        from payment_transactions t
        left join (select transaction_id, sum(amount) filter (where status in ${OWED_BACK}) as owed,
                          sum(amount) filter (where status = 'SUCCEEDED') as done
                     from refunds group by transaction_id) r on r.transaction_id = t.id
       where coalesce(r.owed, 0) + t.charged_back_amount > t.captured_amount or coalesce(r.done, 0) <> t.refunded_amount
      union all
      select p.number, format('refunded_amount %s, refunds done %s', p.refunded_amount, coalesce(r.done, 0))
        from payments p
        left join (select payment_id, sum(amount) as done from refunds where status = 'SUCCEEDED' group by 1) r
          on r.payment_id = p.id
       where p.refunded_amount <> coalesce(r.done, 0)
      union all
      select p.number,
             format('%s, covered by %s of which %s went back and %s were charged back',
                    p.status, t.captured_amount, t.refunded_amount, t.charged_back_amount)
        from payments p join payment_transactions t on t.id = p.covering_transaction_id
       where case p.status when 'PAID' then t.refunded_amount + t.charged_back_amount > 0
                           when 'APPROVED' then t.refunded_amount + t.charged_back_amount > 0
                           when 'PARTIALLY_REFUNDED' then t.refunded_amount = 0
                           when 'REFUNDED' then t.refunded_amount + t.charged_back_amount < t.captured_amount
                           when 'CHARGEBACK' then t.charged_back_amount = 0
                           else false end
      union all
      select o.number,
             format('%s full refunds, %s of %s', count(*) filter (where r.amount = o.total), sum(r.amount), o.total)
        from refunds r join orders o on o.id = r.order_id where r.status in ${OWED_BACK}
       group by o.id having sum(r.amount) > o.total or count(*) filter (where r.amount = o.total) > 1`,
  },
  {
    id: "LATE",
    says: "money has an order that is not cancelled, a refund that covers it, or, where none was captured, a case",
    sql: `
      select t.gateway_order_id as subject,
             format('captured %s, worth %s in orders, charged back %s, owed or given back %s',
                    t.captured_amount, k.worth, t.charged_back_amount, k.back) as detail
        from payment_transactions t join payments p on p.id = t.payment_id
        left join (select session_id, sum(total) as total from orders where status <> 'CANCELLED' group by session_id) o
          on o.session_id = p.session_id
        left join (select transaction_id, sum(amount) as owed from refunds where status in ${OWED_BACK} group by 1) r
          on r.transaction_id = t.id
       cross join lateral (
         select case when p.covering_transaction_id is distinct from t.id then 0
                     when p.session_id is null then t.captured_amount
                     else coalesce(o.total, 0) end as worth,
                greatest(t.refunded_amount, coalesce(r.owed, 0)) as back) k
       where t.captured_amount > 0 and k.worth + t.charged_back_amount + k.back < t.captured_amount
      union all
      select t.gateway_order_id,
             format('%s of %s was told at %s: nothing is captured, and no case is about it',
                    l.detail->>'status', l.detail->>'amount', l.at)
        from payment_logs l join payment_transactions t on t.id = l.transaction_id
       where l.step = 'gatewayStatus' and l.detail->>'status' in ${MONEY_WORDS}
         and l.detail->>'fraud' is distinct from 'challenge'
         and t.captured_amount = 0 and t.settled_at is null
         and not exists (select from money_cases c where c.transaction_id = t.id)
      union all
      select t.gateway_order_id, format('an open case wants %s back, of which nothing was captured', c.amount)
        from money_cases c join payment_transactions t on t.id = c.transaction_id
       where c.resolved_at is null and 'REFUND' = any(c.actions) and c.kind in ('LATE_PAYMENT', 'PAID_TWICE')
         and t.captured_amount = 0 and t.settled_at is null`,
  },
  {
    id: "PAYMENT_LOG",
    says: "the log of each payment is a path in the payment table that ends at its status",
    values: () => [JSON.stringify(PAYMENT_MOVES)],
    sql: `
      with moves as (
        select m."from", m.event, m."to"
          from jsonb_to_recordset($1::jsonb) as m("from" text, event text, "to" text)),
      steps as (
        select l.payment_id, l.from_status, l.step, l.to_status, lag(l.to_status) over w as previous,
               lead(l.id) over w is null as is_last
          from payment_logs l where l.to_status is not null window w as (partition by l.payment_id order by l.id))
      select p.number as subject,
             format('%s by %s to %s, after %s, payment is %s',
                    s.from_status, s.step, s.to_status, s.previous, p.status) as detail
        from payments p left join steps s on s.payment_id = p.id
        left join moves m on m."from" = s.from_status and m.event = s.step and m."to" = s.to_status
       where s.payment_id is null or s.from_status is distinct from s.previous
          or (s.previous is not null and m.event is null) or (s.is_last and s.to_status <> p.status)`,
  },
  {
    id: "ONE_LIVE",
    says: "at most one gateway transaction of a payment can still be paid",
    sql: `
      select p.number as subject, format('%s, %s live transactions', p.status, count(*)) as detail
        from payments p join payment_transactions t on t.payment_id = p.id
       where t.state in ('STARTING', 'LIVE', 'UNKNOWN')
       group by p.id having count(*) > 1`,
  },
  {
    id: "MIRROR",
    says: "a checkout, its orders and its payment tell one story, and an order shows the payment's status by the table",
    values: () => [JSON.stringify(PAYMENT_STATUS_SHOWN)],
    sql: `
      with story as (
        select o.id, o.number, o.status, o.payment_status, o.total, o.paid_at,
               s.status as session, p.status as payment, p.paid_at as payment_paid_at,
               exists (select from payment_transactions t where t.payment_id = p.id) as is_begun,
               coalesce(bool_or(r.status <> 'SUCCEEDED'), false) as is_refunding,
               coalesce(sum(r.amount) filter (where r.status = 'SUCCEEDED'), 0) as refunded,
               (select count(*) from orders a where a.session_id = s.id) as orders
          from orders o join checkout_sessions s on s.id = o.session_id join payments p on p.session_id = s.id
          left join refunds r on r.order_id = o.id and r.status <> 'WITHDRAWN'
         group by o.id, s.id, p.id),
      told as (
        select *, case when status = 'PENDING_PAYMENT' and not is_begun then 'UNPAID'
                       when payment = 'CHARGEBACK' then 'CHARGEBACK'
                       when is_refunding then 'REFUND_PENDING'
                       when refunded >= total then 'REFUNDED'
                       when refunded > 0 then 'PARTIALLY_REFUNDED'
                       -- That part was of another order.
                       when payment = 'PARTIALLY_REFUNDED' and orders > 1 then 'PAID'
                       else $1::jsonb->>payment end as shown,
               -- Money that came when the order was over leaves the order as it ended.
               status = 'CANCELLED' and paid_at is null as is_over_unpaid
          from story)
      select number as subject,
             format('order %s shows %s, payment %s, checkout %s', status, payment_status, payment, session) as detail
        from told
       where (status = 'PENDING_PAYMENT') <> (payment in ('PENDING', 'CHALLENGED'))
          or (status = 'PENDING_PAYMENT') <> (session = 'OPEN')
          or (paid_at is not null) <> (session = 'PAID')
          or (status in ('PAID', 'PROCESSING') and payment not in ${EVER_PAID}
              -- Its courier did not take the cancel, and a person decides.
              and not exists (select from money_cases c
                               where c.order_id = told.id and c.kind = 'REVERSED_AFTER_SHIPPING'))
          or (status <> 'CANCELLED' and session in ('EXPIRED', 'CANCELLED'))
          or (paid_at is not null and payment_paid_at is null)
          or (not is_over_unpaid and payment_status <> shown)
          or (is_over_unpaid and payment_status in ('UNPAID', 'PENDING', 'PAID'))`,
  },
];
