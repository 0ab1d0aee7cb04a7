import type { App } from "../app.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import { isId, type OrderId, type PaymentId, type SessionId, type UserId } from "../kernel/ids.ts";
import { canCancelOrder } from "../order/order.access.ts";
import { type OrderStatus, orderStates } from "../order/order.states.ts";

export interface CancellableOrder {
  readonly id: OrderId;
  readonly userId: UserId;
  readonly sessionId: SessionId;
  readonly status: OrderStatus;
  readonly isArchived: boolean;
  readonly paymentId: PaymentId;
}

/** @throws Refusal NOT_FOUND for an order that is not there, or that this actor may not cancel */
export async function readCancellable(app: Pick<App, "db">, actor: Actor, orderId: string): Promise<CancellableOrder> {
  const [order] = isId(orderId)
    ? await app.db.sql<CancellableOrder>(
        `select o.id, o.user_id, o.session_id, o.status, o.is_archived, p.id as payment_id
           from orders o join payments p on p.session_id = o.session_id where o.id = $1`,
        [orderId],
      )
    : [];
  if (!order || !canCancelOrder(actor, order)) throw new Refusal("NOT_FOUND", "There is no such order");
  return order;
}

const WHY: Partial<Readonly<Record<OrderStatus, string>>> = {
  SHIPPED: "The courier has the parcel",
  COMPLETED: "The parcel was delivered",
  RETURNED: "The parcel came back, and staff decides about it",
};

/** @throws Refusal ORDER_NOT_CANCELLABLE (status, reason) where the order's table knows no cancel */
export function requireCancellable(status: OrderStatus): void {
  if (orderStates.verdict(status, "cancelAsked").kind !== "never") return;
  const reason = WHY[status] ?? "It is over";
  throw new Refusal("ORDER_NOT_CANCELLABLE", `This order can no longer be cancelled: ${reason}`, { status, reason });
}
