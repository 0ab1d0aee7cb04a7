import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import { isId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { send } from "../messages.ts";

/**
 * Has a stored notification applied again by the worker. What is applied already changes nothing. A test of the
 * dashboard is never applied.
 *
 * @throws Refusal NOT_FOUND
 */
export async function replayNotification(app: App, actor: Actor, input: { id: string }): Promise<string> {
  requireRight(actor, "notification.replay");
  if (!isId(input.id)) throw new Refusal("NOT_FOUND", "There is no such notification");
  const id = await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const [row] = await tx.sql<{ gatewayOrderId: string; state: string; isTest: boolean }>(
      "select gateway_order_id, state, is_test from payment_notifications where id = $1 for update",
      [input.id],
    );
    if (!row) throw new Refusal("NOT_FOUND", "There is no such notification");
    if (row.isTest) return input.id;
    await tx.sql(
      `update payment_notifications set state = 'STORED', error = null
        where id = $1 and state in ('PARKED', 'REJECTED')`,
      [input.id],
    );
    killPoint("replay.reopened");
    await send(tx, now, "payment.notified", { gatewayOrderId: row.gatewayOrderId }, { key: row.gatewayOrderId });
    await recordAudit(tx, now, actor, {
      permission: "notification.replay",
      entity: "notification",
      entityId: input.id,
      before: { state: row.state },
    });
    return input.id;
  });
  killPoint("replay.stored");
  return id;
}

/** Has the parked notifications of an order id applied by its job, which somebody makes due in this transaction. */
export async function reopenNotifications(tx: Tx, message: { gatewayOrderId: string }): Promise<void> {
  await tx.sql(
    "update payment_notifications set state = 'STORED', error = null where gateway_order_id = $1 and state = 'PARKED'",
    [message.gatewayOrderId],
  );
}
