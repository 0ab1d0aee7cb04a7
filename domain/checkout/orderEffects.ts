import type { Tx } from "../../platform/db.ts";
import { releaseStock } from "../catalog/releaseStock.ts";
import { BOOKING_GONE } from "../fulfilment/endBooking.ts";
import type { Ids, OrderId, SessionId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { openMoneyCase } from "../kernel/openMoneyCase.ts";
import { clearAlertsOf } from "../kernel/raiseAlert.ts";
import { send } from "../messages.ts";
import {
  type AdvancedOrder,
  advanceOrders,
  lockOrdersOfSession,
  lockOrdersOfSessions,
  type OrderCause,
  type OrderState,
} from "../order/advanceOrders.ts";
import { PAYMENT_STATUS_SHOWN } from "../order/order.rules.ts";
import type { PaymentStatus } from "../payment/payment.states.ts";
import type { EffectContext, PurposeEffects } from "../payment/purposeEffects.ts";
import { advanceRefunds } from "../refund/advanceRefunds.ts";
import { advanceShown } from "../refund/advanceShown.ts";
import { followRefunds } from "../refund/followRefunds.ts";
import { oweBack } from "../refund/oweBack.ts";
import { issueInvoices } from "./issueInvoices.ts";

type Context = EffectContext;

const causeOf = ({ source, actorId, reason, now }: Context): OrderCause => ({ source, actorId, reason, now });

function sessionOf(context: Context): SessionId {
  if (!context.sessionId) throw new Error(`payment ${context.paymentId} pays for no checkout`);
  return context.sessionId;
}

async function showPaymentStatus(
  tx: Tx,
  sessionIds: readonly SessionId[],
  as: PaymentStatus,
  now: Date,
): Promise<void> {
  await tx.sql(
    `update orders set payment_status = $2, updated_at = $3
      where session_id = any($1::uuid[]) and payment_status <> $2`,
    [sessionIds, PAYMENT_STATUS_SHOWN[as], now],
  );
}

async function closeSessions(
  tx: Tx,
  sessionIds: readonly SessionId[],
  status: "PAID" | "EXPIRED" | "CANCELLED",
  now: Date,
): Promise<void> {
  await tx.sql("update checkout_sessions set status = $2, updated_at = $3 where id = any($1::uuid[])", [
    sessionIds,
    status,
    now,
  ]);
}

const idsOf = (orders: readonly OrderState[]): OrderId[] => orders.map(({ id }) => id);

/** Money went away under orders that are on their way: a person decides what becomes of each. */
async function openCases(tx: Tx, ids: Ids, context: Context, orders: readonly AdvancedOrder[]): Promise<void> {
  for (const order of orders.filter(({ verdict }) => verdict.opensCase)) {
    await openMoneyCase(
      tx,
      { ids, now: context.now },
      {
        kind: "REVERSED_AFTER_SHIPPING",
        subject: order.id,
        paymentId: context.paymentId,
        orderId: order.id,
        amount: context.amount,
        summary: `The money of payment ${context.paymentNumber} is gone and its order is ${order.status}`,
        evidence: { order: order.status },
        actions: ["DISMISS"],
      },
    );
  }
}

/** An order that went back as we asked has had its end already: that its money is gone is no news to it. */
async function withoutRefunded(tx: Tx, orders: readonly OrderState[]): Promise<OrderState[]> {
  const refunded = await tx.sql<{ id: OrderId }>(
    `select o.id from orders o join refunds r on r.order_id = o.id and r.status = 'SUCCEEDED' and r.cause <> 'GATEWAY'
      where o.id = any($1::uuid[]) group by o.id having sum(r.amount) >= o.total`,
    [idsOf(orders)],
  );
  const ids = new Set(refunded.map(({ id }) => id));
  return orders.filter(({ id }) => !ids.has(id));
}

/**
 * What a payment does to the orders of its checkout. Every method runs in the payment's transaction, orders locked.
 *
 * One thing: the effects are one list, each a few lines, and are read beside one another.
 */
export function createOrderEffects(app: { ids: Ids }): PurposeEffects {
  return {
    async lock(tx, sessionIds) {
      await lockOrdersOfSessions(tx, sessionIds);
    },

    requireUnowned: async () => undefined, // of goods one may have two

    async settle(tx, contexts) {
      const [first] = contexts;
      if (!first) return [];
      const orders = await lockOrdersOfSessions(tx, contexts.map(sessionOf));
      const advanced = await advanceOrders(tx, orders, "paid", causeOf(first));
      const paid = advanced.filter(({ verdict }) => verdict.kind === "moved");
      // A session is one thing while it is unpaid: its orders are open together or over together.
      const settled = new Set(paid.map(({ sessionId }) => sessionId));
      if (paid.length > 0) {
        killPoint("orders.paid");
        await showPaymentStatus(tx, [...settled], "PAID", first.now);
        await closeSessions(tx, [...settled], "PAID", first.now);
        await issueInvoices(tx, first.now, app.ids, idsOf(paid));
      }
      return contexts.map((context) => (settled.has(sessionOf(context)) ? "settled" : "orphaned"));
    },

    async unsettle(tx, { as, wasPaid, ...context }) {
      const locked = await lockOrdersOfSession(tx, sessionOf(context));
      const orders = wasPaid ? await withoutRefunded(tx, locked) : locked;
      const advanced = await advanceOrders(tx, orders, wasPaid ? "moneyGone" : "paymentEnded", causeOf(context));
      const ended = advanced.filter(({ verdict }) => verdict.kind === "moved" && verdict.next === "CANCELLED");
      killPoint("orders.ended");
      await releaseStock(tx, context.now, idsOf(ended));
      killPoint("stock.released");
      if (wasPaid) await clearAlertsOf(tx, context.now, BOOKING_GONE, idsOf(ended));
      const sessions = [sessionOf(context)];
      await (wasPaid
        ? advanceShown(tx, sessionOf(context), context.now)
        : showPaymentStatus(tx, sessions, as, context.now));
      if (!wasPaid) await closeSessions(tx, sessions, as === "EXPIRED" ? "EXPIRED" : "CANCELLED", context.now);
      for (const { id, verdict } of advanced) {
        if (verdict.kind !== "moved" || verdict.next !== "CANCEL_REQUESTED") continue;
        await send(tx, context.now, "order.cancelAsked", { orderId: id }, { key: id });
      }
      await openCases(tx, app.ids, context, advanced);
    },

    mirror: (tx, { as, ...context }) =>
      as === "PARTIALLY_REFUNDED"
        ? advanceShown(tx, sessionOf(context), context.now)
        : showPaymentStatus(tx, [sessionOf(context)], as, context.now),

    async orphan(tx, { transactionId, captured, kind, why, ...context }) {
      await oweBack(
        tx,
        { ids: app.ids, now: context.now },
        {
          paymentId: context.paymentId,
          transactionId,
          amount: captured,
          reason: why,
        },
      );
      if (kind === "TWICE") return;
      await advanceShown(tx, sessionOf(context), context.now);
      await send(tx, context.now, "payment.orphaned", { paymentId: context.paymentId });
    },

    async followRefunds(tx, { refunds, total, said, isVoid, transactionId, ...context }) {
      const sessionId = sessionOf(context);
      const orders = await lockOrdersOfSession(tx, sessionId);
      const outside = await followRefunds(
        tx,
        { ids: app.ids, now: context.now },
        {
          paymentId: context.paymentId,
          transactionId,
          orderId: orders.length === 1 ? (orders[0]?.id ?? null) : null,
          refunds,
          total,
          said,
          isVoid,
        },
      );
      await advanceShown(tx, sessionId, context.now);
      return outside;
    },

    async withdraw(tx, { transactionId, now, ...context }) {
      await advanceRefunds(tx, { ids: app.ids, now }, transactionId, "moneyGone");
      await advanceShown(tx, sessionOf({ ...context, now }), now);
    },
  };
}
