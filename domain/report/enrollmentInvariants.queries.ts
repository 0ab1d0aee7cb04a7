import { GRACE_MS } from "../payment/subscription.rules.ts";
import type { Invariant } from "./invariant.rules.ts";

/** A subscription's month is looked at when its days of grace are over; so much later its courses must be closed. */
const LATE = "1 hour";

/** What must hold of courses and of the payments that open them. */
export const ENROLLMENT_INVARIANTS: readonly Invariant[] = [
  {
    id: "ENROL",
    says: "a payment is approved exactly when each of its courses has an enrolment from it that stands",
    values: ({ now }) => [now, GRACE_MS / 1000],
    sql: `
      with bought as (
        select p.id, p.number, p.status, p.user_id, b.course_ids, b.approved_at,
               p.status = 'APPROVED' or (p.status = 'PARTIALLY_REFUNDED' and b.approved_at is not null) as is_open
          from payments p join enrollment_payments b on b.id = p.id),
      given as (
        select g.payment_id, g.course_id, e.user_id, e.course_id as enrolled_in, e.status
          from enrollment_grants g join enrollments e on e.id = g.enrollment_id where g.revoked_at is null)
      select b.number as subject, format('%s, and course %s is not open by it', b.status, c.id) as detail
        from bought b cross join unnest(b.course_ids) as c(id)
        left join given g on g.payment_id = b.id and g.course_id = c.id
                         and g.enrolled_in = c.id and g.user_id = b.user_id and g.status = 'ENROLLED'
       where b.is_open and g.payment_id is null
      union all
      select b.number, format('%s, and course %s is open by it', b.status, g.course_id)
        from bought b join given g on g.payment_id = b.id
       where not b.is_open or not g.course_id = any(b.course_ids)
      union all
      select b.number, format('%s, and approved at %s', b.status, b.approved_at)
        from bought b where b.status = 'APPROVED' and b.approved_at is null
      union all
      select e.id::text, format('%s, by %s payments that stand', e.status, count(g.id))
        from enrollments e left join enrollment_grants g on g.enrollment_id = e.id and g.revoked_at is null
       group by e.id having (e.status = 'ENROLLED') <> (count(g.id) > 0)
      union all
      select s.number, format('%s, paid until %s, and course %s is open', s.state, s.paid_until, g.course_id)
        from given g join subscription_charges c on c.payment_id = g.payment_id
        join subscriptions s on s.id = c.subscription_id
       where (c.period is null or s.state in ('SUSPENDED', 'REFUSED')
              or s.paid_until + case when s.state in ('CANCELLING', 'CANCELLED') then interval '0'
                                     else make_interval(secs => $2) end < $1::timestamptz - interval '${LATE}')
         and not exists (select from outbox_messages o
                          where o.handler = 'closeMonths' and o.done_at is null
                            and o.payload->>'subscriptionId' = s.id::text and o.due_at <= $1)
      union all
      select s.number, format('%s, paid until %s, no course of it is open, and nobody looks', s.state, s.paid_until)
        from subscriptions s
       where s.paid_until > $1 and s.state not in ('SUSPENDED', 'REFUSED')
         and exists (select from package_courses x join courses c on c.id = x.course_id
                      where x.package_id = s.package_id and c.is_active)
         and not exists (select from subscription_charges c join given g on g.payment_id = c.payment_id
                          where c.subscription_id = s.id)
         and not exists (select from subscription_charges c join outbox_messages o
                             on o.handler = 'approveHeld' and o.done_at is null
                            and o.payload->>'paymentId' = c.payment_id::text
                          where c.subscription_id = s.id)
      union all
      select p.number, 'opens a course, and is for none'
        from enrollment_grants g join payments p on p.id = g.payment_id
       where not exists (select from enrollment_payments b where b.id = p.id)
         and not exists (select from subscription_charges c where c.payment_id = p.id)`,
  },
];
