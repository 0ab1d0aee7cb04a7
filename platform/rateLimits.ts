import { Redis } from "ioredis";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { Clock } from "./clock.ts";
import type { Db } from "./db.ts";
import type { Log } from "./log.ts";

/** At most `points` in each window of `windowMs`, counted under `key` (255 characters at most). */
export interface Limit {
  readonly key: string;
  readonly points: number;
  readonly windowMs: number;
}

/** Counters that all processes share. */
export interface RateLimits {
  /**
   * Takes a point from each limit in turn and stops at the first that has none left: what stands behind it is not
   * touched. So a caller who has used up his own share takes nothing from what he shares with others.
   *
   * @returns null when every limit had one, else the milliseconds until the one that refused begins anew
   */
  consume(limits: readonly Limit[]): Promise<number | null>;
  /** Gives the points of an earlier consume back, where their window has not ended meanwhile. */
  giveBack(limits: readonly Limit[]): Promise<void>;
  /** Removes counters whose window is over; called now and then. */
  deleteExpired(): Promise<void>;
  close(): Promise<void>;
}

/** Limits of one consume: a user's, an address's and the operation's own. */
const LIMITS_MAX = 3;

// A step counts only where the one before it did. A refusal writes nothing, so a flood costs no more than a look-up.
const step = (n: number) => `
  step${n} as (
    insert into rate_limits as r (key, points, expire)
    select ($1::text[])[${n}], 1, $4::bigint + ($3::bigint[])[${n}]
    ${n === 1 ? "" : `where exists (select from step${n - 1})`}
    on conflict (key) do update
       set points = case when r.expire <= $4 then 1 else r.points + 1 end,
           expire = case when r.expire <= $4 then excluded.expire else r.expire end
     where r.expire <= $4 or r.points < ($2::integer[])[${n}]
    returning 1)`;

const STATEMENTS = Array.from({ length: LIMITS_MAX }, (_, index) => {
  const steps = Array.from({ length: index + 1 }, (_unused, at) => at + 1);
  const passed = steps.map((n) => `(select count(*) from step${n})`).join(" + ");
  return `with ${steps.map(step).join(",")}, passed as (select (${passed})::integer as n)
    select n as passed, (select expire from rate_limits where key = ($1::text[])[n + 1]) as expire from passed`;
});

const EXPIRED_BATCH = 10_000; // rows of one deletion, so that it never holds locks for long
const KEPT_AFTER_MS = 60_000; // clocks of two machines may differ; a window that has just ended is left alone

/** Counters in the table rate_limits: one statement a consume, exact for any number of processes. */
function postgresLimits(db: Db, clock: Clock): RateLimits {
  return {
    async consume(limits) {
      const statement = STATEMENTS[limits.length - 1];
      if (!statement) throw new Error(`1 to ${LIMITS_MAX} limits at once, not ${limits.length}`);
      const now = clock.now().getTime();
      const keys = limits.map((limit) => limit.key);
      const [row] = await db.sql<{ passed: number; expire: number | null }>(statement, [
        keys,
        limits.map((limit) => limit.points),
        limits.map((limit) => limit.windowMs),
        now,
      ]);
      const refused = limits[row?.passed ?? 0];
      if (!refused) return null;
      return Math.max((row?.expire ?? now + refused.windowMs) - now, 1);
    },
    async giveBack(limits) {
      const keys = limits.map((limit) => limit.key);
      await db.sql(
        "update rate_limits set points = points - 1 where key = any($1::text[]) and expire > $2 and points > 0",
        [keys, clock.now().getTime()],
      );
    },
    async deleteExpired() {
      await db.sql(
        `delete from rate_limits where key in
           (select key from rate_limits where expire < $1 limit ${EXPIRED_BATCH} for update skip locked)`,
        [clock.now().getTime() - KEPT_AFTER_MS],
      );
    },
    close: async () => undefined,
  };
}

/**
 * Counters in Redis. While Redis is away each process counts in its own memory: limits then hold per process, which is
 * neither a closed shop nor an open door.
 */
function redisLimits(url: string, log: Log): RateLimits {
  // Without its queue of commands a client that is not connected says so at once, and nobody waits.
  const client = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0 });
  const tried = new Promise<void>((resolve) => client.once("ready", resolve).once("error", () => resolve()));
  let isAway = false;
  client.on("ready", () => {
    isAway = false;
  });
  client.on("error", (error: Error) => {
    if (!isAway) log.warn({ err: error }, "Redis is away: each process counts limits by itself");
    isAway = true;
  });
  const byShape = new Map<string, RateLimiterRedis>();
  const limiterOf = ({ points, windowMs }: Limit): RateLimiterRedis => {
    const shape = `${points}/${windowMs}`;
    const known = byShape.get(shape);
    if (known) return known;
    const options = { points, duration: windowMs / 1000, keyPrefix: `lunas:limit:${windowMs}` };
    const limiter = new RateLimiterRedis({
      ...options,
      storeClient: client,
      insuranceLimiter: new RateLimiterMemory(options),
    });
    byShape.set(shape, limiter);
    return limiter;
  };
  return {
    async consume(limits) {
      await tried;
      for (const limit of limits) {
        try {
          await limiterOf(limit).consume(limit.key);
        } catch (refusal) {
          if (refusal instanceof RateLimiterRes) return Math.max(refusal.msBeforeNext, 1);
          throw refusal;
        }
      }
      return null;
    },
    async giveBack(limits) {
      await Promise.all(limits.map((limit) => limiterOf(limit).reward(limit.key)));
    },
    deleteExpired: async () => undefined, // Redis drops keys by itself
    close: async () => client.disconnect(),
  };
}

const NO_LIMITS: RateLimits = {
  consume: async () => null,
  giveBack: async () => undefined,
  deleteExpired: async () => undefined,
  close: async () => undefined,
};

/** Multiplies every limit, but never down to a closed door. */
function scaled(limits: RateLimits, scale: number): RateLimits {
  const grow = (all: readonly Limit[]) =>
    all.map((limit) => ({ ...limit, points: Math.max(1, Math.ceil(limit.points * scale)) }));
  return {
    consume: (all) => limits.consume(grow(all)),
    giveBack: (all) => limits.giveBack(grow(all)),
    deleteExpired: () => limits.deleteExpired(),
    close: () => limits.close(),
  };
}

/** Opens the shared counters: in Redis where a URL is given, else in PostgreSQL. A scale of 0 turns them off. */
export function openRateLimits(
  app: { readonly db: Db; readonly clock: Clock; readonly log: Log },
  config: { readonly redisUrl: string | null; readonly rateLimitScale: number },
): RateLimits {
  if (config.rateLimitScale === 0) return NO_LIMITS;
  const store = config.redisUrl ? redisLimits(config.redisUrl, app.log) : postgresLimits(app.db, app.clock);
  return config.rateLimitScale === 1 ? store : scaled(store, config.rateLimitScale);
}

/** A counter of this process alone, in memory: for what must cost nothing. */
export interface LocalLimit {
  /** @returns null, or the milliseconds to wait */
  consume(key: string): Promise<number | null>;
}

export function localLimit(points: number, windowMs: number, scale: number): LocalLimit {
  if (scale === 0) return { consume: async () => null };
  const limiter = new RateLimiterMemory({ points: Math.max(1, Math.ceil(points * scale)), duration: windowMs / 1000 });
  return {
    consume: (key) =>
      limiter.consume(key).then(
        () => null,
        (refusal: RateLimiterRes) => Math.max(refusal.msBeforeNext, 1),
      ),
  };
}
