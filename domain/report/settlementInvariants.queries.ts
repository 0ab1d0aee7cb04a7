import { TRIFLE } from "../reconciliation/discrepancy.rules.ts";
import type { Invariant } from "./invariant.rules.ts";

/** Holds what the ledger has of lines of a file against `told`: id, account and amount of each sum. */
const against = (column: "settlement_line_id" | "bank_line_id", table: string, told: string): string => `
  with sums as (
    select id, account, sum(told)::bigint as told, sum(booked)::bigint as booked from (
      select id, account, amount as told, 0 as booked from (${told}) t
      union all
      select e.${column}, l.account, 0, l.amount
        from ledger_entries e join ledger_postings l on l.entry_id = e.id where e.${column} is not null) both_sides
     group by 1, 2 having sum(told) <> sum(booked))
  select f.name || ':' || l.line as subject,
         format('%s: the ledger has %s, the line says %s', account, booked, told) as detail
    from sums s join ${table} l on l.id = s.id join settlement_files f on f.id = l.file_id`;

const SETTLED = `
  select l.id, a.account, a.amount
    from settlement_lines l
   cross join lateral (select case when abs(l.residue) <= 1 then l.residue else 0 end as rounded) r
   cross join lateral (
     values ('PAYOUTS', l.net), ('FEES', l.fee - l.fee_rounding), ('FEE_TAX', l.fee_tax),
            ('ROUNDING', l.fee_rounding + r.rounded), ('SUSPENSE', l.residue - r.rounded),
            (case l.state when 'MATCHED' then 'RECEIVABLE' else 'SUSPENSE' end, -l.gross)) a (account, amount)
   where l.state in ('MATCHED', 'UNMATCHED', 'DUPLICATE')`;

const BANKED = `
  select l.id, a.account, a.amount
    from bank_lines l
   cross join lateral (
     values ('CASH', l.amount),
            (case l.state when 'MATCHED' then 'PAYOUTS' else 'SUSPENSE' end, -l.amount)) a (account, amount)
   where l.state = 'UNMATCHED' or l.payout_reference is not null`;

/** What must hold of imported files and their lines, and of closed days. Sums are whole rupiah. */
export const SETTLEMENT_INVARIANTS: readonly Invariant[] = [
  {
    id: "SETTLEMENT_BOOKS",
    says: "each line of a settlement file is booked as what it is: paid out, its fee, and what Midtrans owes no more",
    sql: against("settlement_line_id", "settlement_lines", SETTLED),
  },
  {
    id: "SETTLEMENT_BANK",
    says: "each line of the bank is booked once: against its payout, in suspense, or by what it paid",
    sql: against("bank_line_id", "bank_lines", BANKED),
  },
  {
    id: "SETTLEMENT_FILE",
    says: "a file has the lines that it says, all of them looked at when it is done",
    sql: `
      select f.name as subject,
             format('%s: %s lines, %s known, %s looked at and %s matched; stored %s, looked at %s, matched %s', f.state,
                    f.rows, f.known, f.done, f.matched, l.lines, l.done, l.matched) as detail
        from settlement_files f
       cross join lateral (
         select count(*) as lines, count(*) filter (where state <> 'NEW') as done,
                count(*) filter (where state = 'MATCHED') as matched
           from (select state from settlement_lines where file_id = f.id
                 union all select state from bank_lines where file_id = f.id) s) l
       where f.state <> 'REFUSED'
         and (f.rows <> f.known + l.lines or f.done <> l.done or f.matched <> l.matched
              or (f.state = 'DONE') <> (l.done = l.lines))
          or f.state = 'REFUSED' and l.lines > 0`,
  },
  {
    id: "SETTLEMENT_PAYOUT",
    says: "a payout that the bank has lines of is theirs to the rupiah, or somebody was told by how much it is not",
    sql: `
      select p.reference as subject, format('paid out %s, at the bank %s', coalesce(s.net, 0), b.bank) as detail
        from settlement_payouts p
        join (select payout_reference, sum(amount) as bank from bank_lines where payout_reference is not null
               group by 1) b on b.payout_reference = p.reference
        left join (select payout_reference, sum(net) as net from settlement_lines where state <> 'NEW'
                    group by 1) s on s.payout_reference = p.reference
       where coalesce(s.net, 0) <> b.bank
         -- A file whose lines are not all matched may bring the rest.
         and not exists (select from settlement_files where state = 'MATCHING')
         and not exists (select from discrepancies d
                          where d.kind = 'PAYOUT' and d.subject = 'payout:' || p.reference
                            and (d.resolved_at is null or d.resolved_by is not null))`,
  },
  {
    id: "SETTLEMENT_HAND",
    says: "a line of the bank that is a refund by hand or a proof has its very sum, and that is money which moved",
    sql: `
      select f.name || ':' || b.line as subject,
             format('%s of the bank, %s here', b.amount, coalesce(p.amount, -r.amount)) as detail
        from bank_lines b join settlement_files f on f.id = b.file_id
        left join refunds r on r.id = b.refund_id left join payments p on p.id = b.payment_id
       where num_nonnulls(b.refund_id, b.payment_id) > 0
         and (b.amount is distinct from coalesce(p.amount, -r.amount)
              or r.status <> 'SUCCEEDED' or r.settled_by is null and r.id is not null
              or p.covering_transaction_id is null and p.id is not null)`,
  },
  {
    id: "CLOSE_SIGNED",
    says: "of a day that is signed off no more than a trifle is in question",
    values: () => [TRIFLE],
    sql: `
      select to_char(r.day, 'YYYY-MM-DD') as subject, format('signed with %s in question', sum(abs(d.amount))) as detail
        from reconciliation_runs r join discrepancies d on d.day = r.day and d.resolved_at is null
       where r.state = 'SIGNED_OFF' group by r.day having sum(abs(d.amount)) > $1`,
  },
  {
    id: "CLOSE_SUMS",
    says: "the sums of a day are those of its methods",
    sql: `
      select to_char(r.day, 'YYYY-MM-DD') as subject,
             format('sales %s, by method %s', r.sales, coalesce(m.sales, 0)) as detail
        from reconciliation_runs r
        left join (select day, sum(sales) as sales, sum(settled) as settled, sum(pending) as pending,
                          sum(refunded) as refunded, sum(fees) as fees, sum(in_doubt) as in_doubt,
                          sum(adjusted) as adjusted
                     from reconciliation_methods group by day) m on m.day = r.day
       where (r.sales, r.settled, r.pending, r.refunded, r.fees, r.in_doubt, r.adjusted) is distinct from
             (coalesce(m.sales, 0), coalesce(m.settled, 0), coalesce(m.pending, 0), coalesce(m.refunded, 0),
              coalesce(m.fees, 0), coalesce(m.in_doubt, 0), coalesce(m.adjusted, 0))`,
  },
  {
    id: "CLOSE_ADJUSTED",
    says: "a discrepancy that was adjusted has an adjustment that two people made",
    sql: `
      select d.kind || ' ' || d.subject as subject, format('%s was adjusted by nobody', d.amount) as detail
        from discrepancies d
       where d.action = 'ADJUST'
         and not exists (select from ledger_adjustments a
                          where a.discrepancy_id = d.id and a.approved_by <> a.requested_by)`,
  },
];
