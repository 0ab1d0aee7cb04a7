import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { releaseStock } from "../catalog/releaseStock.ts";
import { BOOKING_GONE } from "../fulfilment/endBooking.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import type { Actor } from "../kernel/actor.ts";
import { invalidInput, Refusal } from "../kernel/errors.ts";
import { type IdempotencyKey, readAnswer, requireKey, takeKey } from "../kernel/idempotency.ts";
import type { OrderId, UserId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { clearAlertOf } from "../kernel/raiseAlert.ts";
import { send } from "../messages.ts";
import { advanceOrders, lockOrder, type OrderCause, type OrderState } from "../order/advanceOrders.ts";
import { requireEnded } from "../payment/cancelPayment.ts";
import { endPayment } from "../payment/endPayment.ts";
import { lockPayment } from "../payment/lockPayment.ts";
import { isEnded } from "../payment/payment.states.ts";
import { sourceOf } from "../payment/syncPayment.ts";
import { oweForOrder } from "../refund/oweForOrder.ts";
import { lockLivingShipment } from "../shipping/advanceShipment.ts";
import { type CancellableOrder, readCancellable, requireCancellable } from "./cancel.queries.ts";

export interface CancelOrderInput {
  readonly orderId: string;
  readonly reason: string;
  readonly idempotencyKey?: string | null;
}

const REASON_MAX = 300;

function readReason(reason: string): string {
  const text = reason.trim();
  if (text === "" || text.length > REASON_MAX) throw invalidInput({ "input.reason": `1 to ${REASON_MAX} characters` });
  return text;
}

interface Cancel {
  readonly app: App;
  readonly actor: Actor;
  readonly order: CancellableOrder;
  readonly reason: string;
  /** null: the caller sent none. */
  readonly use: IdempotencyKey | null;
}

/** True where the key was used before: then all of it was done before, too. */
async function keep(tx: Tx, { app, order, use }: Cancel): Promise<boolean> {
  return use !== null && (await takeKey(tx, app.clock.now(), use, { orderId: order.id })) !== null;
}

/** While it is unpaid a checkout is one thing: all of it ends, after the gateway's fresh word. */
async function cancelUnpaid(cancel: Cancel): Promise<void> {
  const { app, actor, order, reason } = cancel;
  const status = await endPayment(app, {
    paymentId: order.paymentId,
    how: "CANCEL",
    cause: { source: sourceOf(actor), actorId: actor.userId, reason },
    also: async (tx, before, after) => {
      // It may have been paid or put in review: then nothing is cancelled, and the same request may be sent again.
      if (!isEnded(after)) return;
      await keep(tx, cancel);
      await recordAudit(tx, app.clock.now(), actor, {
        permission: "order.cancel.any",
        entity: "order",
        entityId: order.id,
        before: { payment: before },
        reason,
      });
    },
  });
  killPoint("cancel-order.ended");
  requireEnded(status);
}

/** Nobody has the parcel: the goods are on the shelf again, and what the order cost is owed back. */
async function endNow(tx: Tx, { app, reason }: Cancel, order: OrderState, now: Date): Promise<void> {
  await oweForOrder(tx, { ids: app.ids, now }, { orderId: order.id, reason });
  await releaseStock(tx, now, [order.id]);
  await clearAlertOf(tx, now, BOOKING_GONE, order.id);
  await send(tx, now, "order.cancelled", { orderId: order.id }, { key: order.id });
}

/** Under the locks of the order's whole payment, so that neither its money nor its parcel moves meanwhile. */
async function cancelPaid(tx: Tx, cancel: Cancel): Promise<void> {
  const { app, actor, reason, use } = cancel;
  const { id: orderId, paymentId } = cancel.order;
  const now = app.clock.now();
  if (use && (await keep(tx, cancel))) return;
  await lockPayment(tx, app, paymentId);
  const order = await lockOrder(tx, orderId);
  if (!order) throw new Refusal("NOT_FOUND", "There is no such order");
  requireCancellable(order.status);
  const isBooked = (await lockLivingShipment(tx, orderId)) !== null;
  const cause: OrderCause = { source: sourceOf(actor), actorId: actor.userId, reason, now };
  const [moved] = await advanceOrders(tx, [order], isBooked ? "cancelAskedBooked" : "cancelAsked", cause);
  killPoint("cancel-order.moved");
  if (moved?.verdict.kind !== "moved") return;
  if (moved.verdict.next === "CANCELLED") await endNow(tx, cancel, order, now);
  else await send(tx, now, "order.cancelAsked", { orderId }, { key: orderId });
  await recordAudit(tx, now, actor, {
    permission: "order.cancel.any",
    entity: "order",
    entityId: orderId,
    before: { status: order.status },
    after: { status: moved.verdict.next },
    reason,
  });
  killPoint("cancel-order.written");
}

/**
 * Cancels an order. Unpaid: its whole checkout with it, after the gateway's fresh word, so that money that came just
 * now is not lost. Paid and not booked: it is CANCELLED at once, its stock goes back and what it cost is owed back in
 * the same transaction. With a courier: it is CANCEL_REQUESTED, and the worker asks the courier (cancelBooking).
 *
 * Cancelling twice, or many at once, is answered by the first: an order that is cancelled, or is being cancelled, has
 * nothing done to it again.
 *
 * @throws Refusal NOT_FOUND | INVALID_INPUT | ORDER_NOT_CANCELLABLE (status, reason) | ALREADY_PAID: it was paid while
 * this was under way | PAYMENT_IN_REVIEW | CONFLICT | IDEMPOTENCY_KEY_REUSED | IN_PROGRESS; GatewayUnavailable, and
 * nothing of ours changed
 */
export async function cancelOrder(app: App, actor: Actor, input: CancelOrderInput): Promise<OrderId> {
  const order = await readCancellable(app, actor, input.orderId);
  const reason = readReason(input.reason);
  const { idempotencyKey: key } = input;
  if (key) requireKey(key);
  const use: IdempotencyKey | null = key
    ? { userId: actor.userId as UserId, operation: "cancelOrder", key, input: { orderId: order.id, reason } }
    : null;
  if (use && (await readAnswer(app.db.sql, use))) return order.id;
  const cancel: Cancel = { app, actor, order, reason, use };
  if (order.status === "PENDING_PAYMENT") {
    await cancelUnpaid(cancel);
    return order.id;
  }
  await inTransaction(app.db, (tx) => cancelPaid(tx, cancel));
  killPoint("cancel-order.committed");
  return order.id;
}
