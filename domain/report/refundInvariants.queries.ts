import { DAY_MS, later } from "../kernel/time.ts";
import { SEND_TRIES_MAX } from "../refund/refund.rules.ts";
import type { Invariant } from "./invariant.rules.ts";

/** A refund whose time came so long ago is looked at by nobody: a worker that is back looks within seconds. */
const STUCK_MS = DAY_MS;

/** What must hold of money that goes back. Sums are whole rupiah. */
export const REFUND_INVARIANTS: readonly Invariant[] = [
  {
    id: "REFUND_KEY",
    says: "a refund's tries are few, under keys of its own, and a key that was refused is never used again",
    values: () => [SEND_TRIES_MAX],
    sql: `
      with tried as (
        select r.id, r.status, r.key_number, r.attempts,
               count(distinct a.refund_key) filter (where a.outcome = 'FAILED') as refused,
               coalesce(bool_or(a.refund_key = r.id || '-' || lpad(r.key_number::text, 2, '0'))
                          filter (where a.outcome = 'FAILED'), false) as is_used_up,
               coalesce(bool_or(a.refund_key !~ ('^' || r.id || '-[0-9]{2}$')
                          or right(a.refund_key, 2)::integer > r.key_number), false) as is_foreign
          from refunds r left join refund_attempts a on a.refund_id = r.id
         group by r.id)
      select id::text as subject,
             format('%s after %s tries, key %s, %s keys refused%s', status, attempts, key_number, refused,
                    case when is_foreign then ', a key of another' else '' end) as detail
        from tried
       where attempts > $1 or is_foreign or refused < key_number - 1
          or (is_used_up and status in ('PENDING', 'PROCESSING'))`,
  },
  {
    id: "REFUND_END",
    says: "a refund is done by the gateway's books, a void, or two others than its owner, with account and reference",
    sql: `
      select r.id::text as subject,
             format('%s, by hand: approved %s, settled %s, reference %s, account %s', r.status,
                    r.approved_by is not null, r.settled_by is not null, r.bank_reference is not null,
                    a.id is not null) as detail
        from refunds r join payments p on p.id = r.payment_id left join refund_accounts a on a.refund_id = r.id
       where r.settled_by is not null
         and (r.status <> 'SUCCEEDED' or r.approved_by is null or r.approved_by = r.settled_by
              or r.approved_by is not distinct from r.requested_by or r.bank_reference is null or a.id is null
              or p.user_id in (r.approved_by, r.settled_by))
      union all
      select r.id::text, format('%s was done, but is in no book of the gateway', r.amount)
        from refunds r join payment_transactions t on t.id = r.transaction_id
       where r.status = 'SUCCEEDED' and r.settled_by is null and r.gateway_refund_id is null and r.cause <> 'GATEWAY'
         and t.gateway_status is distinct from 'cancel'
         -- It may have been settled by money that went back outside, with other money.
         and not exists (select from refunds o where o.transaction_id = r.transaction_id and o.cause = 'GATEWAY')
      union all
      select t.gateway_order_id, format('%s by hand on its row, %s in its refunds', t.refunded_by_hand, sum(r.amount))
        from payment_transactions t
        left join refunds r on r.transaction_id = t.id and r.status = 'SUCCEEDED' and r.settled_by is not null
       where t.refunded_by_hand > 0 or r.id is not null
       group by t.id having t.refunded_by_hand <> coalesce(sum(r.amount), 0)`,
  },
  {
    id: "REFUND_DUE",
    says: "a refund that is to be sent has a worker or an hour, which is not long past",
    values: ({ now }) => [later(now, -STUCK_MS)],
    sql: `
      select id::text as subject, format('%s of %s, next try at %s', status, amount, next_attempt_at) as detail
        from refunds
       where status in ('PENDING', 'PROCESSING')
         and (next_attempt_at is null or next_attempt_at < $1)
         and (claimed_until is null or claimed_until < $1)`,
  },
  {
    id: "CREDIT_NOTE",
    says: "what went back of an invoice has a credit note, in a gapless series, and no more PPN than the invoice",
    sql: `
      select r.id::text as subject, format('%s of %s went back without a credit note', r.amount, v.number) as detail
        from refunds r join invoices v on v.order_id = r.order_id
       where r.status = 'SUCCEEDED' and not exists (select from credit_notes c where c.refund_id = r.id)
         and not exists (select from outbox_messages m
                          where m.handler = 'issueCreditNote' and m.key = r.id::text and m.done_at is null)
         and (select coalesce(sum(amount), 0) from credit_notes c where c.invoice_id = v.id)
             < (v.snapshot->'totals'->>'total')::bigint
      union all
      select v.number, format('credit notes of %s with PPN of %s', sum(c.amount), sum(c.tax))
        from credit_notes c join invoices v on v.id = c.invoice_id join refunds r on r.id = c.refund_id
       group by v.id
      having sum(c.amount) > (v.snapshot->'totals'->>'total')::bigint
          or sum(c.tax) > (v.snapshot->'totals'->>'tax')::bigint
          or (sum(c.amount) = (v.snapshot->'totals'->>'total')::bigint
              and sum(c.tax) <> (v.snapshot->'totals'->>'tax')::bigint)
          or bool_or(c.amount > r.amount or r.status <> 'SUCCEEDED' or r.order_id <> v.order_id
                     or c.store_id <> v.store_id)
      union all
      select coalesce(n.store_id, c.store_id) || ' ' || coalesce(n.year, c.year),
             format('%s credit notes up to %s, counter at %s', n.notes, n.highest, c.last)
        from (select store_id, year, count(*) as notes, max(sequence) as highest
                from credit_notes group by store_id, year) n
        full join credit_note_counters c on c.store_id = n.store_id and c.year = n.year
       where n.notes is distinct from n.highest or n.highest is distinct from c.last`,
  },
];
