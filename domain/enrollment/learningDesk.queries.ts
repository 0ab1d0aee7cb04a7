import type { Sql } from "../../platform/sqlClient.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import type { EnrollmentId, PaymentId } from "../kernel/ids.ts";
import type { Page, PageInput } from "../kernel/page.ts";
import { type Condition, countRows, listNewest, type TimedList } from "../kernel/timedList.ts";
import { PAYMENT_COLUMNS, type PaymentView } from "../payment/payment.queries.ts";

const TO_APPROVE: TimedList = {
  columns: PAYMENT_COLUMNS,
  from: "payments p",
  at: "p.created_at",
  id: "p.id",
  isOldestFirst: true,
};
/**
 * Its first two are in so many words those of an index of its own. A month of a subscription has its purpose, too, but
 * is nobody's to approve: it stays PAID for good.
 */
const IS_TO_APPROVE: readonly Condition[] = [
  {
    text: `p.purpose = 'ENROLLMENT' and p.status = 'PAID'
           and exists (select from enrollment_payments b where b.id = p.id) and ?::boolean`,
    value: true,
  },
];

/**
 * Payments for courses that are paid and not approved, the longest waiting first: proofs that a person looks at, and
 * money that a person must confirm.
 *
 * @throws Refusal UNAUTHENTICATED | FORBIDDEN | INVALID_INPUT (first, after)
 */
export async function listPaymentsToApprove(
  app: Pick<App, "db">,
  actor: Actor,
  page: PageInput,
): Promise<Page<PaymentView>> {
  requireRight(actor, "payment.approve");
  return listNewest(app.db, TO_APPROVE, IS_TO_APPROVE, page);
}

/** How many wait, up to 10,000. */
export async function countPaymentsToApprove(app: Pick<App, "db">, actor: Actor): Promise<number> {
  requireRight(actor, "payment.approve");
  return countRows(app.db, TO_APPROVE.from, IS_TO_APPROVE);
}

/** One payment's part in an enrolment. */
export interface GrantView {
  readonly enrollmentId: EnrollmentId;
  readonly paymentId: PaymentId;
  readonly grantedAt: Date;
  /** Null: it stands. */
  readonly revokedAt: Date | null;
}

/** What these enrolments stand on, the oldest first. One statement. */
export const readGrantsOf = (source: { sql: Sql }, ids: readonly EnrollmentId[]): Promise<GrantView[]> =>
  source.sql<GrantView>(
    `select enrollment_id, payment_id, granted_at, revoked_at from enrollment_grants
      where enrollment_id = any($1::uuid[]) order by granted_at, id`,
    [ids],
  );
