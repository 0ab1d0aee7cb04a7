import type { Tx } from "../../platform/db.ts";
import { Refusal } from "../kernel/errors.ts";
import type { CourseId, PaymentId, UserId } from "../kernel/ids.ts";
import type { Wanted } from "../payment/purposeEffects.ts";
import { lockLearner } from "./lockLearner.ts";

interface WantedCourses {
  readonly userId: UserId;
  readonly courseIds: readonly CourseId[];
  /** The payment that is to be paid; left out: a new one. */
  readonly paymentId?: PaymentId;
  /** By the month: what another month gives is no hindrance, for it ends. */
  readonly isMonthly?: boolean;
}

// Money that goes back pays for nothing any more, and may be followed by a new payment.
const FIND_TAKEN = `
  select c.id as course_id,
         exists (select from enrollments e
                  where e.user_id = $1 and e.course_id = c.id and e.status = 'ENROLLED'
                    and (not $4 or exists (select from enrollment_grants g join enrollment_payments b
                                               on b.id = g.payment_id
                                            where g.enrollment_id = e.id and g.revoked_at is null))) as is_owned,
         (select p.id from payments p join enrollment_payments b on b.id = p.id
           where p.user_id = $1 and p.purpose = 'ENROLLMENT' and p.status = 'PAID' and c.id = any(b.course_ids)
             and p.id is distinct from $3::uuid
             and not exists (select from refunds r
                              where r.payment_id = p.id and r.status in ('PENDING', 'PROCESSING', 'MANUAL'))
           order by p.id limit 1) as waiting
    from unnest($2::uuid[]) as c(id)`;

interface Taken {
  readonly courseId: CourseId;
  readonly isOwned: boolean;
  /** The payment whose money for it is here and waits; null: there is none. */
  readonly waiting: PaymentId | null;
}

const findTaken = (source: Pick<Tx, "sql">, wanted: WantedCourses): Promise<Taken[]> => {
  const { userId, courseIds, paymentId = null, isMonthly = false } = wanted;
  return source.sql<Taken>(FIND_TAKEN, [userId, courseIds, paymentId, isMonthly]);
};

/** True where each of these courses is owned, or paid for by another payment. The learner is locked. */
export async function hasAll(source: Pick<Tx, "sql">, wanted: WantedCourses): Promise<boolean> {
  const rows = await findTaken(source, wanted);
  return rows.length > 0 && rows.every(({ isOwned, waiting }) => isOwned || waiting !== null);
}

/**
 * A course is not paid for twice: not where it is owned, nor where money for it is here and waits for approval or for
 * its bank. Two payments that are both unpaid may stand beside each other; the first that is paid ends this of the
 * other while that is not begun. Where both can be paid already, both may be, and a person decides about the second
 * (openTwiceCase). Asked again under the learner's lock by whoever writes.
 *
 * @throws Refusal ALREADY_ENROLLED (courseIds; paymentId where it is paid and waits)
 */
export async function requireUnowned(source: Pick<Tx, "sql">, wanted: WantedCourses): Promise<void> {
  const rows = await findTaken(source, wanted);
  const owned = rows.filter(({ isOwned }) => isOwned).map(({ courseId }) => courseId);
  if (owned.length > 0) {
    throw new Refusal("ALREADY_ENROLLED", "You are enrolled in this already", { courseIds: owned });
  }
  const waiting = rows.filter((row) => row.waiting !== null);
  if (waiting.length === 0) return;
  throw new Refusal("ALREADY_ENROLLED", "You have paid for this already; it is being looked at", {
    courseIds: waiting.map(({ courseId }) => courseId),
    paymentId: waiting[0]?.waiting,
  });
}

/**
 * As requireUnowned, of what a payment buys or a package holds. The learner is locked by whoever has locked the
 * payment; for a package he is locked here.
 */
export async function requireUnownedBy(source: Pick<Tx, "sql">, wanted: Wanted): Promise<void> {
  const { userId } = wanted;
  if ("paymentId" in wanted) {
    const [bought] = await source.sql<{ courseIds: CourseId[] }>(
      "select course_ids from enrollment_payments where id = $1",
      [wanted.paymentId],
    );
    if (bought) await requireUnowned(source, { userId, courseIds: bought.courseIds, paymentId: wanted.paymentId });
    return;
  }
  await lockLearner(source, userId);
  const courses = await source.sql<{ id: CourseId }>(
    `select c.id from package_courses x join courses c on c.id = x.course_id where x.package_id = $1 and c.is_active`,
    [wanted.packageId],
  );
  await requireUnowned(source, { userId, courseIds: courses.map(({ id }) => id), isMonthly: true });
}
