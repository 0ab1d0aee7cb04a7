import type { Sql } from "../../platform/sqlClient.ts";
import type { App } from "../app.ts";
import type { EnrollmentType } from "../catalog/catalogue.queries.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import { type CourseId, type EnrollmentId, isId, type PackageId, type PaymentId, type UserId } from "../kernel/ids.ts";
import type { Page, PageInput } from "../kernel/page.ts";
import {
  type Condition,
  countRows,
  type Days,
  listNewest,
  NO_ROW,
  searchTerm,
  type TimedList,
  withinDays,
} from "../kernel/timedList.ts";
import { PROOF_CONTEXT } from "./createEnrollmentPayment.ts";
import { canReadEnrollment } from "./enrollment.access.ts";
import type { EnrollmentStatus } from "./enrollment.states.ts";
import { signProof } from "./proof.queries.ts";
import { uploadOf } from "./proof.rules.ts";

export interface EnrollmentView {
  readonly id: EnrollmentId;
  readonly userId: UserId;
  readonly courseId: CourseId;
  /** Of the oldest grant that stands; where none does, of the last that was taken back. */
  readonly paymentId: PaymentId;
  readonly status: EnrollmentStatus;
  /** 0 to 100. */
  readonly progress: number;
  readonly enrolledAt: Date;
  readonly completedAt: Date | null;
}

const COLUMNS = `e.id, e.user_id, e.course_id, e.status, e.progress, e.enrolled_at, e.completed_at,
  coalesce((select g.payment_id from enrollment_grants g where g.enrollment_id = e.id and g.revoked_at is null
             order by g.granted_at, g.id limit 1),
           (select g.payment_id from enrollment_grants g where g.enrollment_id = e.id
             order by g.revoked_at desc, g.id limit 1)) as payment_id`;
const LIST: TimedList = { columns: COLUMNS, from: "enrollments e", at: "e.created_at", id: "e.id" };

const mine = (actor: Actor): Condition[] => [{ text: "e.user_id = ?", value: actor.userId }];

/** The caller's own enrolments, newest first, those that ended too: what was learnt stays his. */
export async function listMyEnrollments(
  app: Pick<App, "db">,
  actor: Actor,
  page: PageInput,
): Promise<Page<EnrollmentView>> {
  requireRight(actor, "own.enrollments");
  return listNewest(app.db, LIST, mine(actor), page);
}
/** How many they are, exactly. */
export const countMyEnrollments = (app: Pick<App, "db">, actor: Actor): Promise<number> =>
  countRows(app.db, LIST.from, mine(actor), null);

/** Days are those that they were begun on. */
export interface AdminEnrollmentFilter extends Days {
  readonly userId?: string | null;
  readonly courseId?: string | null;
  readonly status?: EnrollmentStatus | null;
  /** A learner's e-mail address, or the number of a payment that gave it. */
  readonly search?: string | null;
}

// One set of both: asked for with "or", every enrolment there is would be looked at.
const FITS_SEARCH = `e.id in (
  select l.id from enrollments l join users u on u.id = l.user_id where u.email_key = lower(?)
  union all
  select g.enrollment_id from enrollment_grants g join payments p on p.id = g.payment_id where p.number = upper(?))`;

function conditionsOf({ userId, courseId, status, search, ...days }: AdminEnrollmentFilter): Condition[] {
  const list: Condition[] = withinDays("e.created_at", days);
  const term = searchTerm(search);
  if (term) list.push({ text: FITS_SEARCH, value: term });
  if (status) list.push({ text: "e.status = ?", value: status });
  if (userId) list.push(isId(userId) ? { text: "e.user_id = ?", value: userId } : NO_ROW);
  if (courseId) list.push(isId(courseId) ? { text: "e.course_id = ?", value: courseId } : NO_ROW);
  return list;
}

/** Everybody's, for staff and services. */
export async function listAllEnrollments(
  app: Pick<App, "db">,
  actor: Actor,
  filter: AdminEnrollmentFilter,
  page: PageInput,
): Promise<Page<EnrollmentView>> {
  requireRight(actor, "enrollment.read.any");
  return listNewest(app.db, LIST, conditionsOf(filter), page);
}
/** How many there are, up to 10,000. */
export async function countAllEnrollments(
  app: Pick<App, "db">,
  actor: Actor,
  filter: AdminEnrollmentFilter,
): Promise<number> {
  requireRight(actor, "enrollment.read.any");
  return countRows(app.db, LIST.from, conditionsOf(filter));
}

/** An enrolment that this actor may read; null for any other. */
export async function findEnrollment(app: Pick<App, "db">, actor: Actor, id: string): Promise<EnrollmentView | null> {
  if (!isId(id)) return null;
  const [row] = await app.db.sql<EnrollmentView>(`select ${COLUMNS} from enrollments e where e.id = $1`, [id]);
  return row && canReadEnrollment(actor, row) ? row : null;
}

/** Whether the caller is enrolled in a course; a course that does not exist enrols nobody. */
export async function findEnrollmentStatus(
  app: Pick<App, "db">,
  actor: Actor,
  courseId: string,
): Promise<EnrollmentStatus> {
  requireRight(actor, "own.enrollments");
  if (!actor.userId) throw new Refusal("FORBIDDEN", "Only people learn");
  const [row] = isId(courseId)
    ? await app.db.sql<Pick<EnrollmentView, "status">>(
        "select status from enrollments where user_id = $1 and course_id = $2",
        [actor.userId, courseId],
      )
    : [];
  return row?.status ?? "NOT_ENROLLED";
}

/** The enrolments that payments gave, those that were taken back too. One statement. */
export function readEnrollmentsOf(
  source: { sql: Sql },
  ids: readonly PaymentId[],
): Promise<{ givenBy: PaymentId; enrollment: EnrollmentView }[]> {
  return source
    .sql<EnrollmentView & { givenBy: PaymentId }>(
      `select ${COLUMNS}, n.payment_id as given_by
         from enrollment_grants n join enrollments e on e.id = n.enrollment_id
        where n.payment_id = any($1::uuid[]) order by n.granted_at, n.id`,
      [ids],
    )
    .then((rows) => rows.map(({ givenBy, ...enrollment }) => ({ givenBy, enrollment })));
}

/** What a payment for courses is for. */
export interface PurchaseView {
  readonly paymentId: PaymentId;
  readonly packageId: PackageId;
  /** null: all of the package. */
  readonly courseId: CourseId | null;
  /** null: a month of a subscription. */
  readonly type: EnrollmentType | null;
  readonly proofSealed: string | null;
  readonly rejectReason: string | null;
}

/** What payments for courses are for; a payment of something else is passed over. One statement. */
export const readPurchases = (source: { sql: Sql }, ids: readonly PaymentId[]): Promise<PurchaseView[]> =>
  source.sql<PurchaseView>(
    `select id as payment_id, package_id, course_id, type, proof_sealed, reject_reason
       from enrollment_payments where id = any($1::uuid[])
     union all
     select c.payment_id, s.package_id, null, null, null, null
       from subscription_charges c join subscriptions s on s.id = c.subscription_id
      where c.payment_id = any($1::uuid[])`,
    [ids],
  );

/** Where the proof of a purchase is seen: a link of ours for 15 minutes, or the address elsewhere that was given. */
export function openProof(
  app: Pick<App, "sealer" | "clock" | "settings">,
  { proofSealed }: PurchaseView,
): string | null {
  if (proofSealed === null) return null;
  const address = app.sealer.open(proofSealed, PROOF_CONTEXT);
  const uploadId = uploadOf(address);
  return uploadId === null ? address : signProof(app, uploadId).proofUrl;
}
