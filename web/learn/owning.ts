import type { CoursePaymentFragment, LearningFragment } from "../graphql/generated/buying/graphql.ts";

type Payment = Pick<CoursePaymentFragment, "id" | "status" | "type" | "channel" | "rejectReason"> & {
  readonly package?: { readonly id: string } | null;
  readonly course?: { readonly id: string } | null;
};

/** The courses that somebody may learn now. */
export const ownedCourses = (
  enrollments: readonly (Pick<LearningFragment, "status"> & { readonly course: { readonly id: string } })[],
): ReadonlySet<string> =>
  new Set(enrollments.filter(({ status }) => status === "ENROLLED").map(({ course }) => course.id));

/** How a purchase stands that is not at its end: money is to be paid, to be looked at, or was not believed. */
export type Standing = "unpaid" | "checking" | "rejected";

/** How a payment stands; null where nothing is left to do or to wait for, as of a subscription's month. */
export function standingOf({ status, type }: Pick<Payment, "status" | "type">): Standing | null {
  if (!type) return null;
  if (status === "PENDING") return "unpaid";
  if (status === "PAID" || status === "CHALLENGED") return "checking";
  return status === "REJECTED" ? "rejected" : null;
}

const sameThing = (a: Payment, b: Payment): boolean => a.package?.id === b.package?.id && a.course?.id === b.course?.id;

/**
 * The purchases that are under way, of payments that come newest first: of each package and course the latest alone, so
 * that a proof that was sent anew silences the one that was rejected.
 */
export const underWay = <T extends Payment>(payments: readonly T[]): readonly T[] =>
  payments.filter(
    (payment, i) =>
      standingOf(payment) !== null && !payments.slice(0, i).some((later) => later.type && sameThing(later, payment)),
  );

/** The purchase of a package that is under way: of the chosen course, where one of several is chosen. */
export const underWayFor = <T extends Payment>(
  payments: readonly T[],
  packageId: string,
  courseId: string | null,
): T | undefined =>
  underWay(payments).find(
    (payment) => payment.package?.id === packageId && (courseId === null || payment.course?.id === courseId),
  );
