import { setTimeout as delay } from "node:timers/promises";
import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { GatewayUnavailable, invalidInput, Refusal } from "../kernel/errors.ts";
import { type IdempotencyKey, readAnswer, requireKey, takeKey } from "../kernel/idempotency.ts";
import { isId, type PackageId, type SavedCardId, type SubscriptionId, type UserId } from "../kernel/ids.ts";
import { later, MINUTE_MS, SECOND_MS } from "../kernel/time.ts";
import { send } from "../messages.ts";
import { logSubscription } from "./advanceSubscription.ts";
import { finishSubscription } from "./finishSubscription.ts";
import { type SubscriptionMethod, subscriptionNumber } from "./subscription.rules.ts";

export interface CreateSubscriptionInput {
  readonly packageId: string;
  readonly method: SubscriptionMethod;
  readonly savedCardId?: string | null;
  readonly idempotencyKey: string;
}

/** The customer waits this long at most; a worker goes on. */
const WAIT_MS = 8 * SECOND_MS;
/** When a worker takes over what this process has left: beyond one call to the gateway. */
const TAKE_OVER_MS = MINUTE_MS;

/** SQLSTATE unique_violation. */
const UNIQUE_VIOLATION = "23505";

interface Ordered {
  readonly userId: UserId;
  readonly packageId: PackageId;
  readonly savedCardId: SavedCardId;
  readonly amount: number;
}

/** @throws Refusal saying why this cannot be ordered */
async function readOrder(app: App, userId: UserId, input: CreateSubscriptionInput): Promise<Ordered> {
  const { packageId, savedCardId, method } = input;
  if (method !== "CREDIT_CARD") {
    throw new Refusal("PAYMENT_METHOD_UNAVAILABLE", "This payment method is not available; choose another", { method });
  }
  if (!savedCardId) throw invalidInput({ savedCardId: "a saved card of yours" });
  const [sold] = isId(packageId)
    ? await app.db.sql<{ id: PackageId; price: number | null }>(
        "select id, monthly_price as price from packages where id = $1 and is_active",
        [packageId],
      )
    : [];
  if (!sold) throw new Refusal("NOT_FOUND", "There is no such package");
  if (sold.price === null) throw new Refusal("NOT_FOUND", "This package is not sold by the month");
  const [card] = isId(savedCardId)
    ? await app.db.sql<{ id: SavedCardId }>(
        `select id from saved_cards where id = $1 and user_id = $2 and deleted_at is null
            and (expires_at is null or expires_at > $3)`,
        [savedCardId, userId, app.clock.now()],
      )
    : [];
  if (!card) throw new Refusal("NOT_FOUND", "There is no such card");
  return { userId, packageId: sold.id, savedCardId: card.id, amount: sold.price };
}

async function write(tx: Tx, app: App, ordered: Ordered, method: SubscriptionMethod, id: SubscriptionId) {
  const now = app.clock.now();
  const [serial] = await tx.sql<{ n: number }>("select nextval('subscription_numbers')::int as n");
  // A card that is deleted at this moment waits, and is then refused: it is in use.
  const card = await tx.sql("select from saved_cards where id = $1 and deleted_at is null for share", [
    ordered.savedCardId,
  ]);
  if (card.length === 0) throw new Refusal("NOT_FOUND", "There is no such card");
  await tx.sql(
    `insert into subscriptions (id, number, user_id, package_id, method, saved_card_id, amount, state, created_at,
                                updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, 'STARTING', $8, $8)`,
    [
      id,
      subscriptionNumber(serial?.n as number),
      ordered.userId,
      ordered.packageId,
      method,
      ordered.savedCardId,
      ordered.amount,
      now,
    ],
  );
  const cause = { source: "CUSTOMER", actorId: ordered.userId, now } as const;
  await logSubscription(tx, id, { from: null, to: "STARTING", event: "created" }, cause);
  await send(
    tx,
    now,
    "subscription.starting",
    { subscriptionId: id },
    { key: id, dueAt: later(now, Math.max(TAKE_OVER_MS, 2 * (app.settings.gatewayTimeoutMs ?? 0))) },
  );
}

/**
 * Orders a package by the month, charged to a saved card of the caller's. The row and its key are stored before the
 * gateway is asked, so it is never created twice; while nobody knows whether it has it, it is UNKNOWN. The first month
 * is charged some minutes later. The same key gives the same subscription.
 *
 * @throws Refusal UNAUTHENTICATED | FORBIDDEN | NOT_FOUND | INVALID_INPUT | PAYMENT_METHOD_UNAVAILABLE | CONFLICT (one
 * of this package is open) | IDEMPOTENCY_KEY_REUSED | IN_PROGRESS
 */
export async function createSubscription(
  app: App,
  actor: Actor,
  input: CreateSubscriptionInput,
): Promise<SubscriptionId> {
  requireRight(actor, "own.payments");
  if (!actor.userId) throw new Refusal("UNAUTHENTICATED", "Sign in first");
  requireKey(input.idempotencyKey);
  const { idempotencyKey: key, ...rest } = input;
  const use: IdempotencyKey = { userId: actor.userId, operation: "createSubscription", key, input: rest };
  const before = await readAnswer<{ subscriptionId: SubscriptionId }>(app.db.sql, use);
  if (before) return before.subscriptionId;
  const ordered = await readOrder(app, actor.userId, input);
  const id = app.ids.next<"subscription">();
  const earlier = await inTransaction(app.db, async (tx) => {
    const taken = await takeKey(tx, app.clock.now(), use, { subscriptionId: id });
    if (!taken) await write(tx, app, ordered, input.method, id);
    return taken;
  }).catch((error: unknown) => {
    if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
    throw new Refusal("CONFLICT", "A subscription of this package is running already");
  });
  if (earlier) return earlier.subscriptionId;
  const finished = finishSubscription(app, { subscriptionId: id }).catch((error: unknown) => {
    if (!(error instanceof GatewayUnavailable)) app.log.error({ err: error, subscriptionId: id }, "a start is left");
  });
  const timer = new AbortController();
  const late = delay(WAIT_MS, undefined, { signal: timer.signal }).catch(() => undefined); // called off
  await Promise.race([finished, late]).finally(() => timer.abort());
  return id;
}
