import { randomBytes } from "node:crypto";
import { unitsLater } from "../clock.ts";
import type { ChargeFailure, Notification, Subscription, Transaction } from "../model.ts";
import { dueAt, momentOf, type Sandbox } from "../sandbox.ts";
import { chargeAccount } from "./accountCharge.ts";
import { openCard } from "./cardCharge.ts";
import { usableToken } from "./cards.ts";
import { sendBody } from "./notifications.ts";
import { readSnapRequest } from "./snapRequest.ts";
import type { Basis } from "./transactions.ts";
import { notificationCode, rupiah, transactionMembers, type Wire } from "./wire.ts";

/** `2026-04-01T00:00:00`: answers write UTC without saying so; notifications add the rest (midtrans.md 7.2, 7.3). */
const utc = (ms: number | null, form: "answer" | "news"): string | null =>
  ms === null ? null : `${new Date(ms).toISOString().slice(0, 19)}${form === "news" ? ".000000Z" : ""}`;

/** The subscription as the API answers it, or as its notifications tell it. */
export function subscriptionBody(subscription: Subscription, form: "answer" | "news"): Wire {
  const { id, name, amount, status, retry } = subscription;
  return {
    id,
    name,
    amount: String(amount),
    currency: "IDR",
    created_at: `${new Date(subscription.born).toISOString().slice(0, -1)}000`,
    status,
    schedule: {
      interval: subscription.interval,
      interval_unit: subscription.interval_unit,
      ...(subscription.max_interval === null ? {} : { max_interval: subscription.max_interval }),
      current_interval: subscription.current_interval,
      start_time: utc(subscription.start_at, form),
      previous_execution_at: utc(subscription.previous_at, form),
      next_execution_at: utc(subscription.next_at, form),
    },
    ...(retry ? { retry_schedule: retry } : {}),
    token: subscription.token,
    payment_type: subscription.payment_type,
    ...(subscription.account_id === null ? {} : { gopay: { account_id: subscription.account_id } }),
    transaction_ids: subscription.transaction_ids,
    ...(subscription.customer ? { customer_details: subscription.customer } : {}),
    ...(subscription.metadata ? { metadata: subscription.metadata } : {}),
  };
}

/** Sends a body about the subscription to the recurring URL. It carries no signature (midtrans.md 7.3). */
export function sendRecurring(sandbox: Sandbox, { id }: Pick<Subscription, "id">, body: Wire): Notification[] {
  const to = { id, order_id: id, notification_urls: [sandbox.config.recurringUrl] };
  return sendBody(sandbox, to, body, 1, "recurring");
}

/** The due moment that is `period` intervals after the anchor. */
export const periodAt = ({ anchor_at, interval, interval_unit }: Subscription, period: number): number =>
  unitsLater(anchor_at, interval_unit, period * interval);

/** With its next regular charge set to the first one after `after`; periods that passed meanwhile are skipped. */
export function withNext(subscription: Subscription, after: number): Subscription {
  let { period } = subscription;
  while (periodAt(subscription, period) <= after) period += 1;
  return { ...subscription, period, next_at: periodAt(subscription, period) };
}

/** Whether all charges that were ordered have been made. */
export const isFinished = ({ max_interval, current_interval }: Subscription): boolean =>
  max_interval !== null && current_interval >= max_interval;

/** Sets the alarms of the next regular charge and of a retry. Safe to repeat. */
export function armSubscription(sandbox: Sandbox, subscription: Subscription): void {
  const { id, born } = subscription;
  const alarm = (name: "next_at" | "retry_at", at: number | null): void => {
    sandbox.jobs.clear(`${name}:${id}`);
    if (at === null) return;
    sandbox.jobs.set(`${name}:${id}`, dueAt(sandbox, born, at), async () => {
      const current = sandbox.store.subscriptions.get(id);
      if (current && current[name] !== null) runCharge(sandbox, current, name === "retry_at" ? "retry" : "regular");
      await sandbox.store.commit();
    });
  };
  alarm("next_at", subscription.status === "active" ? subscription.next_at : null);
  alarm("retry_at", subscription.retry_at);
}

/** Stores the subscription and sets its alarms. */
export function putSubscription(sandbox: Sandbox, subscription: Subscription): Subscription {
  const stored = sandbox.store.subscriptions.put(subscription);
  armSubscription(sandbox, stored);
  return stored;
}

/** How a charge went: a transaction, or only a code and words (midtrans.md 7.3). */
type Outcome = { transaction: Transaction } | { code: string; message: string };

const CODES: Record<string, string> = {
  "411": "Token id is missing, invalid, or timed out",
  "402": "Payment channel is not activated.",
  "500": "Sorry, we encountered internal server error. We will fix this soon.",
};

/** The order_id that Midtrans makes: the name and a suffix (midtrans.md 7.2). */
const orderIdOf = (name: string): string =>
  `${name.replace(/[^A-Za-z0-9._~-]/g, "-")}-${randomBytes(4).toString("hex")}`;

function basisOf(sandbox: Sandbox, { name, amount, born }: Subscription): Basis {
  const details = { order_id: orderIdOf(name), gross_amount: amount };
  const { request } = readSnapRequest({ transaction_details: details }, sandbox.clock.now());
  const notification_urls = [sandbox.config.notificationUrl];
  return { token: null, order_id: details.order_id, born, request, notification_urls };
}

function attempt(sandbox: Sandbox, subscription: Subscription, fails: ChargeFailure | undefined): Outcome {
  const words = fails === undefined ? undefined : CODES[fails];
  if (fails !== undefined && words !== undefined) return { code: fails, message: words };
  const invalid: Outcome = { code: "411", message: CODES["411"] ?? "" };
  const how = { by: "subscription", notify: true, more: { subscription_id: subscription.id } };
  const basis = basisOf(sandbox, subscription);
  if (subscription.payment_type === "gopay") {
    const found = sandbox.store.accounts.get(subscription.account_id ?? "");
    const account = found && fails === "deny" ? { ...found, behaviour: "deny" as const } : found;
    const wallet = { account, option: subscription.token, pre_auth: false, recurring: true };
    const transaction = chargeAccount(sandbox, basis, wallet, how);
    return transaction ? { transaction } : invalid;
  }
  const card = usableToken(sandbox, subscription.token);
  if (card?.kind !== "saved") return invalid;
  // A bank that answers late is out of the question where nobody waits: the charge is decided at once.
  const usual = card.outcome === "late" ? "accept" : card.outcome;
  const outcome = fails === "deny" || fails === "challenge" ? fails : usual;
  const order = {
    ...{ authenticates: false, bank: "bni", type: "authorize_capture" as const, saves: false },
    ...{ installment_term: undefined, point_redeem_amount: undefined, user_id: card.user_id },
    card: { ...card, outcome },
  };
  return { transaction: openCard(sandbox, basis, order, how) };
}

function outcomeBody(sandbox: Sandbox, outcome: Outcome): Wire {
  if ("code" in outcome) return { status_code: outcome.code, status_message: outcome.message };
  const { transaction } = outcome;
  const members = transactionMembers(transaction, sandbox.config.merchantId);
  return {
    transaction_id: transaction.id,
    transaction_status: transaction.status,
    status_code: notificationCode(transaction),
    order_id: transaction.order_id,
    payment_type: members["payment_type"],
    gross_amount: rupiah(transaction.gross_amount),
    ...("channel_response_code" in members
      ? {
          channel_response_code: members["channel_response_code"],
          channel_response_message: members["channel_response_message"],
        }
      : {}),
  };
}

/** The retry that follows a failed charge; where none is left, the subscription is over. */
function afterFailure(failed: Subscription, now: number, made: number): Subscription {
  const { retry } = failed;
  const counted = { ...failed, failed_charges: failed.failed_charges + 1, retries: made };
  if (retry && made < retry.max_interval) {
    return { ...counted, retry_at: unitsLater(now, retry.interval_unit, retry.interval) };
  }
  return { ...counted, retries: 0, retry_at: null, status: "inactive", next_at: null };
}

function afterSuccess(charged: Subscription, now: number): Subscription {
  const done = { ...charged, current_interval: charged.current_interval + 1, retries: 0, retry_at: null };
  const told = { ...done, previous_at: now };
  return isFinished(told) ? { ...told, status: "inactive", next_at: null } : told;
}

/**
 * Makes one charge of the subscription: the regular one that is due, a retry, or one that a test asks for out of turn.
 * The recurring URL is told how it went, and the payment URL as of every transaction.
 */
export function runCharge(sandbox: Sandbox, subscription: Subscription, why: "regular" | "retry"): Subscription {
  const now = momentOf(sandbox, subscription.born);
  const [fails, ...later] = subscription.fails;
  const outcome = attempt(sandbox, subscription, fails);
  const transaction = "transaction" in outcome ? outcome.transaction : undefined;
  const made: Subscription = {
    ...subscription,
    fails: later,
    transaction_ids: [...subscription.transaction_ids, ...(transaction ? [transaction.id] : [])],
  };
  const moved = why === "regular" && made.status === "active" ? withNext(made, now) : made;
  const failed = transaction === undefined || transaction.status === "deny";
  const retries = why === "retry" ? subscription.retries + 1 : 0;
  const next = putSubscription(sandbox, failed ? afterFailure(moved, now, retries) : afterSuccess(moved, now));
  sandbox.log.info({ subscription_id: next.id, why, failed, status: next.status }, "subscription charged");
  const told = { transaction: outcomeBody(sandbox, outcome), subscription: subscriptionBody(next, "news") };
  sendRecurring(sandbox, next, { event_name: "subscription.charge", ...told });
  return next;
}
