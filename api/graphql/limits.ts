import type { App } from "../../domain/app.ts";
import { Refusal } from "../../domain/kernel/errors.ts";
import { MINUTE_MS, SECOND_MS } from "../../domain/kernel/time.ts";
import { type Limit, localLimit, type RateLimits } from "../../platform/rateLimits.ts";
import type { Context } from "./context.ts";

/** How often an operation may be asked for in a window: by one account, by one address, and by everybody together. */
export interface OperationLimit {
  readonly user?: number;
  readonly address?: number;
  readonly overall?: number;
  readonly windowMs: number;
}

/** One address may be a school or an office: it may do what some ten people may. */
const BUYING = { user: 60, address: 600, windowMs: MINUTE_MS };
const ASKING = { user: 120, address: 600, windowMs: MINUTE_MS };

/**
 * The limits of each operation that costs money, mail, hashing or a call to a gateway. Counted for each time that an
 * operation runs, its aliases one by one, and shared by all processes. Wrong passwords have limits of their own
 * (domain/identity/signIn.rules.ts).
 */
export const OPERATION_LIMITS: Readonly<Record<string, OperationLimit>> = {
  "Mutation.register": { address: 100, overall: 1_000, windowMs: 10 * MINUTE_MS },
  "Mutation.login": { address: 120, windowMs: MINUTE_MS },
  "Mutation.refresh": { address: 240, windowMs: MINUTE_MS },
  "Mutation.checkout": BUYING,
  "Mutation.startPayment": BUYING,
  "Mutation.renewPaymentToken": BUYING,
  "Mutation.createEnrollmentPayment": BUYING,
  "Mutation.updateEnrollmentProgress": ASKING,
  "Mutation.cancelPayment": BUYING,
  "Mutation.cancelOrder": BUYING,
  "Mutation.confirmReceipt": BUYING,
  "Mutation.syncPayment": BUYING,
  "Mutation.setRefundAccount": BUYING,
  "Mutation.createSubscription": BUYING,
  "Mutation.cancelSubscription": BUYING,
  "Mutation.refundPayment": ASKING,
  "Mutation.createReview": BUYING,
  "Mutation.updateReview": BUYING,
  "Mutation.settleRefundManually": ASKING,
  "Mutation.expirePayment": ASKING,
  "Mutation.acceptChallenge": ASKING,
  "Mutation.denyChallenge": ASKING,
  "Mutation.decideFraudReview": ASKING,
  "Mutation.resolveMoneyCase": ASKING,
  "Mutation.replayNotification": ASKING,
  "Mutation.createShipments": ASKING,
  // Each may ask the courier company.
  "Query.bookingRates": BUYING,
  "Mutation.checkShipment": BUYING,
  "Mutation.confirmBooking": BUYING,
  "Mutation.printLabels": BUYING,
  // Each asks GoPay about a telephone number.
  "Mutation.linkGopay": { user: 10, address: 60, windowMs: 10 * MINUTE_MS },
  "Mutation.unlinkGopay": BUYING,
  "Mutation.checkGatewayKeys": { user: 10, windowMs: MINUTE_MS },
  "Query.destinations": ASKING,
  "Query.shippingRates": ASKING,
};

/** Guards operations against floods. */
export interface OperationLimits {
  /**
   * Called once for each root field that runs.
   *
   * @throws Refusal RATE_LIMITED (details.retryAfter, seconds) when the caller has used up what is allowed
   */
  consume(operation: string, caller: Pick<Context, "actor" | "address">): Promise<void>;
}

const tooFast = (waitMs: number) =>
  new Refusal("RATE_LIMITED", "Too many requests; try again later", { retryAfter: Math.ceil(waitMs / SECOND_MS) });

/** A caller's own limit comes first, so that one who floods takes nothing from his neighbours. */
function limitsOf(operation: string, limit: OperationLimit, caller: Pick<Context, "actor" | "address">): Limit[] {
  const { windowMs } = limit;
  const { userId } = caller.actor;
  const limits: Limit[] = [];
  if (limit.user !== undefined && userId !== null) {
    limits.push({ key: `${operation}:user:${userId}`, points: limit.user, windowMs });
  }
  if (limit.address !== undefined) {
    limits.push({ key: `${operation}:address:${caller.address}`, points: limit.address, windowMs });
  }
  if (limit.overall !== undefined) limits.push({ key: `${operation}:all`, points: limit.overall, windowMs });
  return limits;
}

/**
 * Root fields a minute from one address to one process, whatever they are: three of each request that may come
 * (api/server.ts). So thirty aliases are no way around the ceiling of requests.
 */
const FIELDS_MAX = 9_000;

/** @param scale RATE_LIMIT_SCALE, for what this process counts by itself */
export function createOperationLimits(counters: RateLimits, scale: number): OperationLimits {
  const fields = localLimit(FIELDS_MAX, MINUTE_MS, scale);
  return {
    async consume(operation, caller) {
      const tooManyMs = await fields.consume(caller.address);
      if (tooManyMs !== null) throw tooFast(tooManyMs);
      const limit = OPERATION_LIMITS[operation];
      if (!limit) return;
      const limits = limitsOf(operation, limit, caller);
      const waitMs = limits.length === 0 ? null : await counters.consume(limits);
      if (waitMs !== null) throw tooFast(waitMs);
    },
  };
}

/** Badly signed or malformed webhook bodies a minute and address. Signed ones are never counted. */
const BAD_WEBHOOKS = { points: 60, windowMs: MINUTE_MS };
const SERVICE_TOKENS = { points: 20, windowMs: MINUTE_MS };

/** @throws Refusal RATE_LIMITED when an address asks for service tokens, right key or wrong, too often */
export async function limitServiceTokens(counters: RateLimits, address: string): Promise<void> {
  const waitMs = await counters.consume([{ key: `serviceToken:${address}`, ...SERVICE_TOKENS }]);
  if (waitMs !== null) throw tooFast(waitMs);
}

/** Each is decoded and drawn anew, which takes up to a second of a core. */
const UPLOADS = { user: 30, address: 300, windowMs: 10 * MINUTE_MS };

/** @throws Refusal RATE_LIMITED when an account or an address sends files too often */
export async function limitUploads(counters: RateLimits, caller: Pick<Context, "actor" | "address">): Promise<void> {
  const waitMs = await counters.consume(limitsOf("upload", UPLOADS, caller));
  if (waitMs !== null) throw tooFast(waitMs);
}

/**
 * Counts a webhook body that is malformed or badly signed; to be called for these alone.
 *
 * @returns the seconds after which the address may send another; null while it may, and while nobody can count
 */
export async function limitBadWebhook(app: Pick<App, "limits" | "log">, address: string): Promise<number | null> {
  try {
    const waitMs = await app.limits.consume([{ key: `badWebhook:${address}`, ...BAD_WEBHOOKS }]);
    return waitMs === null ? null : Math.ceil(waitMs / SECOND_MS);
  } catch (error) {
    app.log.warn({ err: error }, "bad webhook bodies cannot be counted");
    return null;
  }
}

/** Unsigned webhook bodies a minute and address: Midtrans sends two for each charge. A lost one is found by a poll. */
const UNSIGNED_NEWS = { points: 600, windowMs: MINUTE_MS };

/** Komerce calls for every parcel of every shop from a few addresses: a busy morning of ours stays below it. */
const COURIER_NEWS = { points: 6_000, windowMs: MINUTE_MS };

async function limitNews(app: Pick<App, "limits" | "log">, limit: Limit): Promise<number | null> {
  try {
    const waitMs = await app.limits.consume([limit]);
    return waitMs === null ? null : Math.ceil(waitMs / SECOND_MS);
  } catch (error) {
    app.log.warn({ err: error }, "unsigned webhook bodies cannot be counted");
    return null;
  }
}

/**
 * Counts a webhook body that nobody signed.
 *
 * @returns the seconds after which the address may send another; null while it may, and while nobody can count
 */
export const limitUnsignedNews = (app: Pick<App, "limits" | "log">, address: string): Promise<number | null> =>
  limitNews(app, { key: `unsignedNews:${address}`, ...UNSIGNED_NEWS });

/** As limitUnsignedNews, of the courier company. */
export const limitCourierNews = (app: Pick<App, "limits" | "log">, address: string): Promise<number | null> =>
  limitNews(app, { key: `courierNews:${address}`, ...COURIER_NEWS });
