import { setTimeout as delay } from "node:timers/promises";
import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { GatewayUnavailable, invalidInput, Refusal } from "../kernel/errors.ts";
import { type IdempotencyKey, readAnswer, requireKey, takeKey } from "../kernel/idempotency.ts";
import {
  isId,
  type LinkedAccountId,
  type PackageId,
  type SavedCardId,
  type SubscriptionId,
  type UserId,
} from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { later, MINUTE_MS, SECOND_MS } from "../kernel/time.ts";
import { send } from "../messages.ts";
import { logSubscription } from "./advanceSubscription.ts";
import { finishSubscription } from "./finishSubscription.ts";
import { methodInfo } from "./methods.rules.ts";
import { NOWHERE, type Origin, screenStart } from "./screenStart.ts";
import { type SubscriptionMethod, subscriptionNumber } from "./subscription.rules.ts";

export interface CreateSubscriptionInput {
  readonly packageId: string;
  readonly method: SubscriptionMethod;
  readonly savedCardId?: string | null;
  readonly linkedAccountId?: string | null;
  readonly idempotencyKey: string;
}

/** The customer waits this long at most; a worker goes on. */
const WAIT_MS = 8 * SECOND_MS;
/** When a worker takes over what this process has left: beyond one call to the gateway. */
const TAKE_OVER_MS = MINUTE_MS;

/** SQLSTATE unique_violation. */
const UNIQUE_VIOLATION = "23505";

/** What every month is charged to: one of the two. */
interface Means {
  readonly savedCardId: SavedCardId | null;
  readonly linkedAccountId: LinkedAccountId | null;
  /** Of a card, as the gateway tells of it. */
  readonly maskedCard?: string;
}

interface Ordered {
  readonly userId: UserId;
  readonly packageId: PackageId;
  readonly means: Means;
  readonly amount: number;
}

const FIND_CARD = `
  select id, masked_card from saved_cards where id = $1 and user_id = $2 and deleted_at is null
     and (expires_at is null or expires_at > $3)`;
const FIND_ACCOUNT = "select id from linked_accounts where id = $1 and user_id = $2 and state = 'LINKED'";

/** @throws Refusal NOT_FOUND for what is not the caller's, or cannot be charged any more */
async function readMeans(app: App, userId: UserId, input: CreateSubscriptionInput): Promise<Means> {
  if (input.method === "CREDIT_CARD") {
    if (!input.savedCardId) throw invalidInput({ savedCardId: "a saved card of yours" });
    const values = [input.savedCardId, userId, app.clock.now()];
    const [card] = isId(input.savedCardId)
      ? await app.db.sql<{ id: SavedCardId; maskedCard: string }>(FIND_CARD, values)
      : [];
    if (!card) throw new Refusal("NOT_FOUND", "There is no such card");
    return { savedCardId: card.id, linkedAccountId: null, maskedCard: card.maskedCard };
  }
  if (!input.linkedAccountId) throw invalidInput({ linkedAccountId: "a linked account of yours" });
  const [account] = isId(input.linkedAccountId)
    ? await app.db.sql<{ id: LinkedAccountId }>(FIND_ACCOUNT, [input.linkedAccountId, userId])
    : [];
  if (!account) throw new Refusal("NOT_FOUND", "There is no such account");
  return { savedCardId: null, linkedAccountId: account.id };
}

/** @throws Refusal saying why this cannot be ordered */
async function readOrder(app: App, userId: UserId, input: CreateSubscriptionInput): Promise<Ordered> {
  const { packageId } = input;
  const [sold] = isId(packageId)
    ? await app.db.sql<{ id: PackageId; price: number | null }>(
        "select id, monthly_price as price from packages where id = $1 and is_active",
        [packageId],
      )
    : [];
  if (!sold) throw new Refusal("NOT_FOUND", "There is no such package");
  if (sold.price === null) throw new Refusal("NOT_FOUND", "This package is not sold by the month");
  const { min, max } = methodInfo(input.method);
  if (sold.price < min || sold.price > max)
    throw new Refusal("AMOUNT_OUT_OF_RANGE", "This method does not take this amount", { min, max });
  return { userId, packageId: sold.id, means: await readMeans(app, userId, input), amount: sold.price };
}

/** A card or account that is deleted at this moment waits, and is then refused: it is in use. */
async function holdMeans(tx: Tx, { savedCardId, linkedAccountId }: Means): Promise<void> {
  const held = savedCardId
    ? await tx.sql("select from saved_cards where id = $1 and deleted_at is null for share", [savedCardId])
    : await tx.sql("select from linked_accounts where id = $1 and state = 'LINKED' for share", [linkedAccountId]);
  if (held.length === 0) throw new Refusal("NOT_FOUND", "What it was to be charged to is gone");
}

/** Its payments are made by the gateway later: the verdict is about the account, and names none of them. */
async function screen(app: App, origin: Origin, ordered: Ordered, input: CreateSubscriptionInput): Promise<void> {
  const { userId, amount, means } = ordered;
  await screenStart(app, origin, {
    userId,
    amount,
    method: input.method,
    maskedCard: means.maskedCard,
    paymentId: app.ids.next<"payment">(),
    key: `subscription:${input.idempotencyKey}`,
  });
}

async function write(tx: Tx, app: App, ordered: Ordered, method: SubscriptionMethod, id: SubscriptionId) {
  const now = app.clock.now();
  const [serial] = await tx.sql<{ n: number }>("select nextval('subscription_numbers')::int as n");
  await app.effects.ENROLLMENT.requireUnowned(tx, { userId: ordered.userId, packageId: ordered.packageId });
  await holdMeans(tx, ordered.means);
  await tx.sql(
    `insert into subscriptions (id, number, user_id, package_id, method, saved_card_id, linked_account_id, amount,
                                state, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, 'STARTING', $9, $9)`,
    [
      id,
      subscriptionNumber(serial?.n as number),
      ordered.userId,
      ordered.packageId,
      method,
      ordered.means.savedCardId,
      ordered.means.linkedAccountId,
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
 * Orders a package by the month, charged to a saved card or a linked account of the caller's. The row and its key are
 * stored before the gateway is asked, so it is never created twice; while nobody knows whether it has it, it is
 * UNKNOWN. The first month is charged some minutes later. The same key gives the same subscription. It is a start of
 * payments, looked at as any other.
 *
 * @throws Refusal UNAUTHENTICATED | FORBIDDEN | NOT_FOUND | INVALID_INPUT | AMOUNT_OUT_OF_RANGE | PAYMENT_REFUSED |
 * ALREADY_ENROLLED (courseIds: bought for good) | CONFLICT (one of this package is open) | IDEMPOTENCY_KEY_REUSED |
 * IN_PROGRESS
 */
export async function createSubscription(
  app: App,
  actor: Actor,
  input: CreateSubscriptionInput,
  origin: Origin = NOWHERE,
): Promise<SubscriptionId> {
  requireRight(actor, "own.payments");
  if (!actor.userId) throw new Refusal("UNAUTHENTICATED", "Sign in first");
  requireKey(input.idempotencyKey);
  const { idempotencyKey: key, ...rest } = input;
  const use: IdempotencyKey = { userId: actor.userId, operation: "createSubscription", key, input: rest };
  const before = await readAnswer<{ subscriptionId: SubscriptionId }>(app.db.sql, use);
  if (before) return before.subscriptionId;
  const ordered = await readOrder(app, actor.userId, input);
  await app.effects.ENROLLMENT.requireUnowned(app.db, { userId: actor.userId, packageId: ordered.packageId });
  await screen(app, origin, ordered, input);
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
  killPoint("subscription.stored");
  const finished = finishSubscription(app, { subscriptionId: id }).catch((error: unknown) => {
    if (!(error instanceof GatewayUnavailable)) app.log.error({ err: error, subscriptionId: id }, "a start is left");
  });
  const timer = new AbortController();
  const late = delay(WAIT_MS, undefined, { signal: timer.signal }).catch(() => undefined); // called off
  await Promise.race([finished, late]).finally(() => timer.abort());
  return id;
}
