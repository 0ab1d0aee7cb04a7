import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { invalidInput, Refusal } from "../kernel/errors.ts";
import { type EnrollmentId, isId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { type EnrollmentEvent, type EnrollmentStatus, enrollmentStates } from "./enrollment.states.ts";

const WHOLE = 100; // percent

function eventOf(before: number, after: number): EnrollmentEvent {
  if (after === before) return "progressEqual";
  return after > before ? "progressHigher" : "progressLower";
}

/**
 * Keeps how far a learner has come in a course of his, in percent: it only grows, and the whole of it is the day on
 * which he completed it. The same again changes nothing.
 *
 * @throws Refusal UNAUTHENTICATED | FORBIDDEN | INVALID_INPUT (progress) | NOT_FOUND (or not the caller's own) |
 * ILLEGAL_TRANSITION where he is not enrolled (any more) | PROGRESS_BACKWARDS (progress: what it is)
 */
export async function updateProgress(
  app: Pick<App, "db" | "clock">,
  actor: Actor,
  input: { readonly enrollmentId: string; readonly progress: number },
): Promise<EnrollmentId> {
  requireRight(actor, "own.enrollments");
  const { progress } = input;
  if (!Number.isInteger(progress) || progress < 0 || progress > WHOLE)
    throw invalidInput({ progress: `a whole number from 0 to ${WHOLE}` });
  const id = await inTransaction(app.db, async (tx) => {
    const [row] = isId(input.enrollmentId)
      ? await tx.sql<{ id: EnrollmentId; status: EnrollmentStatus; progress: number }>(
          "select id, status, progress from enrollments where id = $1 and user_id = $2 for update",
          [input.enrollmentId, actor.userId],
        )
      : [];
    if (!row) throw new Refusal("NOT_FOUND", "There is no such enrolment");
    const event = eventOf(row.progress, progress);
    if (enrollmentStates.verdict(row.status, event).kind === "never") {
      const { status } = row;
      if (status !== "ENROLLED") throw new Refusal("ILLEGAL_TRANSITION", "This enrolment is over", { status });
      throw new Refusal("PROGRESS_BACKWARDS", "Progress only grows", { progress: row.progress });
    }
    if (event === "progressEqual") return row.id;
    await tx.sql(
      `update enrollments set progress = $2, completed_at = case when $2 = ${WHOLE} then $3::timestamptz end,
              updated_at = $3
        where id = $1`,
      [row.id, progress, app.clock.now()],
    );
    killPoint("enrollment.progress-written");
    return row.id;
  });
  killPoint("enrollment.progress-kept");
  return id;
}
