import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { CourseId, Ids, PaymentId, SubscriptionId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { later } from "../kernel/time.ts";
import { send } from "../messages.ts";
import { lockSubscription, type SubscriptionRow } from "../payment/lockSubscription.ts";
import { accessUntil, GRACE_MS } from "../payment/subscription.rules.ts";
import { grantCourses, revokeGrants } from "./grantCourses.ts";
import { lockLearner } from "./lockLearner.ts";

/** Has a job look whether a subscription's access is over: when its months end, and when the days of grace do. */
export async function planEnd(tx: Tx, now: Date, id: SubscriptionId, paidUntil: Date | null): Promise<void> {
  for (const end of paidUntil === null ? [now] : [paidUntil, later(paidUntil, GRACE_MS)]) {
    const dueAt = end > now ? end : now;
    const key = `${id}:${dueAt.getTime()}`;
    await send(tx, now, "subscription.monthsOver", { subscriptionId: id }, { key, dueAt });
  }
}

/** Opens the courses of a subscription's package by the charge that paid a month. The learner is locked. */
export async function openMonth(
  tx: Tx,
  app: { ids: Ids; now: Date },
  row: SubscriptionRow,
  paymentId: PaymentId,
): Promise<void> {
  const courses = await tx.sql<{ id: CourseId }>(
    `select c.id from package_courses x join courses c on c.id = x.course_id
      where x.package_id = $1 and c.is_active order by x.position`,
    [row.packageId],
  );
  if (courses.length === 0) return;
  await grantCourses(tx, app, { paymentId, userId: row.userId, courseIds: courses.map(({ id }) => id) });
}

/**
 * Handler of subscription.monthsOver and subscription.moved: closes the courses of a subscription whose access is over,
 * because it was suspended, cancelled, or its money is gone. What another payment opens stays open, and what was learnt
 * is kept.
 *
 * A second run is harmless: it finds nothing to close. One that was paid again meanwhile is left alone.
 */
export async function closeMonths(
  app: Pick<App, "db" | "clock">,
  { subscriptionId }: { readonly subscriptionId: SubscriptionId },
): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const row = await lockSubscription(tx, subscriptionId);
    await lockLearner(tx, row.userId);
    const now = app.clock.now();
    const until = accessUntil(row);
    if (until !== null && now < until) return;
    const charges = await tx.sql<{ paymentId: PaymentId }>(
      "select payment_id from subscription_charges where subscription_id = $1",
      [subscriptionId],
    );
    await revokeGrants(
      tx,
      now,
      charges.map(({ paymentId }) => paymentId),
    );
    killPoint("subscription.months-closed");
  });
}
