import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { HOUR_MS, later } from "../kernel/time.ts";
import { send } from "../messages.ts";

/** New rows an order id may add in an hour; the gateway's own retries stay far below it. */
const NEW_ROWS_AN_HOUR = 20;

// Arrivals about one order id are stored one after another: those that come at once would not count each other.
const TAKE_TURNS = "select pg_advisory_xact_lock(hashtext('payment_notifications'), hashtext($1))";

/** What a body is sealed under. */
export const BODY_CONTEXT = "payment_notifications.body";

// A copy of a stored body adds nothing. Beyond the hourly limit a new body is folded into the newest row.
const STORE = `
  with recent as (
    select count(*) as rows, (array_agg(id order by received_at desc, id desc))[1] as newest
      from payment_notifications where gateway_order_id = $3 and received_at > $8::timestamptz),
  stored as (
    insert into payment_notifications (id, digest, gateway_order_id, gateway_transaction_id, gateway_status,
        body_sealed,
                                       is_test, state, received_at, applied_at)
    select $1, $2, $3, $4, $5, $6, $7, case when $7 then 'SAME' else 'STORED' end, $9, case when $7 then
        $9::timestamptz end
      from recent where rows < ${NEW_ROWS_AN_HOUR}
    on conflict (digest) do nothing returning id),
  folded as (
    update payment_notifications n
       set folded = n.folded + 1, state = case when n.is_test then n.state else 'STORED' end
      from recent
     where recent.rows >= ${NEW_ROWS_AN_HOUR} and n.id = recent.newest
       and not exists (select 1 from payment_notifications d where d.digest = $2)
    returning n.id)
  select case when exists (select 1 from stored) then 'stored' when exists (select 1 from folded) then 'folded'
              else 'duplicate' end as outcome`;

/**
 * Takes a notification: checks form and signature, stores it once, and leaves a job that asks the gateway what is true.
 * Nothing else changes here: the signature does not cover the status. Copies at once and again later are harmless by
 * the unique digest; at most one job an order id is pending.
 *
 * @throws Refusal INVALID_INPUT malformed or badly signed
 */
export async function receiveNotification(
  app: Pick<App, "db" | "clock" | "ids" | "sealer" | "payments">,
  body: string,
): Promise<"stored" | "folded" | "duplicate" | "test"> {
  const notice = app.payments.readNotification(body);
  const sealed = app.sealer.seal(body, BODY_CONTEXT);
  killPoint("notification.checked");
  return inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    await tx.sql(TAKE_TURNS, [notice.gatewayOrderId]);
    const [row] = await tx.sql<{ outcome: "stored" | "folded" | "duplicate" }>(STORE, [
      app.ids.next<"notification">(),
      notice.digest,
      notice.gatewayOrderId,
      notice.gatewayTransactionId,
      notice.statusText,
      sealed,
      notice.isTest,
      later(now, -HOUR_MS),
      now,
    ]);
    killPoint("notification.row-written");
    if (notice.isTest) return "test";
    const outcome = row?.outcome ?? "duplicate";
    if (outcome !== "duplicate") {
      const { gatewayOrderId } = notice;
      await send(tx, now, "payment.notified", { gatewayOrderId }, { key: gatewayOrderId });
    }
    killPoint("notification.job-written");
    return outcome;
  });
}
