import type { Tx } from "../../platform/db.ts";
import { anyId } from "../../platform/sqlClient.ts";
import type { PaymentId } from "../kernel/ids.ts";

/** What is sold stays so while its money covers it; money that came for something that is over never was a sale. */
const PAID = `
  select p.id, p.session_id, p.amount, p.covering_transaction_id as covering,
         case p.channel when 'MIDTRANS' then 'RECEIVABLE' else 'CASH' end as money,
         p.covering_transaction_id is not null
           and not exists (select from refunds r
                            where r.payment_id = p.id and r.transaction_id = p.covering_transaction_id
                              and r.cause = 'ORPHAN') as is_sold
    from payments p where p.id = ${anyId(1)}`;

const CAPTURED = `
  select 'CAPTURED' as kind, p.id as payment_id, t.id as transaction_id, null::uuid as order_id,
         null::uuid as refund_id, null::uuid as credit_note_id, l.account, null::uuid as store_id,
         case l.account when 'RECEIVABLE' then t.method end as method, l.amount
    from paid p join payment_transactions t on t.payment_id = p.id
   cross join lateral (values (p.money, t.captured_amount), ('SUSPENSE', -t.captured_amount)) l (account, amount)`;

const CHARGED_BACK = `
  select 'CHARGED_BACK', p.id, t.id, null, null, null, l.account, null,
         case l.account when 'RECEIVABLE' then t.method end, l.amount
    from paid p join payment_transactions t on t.payment_id = p.id and t.charged_back_amount > 0
   cross join lateral (
     values (case when p.is_sold and t.id = p.covering then 'CHARGEBACKS' else 'SUSPENSE' end, t.charged_back_amount),
            (p.money, -t.charged_back_amount)) l (account, amount)`;

// Prices have their PPN inside: what is ours is what is left of them.
const SOLD_ORDERS = `
  select 'SOLD', p.id, null, o.id, null, null, l.account, l.store_id, null, l.amount
    from paid p join orders o on o.session_id = p.session_id
   cross join lateral (select o.tax::bigint as ppn, (o.shipping_tax->>'tax')::bigint as of_shipping) tax
   cross join lateral (
     values ('SUSPENSE', null::uuid, o.total), ('DISCOUNTS', o.store_id, o.discount),
            ('SALES', o.store_id, tax.ppn - tax.of_shipping - o.subtotal),
            ('SHIPPING', o.store_id, tax.of_shipping - o.shipping_cost),
            ('PPN_PAYABLE', o.store_id, -tax.ppn)) l (account, store_id, amount)
   where p.is_sold and o.paid_at is not null`;

const SOLD_COURSES = `
  select 'SOLD', p.id, null, null, null, null, l.account, null, null, l.amount
    from paid p cross join lateral (values ('SUSPENSE', p.amount::bigint), ('SALES', -p.amount)) l (account, amount)
   where p.is_sold and p.session_id is null`;

const REFUNDS = `
  select 'REFUND', p.id, null, null, r.id, null, l.account, case l.account when 'RETURNS' then o.store_id end,
         case l.account when 'RECEIVABLE' then t.method end, l.amount
    from paid p join refunds r on r.payment_id = p.id join payment_transactions t on t.id = r.transaction_id
    left join orders o on o.id = r.order_id
   cross join lateral (
     values (case when p.is_sold and r.transaction_id = p.covering then 'RETURNS' else 'SUSPENSE' end, r.amount),
            (case when r.status <> 'SUCCEEDED' then 'REFUNDS_PAYABLE' when r.settled_by is not null then 'CASH'
                  else p.money end, -r.amount)) l (account, amount)
   where r.status in ('PENDING', 'PROCESSING', 'MANUAL', 'SUCCEEDED')`;

const CREDIT_NOTES = `
  select 'CREDIT_NOTE', p.id, null, null, null, c.id, l.account, c.store_id, null, l.amount
    from paid p join refunds r on r.payment_id = p.id join credit_notes c on c.refund_id = r.id
   cross join lateral (values ('PPN_PAYABLE', c.tax), ('RETURNS', -c.tax)) l (account, amount)
   where p.is_sold and r.transaction_id = p.covering`;

const SUBJECT = "coalesce(credit_note_id, refund_id, order_id, transaction_id, payment_id)";

// What the rows say, less what is booked of them: where they agree there is nothing to write.
const BOOK = `
  with paid as (${PAID}),
  said as (
    ${[CAPTURED, CHARGED_BACK, SOLD_ORDERS, SOLD_COURSES, REFUNDS, CREDIT_NOTES].join("\n    union all\n")}
    union all
    select e.kind, e.payment_id, e.transaction_id, e.order_id, e.refund_id, e.credit_note_id, l.account, l.store_id,
           l.method, -l.amount
      from ledger_entries e join ledger_postings l on l.entry_id = e.id
     where e.payment_id = ${anyId(1)} and e.kind in ('CAPTURED', 'CHARGED_BACK', 'SOLD', 'REFUND', 'CREDIT_NOTE')),
  news as (
    select kind, payment_id, transaction_id, order_id, refund_id, credit_note_id, ${SUBJECT} as subject, account,
           store_id, method, sum(amount)::bigint as amount
      from said group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 having sum(amount) <> 0),
  entries as (
    insert into ledger_entries (kind, at, payment_id, transaction_id, order_id, refund_id, credit_note_id)
    select distinct kind, $2::timestamptz, payment_id, transaction_id, order_id, refund_id, credit_note_id from news
    returning id, kind, ${SUBJECT} as subject)
  insert into ledger_postings (entry_id, line, account, store_id, method, amount)
  select e.id, row_number() over (partition by e.id order by n.amount desc, n.account), n.account, n.store_id, n.method,
         n.amount
    from entries e join news n on n.kind = e.kind and n.subject = e.subject`;

/**
 * Brings the ledger to what the rows of some payments say now: the money of their transactions and what banks took of
 * it, what was sold with it, what goes back, and the PPN of the credit notes. Whatever is not booked yet is written, an
 * entry for each matter, in the transaction that changed the rows; what was undone is written the other way round.
 * Money that pays for nothing is in SUSPENSE, and so is what goes back of it.
 *
 * The payments are locked by the caller, so that nobody else writes of them meanwhile. A second call finds rows and
 * ledger of one mind and writes nothing. One statement, however many they are.
 */
export async function bookPayments(tx: Tx, now: Date, paymentIds: readonly PaymentId[]): Promise<void> {
  await tx.sql(BOOK, [paymentIds, now]);
}
