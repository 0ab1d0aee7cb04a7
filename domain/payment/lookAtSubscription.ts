import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { GatewayUnavailable, GatewayUnreadable } from "../kernel/errors.ts";
import type { SubscriptionId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { clearAlertOf, raiseAlert } from "../kernel/raiseAlert.ts";
import { later, MINUTE_MS } from "../kernel/time.ts";
import { advanceSubscription, type SubscriptionCause } from "./advanceSubscription.ts";
import { bookCharge } from "./bookCharge.ts";
import { lockSubscription, readSubscription, type SubscriptionRow } from "./lockSubscription.ts";
import type { PaymentReport } from "./paymentGateway.ts";
import { renewToken } from "./renewToken.ts";
import { GRACE_MS, nextLookAt, numberInOrderId } from "./subscription.rules.ts";
import { isOpenSubscription } from "./subscription.states.ts";
import type { RemoteSubscription } from "./subscriptionGateway.ts";

const MISMATCH = "SUBSCRIPTION_MISMATCH";

/** Charges asked about in one look, oldest first; the next look goes on. A month makes four of them at most. */
const CHARGES_MAX = 20;

/** Why what the gateway has under this id is not the subscription that we ordered; null where it is. */
export function objectionTo(row: Pick<SubscriptionRow, "id" | "number" | "amount">, remote: RemoteSubscription) {
  if (remote.name !== row.number || (remote.reference !== null && remote.reference !== row.id)) return "another name";
  return remote.amount === row.amount ? null : "another amount";
}

/** What the gateway says of a subscription and of its charges that are not booked yet. */
interface Looked {
  readonly remote: RemoteSubscription;
  readonly reports: readonly PaymentReport[];
  /** More charges wait: than one look takes, or because nobody can tell of them. */
  readonly hasMore: boolean;
  /** Why a charge is not among the reports, although it was asked about; null: each is. */
  readonly untold: GatewayUnavailable | null;
}

/** One charge of those that a subscription names; an error where it is not known yet, or told of in other words. */
const askForCharge = (app: Pick<App, "payments">, id: string): Promise<PaymentReport | GatewayUnavailable> =>
  app.payments.fetchStatus(id).then(
    (report) => report ?? new GatewayUnavailable("midtrans", `the charge ${id} is not known yet`, "none"),
    (error: unknown) => {
      if (error instanceof GatewayUnreadable) return error;
      throw error;
    },
  );

/** @throws GatewayUnavailable when it does not answer */
export async function askForCharges(
  app: Pick<App, "db" | "payments" | "subscriptions">,
  gatewayId: string,
): Promise<Looked | null> {
  const remote = await app.subscriptions.fetch(gatewayId);
  if (!remote) return null;
  const known = await app.db.sql<{ id: string }>(
    "select gateway_transaction_id as id from subscription_charges where gateway_transaction_id = any($1::text[])",
    [remote.transactionIds],
  );
  const booked = new Set(known.map(({ id }) => id));
  const missing = [...new Set(remote.transactionIds)].filter((id) => !booked.has(id));
  const reports: PaymentReport[] = [];
  let untold: GatewayUnavailable | null = null;
  for (const id of missing.slice(0, CHARGES_MAX)) {
    const answer = await askForCharge(app, id);
    if (answer instanceof GatewayUnavailable) untold = answer;
    else reports.push(answer);
  }
  return { remote, reports, hasMore: missing.length > reports.length, untold };
}

/** Books what a look found, and says where it is not what we ordered. Under the subscription's lock. */
export async function recordCharges(tx: Tx, app: App, row: SubscriptionRow, looked: Looked, now: Date): Promise<void> {
  const against = objectionTo(row, looked.remote);
  if (against) {
    const message = `The gateway has ${against} for subscription ${row.number}; its charges are held`;
    await raiseAlert(tx, { ids: app.ids, now }, { kind: MISMATCH, subject: row.number, severity: "CRITICAL", message });
  } else {
    await clearAlertOf(tx, now, MISMATCH, row.number);
  }
  for (const report of looked.reports) await bookCharge(tx, app, row, report, now);
}

/** What time has done to it since: a month began without its charge, or nothing more is tried. */
async function judgeTime(tx: Tx, row: SubscriptionRow, isActive: boolean, cause: SubscriptionCause): Promise<void> {
  const unpaidSince = row.paidUntil ?? row.startsAt;
  if (unpaidSince === null || cause.now < unpaidSince) return;
  await advanceSubscription(tx, row, isActive ? "unpaid" : "retriesOver", cause);
}

async function record(app: App, id: SubscriptionId, looked: Looked): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const cause = { source: "MIDTRANS", actorId: null, now: app.clock.now() } as const;
    await recordCharges(tx, app, await lockSubscription(tx, id), looked, cause.now);
    killPoint("subscription.charges-booked");
    // Read again: a charge has moved it. What nobody has told of yet may have paid.
    if (!looked.hasMore) await judgeTime(tx, await lockSubscription(tx, id), looked.remote.isActive, cause);
    const row = await lockSubscription(tx, id);
    const planned = { ...row, nextChargeAt: looked.remote.isActive ? looked.remote.nextChargeAt : null };
    const next = looked.hasMore ? later(cause.now, MINUTE_MS) : nextLookAt(planned, cause.now);
    await tx.sql("update subscriptions set next_charge_at = $2, next_look_at = $3, last_looked_at = $4 where id = $1", [
      id,
      planned.nextChargeAt,
      isOpenSubscription(row.state) ? next : null,
      cause.now,
    ]);
  });
}

const isAllBooked = ({ reports, hasMore }: Looked): boolean => reports.length === 0 && !hasMore;

/** A month whose days of grace are over, and the gateway would still charge: it is stopped there first. */
const isOverdue = (row: SubscriptionRow, now: Date): boolean => {
  const unpaidSince = row.paidUntil ?? row.startsAt;
  return unpaidSince !== null && now >= later(unpaidSince, GRACE_MS);
};

/**
 * Asks the gateway how a subscription stands, books the charges that it made, and moves the subscription by them and by
 * the time. One whose days of grace are over is ended at the gateway before it is suspended here, and so is one that is
 * over here and lives on there; one that goes on is given its wallet's token anew. A second run finds the charges
 * booked and the state reached.
 *
 * @throws GatewayUnavailable to be run again; GatewayUnreadable where it tells of a charge in words that we cannot read
 */
export async function lookAtSubscription(app: App, message: { subscriptionId: SubscriptionId }): Promise<void> {
  const row = await readSubscription(app.db.sql, message.subscriptionId);
  if (!row?.gatewayId) return;
  let looked = await askForCharges(app, row.gatewayId);
  if (!looked) throw new Error(`the gateway knows no subscription ${row.number}`);
  const isLost = row.state !== "CANCELLING" && isOverdue(row, app.clock.now()) && isAllBooked(looked);
  if (looked.remote.isActive && (isLost || !isOpenSubscription(row.state))) {
    await app.subscriptions.cancel(row.gatewayId);
    killPoint("subscription.stopped-there");
    looked = (await askForCharges(app, row.gatewayId)) ?? looked;
  }
  killPoint("subscription.looked");
  await record(app, row.id, looked);
  killPoint("subscription.look-stored");
  await renewToken(app, row, looked.remote);
  // What could be told of is booked: one charge that cannot holds up no other.
  if (looked.untold) throw looked.untold;
}

/**
 * Looks at the subscription that an order id of the gateway's own making belongs to.
 *
 * @returns false where it belongs to none that the gateway is known to have
 * @throws GatewayUnavailable to be run again
 */
export async function lookAtSubscriptionOf(app: App, gatewayOrderId: string): Promise<boolean> {
  const number = numberInOrderId(gatewayOrderId);
  if (number === null) return false;
  const [row] = await app.db.sql<{ id: SubscriptionId }>(
    "select id from subscriptions where number = $1 and gateway_id is not null",
    [number],
  );
  if (!row) return false;
  await lookAtSubscription(app, { subscriptionId: row.id });
  return true;
}
