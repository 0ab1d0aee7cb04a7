import { inTransaction, isDatabaseAway, isDatabaseBusy } from "../../platform/db.ts";
import { redactText } from "../../platform/redact.ts";
import type { App } from "../app.ts";
import { GatewayUnavailable, GatewayUnreadable } from "../kernel/errors.ts";
import type { SubscriptionId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { clearAlertOf, raiseAlert } from "../kernel/raiseAlert.ts";
import { HOUR_MS, later, MINUTE_MS } from "../kernel/time.ts";
import { lookAtSubscription } from "./lookAtSubscription.ts";

const BATCH = 10; // looks of one round, one after another: a stopped worker leaves little to be taken over
/** A look whose worker died, or whose gateway was away, is due again after this. */
const LEASE_MS = 10 * MINUTE_MS;
/** What we cannot apply now we cannot apply in ten minutes either. */
const FAILED_PAUSE_MS = HOUR_MS;
const LOOK_FAILED = "SUBSCRIPTION_LOOK_FAILED";

interface Due {
  readonly id: SubscriptionId;
  readonly number: string;
}

async function noteFailure(app: App, { id, number }: Due, error: unknown): Promise<void> {
  app.log.warn({ err: error, subscriptionId: id }, "a look at a subscription failed and is due again");
  const isAway = error instanceof GatewayUnavailable && !(error instanceof GatewayUnreadable);
  if (isAway || isDatabaseAway(error) || isDatabaseBusy(error)) return;
  await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const why = redactText((error as Error).message);
    const message = `What the gateway says of subscription ${number} cannot be applied: ${why}`;
    await tx.sql("update subscriptions set next_look_at = $2 where id = $1", [id, later(now, FAILED_PAUSE_MS)]);
    const alert = { kind: LOOK_FAILED, subject: number, severity: "CRITICAL", message } as const;
    await raiseAlert(tx, { ids: app.ids, now }, alert);
  });
}

/**
 * Looks at the subscriptions that are due, so that no charge needs a notification to be known. Several workers may run
 * it: each look is claimed by one, and a charge that is found twice is booked once.
 *
 * @returns how many were looked at
 */
export async function pollSubscriptions(app: App): Promise<number> {
  const now = app.clock.now();
  const due = await app.db.sql<Due>(
    `update subscriptions set next_look_at = $2
      where id in (select id from subscriptions where next_look_at <= $1
                    order by next_look_at limit ${BATCH} for update skip locked)
      returning id, number`,
    [now, later(now, LEASE_MS)],
  );
  if (due.length > 0) killPoint("subscription.poll-claimed");
  for (const one of due) {
    try {
      await lookAtSubscription(app, { subscriptionId: one.id });
      await inTransaction(app.db, (tx) => clearAlertOf(tx, app.clock.now(), LOOK_FAILED, one.number));
    } catch (error) {
      await noteFailure(app, one, error);
    }
  }
  return due.length;
}
