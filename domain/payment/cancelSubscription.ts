import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { may } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { GatewayUnavailable, Refusal } from "../kernel/errors.ts";
import { isId, type SubscriptionId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { later, MINUTE_MS } from "../kernel/time.ts";
import { send } from "../messages.ts";
import { advanceSubscription } from "./advanceSubscription.ts";
import { finishSubscription } from "./finishSubscription.ts";
import { lockSubscription, readSubscription } from "./lockSubscription.ts";
import { askForCharges, recordCharges } from "./lookAtSubscription.ts";
import { isOpenSubscription } from "./subscription.states.ts";
import { sourceOf } from "./syncPayment.ts";

/** When a worker takes over what this process has left: beyond its calls to the gateway. */
const TAKE_OVER_MS = 2 * MINUTE_MS;

/**
 * Ends at the gateway what is to be cancelled: looks, cancels it and its retries, looks again, books what was charged
 * until then, and only then it is over. A second run finds it over.
 *
 * @throws GatewayUnavailable to be run again
 */
export async function finishCancelling(app: App, message: { subscriptionId: SubscriptionId }): Promise<void> {
  const { subscriptionId: id } = message;
  const before = await readSubscription(app.db.sql, id);
  if (before?.state !== "CANCELLING") return;
  // Whether it is there at all is found out first; what is not known goes on when the gateway tells of it.
  if (before.gatewayId === null) await finishSubscription(app, message);
  const row = await readSubscription(app.db.sql, id);
  if (!row?.gatewayId || row.state !== "CANCELLING") return;
  const first = await askForCharges(app, row.gatewayId);
  if (!first) throw new GatewayUnavailable("midtrans", `it knows no subscription ${row.number}`, "none");
  // Also one that is not active: its retries go on until it is cancelled.
  await app.subscriptions.cancel(row.gatewayId);
  killPoint("subscription.cancelled-there");
  const last = await askForCharges(app, row.gatewayId);
  if (!last || last.remote.isActive)
    throw new GatewayUnavailable("midtrans", `${row.number} is still active`, "unknown");
  await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    await recordCharges(tx, app, await lockSubscription(tx, id), last, now);
    killPoint("subscription.last-charges-booked");
    if (last.hasMore) throw new GatewayUnavailable("midtrans", `${row.number} has more charges`, "none");
    await tx.sql("update subscriptions set next_charge_at = null, last_looked_at = $2 where id = $1", [id, now]);
    await advanceSubscription(tx, await lockSubscription(tx, id), "cancelConfirmed", {
      source: "MIDTRANS",
      actorId: null,
      now,
    });
  });
  killPoint("subscription.cancel-stored");
}

/**
 * What the gateway was asked for so long ago that nothing is sent again would only be known by its news. Staff has
 * looked for it in the dashboard: it is over here. If it was there all the same, its first news has it ended there, and
 * what it charged goes back.
 */
async function endUntold(app: App, actor: Actor, id: SubscriptionId): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const row = await lockSubscription(tx, id);
    const { state, gatewayId, sentAt } = row;
    const isToldOf = gatewayId !== null || sentAt === null || now < later(sentAt, app.subscriptions.keyMs);
    if (state !== "CANCELLING" || isToldOf) return;
    await advanceSubscription(tx, row, "cancelConfirmed", { source: sourceOf(actor), actorId: actor.userId, now });
  });
}

/**
 * Ends a subscription of the caller's; staff ends anybody's. What is paid stays until its end. While the gateway is
 * away it is CANCELLING, and a worker goes on; one that the gateway never tells of stays so until staff, who can look
 * for it in the dashboard, ends it. Cancelling what is over already changes nothing.
 *
 * @throws Refusal NOT_FOUND
 */
export async function cancelSubscription(
  app: App,
  actor: Actor,
  input: { subscriptionId: string },
): Promise<SubscriptionId> {
  const id = input.subscriptionId as SubscriptionId;
  const row = isId(id) ? await readSubscription(app.db.sql, id) : null;
  const isAllowed = row && (may(actor, "subscription.cancel.any") || actor.userId === row.userId);
  if (!isAllowed) throw new Refusal("NOT_FOUND", "There is no such subscription");
  const isAsked = await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const locked = await lockSubscription(tx, id);
    if (!isOpenSubscription(locked.state)) return false;
    await advanceSubscription(tx, locked, "cancelAsked", { source: sourceOf(actor), actorId: actor.userId, now });
    await recordAudit(tx, now, actor, {
      permission: "subscription.cancel.any",
      entity: "subscription",
      entityId: id,
      before: { state: locked.state },
    });
    await send(
      tx,
      now,
      "subscription.cancelling",
      { subscriptionId: id },
      { key: id, dueAt: later(now, Math.max(TAKE_OVER_MS, 5 * (app.settings.gatewayTimeoutMs ?? 0))) },
    );
    return true;
  });
  if (!isAsked) return id;
  killPoint("subscription.cancel-asked");
  await finishCancelling(app, { subscriptionId: id }).catch((error: unknown) => {
    if (!(error instanceof GatewayUnavailable)) throw error;
    app.log.warn({ err: error, subscriptionId: id }, "a cancellation goes on in the worker");
  });
  if (may(actor, "subscription.cancel.any")) await endUntold(app, actor, id);
  return id;
}
