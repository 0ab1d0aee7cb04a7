import type { Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { raiseAlert } from "../kernel/raiseAlert.ts";
import { send } from "../messages.ts";
import { advancePayment } from "../payment/advancePayment.ts";
import { captureProof } from "../payment/captureProof.ts";
import { lockPayment } from "../payment/lockPayment.ts";
import type { EffectContext, PurposeEffects } from "../payment/purposeEffects.ts";
import { oweBack } from "../refund/oweBack.ts";
import { readRefundable } from "../refund/refundable.queries.ts";
import { type Bought, readBought, readHold } from "./bought.queries.ts";
import { grantCourses, revokeGrants } from "./grantCourses.ts";
import { lockLearnersOf } from "./lockLearner.ts";
import { lookAgain } from "./lookAgain.ts";
import { closeTwiceCase, openTwiceCase } from "./openTwiceCase.ts";

/** What goes back of a payment is the same whatever it was for. */
type MoneyBack = Pick<PurposeEffects, "orphan" | "followRefunds" | "withdraw" | "requireUnowned">;

type EffectsApp = Pick<App, "ids" | "clock" | "settings">;

async function boughtBy(tx: Tx, { paymentId }: EffectContext): Promise<Bought> {
  const bought = await readBought(tx.sql, paymentId);
  if (!bought) throw new Error(`payment ${paymentId} pays for no package`);
  return bought;
}

/** Opens the courses, and keeps who said so: nobody where a settlement did. A proof that is believed is money. */
async function open(tx: Tx, app: EffectsApp, context: EffectContext): Promise<void> {
  const { now, paymentId } = context;
  await captureProof(tx, { ids: app.ids, now }, paymentId);
  await grantCourses(tx, { ids: app.ids, now }, await boughtBy(tx, context));
  await tx.sql("update enrollment_payments set approved_at = $2, approved_by = $3 where id = $1", [
    paymentId,
    now,
    context.source === "STAFF" ? context.actorId : null,
  ]);
  await send(tx, now, "enrollment.decided", { paymentId, as: "APPROVED" }, { key: `${paymentId}:APPROVED` });
}

/**
 * A payment of which a part went back before anybody approved it buys nothing any more, for it cannot be approved: the
 * rest is owed back, too. One that was approved keeps its courses.
 */
async function giveUp(tx: Tx, app: EffectsApp, { now, paymentId, paymentNumber }: EffectContext): Promise<void> {
  const approved = await tx.sql("select from enrollment_payments where id = $1 and approved_at is not null", [
    paymentId,
  ]);
  const money = (await readRefundable(tx, paymentId))?.transaction;
  if (approved.length > 0 || !money || money.left === 0) return;
  const reason = "A part went back before it was approved";
  await oweBack(tx, { ids: app.ids, now }, { paymentId, transactionId: money.id, amount: money.left, reason });
  await raiseAlert(
    tx,
    { ids: app.ids, now },
    {
      kind: "REFUNDED_UNAPPROVED",
      subject: paymentNumber,
      severity: "WARNING",
      message: `A part of payment ${paymentNumber} went back before it was approved: the rest goes back, too`,
    },
  );
}

/**
 * What a payment for courses does to who paid it: its approval enrols, and the end of its money takes that back, with
 * what was learnt kept. A package that needs nobody's approval is approved by its settlement, in this transaction,
 * unless something holds it: then a job looks again. What was owned already is opened, too, and put before a person.
 * Every method runs in the payment's transaction, the learner locked before payments.
 *
 * @param moneyBack what is had, owed, recorded and withdrawn of any payment for courses
 */
export function boughtEffects(app: EffectsApp, moneyBack: MoneyBack): PurposeEffects {
  const effects: PurposeEffects = {
    ...moneyBack,

    lock: (tx, _sessionIds, paymentIds) => lockLearnersOf(tx, paymentIds),

    async settle(tx, contexts) {
      for (const context of contexts) {
        const { paymentId, now, source, actorId, reason } = context;
        const { approval, courseIds } = await boughtBy(tx, context);
        await openTwiceCase(tx, { ids: app.ids, now }, context, courseIds);
        if (approval === "MANUAL") continue;
        const hold = await readHold(tx, app, paymentId);
        if (hold) {
          await lookAgain(tx, now, paymentId, hold);
          continue;
        }
        const locked = await lockPayment(tx, { effects: { ORDER: effects, ENROLLMENT: effects } }, paymentId);
        if (!locked) throw new Error(`payment ${paymentId} is gone`);
        const move = { payment: locked.payment, event: "holdOver" } as const;
        const own = { effects: { ORDER: effects, ENROLLMENT: effects } };
        await advancePayment(tx, own, move, { source, actorId, reason, now });
      }
      return contexts.map(() => "settled");
    },

    async unsettle(tx, { as: _as, wasPaid, ...context }) {
      if (!wasPaid) return;
      await revokeGrants(tx, context.now, [context.paymentId]);
      await closeTwiceCase(tx, context.now, context);
    },

    async mirror(tx, { as, ...context }) {
      if (as === "APPROVED") await open(tx, app, context);
      if (as === "REJECTED") {
        const { now, paymentId } = context;
        await send(tx, now, "enrollment.decided", { paymentId, as }, { key: `${paymentId}:${as}` });
      }
      if (as === "PARTIALLY_REFUNDED") await giveUp(tx, app, context);
    },
  };
  return effects;
}
