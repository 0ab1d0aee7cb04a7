import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { later, MINUTE_MS } from "../kernel/time.ts";
import { send } from "../messages.ts";

const BATCH = 500;
const AFTER_MS = 2 * MINUTE_MS;

/**
 * Offers stored notifications again that nothing has applied: the table is the record, a job only carries work.
 * Harmless beside a job that still runs: one unfinished job an order id, by its key.
 */
export async function sweepNotifications(app: App): Promise<number> {
  return inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const stored = await tx.sql<{ gatewayOrderId: string }>(
      `select distinct n.gateway_order_id from payment_notifications n
        where n.state = 'STORED' and n.received_at <= $1
          and not exists (select 1 from outbox_messages o
                           where o.handler = 'applyNotification' and o.key = n.gateway_order_id
                             and o.done_at is null and o.parked_at is null)
        limit ${BATCH}`,
      [later(now, -AFTER_MS)],
    );
    for (const { gatewayOrderId } of stored)
      await send(tx, now, "payment.notified", { gatewayOrderId }, { key: gatewayOrderId });
    if (stored.length > 0) killPoint("sweep.notifications-offered");
    return stored.length;
  });
}
