import type { Sql } from "../../platform/sqlClient.ts";
import type { App } from "../app.ts";
import type { CourseId, PaymentId, UserId } from "../kernel/ids.ts";
import type { FulfilmentHold } from "../payment/fulfilment.rules.ts";
import { fulfilmentHold } from "../payment/fulfilmentHold.ts";

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

const OWED_BACK = `
  select r.id from refunds r join payments p on p.id = r.payment_id
   where p.id = $1 and r.transaction_id = p.covering_transaction_id
     and r.status in ('PENDING', 'PROCESSING', 'MANUAL', 'FAILED') limit 1`;

/** Why courses may not be opened for a payment yet: as for anything that is bought, or because its money goes back. */
export interface CourseHold extends Omit<FulfilmentHold, "reason"> {
  readonly reason: FulfilmentHold["reason"] | "REFUND";
}

/** What holds the courses of a payment; null where nothing does. Called under the locks of whoever opens them. */
export async function readHold(
  tx: { readonly sql: Sql },
  app: Pick<App, "clock" | "settings">,
  paymentId: PaymentId,
): Promise<CourseHold | null> {
  const owed = await tx.sql(OWED_BACK, [paymentId]);
  return owed.length > 0 ? { reason: "REFUND", until: null } : fulfilmentHold(tx, app, paymentId);
}
