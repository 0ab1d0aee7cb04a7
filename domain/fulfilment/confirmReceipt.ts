import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import { isId, type OrderId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { advanceOrders, lockOrder } from "../order/advanceOrders.ts";

/** Only the customer who bought it has the parcel: staff cannot say so for anybody. */
async function requireOwn(app: Pick<App, "db">, actor: Actor, orderId: string): Promise<OrderId> {
  const [order] = isId(orderId)
    ? await app.db.sql<{ id: OrderId }>("select id from orders where id = $1 and user_id = $2 and not is_archived", [
        orderId,
        actor.userId,
      ])
    : [];
  if (!order) throw new Refusal("NOT_FOUND", "There is no such order");
  return order.id;
}

/**
 * The customer has the parcel: a SHIPPED order is COMPLETED. A second time, and after the courier has said so, nothing
 * changes. The parcel itself is followed to its end all the same: what the courier says of it stays his word.
 *
 * @throws Refusal UNAUTHENTICATED | NOT_FOUND (another's or archived too) | ILLEGAL_TRANSITION (details.status)
 */
export async function confirmReceipt(app: Pick<App, "db" | "clock">, actor: Actor, orderId: string): Promise<OrderId> {
  requireRight(actor, "own.orders");
  const id = await requireOwn(app, actor, orderId);
  await inTransaction(app.db, async (tx) => {
    const order = await lockOrder(tx, id);
    if (!order) throw new Refusal("NOT_FOUND", "There is no such order");
    const cause = { source: "CUSTOMER", actorId: actor.userId, reason: null, now: app.clock.now() } as const;
    const [confirmed] = await advanceOrders(tx, [order], "receiptConfirmed", cause);
    if (confirmed?.verdict.kind === "never")
      throw new Refusal("ILLEGAL_TRANSITION", "This order is not on its way", { status: order.status });
    killPoint("receipt.written");
  });
  killPoint("receipt.confirmed");
  return id;
}
