import { invalidInput, Refusal } from "../kernel/errors.ts";
import type { CourseId, PackageId } from "../kernel/ids.ts";

/** A package as it is sold now. */
export interface SoldPackage {
  readonly id: PackageId;
  readonly approval: "MANUAL" | "AUTO";
  readonly isBundle: boolean;
  /** Of the type asked for, whole rupiah; null: not sold so. */
  readonly price: number | null;
  /** Those that are open, in their order. */
  readonly courseIds: readonly CourseId[];
}

/**
 * The courses that somebody buys: all of a bundle, else one, which is named where there are several.
 *
 * @throws Refusal INVALID_INPUT (courseId) | NOT_FOUND where the package has no open course
 */
export function coursesOf(sold: SoldPackage, courseId: string | null): readonly CourseId[] {
  const { courseIds, isBundle } = sold;
  if (courseIds.length === 0) throw new Refusal("NOT_FOUND", "This package has no course that is open");
  if (isBundle && courseId !== null) throw invalidInput({ courseId: "none: a bundle is all of its courses" });
  if (isBundle) return courseIds;
  if (courseId === null && courseIds.length > 1) throw invalidInput({ courseId: "one of the package's courses" });
  const chosen = courseIds.find((id) => courseId === null || id === courseId);
  if (!chosen) throw invalidInput({ courseId: "one of the package's courses" });
  return [chosen];
}
