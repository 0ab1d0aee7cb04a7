import type { Tx } from "../../platform/db.ts";
import type { CourseId, EnrollmentId } from "../kernel/ids.ts";
import { type EnrollmentEvent, type EnrollmentStatus, enrollmentStates } from "./enrollment.states.ts";

/** An enrolment under lock. */
export interface EnrollmentRow {
  readonly id: EnrollmentId;
  readonly courseId: CourseId;
  readonly status: EnrollmentStatus;
}

// The one place that writes an enrolment's status. What was learnt stays as it is.
const MOVE = `
  update enrollments e set status = m.next, updated_at = $2,
         enrolled_at = case when m.next = 'ENROLLED' then $2 else e.enrolled_at end
    from jsonb_to_recordset($1::jsonb) as m(id uuid, previous text, next text)
   where e.id = m.id and e.status = m.previous
  returning e.id`;

/**
 * Applies to each of some locked enrolments its event, by the total table.
 *
 * @throws Error when a row is not as it was locked, which only a missing lock can cause
 */
export async function advanceEnrollments(
  tx: Tx,
  now: Date,
  steps: readonly { readonly row: EnrollmentRow; readonly event: EnrollmentEvent }[],
): Promise<void> {
  const moves = steps
    .map(({ row, event }) => ({ row, verdict: enrollmentStates.verdict(row.status, event) }))
    .filter(({ verdict }) => verdict.kind === "moved");
  if (moves.length === 0) return;
  const rows = moves.map(({ row, verdict }) => ({ id: row.id, previous: row.status, next: verdict.next }));
  const written = await tx.sql(MOVE, [JSON.stringify(rows), now]);
  if (written.length !== moves.length) {
    throw new Error(`enrolments moved without their lock: ${moves.map(({ row }) => row.id).join(", ")}`);
  }
}
