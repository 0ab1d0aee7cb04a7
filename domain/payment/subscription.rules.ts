import { codeOf } from "../kernel/codes.ts";
import { DAY_MS, HOUR_MS, later, MINUTE_MS } from "../kernel/time.ts";
import type { LinkedAccountState } from "./linkedAccount.states.ts";
import { isOpenSubscription, type SubscriptionState } from "./subscription.states.ts";

/** The methods that the gateway charges by itself every month. */
export const SUBSCRIPTION_METHODS = ["CREDIT_CARD", "GOPAY"] as const;
export type SubscriptionMethod = (typeof SUBSCRIPTION_METHODS)[number];

/** `LSUB-7F3K9Q`: 15 characters at most, because a change of the subscription takes no longer name. */
export const subscriptionNumber = (n: number): string => `LSUB-${codeOf(n)}`;

/** The number out of an order id that the gateway made of it; null for any other order id. */
export const numberInOrderId = (gatewayOrderId: string): string | null =>
  /^(LSUB-[0-9A-Z]{6})-[A-Za-z0-9._~-]{1,38}$/.exec(gatewayOrderId)?.[1] ?? null;

/** The first charge comes this long after the gateway is asked: its clock may be behind ours, and a call may repeat. */
export const FIRST_CHARGE_MS = 10 * MINUTE_MS;
/** The gateway tries a failed charge again on each of the three following days, and a day is left for its news. */
export const GRACE_MS = 4 * DAY_MS;

const JAKARTA_MS = 7 * HOUR_MS;

/**
 * The instant some months after another, by Jakarta's calendar. A day that the month does not have is its last one, and
 * later months have the day itself again: always count from the same instant.
 */
export function monthsLater(at: Date, months: number): Date {
  const local = later(at, JAKARTA_MS);
  const [year, month] = [local.getUTCFullYear(), local.getUTCMonth() + months];
  const lastDay = later(startOfMonth(year, month + 1), -DAY_MS).getUTCDate();
  const timeOfDay = local.getTime() % DAY_MS;
  const day = Math.min(local.getUTCDate(), lastDay) - 1;
  return later(startOfMonth(year, month), day * DAY_MS + timeOfDay - JAKARTA_MS);
}

const startOfMonth = (year: number, month: number): Date => {
  const years = year + Math.floor(month / 12);
  const text = String((month % 12) + 1).padStart(2, "0");
  return new Date(`${years}-${text}-01T00:00:00Z`);
};

/** The month, from 0, that a charge pays for: the one after the last that is paid, or that of now after a gap. */
export function nextPeriod(startsAt: Date, lastPaid: number | null, now: Date): number {
  let period = lastPaid === null ? 0 : lastPaid + 1;
  // A month whose grace was over when it was paid is a month without access: nobody pays for it.
  while (later(monthsLater(startsAt, period + 1), GRACE_MS) <= now) period++;
  return period;
}

/** Until when a member is let in: as paid, and while it is tried again also the days of grace. */
export function accessUntil(subscription: {
  readonly state: SubscriptionState;
  readonly paidUntil: Date | null;
}): Date | null {
  const { state, paidUntil } = subscription;
  if (paidUntil === null) return null;
  return isOpenSubscription(state) && state !== "CANCELLING" ? later(paidUntil, GRACE_MS) : paidUntil;
}

const SOON_MS = 10 * MINUTE_MS;
const RARELY_MS = 6 * HOUR_MS;

/**
 * When to ask the gateway next, so that a charge is known within minutes without any notification: often around the
 * moment of a charge and while one is missing, else a few times a day. null: it is over.
 */
export function nextLookAt(
  subscription: {
    readonly state: SubscriptionState;
    readonly startsAt: Date | null;
    readonly paidUntil: Date | null;
    readonly nextChargeAt: Date | null;
  },
  now: Date,
): Date | null {
  const { state, startsAt, paidUntil, nextChargeAt } = subscription;
  if (!isOpenSubscription(state) || state === "STARTING" || state === "UNKNOWN") return null;
  const unpaidSince = paidUntil ?? startsAt ?? now;
  if (now >= unpaidSince && now < later(unpaidSince, HOUR_MS)) return later(now, SOON_MS);
  const usual = later(now, now < unpaidSince ? RARELY_MS : HOUR_MS);
  const next = nextChargeAt && nextChargeAt > now ? later(nextChargeAt, MINUTE_MS) : null;
  const due = now < unpaidSince ? later(unpaidSince, MINUTE_MS) : null;
  return [usual, next, due].reduce<Date>((first, at) => (at && at < first ? at : first), usual);
}

/** Why a subscription is not paid, or will not be. */
export const SUBSCRIPTION_PROBLEMS = ["CARD_EXPIRED", "ACCOUNT_UNLINKED", "CHARGE_FAILED"] as const;
export type SubscriptionProblem = (typeof SUBSCRIPTION_PROBLEMS)[number];

/**
 * What its owner should know: that what it is charged to is over, or will be when the next month is charged; else that
 * the last charge did not succeed. null: nothing.
 */
export function problemOf(
  subscription: {
    readonly state: SubscriptionState;
    readonly nextChargeAt: Date | null;
    readonly cardExpiresAt: Date | null;
    readonly accountState: LinkedAccountState | null;
  },
  now: Date,
): SubscriptionProblem | null {
  const { state, nextChargeAt, cardExpiresAt, accountState } = subscription;
  if (state === "CANCELLED" || state === "REFUSED" || state === "CANCELLING") return null;
  const chargedAt = nextChargeAt && nextChargeAt > now ? nextChargeAt : now;
  if (cardExpiresAt && cardExpiresAt <= chargedAt) return "CARD_EXPIRED";
  if (accountState && accountState !== "LINKED") return "ACCOUNT_UNLINKED";
  return state === "PAST_DUE" || state === "SUSPENDED" ? "CHARGE_FAILED" : null;
}
