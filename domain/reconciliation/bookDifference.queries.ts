import { DAY_MS, later } from "../kernel/time.ts";
import type { DiscrepancyAction, DiscrepancyKind } from "./discrepancy.rules.ts";

/** Our own books are looked through so far back, and wherever something is open: what is older was looked at before. */
const BACK_MS = 100 * DAY_MS;
/** A refund has seven days by law, and by most of the gateway's windows. */
const REFUND_MS = 7 * DAY_MS;
/** What a person must decide loses a customer sooner. */
const CASE_MS = 7 * DAY_MS;
/** The gateway ends a challenge by itself a day later. */
const CHALLENGE_MS = 2 * DAY_MS;
/** Days by which the bank's date of a transfer may differ from ours: matchBankLines looks so far for its line. */
export const BANK_DAYS_APART = 3;
/** Proofs of one sum that are shown beside one another; a person looks through so many. */
const ALIKE_SHOWN = 20;

/** What a finder is asked with. */
export interface Asked {
  readonly now: Date;
  /** Payments of which it has found something that is still open. */
  readonly open: readonly string[];
}

/** A look through our own books. */
export interface Finder {
  readonly kind: DiscrepancyKind;
  /** How the subjects of what it finds begin: what is open of them and found no more is over. */
  readonly prefix: string;
  /** What can end it; left out: as of every one of its kind. */
  readonly actions?: readonly DiscrepancyAction[];
  readonly sql: string;
  readonly values: (asked: Asked) => readonly unknown[];
}

const sinceLong = ({ now, open }: Asked) => [later(now, -BACK_MS), open];

const OWED_BACK = "('PENDING', 'PROCESSING', 'MANUAL', 'SUCCEEDED')";

const WITHOUT_PURPOSE: readonly Finder[] = [
  {
    // Money that nothing was sold for, and that nobody owes back.
    kind: "ORPHAN_MONEY",
    prefix: "orphan:",
    values: sinceLong,
    sql: `
      select 'orphan:' || t.gateway_order_id as subject, k.amount,
             format('Rp%s captured, Rp%s sold, Rp%s owed or given back', t.captured_amount, k.worth,
                    k.back + t.charged_back_amount) as ours,
             null as theirs, t.captured_at as at, t.payment_id, null::uuid as refund_id
        from payment_transactions t join payments p on p.id = t.payment_id
        left join lateral (select sum(total) as total from orders
                            where session_id = p.session_id and status <> 'CANCELLED') o on true
        left join lateral (select sum(amount) as owed from refunds
                            where transaction_id = t.id and status in ${OWED_BACK}) r on true
       cross join lateral (
         select case when p.covering_transaction_id is distinct from t.id then 0
                     when p.session_id is null then t.captured_amount
                     else coalesce(o.total, 0) end as worth,
                greatest(t.refunded_amount, coalesce(r.owed, 0)) as back) w
       cross join lateral (
         select w.worth, w.back, t.captured_amount - w.worth - w.back - t.charged_back_amount as amount) k
       where (t.captured_at >= $1 or t.payment_id = any($2::uuid[])) and t.captured_amount > 0 and k.amount > 0`,
  },
  {
    // The gateway told of money under an id that is none of ours; there is no list of such at the gateway.
    kind: "MISSING_HERE",
    prefix: "case:",
    actions: ["RECHECK", "DECIDED", "ADJUST", "DISMISS"],
    values: () => [],
    sql: `
      select 'case:' || c.subject as subject, -c.amount as amount, 'nothing of it' as ours, c.summary as theirs,
             c.opened_at as at, null::uuid as payment_id, null::uuid as refund_id
        from money_cases c where c.kind = 'UNMATCHED' and c.payment_id is null and c.resolved_at is null`,
  },
  {
    // Paid is enrolled: a payment is approved exactly when each of its courses stands open by it.
    kind: "STATUS",
    prefix: "enrolment:",
    actions: ["RECHECK", "ACCEPT", "DISMISS"],
    values: sinceLong,
    sql: `
      with bought as (
        select p.id, p.number, p.status, p.paid_at, b.course_ids,
               p.status = 'APPROVED' or (p.status = 'PARTIALLY_REFUNDED' and b.approved_at is not null) as is_open
          from payments p join enrollment_payments b on b.id = p.id
         where p.created_at >= $1 or p.id = any($2::uuid[])),
      counted as (
        select b.*, (select count(*) from enrollment_grants g join enrollments e on e.id = g.enrollment_id
                      where g.payment_id = b.id and g.revoked_at is null and e.status = 'ENROLLED'
                        and g.course_id = any(b.course_ids)) as given
          from bought b)
      select 'enrolment:' || number as subject, 0::bigint as amount,
             format('%s, %s of %s courses open', status, given, cardinality(course_ids)) as ours, null as theirs,
             paid_at as at, id as payment_id, null::uuid as refund_id
        from counted where given <> case when is_open then cardinality(course_ids) else 0 end`,
  },
];

const WAITING_LONG: readonly Finder[] = [
  {
    kind: "AGED",
    prefix: "aged-refund:",
    values: ({ now }) => [later(now, -REFUND_MS)],
    sql: `
      select 'aged-refund:' || r.id as subject, 0::bigint as amount, r.amount as worth,
             format('refund of Rp%s is %s since %s', r.amount, r.status, to_char(r.created_at, 'YYYY-MM-DD')) as ours,
             null as theirs, null::timestamptz as at, r.payment_id, r.id as refund_id
        from refunds r where r.status in ('PENDING', 'PROCESSING', 'FAILED', 'MANUAL') and r.created_at < $1`,
  },
  {
    kind: "AGED",
    prefix: "aged-case:",
    values: ({ now }) => [later(now, -CASE_MS)],
    sql: `
      select 'aged-case:' || c.kind || ':' || c.subject as subject, 0::bigint as amount, c.amount as worth,
             format('money case %s of Rp%s is open since %s', c.kind, c.amount, to_char(c.opened_at, 'YYYY-MM-DD'))
               as ours,
             null as theirs, null::timestamptz as at, c.payment_id, null::uuid as refund_id
        from money_cases c where c.resolved_at is null and c.opened_at < $1`,
  },
  {
    kind: "AGED",
    prefix: "aged-challenge:",
    values: ({ now }) => [later(now, -CHALLENGE_MS)],
    sql: `
      select 'aged-challenge:' || p.number as subject, 0::bigint as amount, p.amount as worth,
             format('payment of Rp%s is CHALLENGED since %s', p.amount, to_char(p.created_at, 'YYYY-MM-DD')) as ours,
             null as theirs, null::timestamptz as at, p.id as payment_id, null::uuid as refund_id
        from payments p where p.status = 'CHALLENGED' and p.created_at < $1`,
  },
];

/**
 * Money of which the bank should have a line: it is looked for where statements of each working day around it are
 * imported, and of the days after. Saturdays, Sundays and the bank's holidays stand in those of the next day.
 */
const isStated = (day: string): string => `
  exists (select from settlement_files f
           where f.kind = 'BANK' and f.state = 'DONE' and f.last_day > ${day} + ${BANK_DAYS_APART})
  and not exists (
    select from generate_series(${day} - ${BANK_DAYS_APART}, ${day} + ${BANK_DAYS_APART}, interval '1 day') d
     where extract(isodow from d) < 6 and not exists (select from bank_holidays h where h.day = d::date)
       and not exists (select from settlement_files f
                        where f.kind = 'BANK' and f.state = 'DONE' and d::date between f.first_day and f.last_day))`;

/** What was moved by bank, beside the gateway, and stands on no line of the bank's. */
const UNBANKED: readonly Finder[] = [
  {
    kind: "MISSING_THERE",
    prefix: "unbanked-proof:",
    actions: ["RECHECK", "ADJUST", "DISMISS"],
    values: sinceLong,
    sql: `
      with proofs as (
        select p.id, p.number, p.amount, p.created_at, t.captured_at,
               (p.created_at at time zone 'Asia/Jakarta')::date as day
          from payments p join payment_transactions t on t.id = p.covering_transaction_id
         where p.channel = 'MANUAL_TRANSFER' and (p.created_at >= $1 or p.id = any($2::uuid[]))
           and not exists (select from bank_lines b where b.payment_id = p.id))
      select 'unbanked-proof:' || number as subject, amount,
             format('Rp%s by a proof of %s that was approved', amount, day) as ours, null as theirs, captured_at as at,
             id as payment_id, null::uuid as refund_id,
             -- Any of these may be the one without its money.
             array(select o.number from payments o
                    where o.channel = 'MANUAL_TRANSFER' and o.amount = proofs.amount and o.id <> proofs.id
                      and o.covering_transaction_id is not null
                      and o.created_at between proofs.created_at - interval '${BANK_DAYS_APART} days'
                                           and proofs.created_at + interval '${BANK_DAYS_APART} days'
                    order by o.created_at, o.id limit ${ALIKE_SHOWN}) as alike
        from proofs where ${isStated("day")}`,
  },
  {
    kind: "REFUND",
    prefix: "unbanked-refund:",
    actions: ["RECHECK", "ADJUST", "DISMISS"],
    values: sinceLong,
    sql: `
      with sent as (
        select r.id, r.payment_id, r.amount, r.succeeded_at, (r.succeeded_at at time zone 'Asia/Jakarta')::date as day
          from refunds r
         where r.settled_by is not null and r.status = 'SUCCEEDED'
           and (r.succeeded_at >= $1 or r.payment_id = any($2::uuid[]))
           and not exists (select from bank_lines b where b.refund_id = r.id))
      select 'unbanked-refund:' || id as subject, -amount as amount,
             format('Rp%s given back by a transfer of %s', amount, day) as ours, null as theirs, succeeded_at as at,
             payment_id, id as refund_id
        from sent where ${isStated("day")}`,
  },
];

/** All looks through our own books, in their order. */
export const BOOK_FINDERS: readonly Finder[] = [...WITHOUT_PURPOSE, ...WAITING_LONG, ...UNBANKED];
