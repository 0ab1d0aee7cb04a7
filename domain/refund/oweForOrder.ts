import type { Tx } from "../../platform/db.ts";
import type { Ids, OrderId, RefundId } from "../kernel/ids.ts";

// What of this order went back before is owed no more. Money that is gone from the payment leaves no paid status.
const OWE = `
  insert into refunds (id, payment_id, transaction_id, order_id, amount, reason, status, cause, next_attempt_at,
                       created_at, updated_at)
  select $1, p.id, p.covering_transaction_id, o.id, o.total - back.amount, $3, 'PENDING', $5, $4, $4, $4
    from orders o
    join payments p on p.session_id = o.session_id
   cross join lateral (select coalesce(sum(r.amount), 0)::bigint as amount from refunds r
                        where r.order_id = o.id and r.status <> 'WITHDRAWN') back
   where o.id = $2 and p.status in ('PAID', 'APPROVED', 'PARTIALLY_REFUNDED') and o.total > back.amount
     and p.covering_transaction_id is not null
  on conflict (order_id) where cause = 'CANCEL' and status <> 'WITHDRAWN' do nothing
  returning id`;

/**
 * Records that what an order cost must go back because it was cancelled, or because staff says so, as far as its money is still here; nothing is owed for money
 * that was reversed or charged back. Once an order, by its unique index; the refund itself is sent later. The order is
 * locked by the caller.
 *
 * @returns true where something is owed now that was not before
 */
export async function oweForOrder(
  tx: Tx,
  app: { ids: Ids; now: Date },
  owed: { readonly orderId: OrderId; readonly reason: string; readonly cause?: "CANCEL" | "STAFF" },
): Promise<boolean> {
  const rows = await tx.sql<{ id: RefundId }>(OWE, [
    app.ids.next<"refund">(),
    owed.orderId,
    owed.reason,
    app.now,
    owed.cause ?? "CANCEL",
  ]);
  if (rows.length === 0) return false;
  await tx.sql("update orders set payment_status = 'REFUND_PENDING', updated_at = $2 where id = $1", [
    owed.orderId,
    app.now,
  ]);
  return true;
}
