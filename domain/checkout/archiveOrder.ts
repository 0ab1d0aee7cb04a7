import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import { isId, type OrderId } from "../kernel/ids.ts";
import { type OrderView, readOrders } from "../order/order.queries.ts";
import type { OrderStatus } from "../order/order.states.ts";

/** Nothing happens to such an order any more by itself. */
const AT_REST: readonly OrderStatus[] = ["COMPLETED", "CANCELLED", "RETURNED"];

interface Standing {
  readonly id: OrderId;
  readonly status: OrderStatus;
}

/** The caller's own order, locked. Another's, a guessed and an archived one are not there, all alike. */
async function lockOwn(tx: Tx, actor: Actor, orderId: string): Promise<Standing> {
  const [order] = isId(orderId)
    ? await tx.sql<Standing>(
        "select id, status from orders where id = $1 and user_id = $2 and not is_archived for update",
        [orderId, actor.userId],
      )
    : [];
  if (!order) throw new Refusal("NOT_FOUND", "There is no such order");
  return order;
}

// A case or a refund that names another order of the checkout is not this one's; one that names none is.
const DOUBTS = `
  select exists (select from refunds r
                  where (r.order_id = o.id or (r.order_id is null and r.payment_id = p.id))
                    and r.status in ('PENDING', 'PROCESSING', 'FAILED', 'MANUAL')) as has_refund,
         exists (select from money_cases c
                  where c.resolved_at is null
                    and (c.order_id = o.id
                         or (c.order_id is null
                             and (c.payment_id = p.id
                                  or c.transaction_id in (select id from payment_transactions
                                                           where payment_id = p.id))))) as has_case,
         p.status in ('PENDING', 'CHALLENGED')
           or exists (select from payment_transactions t
                       where t.payment_id = p.id and t.state in ('STARTING', 'LIVE', 'UNKNOWN')) as is_payable
    from orders o join payments p on p.session_id = o.session_id where o.id = $1`;

interface Doubts {
  readonly hasRefund: boolean;
  readonly hasCase: boolean;
  readonly isPayable: boolean;
}

const REASONS = {
  UNDER_WAY: "It is still under way",
  PAYMENT_OPEN: "Its payment is not over",
  REFUND_OPEN: "Money of it is on its way back",
  CASE_OPEN: "The shop is looking into its payment",
} as const;

/** Why the order must stay in sight; null: it need not. */
function reasonToStay(status: OrderStatus, doubts: Doubts | undefined): keyof typeof REASONS | null {
  if (!AT_REST.includes(status)) return "UNDER_WAY";
  if (!doubts || doubts.isPayable) return "PAYMENT_OPEN";
  if (doubts.hasRefund) return "REFUND_OPEN";
  return doubts.hasCase ? "CASE_OPEN" : null;
}

/**
 * A customer puts an order that is at rest out of his sight, on every way that leads to it; staff, audit and disputes
 * keep it. It cannot be undone by him, so a second time there is no such order, and nothing changes.
 *
 * @returns the order as its owner sees it for the last time
 * @throws Refusal UNAUTHENTICATED | FORBIDDEN | NOT_FOUND (another's or archived too) | ORDER_NOT_ARCHIVABLE
 * (details.status, details.why, details.reason): not COMPLETED, CANCELLED or RETURNED, or its money is in doubt
 */
export async function archiveOrder(app: Pick<App, "db" | "clock">, actor: Actor, orderId: string): Promise<OrderView> {
  requireRight(actor, "own.orders");
  return inTransaction(app.db, async (tx) => {
    const { id, status } = await lockOwn(tx, actor, orderId);
    const [doubts] = await tx.sql<Doubts>(DOUBTS, [id]);
    const why = reasonToStay(status, doubts);
    if (why !== null) {
      const reason = REASONS[why];
      throw new Refusal("ORDER_NOT_ARCHIVABLE", `This order cannot be archived: ${reason}`, { status, why, reason });
    }
    await tx.sql("update orders set is_archived = true, updated_at = $2 where id = $1", [id, app.clock.now()]);
    const [archived] = await readOrders(tx, [id]);
    if (!archived) throw new Error(`order ${id} has no payment`);
    return archived;
  });
}
