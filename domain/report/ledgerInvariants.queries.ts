import type { Invariant } from "./invariant.rules.ts";

/** The kinds of entries that follow from rows of payments, and from nothing else. */
const OF_ROWS = "('CAPTURED', 'CHARGED_BACK', 'SOLD', 'REFUND', 'CREDIT_NOTE')";
const PAID = "('PAID', 'APPROVED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'CHARGEBACK')";
const OWED = "('PENDING', 'PROCESSING', 'MANUAL')";

/** Payments whose money bought something: not what came for an order or a subscription that was over. */
const SOLD = `
  select p.id, p.amount, p.session_id, p.covering_transaction_id as covering from payments p
   where p.status in ${PAID} and p.covering_transaction_id is not null
     and p.covering_transaction_id not in (select transaction_id from refunds where cause = 'ORPHAN')`;

const LINES = `
  select o.session_id, o.store_id, o.discount, i.gross - i.tax as goods, i.tax + ship.tax as tax,
         o.shipping_cost - ship.tax as shipping, i.gross + o.shipping_cost - o.discount as total
    from orders o
    join (select order_id, sum(total)::bigint as gross, sum((tax->>'tax')::bigint)::bigint as tax
            from order_items group by order_id) i on i.order_id = o.id
   cross join lateral (select (o.shipping_tax->>'tax')::bigint as tax) ship
   where exists (select from order_status_logs l where l.order_id = o.id and l.to_status = 'PAID')`;

/** Holds what the ledger has of some accounts against `told`: payment_id, account, part and amount of each sum. */
const against = (accounts: readonly string[], told: string): string => `
  with sums as (
    select payment_id, account, part, sum(told)::bigint as told, sum(booked)::bigint as booked from (
      select payment_id, account, part, amount as told, 0 as booked from (${told}) t
      union all
      select e.payment_id, l.account, coalesce(l.method, l.store_id::text), 0, l.amount
        from ledger_postings l join ledger_entries e on e.id = l.entry_id
       where e.kind in ${OF_ROWS} and l.account in (${accounts.map((account) => `'${account}'`).join(", ")})) both_sides
     group by 1, 2, 3 having sum(told) <> sum(booked))
  select coalesce(p.number, 'no payment') as subject,
         format('%s: the ledger has %s, the tables %s', concat_ws(' ', account, part), booked, told) as detail
    from sums s left join payments p on p.id = s.payment_id`;

const MONEY = `
  select t.payment_id, 'RECEIVABLE' as account, t.method as part,
         t.captured_amount - t.charged_back_amount - (t.refunded_amount - t.refunded_by_hand) as amount
    from payment_transactions t join payments p on p.id = t.payment_id where p.channel = 'MIDTRANS'
  union all
  select t.payment_id, 'CASH', null,
         case p.channel when 'MIDTRANS' then -t.refunded_by_hand else t.captured_amount - t.refunded_amount end
    from payment_transactions t join payments p on p.id = t.payment_id`;

const SALES = `
  with sold as (${SOLD}),
  lines as (
    select s.id as payment_id, l.* from sold s join (${LINES}) l on l.session_id = s.session_id)
  select payment_id, 'SALES' as account, store_id::text as part, -goods as amount from lines
  union all select payment_id, 'SHIPPING', store_id::text, -shipping from lines
  union all select payment_id, 'DISCOUNTS', store_id::text, discount::bigint from lines
  union all select payment_id, 'PPN_PAYABLE', store_id::text, -tax from lines
  union all select s.id, 'SALES', null, -s.amount::bigint from sold s where s.session_id is null
  union all
  select s.id, 'PPN_PAYABLE', c.store_id::text, c.tax
    from credit_notes c join refunds r on r.id = c.refund_id join sold s on s.covering = r.transaction_id`;

const BACK = `
  with sold as (${SOLD})
  select payment_id, 'REFUNDS_PAYABLE' as account, null as part, -amount as amount from refunds where status in ${OWED}
  union all
  select s.id, 'RETURNS', o.store_id::text, r.amount
    from sold s join refunds r on r.transaction_id = s.covering left join orders o on o.id = r.order_id
   where r.status = 'SUCCEEDED' or r.status in ${OWED}
  union all
  select s.id, 'RETURNS', c.store_id::text, -c.tax
    from credit_notes c join refunds r on r.id = c.refund_id join sold s on s.covering = r.transaction_id
  union all
  select s.id, 'CHARGEBACKS', null, t.charged_back_amount
    from sold s join payment_transactions t on t.id = s.covering`;

const SUSPENSE = `
  with sold as (${SOLD})
  select t.payment_id, 'SUSPENSE' as account, null as part,
         case when s.id is null then t.charged_back_amount + coalesce(r.back, 0) - t.captured_amount
              else coalesce(l.total, s.amount) - t.captured_amount end as amount
    from payment_transactions t left join sold s on s.covering = t.id
    left join (select session_id, sum(total)::bigint as total from (${LINES}) o group by 1) l
      on l.session_id = s.session_id
    left join (select transaction_id, sum(amount)::bigint as back from refunds
                where status = 'SUCCEEDED' or status in ${OWED} group by 1) r on r.transaction_id = t.id`;

// What a file's line moves: what is paid out is on its way to the bank, less what was kept; one that fits nothing came
// out of suspense. A rupiah that its sums do not agree by is rounding, more than that is in suspense.
const FILE_LINES = `
  select l.id, a.account, a.part, a.amount
    from settlement_lines l left join payment_transactions t on t.id = l.transaction_id
   cross join lateral (select case when abs(l.residue) <= 1 then l.residue else 0 end as small) r
   cross join lateral (
     values ('PAYOUTS', null, l.net), ('FEES', null, l.fee - l.fee_rounding), ('FEE_TAX', null, l.fee_tax),
            ('ROUNDING', null, l.fee_rounding + r.small), ('SUSPENSE', null, l.residue - r.small),
            (case l.state when 'MATCHED' then 'RECEIVABLE' else 'SUSPENSE' end,
             case l.state when 'MATCHED' then t.method end, -l.gross)) a (account, part, amount)
   where l.state in ('MATCHED', 'UNMATCHED', 'DUPLICATE')
  union all
  select b.id, a.account, null, a.amount
    from bank_lines b
   cross join lateral (values ('CASH', b.amount), (case b.state when 'MATCHED' then 'PAYOUTS' else 'SUSPENSE' end,
                                                   -b.amount)) a (account, amount)
   -- What the shop knows of by itself, a refund by hand or a proof, is booked as that.
   where b.state = 'UNMATCHED' or b.payout_reference is not null`;

/** What must hold of the books, said without the statement that writes them. Sums are whole rupiah. */
export const LEDGER_INVARIANTS: readonly Invariant[] = [
  {
    id: "LEDGER_ENTRY",
    says: "every entry of the ledger has two lines at least, which together are 0, and every line an entry",
    sql: `
      select coalesce(e.id, l.entry_id)::text as subject,
             format('%s lines of %s', count(l.line), sum(l.amount)) as detail
        from ledger_entries e full join ledger_postings l on l.entry_id = e.id
       group by e.id, l.entry_id
      having e.id is null or count(l.line) < 2 or sum(l.amount) <> 0`,
  },
  {
    id: "LEDGER_MONEY",
    says: "what Midtrans owes, by method, and what is at the bank are what came less what went back",
    sql: against(["RECEIVABLE", "CASH"], MONEY),
  },
  {
    id: "LEDGER_SALES",
    says: "sales, shipping, discounts and PPN of a store are those of its paid orders, less the PPN of credit notes",
    sql: against(["SALES", "SHIPPING", "DISCOUNTS", "PPN_PAYABLE"], SALES),
  },
  {
    id: "LEDGER_BACK",
    says: "refunds payable are the refunds that are owed, and returns and chargebacks what goes back of what was sold",
    sql: against(["REFUNDS_PAYABLE", "RETURNS", "CHARGEBACKS"], BACK),
  },
  {
    id: "LEDGER_SUSPENSE",
    says: "what is in suspense is money that pays for nothing and is not on its way back",
    sql: against(["SUSPENSE", "PAYOUTS", "FEES", "FEE_TAX", "ROUNDING"], SUSPENSE),
  },
  {
    id: "LEDGER_FILES",
    says: "lines of the gateway's and the bank's files are in the ledger as they were matched, and no others are",
    sql: `
      with both_sides as (
        select id, account, part, amount as told, 0 as booked from (${FILE_LINES}) t
        union all
        select coalesce(e.settlement_line_id, e.bank_line_id), l.account, coalesce(l.method, l.store_id::text), 0,
               l.amount
          from ledger_entries e join ledger_postings l on l.entry_id = e.id where e.kind in ('SETTLEMENT', 'BANK'))
      select coalesce(x.id::text, 'no line') as subject,
             format('%s: the ledger has %s, the files %s', concat_ws(' ', x.account, x.part), sum(x.booked),
                    sum(x.told)) as detail
        from both_sides x group by x.id, x.account, x.part having sum(x.booked) <> sum(x.told)`,
  },
  {
    id: "LEDGER_ADJUSTMENT",
    says: "an adjustment is in the ledger as it was asked for, once a second person has approved it, and never before",
    sql: `
      with made as (
        select a.id, l.account, l."storeId" as store_id, l.method, l.amount as asked, 0 as booked
          from ledger_adjustments a
         cross join jsonb_to_recordset(a.postings) as l(account text, "storeId" uuid, method text, amount bigint)
         where a.approved_by is not null
        union all
        select e.adjustment_id, l.account, l.store_id, l.method, 0, l.amount
          from ledger_entries e join ledger_postings l on l.entry_id = e.id where e.kind = 'ADJUSTMENT')
      select coalesce(id::text, 'no adjustment') as subject,
             format('%s: asked for %s, booked %s', concat_ws(' ', account, store_id, method), sum(asked), sum(booked))
               as detail
        from made group by id, account, store_id, method having sum(asked) <> sum(booked)
      union all
      select id::text, 'asked for and approved by one person'
        from ledger_adjustments where approved_by = requested_by`,
  },
];
