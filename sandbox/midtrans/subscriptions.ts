import { randomUUID } from "node:crypto";
import { type Request, Router } from "express";
import { type Answer, type ErrorForm, endpoint } from "../answer.ts";
import type { Subscription } from "../model.ts";
import { momentOf, type Sandbox } from "../sandbox.ts";
import { bodyOf, gate } from "./http.ts";
import { keptFor } from "./idempotency.ts";
import { readSubscription, type SubscriptionOrder } from "./subscriptionRequest.ts";
import { isFinished, putSubscription, sendRecurring, subscriptionBody, withNext } from "./subscriptionRuns.ts";

/** How long a create is remembered under its Idempotency-Key, in simulated ms (midtrans.md 1.4). */
const KEEP_MS = 180_000;
const KEY_LENGTH = 46;

/** These bodies carry no status_code: the HTTP status tells (midtrans.md 7.2). */
const subscriptionForm: ErrorForm = (status, message) => ({ status, body: { status_message: message } });

const refused = (errors: string[]): Answer => ({
  status: 400,
  body: { status_message: "Invalid parameter.", validation_messages: errors },
});

const updated: Answer = { status: 200, body: { status_message: "Subscription is updated." } };

function begin(sandbox: Sandbox, order: SubscriptionOrder): Subscription {
  const born = sandbox.clock.now();
  const { start_at, interval = 1 } = order;
  const base: Subscription = {
    ...{ id: randomUUID(), born, name: order.name, amount: order.amount, payment_type: order.payment_type },
    ...{ token: order.token, account_id: order.account_id, status: "active" as const },
    interval,
    interval_unit: order.interval_unit,
    max_interval: order.max_interval,
    current_interval: 0,
    start_at: start_at ?? born,
    anchor_at: start_at ?? born,
    // Without a start the first charge comes after one interval.
    period: start_at === undefined ? 1 : 0,
    previous_at: null,
    next_at: null,
    retry: order.retry,
    retries: 0,
    retry_at: null,
    ...{ customer: order.customer, metadata: order.metadata, transaction_ids: [], failed_charges: 0, fails: [] },
  };
  const next = withNext(base, born);
  return putSubscription(sandbox, { ...next, start_at: next.next_at ?? next.start_at });
}

function create(sandbox: Sandbox, req: Request): Answer {
  const body = bodyOf(req);
  const { order, errors } = readSubscription(body, "create", sandbox.clock.now());
  if (errors.length > 0) return refused(errors);
  // The body is checked before the key is looked up, unlike the Core API's calls.
  const key = req.get("Idempotency-Key") ?? "";
  const kept = sandbox.store.replies.get(key);
  if (kept && sandbox.clock.now() - kept.stored_at < keptFor(sandbox, KEEP_MS))
    return { status: kept.status, body: kept.body };
  const subscription = begin(sandbox, order);
  sandbox.log.info({ subscription_id: subscription.id, name: subscription.name }, "subscription created");
  const answer = { status: 200, body: subscriptionBody(subscription, "answer") };
  if (key !== "" && key.length <= KEY_LENGTH) {
    sandbox.store.replies.put({ key, ...answer, stored_at: sandbox.clock.now() });
  }
  sendRecurring(sandbox, subscription, answer.body);
  return answer;
}

/** Another price, name, token or interval; one that has ended begins again (midtrans.md 7.2). */
function update(sandbox: Sandbox, subscription: Subscription, req: Request): Answer {
  const { order, errors } = readSubscription(bodyOf(req), "update", sandbox.clock.now());
  if (errors.length > 0) return refused(errors);
  const now = momentOf(sandbox, subscription.born);
  const { name, amount, token, interval = subscription.interval } = order;
  const account_id = order.account_id ?? subscription.account_id;
  const changed = { ...subscription, name, amount, token, account_id, interval };
  const revives = isFinished(subscription);
  const renewed = revives ? { ...changed, status: "active" as const, current_interval: 0 } : changed;
  const anchored =
    revives || interval !== subscription.interval ? { ...renewed, ...anchorOf(subscription, now) } : renewed;
  putSubscription(sandbox, anchored.status === "active" ? withNext(anchored, now) : anchored);
  return updated;
}

/** Periods of a new length are counted from the last charge, or from the start where that is still to come. */
function anchorOf({ previous_at, start_at }: Subscription, now: number): Pick<Subscription, "anchor_at" | "period"> {
  if (previous_at === null && start_at > now) return { anchor_at: start_at, period: 0 };
  return { anchor_at: previous_at ?? now, period: 1 };
}

function enable(sandbox: Sandbox, subscription: Subscription): Answer {
  if (isFinished(subscription)) return refused(["subscription has made all its charges"]);
  const active = { ...subscription, status: "active" as const };
  putSubscription(sandbox, withNext(active, momentOf(sandbox, subscription.born)));
  return updated;
}

/** Ends the regular charges; `retries` go on after a disable and stop with a cancel. */
function stop(sandbox: Sandbox, subscription: Subscription, retries: "go on" | "stop"): Answer {
  const stopped = { ...subscription, status: "inactive" as const, next_at: null };
  putSubscription(sandbox, retries === "stop" ? { ...stopped, retries: 0, retry_at: null } : stopped);
  return updated;
}

/** The Subscription API below /v1/subscriptions (midtrans.md 7). */
export function subscriptionRoutes(sandbox: Sandbox): Router {
  const router = Router();
  router.use(gate(sandbox, "core"));
  const call = (act: (req: Request) => Answer) => endpoint(sandbox, "midtrans.subscription", subscriptionForm, act);
  const known = (act: (subscription: Subscription, req: Request) => Answer) =>
    call((req) => {
      const subscription = sandbox.store.subscriptions.get(String(req.params["id"]));
      const unknown = { status: 404, body: { status_message: "Subscription doesn't exist." } };
      return subscription ? act(subscription, req) : unknown;
    });
  router.post(
    "/",
    call((req) => create(sandbox, req)),
  );
  router.get(
    "/:id",
    known((subscription) => ({ status: 200, body: subscriptionBody(subscription, "answer") })),
  );
  router.patch(
    "/:id",
    known((subscription, req) => update(sandbox, subscription, req)),
  );
  router.post(
    "/:id/enable",
    known((subscription) => enable(sandbox, subscription)),
  );
  router.post(
    "/:id/disable",
    known((subscription) => stop(sandbox, subscription, "go on")),
  );
  router.post(
    "/:id/cancel",
    known((subscription) => stop(sandbox, subscription, "stop")),
  );
  return router;
}
