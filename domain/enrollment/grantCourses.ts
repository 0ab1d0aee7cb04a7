import type { Tx } from "../../platform/db.ts";
import type { CourseId, Ids, PaymentId, UserId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { advanceEnrollments, type EnrollmentRow } from "./advanceEnrollments.ts";

/** Courses that a payment gives to who paid it. */
export interface Grant {
  readonly paymentId: PaymentId;
  readonly userId: UserId;
  readonly courseIds: readonly CourseId[];
}

const INSERT_ENROLLMENTS = `
  insert into enrollments (id, user_id, course_id, status, enrolled_at, created_at, updated_at)
  select n.id, $2, n.course_id, 'NOT_ENROLLED', $3, $3, $3
    from unnest($1::uuid[], $4::uuid[]) as n(id, course_id)
  on conflict (user_id, course_id) do nothing`;
const LOCK_ENROLLMENTS = `
  select id, course_id, status from enrollments
   where user_id = $1 and course_id = any($2::uuid[]) order by id for update`;
const INSERT_GRANTS = `
  insert into enrollment_grants (id, enrollment_id, payment_id, course_id, granted_at)
  select n.id, n.enrollment_id, $3, n.course_id, $4
    from unnest($1::uuid[], $2::uuid[], $5::uuid[]) as n(id, enrollment_id, course_id)
  on conflict (payment_id, course_id) do update set revoked_at = null, granted_at = excluded.granted_at
    where enrollment_grants.revoked_at is not null
  returning course_id`;

/**
 * Enrols who paid in every course that the payment buys, in the payment's own transaction; the learner is locked. What
 * he learnt before is kept. A second run is harmless: a payment gives each course once. What was taken back from it
 * stands again where it is granted anew: its money came after all, or its subscription is paid again.
 */
export async function grantCourses(tx: Tx, app: { ids: Ids; now: Date }, grant: Grant): Promise<void> {
  const { paymentId, userId } = grant;
  const { ids, now } = app;
  const courseIds = [...new Set(grant.courseIds)];
  await tx.sql(INSERT_ENROLLMENTS, [courseIds.map(() => ids.next<"enrollment">()), userId, now, courseIds]);
  const rows = await tx.sql<EnrollmentRow>(LOCK_ENROLLMENTS, [userId, courseIds]);
  if (rows.length !== courseIds.length) throw new Error(`payment ${paymentId} cannot enrol in all of its courses`);
  killPoint("enrollment.rows-written");
  const granted = await tx.sql<{ courseId: CourseId }>(INSERT_GRANTS, [
    rows.map(() => ids.next<"enrollmentGrant">()),
    rows.map(({ id }) => id),
    paymentId,
    now,
    rows.map(({ courseId }) => courseId),
  ]);
  const fresh = new Set(granted.map(({ courseId }) => courseId));
  const steps = rows.filter(({ courseId }) => fresh.has(courseId)).map((row) => ({ row, event: "granted" }) as const);
  await advanceEnrollments(tx, now, steps);
  killPoint("enrollment.granted");
}

const LOCK_GRANTED = `
  select e.id, e.course_id, e.status from enrollments e
   where e.id in (select enrollment_id from enrollment_grants
                   where payment_id = any($1::uuid[]) and revoked_at is null)
   order by e.id for update`;
const REVOKE = `
  update enrollment_grants set revoked_at = $2 where payment_id = any($1::uuid[]) and revoked_at is null`;
const STILL_GRANTED = `
  select distinct enrollment_id as id from enrollment_grants
   where enrollment_id = any($1::uuid[]) and revoked_at is null`;

/**
 * Takes back what some payments of one learner, who is locked, gave. A course that another payment gives, too, stays;
 * of any other what was learnt is kept. A second run is harmless: it finds nothing left.
 */
export async function revokeGrants(tx: Tx, now: Date, paymentIds: readonly PaymentId[]): Promise<void> {
  const rows = await tx.sql<EnrollmentRow>(LOCK_GRANTED, [paymentIds]);
  if (rows.length === 0) return;
  await tx.sql(REVOKE, [paymentIds, now]);
  killPoint("enrollment.grants-revoked");
  const kept = await tx.sql<Pick<EnrollmentRow, "id">>(STILL_GRANTED, [rows.map(({ id }) => id)]);
  const keptIds = new Set(kept.map(({ id }) => id));
  const steps = rows.map((row) => ({ row, event: keptIds.has(row.id) ? "grantRevoked" : "lastGrantRevoked" }) as const);
  await advanceEnrollments(tx, now, steps);
}
