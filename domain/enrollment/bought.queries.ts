import type { Sql } from "../../platform/sqlClient.ts";
import type { CourseId, PaymentId, UserId } from "../kernel/ids.ts";

/** What a payment for courses buys. */
export interface Bought {
  readonly paymentId: PaymentId;
  readonly userId: UserId;
  /** As they were when it was bought. */
  readonly courseIds: readonly CourseId[];
  /** As it was when it was bought. */
  readonly approval: "MANUAL" | "AUTO";
}

/** What a payment buys once and for all; null for one that is no enrolment's, or a subscription's. */
export async function readBought(sql: Sql, paymentId: PaymentId): Promise<Bought | null> {
  const [row] = await sql<Bought>(
    `select b.id as payment_id, p.user_id, b.course_ids, b.approval
       from enrollment_payments b join payments p on p.id = b.id where b.id = $1`,
    [paymentId],
  );
  return row ?? null;
}
