import type { Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { advanceSubscription } from "../payment/advanceSubscription.ts";
import { lockSubscriptionsOf, type SubscriptionRow } from "../payment/lockSubscription.ts";
import type { EffectContext, PurposeEffects } from "../payment/purposeEffects.ts";
import { monthsLater, nextPeriod } from "../payment/subscription.rules.ts";
import { subscriptionStates } from "../payment/subscription.states.ts";
import { advanceRefunds } from "../refund/advanceRefunds.ts";
import { followRefunds } from "../refund/followRefunds.ts";
import { oweBack } from "../refund/oweBack.ts";
import { readHold } from "./bought.queries.ts";
import { openMonth, planEnd } from "./closeMonths.ts";
import { revokeGrants } from "./grantCourses.ts";
import { lookAgain } from "./lookAgain.ts";
import { requireUnownedBy } from "./requireUnowned.ts";

type EffectsApp = Pick<App, "ids" | "clock" | "settings">;

/** The subscription that a payment pays for, locked. */
async function subscriptionOf(tx: Tx, { paymentId }: EffectContext): Promise<SubscriptionRow> {
  const row = (await lockSubscriptionsOf(tx, [paymentId])).get(paymentId);
  if (!row) throw new Error(`payment ${paymentId} pays for no subscription`);
  return row;
}

/** Until when the months that are paid last; null: none is. */
async function storePaidUntil(tx: Tx, row: SubscriptionRow, now: Date): Promise<Date | null> {
  const [last] = await tx.sql<{ period: number | null }>(
    "select max(period) as period from subscription_charges where subscription_id = $1",
    [row.id],
  );
  const period = last?.period ?? null;
  const paidUntil = period === null || !row.startsAt ? null : monthsLater(row.startsAt, period + 1);
  await tx.sql("update subscriptions set paid_until = $2, updated_at = $3 where id = $1", [row.id, paidUntil, now]);
  return paidUntil;
}

/** One charge was paid: it buys one month and opens the courses once nothing holds it, unless all of it is over. */
async function settleOne(tx: Tx, app: EffectsApp, context: EffectContext): Promise<"settled" | "orphaned"> {
  const row = await subscriptionOf(tx, context);
  if (!row.startsAt || subscriptionStates.verdict(row.state, "charged").kind === "never") return "orphaned";
  const [last] = await tx.sql<{ period: number | null }>(
    "select max(period) as period from subscription_charges where subscription_id = $1",
    [row.id],
  );
  await tx.sql("update subscription_charges set period = $2 where payment_id = $1 and period is null", [
    context.paymentId,
    nextPeriod(row.startsAt, last?.period ?? null, context.now),
  ]);
  const paidUntil = await storePaidUntil(tx, row, context.now);
  const hold = await readHold(tx, app, context.paymentId);
  if (hold) await lookAgain(tx, context.now, context.paymentId, hold);
  else await openMonth(tx, { ids: app.ids, now: context.now }, row, context.paymentId);
  await planEnd(tx, context.now, row.id, paidUntil);
  await advanceSubscription(tx, row, "charged", context);
  return "settled";
}

/**
 * What the payment of a charge does to its subscription. Every method runs in the payment's transaction, subscriptions
 * locked before payments.
 */
export function subscriptionEffects(app: EffectsApp): PurposeEffects {
  return {
    async lock(tx, _sessionIds, paymentIds) {
      await lockSubscriptionsOf(tx, paymentIds);
    },

    requireUnowned: requireUnownedBy,

    async settle(tx, contexts) {
      const outcomes: ("settled" | "orphaned")[] = [];
      for (const context of contexts) outcomes.push(await settleOne(tx, app, context));
      return outcomes;
    },

    async unsettle(tx, { as: _as, wasPaid, ...context }) {
      if (!wasPaid) return;
      const row = await subscriptionOf(tx, context);
      const taken = await tx.sql(
        "update subscription_charges set period = null where payment_id = $1 and period is not null returning id",
        [context.paymentId],
      );
      if (taken.length === 0) return;
      await revokeGrants(tx, context.now, [context.paymentId]);
      const paidUntil = await storePaidUntil(tx, row, context.now);
      await planEnd(tx, context.now, row.id, paidUntil);
      if (paidUntil !== null && paidUntil > context.now) return;
      // Looked at soon: a month that is not paid any more and long begun is not tried again.
      await tx.sql("update subscriptions set next_look_at = $2 where id = $1 and next_look_at is not null", [
        row.id,
        context.now,
      ]);
      await advanceSubscription(tx, row, "moneyGone", context);
    },

    mirror: async () => undefined, // its state follows from what is paid alone

    async orphan(tx, { transactionId, captured, why, ...context }) {
      const owed = { paymentId: context.paymentId, transactionId, amount: captured, reason: why };
      await oweBack(tx, { ids: app.ids, now: context.now }, owed);
    },

    followRefunds: (tx, { paymentId, transactionId, refunds, total, said, isVoid, now }) =>
      followRefunds(
        tx,
        { ids: app.ids, now },
        { paymentId, transactionId, orderId: null, refunds, total, said, isVoid },
      ),

    withdraw: (tx, { transactionId, now }) => advanceRefunds(tx, { ids: app.ids, now }, transactionId, "moneyGone"),
  };
}
