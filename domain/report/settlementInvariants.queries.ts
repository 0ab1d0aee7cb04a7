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

/** What must hold of imported files and their lines. Sums are whole rupiah. */
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
];
