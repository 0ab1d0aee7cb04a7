import type { Tx } from "../../platform/db.ts";
import type { SessionId } from "../kernel/ids.ts";
import { PAYMENT_STATUS_SHOWN } from "../order/order.rules.ts";

// The payment's status is that of all of a session's orders; a refund is of one of them. Money that came too late is
// owed back as a whole: then no refund names an order.
const SHOW = `
  with story as (
    select o.id, o.status, o.total, o.paid_at, p.status as payment, count(*) over () as orders,
           exists (select from refunds r where r.order_id = o.id
                    and r.status in ('PENDING', 'PROCESSING', 'FAILED', 'MANUAL')) as is_open,
           (select coalesce(sum(r.amount), 0) from refunds r
             where r.order_id = o.id and r.status = 'SUCCEEDED') as back,
           late.status as late
      from orders o join payments p on p.session_id = o.session_id
      left join refunds late on late.transaction_id = p.covering_transaction_id and late.cause = 'ORPHAN'
                            and late.status <> 'WITHDRAWN'
     where o.session_id = $1),
  told as (
    select id, case when payment = 'CHARGEBACK' then 'CHARGEBACK'
                    when is_open or late <> 'SUCCEEDED' then 'REFUND_PENDING'
                    when back >= total or late = 'SUCCEEDED' then 'REFUNDED'
                    when back > 0 then 'PARTIALLY_REFUNDED'
                    when payment = 'PARTIALLY_REFUNDED' and orders > 1 then 'PAID'
                    else $2::jsonb->>payment end as shown
      from story
     where status <> 'CANCELLED' or paid_at is not null or late is not null or payment = 'REFUNDED')
  update orders o set payment_status = t.shown, updated_at = $3 from told t
   where o.id = t.id and o.payment_status <> t.shown`;

/**
 * Shows on each order of a checkout what became of its own money. The orders are locked by the caller, and the payment
 * and its refunds are as they will be committed.
 */
export async function advanceShown(tx: Tx, sessionId: SessionId, now: Date): Promise<void> {
  await tx.sql(SHOW, [sessionId, JSON.stringify(PAYMENT_STATUS_SHOWN), now]);
}
