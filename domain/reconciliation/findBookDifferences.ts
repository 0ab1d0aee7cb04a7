import type { Tx } from "../../platform/db.ts";
import type { Ids, PaymentId, RefundId } from "../kernel/ids.ts";
import { DAY_MS, dayInJakarta, later } from "../kernel/time.ts";
import { actionsOf, type DiscrepancyAction, type DiscrepancyKind } from "./discrepancy.rules.ts";
import { closeDiscrepancy, openDiscrepancy } from "./openDiscrepancy.ts";

/** Our own books are looked through so far back: what is older was looked at every night before. */
const BACK_MS = 100 * DAY_MS;
/** A refund has seven days by law, and by most of the gateway's windows. */
const REFUND_MS = 7 * DAY_MS;
/** What a person must decide loses a customer sooner. */
const CASE_MS = 7 * DAY_MS;
/** The gateway ends a challenge by itself a day later. */
const CHALLENGE_MS = 2 * DAY_MS;
/** Findings of one night: by then their cause matters, not the next one. */
const FOUND_MAX = 1_000;

/** One row of a finder: what it is about, in words, and the sum. */
interface Found {
  readonly subject: string;
  readonly ours: string;
  readonly theirs: string | null;
  readonly amount: number;
  /** What waits, where no sum changes by it. */
  readonly worth?: number;
  /** null: of no day but the one that is closed. */
  readonly at: Date | null;
  readonly paymentId: PaymentId | null;
  readonly refundId: RefundId | null;
}

interface Finder {
  readonly kind: DiscrepancyKind;
  /** How the subjects of what it finds begin: what is open of them and found no more is over. */
  readonly prefix: string;
  /** What can end it; left out: as of every one of its kind. */
  readonly actions?: readonly DiscrepancyAction[];
  readonly sql: string;
  readonly values: (now: Date) => readonly unknown[];
}

const OWED_BACK = "('PENDING', 'PROCESSING', 'MANUAL', 'SUCCEEDED')";

const FINDERS: readonly Finder[] = [
  {
    // Money that nothing was sold for, and that nobody owes back.
    kind: "ORPHAN_MONEY",
    prefix: "orphan:",
    values: (now) => [later(now, -BACK_MS)],
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
       where t.captured_at >= $1 and t.captured_amount > 0 and k.amount > 0`,
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
    values: (now) => [later(now, -BACK_MS)],
    sql: `
      with bought as (
        select p.id, p.number, p.status, p.paid_at, b.course_ids,
               p.status = 'APPROVED' or (p.status = 'PARTIALLY_REFUNDED' and b.approved_at is not null) as is_open
          from payments p join enrollment_payments b on b.id = p.id where p.created_at >= $1),
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
  {
    kind: "AGED",
    prefix: "aged-refund:",
    values: (now) => [later(now, -REFUND_MS)],
    sql: `
      select 'aged-refund:' || r.id as subject, 0::bigint as amount, r.amount as worth,
             format('refund of Rp%s is %s since %s', r.amount, r.status, to_char(r.created_at, 'YYYY-MM-DD')) as ours,
             null as theirs, null::timestamptz as at, r.payment_id, r.id as refund_id
        from refunds r where r.status in ('PENDING', 'PROCESSING', 'FAILED', 'MANUAL') and r.created_at < $1`,
  },
  {
    kind: "AGED",
    prefix: "aged-case:",
    values: (now) => [later(now, -CASE_MS)],
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
    values: (now) => [later(now, -CHALLENGE_MS)],
    sql: `
      select 'aged-challenge:' || p.number as subject, 0::bigint as amount, p.amount as worth,
             format('payment of Rp%s is CHALLENGED since %s', p.amount, to_char(p.created_at, 'YYYY-MM-DD')) as ours,
             null as theirs, null::timestamptz as at, p.id as payment_id, null::uuid as refund_id
        from payments p where p.status = 'CHALLENGED' and p.created_at < $1`,
  },
];

interface At {
  readonly ids: Ids;
  readonly now: Date;
}

async function run(
  tx: Tx,
  at: At,
  day: string,
  { kind, prefix, sql, values, actions = actionsOf(kind) }: Finder,
): Promise<void> {
  const rows = await tx.sql<Found>(`${sql} order by 1 limit ${FOUND_MAX}`, values(at.now));
  for (const { at: since, ...found } of rows) {
    const evidence = { finder: prefix.slice(0, -1), ...found };
    const ofDay = since ? dayInJakarta(since) : day;
    await openDiscrepancy(tx, at, { ...found, kind, day: ofDay, evidence, actions });
  }
  if (rows.length === FOUND_MAX) return;
  const gone = await tx.sql<{ subject: string }>(
    `select subject from discrepancies
      where kind = $1 and resolved_at is null and starts_with(subject, $2) and not subject = any($3::text[])`,
    [kind, prefix, rows.map(({ subject }) => subject)],
  );
  for (const { subject } of gone) {
    await closeDiscrepancy(tx, at.now, { kind, subject, resolution: "Our books were looked at again, and agree" });
  }
}

/**
 * Looks through our own books: money without a purpose, money that the gateway told of and that is none of ours,
 * courses that are not open as they were paid, and what waits too long. What is found no more is over. A second run
 * changes nothing.
 *
 * @param day whose close this is: what belongs to no other day counts in it
 */
export async function findBookDifferences(tx: Tx, at: At, day: string): Promise<void> {
  for (const finder of FINDERS) await run(tx, at, day, finder);
}
