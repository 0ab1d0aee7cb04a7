import type { Tx } from "../../platform/db.ts";
import type { Ids, UserId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { DAY_MS, later, startOfJakartaDay } from "../kernel/time.ts";
import { tellReopened } from "./openDiscrepancy.ts";

/** What changed so long before the day is looked at again: a reversal, an expiry or a refund may have been missed. */
const BEFORE_MS = DAY_MS;
/** What the gateway did not answer about is asked again for so many days. */
const UNANSWERED_DAYS = 7;
/** Cards and refunds may be taken back for months: each is asked about once in so many days, */
const SAMPLE_DAYS = 30;
/** for so long. */
const SAMPLE_FOR_MS = 90 * DAY_MS;
/** What was looked at is kept for a month; what was found, for ever. */
const ITEMS_KEPT_DAYS = 31;

// Everything of a payment is looked at together: what can still be paid beside what paid it is found only so.
const ITEMS = `
  insert into reconciliation_items (day, transaction_id, payment_id)
  select $1::date, t.id, t.payment_id
    from payment_transactions t
   where t.payment_id in (
     select c.payment_id from payment_transactions c
      where c.created_at < $3 and (c.updated_at >= $2 or c.captured_at >= $2)
     union
     -- Older ones that are not at rest.
     select c.payment_id from payment_transactions c
      where c.created_at < $3 and (c.state in ('STARTING', 'LIVE', 'UNKNOWN') or c.next_poll_at is not null)
     union
     select p.id from payments p where p.created_at < $3 and p.status in ('PENDING', 'CHALLENGED')
     union
     select r.payment_id from refunds r
      where r.created_at < $3 and (r.updated_at >= $2 or r.status not in ('SUCCEEDED', 'WITHDRAWN'))
     union
     select i.payment_id from reconciliation_items i
      where i.outcome = 'UNANSWERED' and i.day >= $1::date - ${UNANSWERED_DAYS} and i.day < $1
     union
     select d.payment_id from discrepancies d
      where d.resolved_at is null and d.transaction_id is not null and d.opened_at < $4
     union
     select c.payment_id from payment_transactions c
      where c.captured_at >= $5 and c.captured_at < $2
        and (c.method like '%CARD%' or c.gateway_payment_type = 'credit_card' or c.refunded_amount > 0)
        and mod(abs(hashtext(c.id::text)), ${SAMPLE_DAYS}) = mod($1::date - date '2000-01-01', ${SAMPLE_DAYS}))
     and t.created_at < $3
     and exists (select from payments p where p.id = t.payment_id and p.channel = 'MIDTRANS')`;

/**
 * The first time of a day, or once more from its beginning; nothing where it runs. A signed day stays signed while it
 * is looked at again; one that was signed or begun before it was over is open again when the schedule closes the whole
 * of it.
 */
const BEGIN = `
  insert into reconciliation_runs (day, state, started_at, started_by, scheduled_at, next_slice_at)
  values ($1, 'RUNNING', $2, $3, $4, $2)
  on conflict (day) do update
     set state = case when reconciliation_runs.signed_off_at is null or $4::timestamptz is not null
                      then 'RUNNING' else 'SIGNED_OFF' end,
         finished_at = case when reconciliation_runs.signed_off_at is null or $4::timestamptz is not null
                            then null else reconciliation_runs.finished_at end,
         reopened_at = case when reconciliation_runs.signed_off_at is not null and $4::timestamptz is not null
                            then $2 else reconciliation_runs.reopened_at end,
         signed_off_at = case when $4::timestamptz is null then reconciliation_runs.signed_off_at end,
         signed_off_by = case when $4::timestamptz is null then reconciliation_runs.signed_off_by end,
         round = reconciliation_runs.round + 1, total = 0, checked = 0, matched = 0, healed = 0,
         differing = 0, unanswered = 0, started_at = $2, started_by = $3, failures = 0,
         scheduled_at = coalesce($4, reconciliation_runs.scheduled_at), next_slice_at = $2, claimed_by = null,
         claimed_until = null
   where reconciliation_runs.next_slice_at is null
     and ($4::timestamptz is null
          or (reconciliation_runs.scheduled_at is null
              and (reconciliation_runs.signed_off_at is null or reconciliation_runs.signed_off_at < $5
                   or reconciliation_runs.started_at < $5)))
  returning day, state, $4::timestamptz is not null and reopened_at = $2 as is_reopened`;

// An old day that is closed again just now has its items still to be looked at.
const FORGET = `
  delete from reconciliation_items i
   where i.day = $1
      or (i.day < $1::date - ${ITEMS_KEPT_DAYS}
          and not exists (select from reconciliation_runs r where r.day = i.day and r.next_slice_at is not null))`;

interface At {
  readonly ids: Ids;
  readonly now: Date;
}

/**
 * Begins the close of a day, or begins it again: what is to be looked at is listed once and for all, so that whoever
 * goes on after a crash looks at the same. A second call while it runs changes nothing. A signed day that a person has
 * looked at again stays signed, with its figures, unless something is found; the schedule leaves it alone, unless it
 * was signed, or its close begun, before it was over.
 *
 * @param by who asked for it; "schedule": the one run a day that nobody asks for
 * @returns whether it began
 */
export async function beginRun(tx: Tx, at: At, day: string, by: UserId | null | "schedule"): Promise<boolean> {
  const { now } = at;
  const from = startOfJakartaDay(day);
  const values = by === "schedule" ? [null, now] : [by, null];
  const [begun] = await tx.sql<{ isReopened: boolean }>(BEGIN, [day, now, ...values, later(from, DAY_MS)]);
  if (!begun) return false;
  if (begun.isReopened) await tellReopened(tx, at, day, "it was closed before it was over");
  await tx.sql(FORGET, [day]);
  await tx.sql(ITEMS, [day, later(from, -BEFORE_MS), later(from, DAY_MS), now, later(from, -SAMPLE_FOR_MS)]);
  await tx.sql(
    `update reconciliation_runs
        set total = (select count(*) from reconciliation_items where day = $1) where day = $1`,
    [day],
  );
  killPoint("day.begun");
  return true;
}
