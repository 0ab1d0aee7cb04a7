import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { SubscriptionId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { later, SECOND_MS } from "../kernel/time.ts";
import { send } from "../messages.ts";
import { adoptRemote } from "./finishSubscription.ts";
import { readSubscription } from "./lockSubscription.ts";
import { lookAtSubscription, objectionTo } from "./lookAtSubscription.ts";

/** Whatever anybody sends, the gateway is asked about one subscription this seldom. */
const LOOKS_APART_MS = 15 * SECOND_MS;

/**
 * Takes a recurring notification. It is not signed, so nothing of it is believed: where it names a subscription of
 * ours, a job asks the gateway how that one stands. Copies are harmless: one unfinished job a subscription, and while
 * its id is not known, one an id.
 *
 * @throws Refusal INVALID_INPUT for a body that is not of its form
 */
export async function receiveRecurringNews(
  app: Pick<App, "db" | "clock" | "subscriptions">,
  body: string,
): Promise<"stored" | "unknown"> {
  const { gatewayId, name } = app.subscriptions.readNews(body);
  if (gatewayId === null) return "unknown";
  const outcome = await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const [row] = await tx.sql<{ id: SubscriptionId; isFound: boolean; lastLookedAt: Date | null }>(
      `select id, gateway_id is not null as is_found, last_looked_at from subscriptions
        where gateway_id = $1 or (number = $2 and gateway_id is null and sent_at is not null)
        order by gateway_id nulls last limit 1`,
      [gatewayId, name],
    );
    if (!row) return "unknown" as const;
    const soonest = row.lastLookedAt ? later(row.lastLookedAt, LOOKS_APART_MS) : now;
    await send(
      tx,
      now,
      "subscription.told",
      { subscriptionId: row.id, gatewayId },
      // Each id that is told of one that is looked for is asked about: anybody may name a wrong one first.
      { key: row.isFound ? row.id : `${row.id}:${gatewayId}`, dueAt: soonest > now ? soonest : now },
    );
    return "stored" as const;
  });
  killPoint("subscription.news-stored");
  return outcome;
}

/**
 * Handler of subscription.told: asks the gateway. Where the id of an UNKNOWN subscription was told, that is kept only
 * if the gateway's own answer under it carries our id. A second run finds what the first one did.
 *
 * @throws GatewayUnavailable to be run again
 */
export async function followRecurringNews(
  app: App,
  { subscriptionId, gatewayId }: { subscriptionId: SubscriptionId; gatewayId: string },
): Promise<void> {
  const row = await readSubscription(app.db.sql, subscriptionId);
  if (row && row.gatewayId === null) {
    const remote = await app.subscriptions.fetch(gatewayId);
    if (!remote || objectionTo(row, remote) !== null || !(await adoptRemote(app, row.id, remote))) return;
  }
  await lookAtSubscription(app, { subscriptionId });
}
