import type { Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { PaymentId } from "../kernel/ids.ts";
import type { PurposeEffects } from "../payment/purposeEffects.ts";
import { boughtEffects } from "./boughtEffects.ts";
import { subscriptionEffects } from "./subscriptionEffects.ts";

/**
 * What a payment for courses does: one that buys a package for good, or the charge of a month. Each is left to its own
 * effects, in the payment's transaction; subscriptions are locked before learners, and learners before payments.
 */
export function enrollmentEffects(app: Pick<App, "ids" | "clock" | "settings">): PurposeEffects {
  const monthly = subscriptionEffects(app);
  const { orphan, followRefunds, withdraw, requireUnowned } = monthly;
  const bought = boughtEffects(app, { orphan, followRefunds, withdraw, requireUnowned });
  const of = async (tx: Tx, { paymentId }: { paymentId: PaymentId }): Promise<PurposeEffects> => {
    const charges = await tx.sql("select from subscription_charges where payment_id = $1", [paymentId]);
    return charges.length > 0 ? monthly : bought;
  };
  return {
    async lock(tx, sessionIds, paymentIds) {
      await monthly.lock(tx, sessionIds, paymentIds);
      await bought.lock(tx, sessionIds, paymentIds);
    },

    async settle(tx, contexts) {
      const outcomes: ("settled" | "orphaned")[] = [];
      for (const context of contexts) outcomes.push(...(await (await of(tx, context)).settle(tx, [context])));
      return outcomes;
    },

    unsettle: async (tx, context) => (await of(tx, context)).unsettle(tx, context),
    mirror: async (tx, context) => (await of(tx, context)).mirror(tx, context),
    orphan,
    followRefunds,
    withdraw,
    requireUnowned,
  };
}
