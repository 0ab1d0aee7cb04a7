import type { Tx } from "../../platform/db.ts";
import type { CourseId, Ids, TransactionId } from "../kernel/ids.ts";
import { closeMoneyCase, openMoneyCase } from "../kernel/openMoneyCase.ts";
import type { EffectContext } from "../payment/purposeEffects.ts";
import { hasAll } from "./requireUnowned.ts";

/** Its money pays for something, and is kept or given back as a person says. It holds nothing. */
export const COURSE_PAID_TWICE = "COURSE_PAID_TWICE";

/**
 * Puts before a person the money of a payment that was settled although its learner had all of its courses for good, or
 * had paid for them: two pages or virtual accounts can be open at once. What it opens stays open. What one has by the
 * month is no hindrance, for that ends. The learner is locked, and this payment's own courses are not open yet.
 */
export async function openTwiceCase(
  tx: Tx,
  app: { ids: Ids; now: Date },
  { paymentId, paymentNumber, userId, amount }: EffectContext,
  courseIds: readonly CourseId[],
): Promise<void> {
  const [money] = await tx.sql<{ transactionId: TransactionId | null }>(
    "select covering_transaction_id as transaction_id from payments where id = $1",
    [paymentId],
  );
  // A proof is no money yet, and staff looks at it.
  if (!money?.transactionId) return;
  if (!(await hasAll(tx, { userId, courseIds, paymentId, isMonthly: true }))) return;
  await openMoneyCase(tx, app, {
    kind: COURSE_PAID_TWICE,
    subject: paymentNumber,
    paymentId,
    transactionId: money.transactionId,
    amount,
    summary: `Payment ${paymentNumber} is for courses that its learner has, or has paid for, already`,
    evidence: { courseIds },
    actions: ["REFUND", "DISMISS"],
  });
}

/** Its money is gone, whoever sent it back: nothing is left to decide. */
export const closeTwiceCase = (tx: Tx, now: Date, { paymentNumber }: EffectContext): Promise<void> =>
  closeMoneyCase(tx, now, {
    kind: COURSE_PAID_TWICE,
    subject: paymentNumber,
    action: "DISMISS",
    by: null,
    note: "Its money is gone",
  });
