import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { GatewayUnavailable, Refusal } from "../kernel/errors.ts";
import type { SubscriptionId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { rupiah } from "../kernel/money.ts";
import { clearAlertOf, raiseAlert } from "../kernel/raiseAlert.ts";
import { later, SECOND_MS } from "../kernel/time.ts";
import { send } from "../messages.ts";
import { advanceSubscription } from "./advanceSubscription.ts";
import { ACCOUNT_TOKEN_CONTEXT } from "./lockAccount.ts";
import { lockSubscription, readSubscription, type SubscriptionRow } from "./lockSubscription.ts";
import { lookAtAccount } from "./lookAtAccount.ts";
import { objectionTo } from "./lookAtSubscription.ts";
import { CARD_CONTEXT } from "./savedCard.queries.ts";
import { FIRST_CHARGE_MS, nextLookAt } from "./subscription.rules.ts";
import type { SubscriptionState } from "./subscription.states.ts";
import type { RemoteSubscription } from "./subscriptionGateway.ts";

const UNKNOWN = "SUBSCRIPTION_UNKNOWN";

/** A call of the create that is sent late in the key's life may arrive after it: a minute of it is not used. */
const KEY_MARGIN_MS = 60 * SECOND_MS;

const isUnfound = (state: SubscriptionState): boolean =>
  state === "STARTING" || state === "UNKNOWN" || state === "CANCELLING";

const causeAt = (now: Date) => ({ source: "SYSTEM", actorId: null, now }) as const;

interface Start {
  readonly row: SubscriptionRow;
  /** Nobody has sent it before. */
  readonly isFirst: boolean;
  readonly customer: { readonly name: string; readonly email: string; readonly phone: string | null };
  readonly means: {
    /** null: what it is charged to is over. */
    readonly tokenSealed: string | null;
    /** null: a card. */
    readonly accountId: string | null;
  };
}

const READ_PAYER = `
  select u.name, u.email, u.phone, coalesce(c.token_sealed, a.token_sealed) as token_sealed,
         a.gateway_account_id as account_id
    from users u left join saved_cards c on c.id = $2 left join linked_accounts a on a.id = $3
   where u.id = $1`;

/**
 * A wallet's token may be another one than it was: it is asked for right before it is given away. Not once the create
 * was sent, whose key goes with what it was sent with.
 */
async function freshenToken(app: App, id: SubscriptionId): Promise<void> {
  const row = await readSubscription(app.db.sql, id);
  if (!row?.linkedAccountId || row.sentAt !== null || row.state !== "STARTING") return;
  const isLate = app.clock.now() >= later(row.createdAt, app.settings.processTimeoutMs);
  if (!isLate) await lookAtAccount(app, { accountId: row.linkedAccountId });
}

/** Stores the moment before the first call; null where nothing is to be sent any more. */
async function claim(app: App, id: SubscriptionId): Promise<Start | null> {
  return inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const row = await lockSubscription(tx, id);
    if (row.gatewayId !== null || !isUnfound(row.state)) return null;
    const isFirst = row.sentAt === null;
    // Nothing was sent: what is not wanted any more is over, and so is what nobody waits for any more.
    const isLate = now >= later(row.createdAt, app.settings.processTimeoutMs);
    if (isFirst && (row.state === "CANCELLING" || isLate)) {
      await advanceSubscription(tx, row, row.state === "CANCELLING" ? "cancelConfirmed" : "refused", causeAt(now));
      return null;
    }
    const [payer] = await tx.sql<Start["customer"] & Start["means"]>(READ_PAYER, [
      row.userId,
      row.savedCardId,
      row.linkedAccountId,
    ]);
    if (!payer) throw new Error(`subscription ${row.number} has no owner`);
    const { tokenSealed, accountId, ...customer } = payer;
    const means = { tokenSealed, accountId };
    if (!isFirst || tokenSealed === null) return { row, isFirst, customer, means };
    const startsAt = later(now, FIRST_CHARGE_MS);
    await tx.sql("update subscriptions set sent_at = $2, starts_at = $3, updated_at = $2 where id = $1", [
      id,
      now,
      startsAt,
    ]);
    return { row: { ...row, sentAt: now, startsAt }, isFirst, customer, means };
  });
}

/** Proven not to have been sent: as if nobody had tried. */
const unclaim = (app: App, { row }: Start) =>
  app.db.sql(
    "update subscriptions set sent_at = null, starts_at = null where id = $1 and gateway_id is null and sent_at = $2",
    [row.id, row.sentAt],
  );

/** Nobody knows whether the gateway has it: it is not asked for again, and staff is told where it stays so. */
async function markUnknown(app: App, id: SubscriptionId, isGivenUp: boolean): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const row = await lockSubscription(tx, id);
    if (row.gatewayId !== null || !isUnfound(row.state)) return;
    await advanceSubscription(tx, row, "noAnswer", causeAt(now));
    if (!isGivenUp) return;
    const message =
      `Whether the gateway has subscription ${row.number} is not known. Its next message tells; ` +
      "look for the name in its dashboard";
    await raiseAlert(tx, { ids: app.ids, now }, { kind: UNKNOWN, subject: row.number, severity: "CRITICAL", message });
  });
}

/** @param why the gateway's own words, which staff is told; null: what it was to be charged to is over */
async function refuse(app: App, id: SubscriptionId, why: string | null): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const row = await lockSubscription(tx, id);
    if (row.gatewayId !== null) return;
    await advanceSubscription(tx, row, "refused", causeAt(now));
    if (why === null) return;
    const message = `The gateway refuses subscription ${row.number}: ${why}`;
    const alert = { kind: "SUBSCRIPTION_REFUSED", subject: row.number, severity: "WARNING", message } as const;
    await raiseAlert(tx, { ids: app.ids, now }, alert);
  });
}

/**
 * Keeps under which id the gateway has a subscription, where that is the one that we ordered. One that was to be
 * cancelled meanwhile goes on to that. A second run finds the id.
 *
 * @returns false where it is another one, or another id is known already
 */
export async function adoptRemote(app: App, id: SubscriptionId, remote: RemoteSubscription): Promise<boolean> {
  return inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const row = await lockSubscription(tx, id);
    if (row.gatewayId !== null) return row.gatewayId === remote.gatewayId;
    // Who knows its name alone may have made another one: our own id stands in the one that we ordered.
    if (objectionTo(row, remote) !== null || remote.reference !== row.id || row.sentAt === null) return false;
    const verdict = await advanceSubscription(tx, row, "found", { source: "MIDTRANS", actorId: null, now });
    const planned = { ...row, state: verdict.next, nextChargeAt: remote.nextChargeAt };
    await tx.sql(
      `update subscriptions set gateway_id = $2, next_charge_at = $3, next_look_at = $4, updated_at = $5 where id = $1`,
      [id, remote.gatewayId, remote.nextChargeAt, nextLookAt(planned, now), now],
    );
    await clearAlertOf(tx, now, UNKNOWN, row.number);
    if (verdict.next === "CANCELLING")
      await send(tx, now, "subscription.cancelling", { subscriptionId: id }, { key: id });
    return true;
  });
}

/**
 * Has the gateway make a subscription. Its one key makes a repeated call harmless for as long as the gateway remembers
 * it; after that nothing is sent again, and only the gateway's own news or a person can tell. A second run finds the
 * id, or sends under the same key.
 *
 * @throws GatewayUnavailable to be run again
 */
export async function finishSubscription(app: App, message: { subscriptionId: SubscriptionId }): Promise<void> {
  await freshenToken(app, message.subscriptionId);
  const start = await claim(app, message.subscriptionId);
  if (!start) return;
  killPoint("subscription.claimed");
  const { row, isFirst, customer } = start;
  const { tokenSealed, accountId } = start.means;
  if (tokenSealed === null && isFirst) return refuse(app, row.id, null);
  const safeUntil = later(row.sentAt as Date, app.subscriptions.keyMs - KEY_MARGIN_MS);
  if (tokenSealed === null || (!isFirst && app.clock.now() >= safeUntil)) return markUnknown(app, row.id, true);
  let remote: RemoteSubscription;
  try {
    remote = await app.subscriptions.create({
      name: row.number,
      reference: row.id,
      amount: rupiah(row.amount),
      token: app.sealer.open(tokenSealed, accountId === null ? CARD_CONTEXT : ACCOUNT_TOKEN_CONTEXT),
      accountId,
      startsAt: row.startsAt as Date,
      customer,
      idempotencyKey: `sub-${row.id}`,
    });
  } catch (error) {
    // A refusal of a repeated call says nothing of the first one.
    if (error instanceof Refusal && isFirst) return refuse(app, row.id, error.message);
    if (isFirst && error instanceof GatewayUnavailable && error.outcome === "none") await unclaim(app, start);
    else if (error instanceof GatewayUnavailable || error instanceof Refusal) await markUnknown(app, row.id, false);
    killPoint("subscription.doubt-stored");
    throw error instanceof Refusal ? new GatewayUnavailable("midtrans", error.message, "unknown") : error;
  }
  killPoint("subscription.created");
  const isAdopted = await adoptRemote(app, row.id, remote);
  killPoint("subscription.adopted");
  if (isAdopted) return;
  throw new Error(`the gateway made another subscription than ${row.number}`);
}
