import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import type { Actor } from "../kernel/actor.ts";
import { invalidInput, Refusal } from "../kernel/errors.ts";
import { type IdempotencyKey, readAnswer, requireKey, takeKey } from "../kernel/idempotency.ts";
import { isId, type OrderId, type PaymentId, type UserId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { canCancelOrder } from "../order/order.access.ts";
import { isCancellable } from "../order/order.rules.ts";
import type { OrderStatus } from "../order/order.states.ts";
import { requireEnded } from "../payment/cancelPayment.ts";
import { endPayment } from "../payment/endPayment.ts";
import { sourceOf } from "../payment/syncPayment.ts";

export interface CancelOrderInput {
  readonly orderId: string;
  readonly reason: string;
  readonly idempotencyKey?: string | null;
}

const REASON_MAX = 300;

interface Found {
  readonly id: OrderId;
  readonly userId: UserId;
  readonly status: OrderStatus;
  readonly isArchived: boolean;
  readonly paymentId: PaymentId;
}

async function requireOrder(app: Pick<App, "db">, actor: Actor, orderId: string): Promise<Found> {
  const [order] = isId(orderId)
    ? await app.db.sql<Found>(
        `select o.id, o.user_id, o.status, o.is_archived, p.id as payment_id
           from orders o join payments p on p.session_id = o.session_id where o.id = $1`,
        [orderId],
      )
    : [];
  if (!order || !canCancelOrder(actor, order)) throw new Refusal("NOT_FOUND", "There is no such order");
  return order;
}

function readReason(reason: string): string {
  const text = reason.trim();
  if (text === "" || text.length > REASON_MAX) throw invalidInput({ "input.reason": `1 to ${REASON_MAX} characters` });
  return text;
}

/**
 * Cancels an unpaid order, and with it the whole checkout that it belongs to: while it is unpaid a checkout is one
 * thing. The gateway is asked first, so that money that came a second ago is not lost; then the stock goes back.
 * Cancelling twice changes nothing the second time.
 *
 * @throws Refusal NOT_FOUND | INVALID_INPUT | ORDER_NOT_CANCELLABLE (status) | ALREADY_PAID | PAYMENT_IN_REVIEW |
 * CONFLICT |
 * IDEMPOTENCY_KEY_REUSED; GatewayUnavailable, and nothing of ours changed
 */
export async function cancelOrder(app: App, actor: Actor, input: CancelOrderInput): Promise<OrderId> {
  const order = await requireOrder(app, actor, input.orderId);
  const reason = readReason(input.reason);
  const { idempotencyKey: key } = input;
  if (key) requireKey(key);
  const use: IdempotencyKey | null = key
    ? { userId: actor.userId as UserId, operation: "cancelOrder", key, input: { orderId: order.id, reason } }
    : null;
  if (use && (await readAnswer(app.db.sql, use))) return order.id;
  const keep = async (tx: Tx) => {
    if (use) await takeKey(tx, app.clock.now(), use, { orderId: order.id });
  };
  if (order.status === "CANCELLED") {
    await inTransaction(app.db, keep);
    return order.id;
  }
  if (!isCancellable(order.status)) {
    throw new Refusal("ORDER_NOT_CANCELLABLE", "This order can no longer be cancelled here", { status: order.status });
  }
  const status = await endPayment(app, {
    paymentId: order.paymentId,
    how: "CANCEL",
    cause: { source: sourceOf(actor), actorId: actor.userId, reason },
    also: async (tx, before) => {
      await keep(tx);
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
  return order.id;
}
