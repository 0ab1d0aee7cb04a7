import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { DAY_MS, dayInJakarta } from "../kernel/time.ts";

/** Searches, rates and tracking seem to share one quota at RajaOngkir, so they share one counter here. */
const API = "rajaongkir";

/** This part of the day's calls is kept for parcels on their way: quotes have a fallback, tracking has none. */
const TRACKING_SHARE = 10; // one in ten

/** How many calls of a day searches and quotes may use; at least one. */
export const quotaForQuotes = (dailyQuota: number): number => dailyQuota - Math.floor(dailyQuota / TRACKING_SHARE);

/**
 * Takes one call out of the day's quota (days of Asia/Jakarta, as the company is thought to count). All processes share
 * the counter, and a call is counted before it is sent: one that fails is counted too, as the company counts it.
 *
 * @param limit how many calls of the day this purpose may see used, see quotaForQuotes
 * @returns false when the quota is used up: then nothing was counted
 */
export async function takeQuota(app: Pick<App, "db" | "clock">, limit: number): Promise<boolean> {
  const rows = await inTransaction(app.db, (tx) =>
    tx.sql(
      `insert into courier_quota (day, api, used) values ($1, $2, 1)
       on conflict (day, api) do update set used = courier_quota.used + 1 where courier_quota.used < $3
       returning used`,
      [dayInJakarta(app.clock.now()), API, limit],
    ),
  );
  return rows.length === 1;
}

/** One in five: a household on one address shops well with that, and one that floods leaves the others four. */
const ADDRESS_SHARE = 5;

/** How many of a day's calls one address may cause. Behind it shoppers see what is known, and the shop's own table. */
export const quotaForAddress = (dailyQuota: number): number =>
  Math.max(1, Math.floor(quotaForQuotes(dailyQuota) / ADDRESS_SHARE));

/**
 * Takes one call out of an address's part of the day. What the shop knows already costs none.
 *
 * @returns false when the address has had its part
 */
export async function takeAddressShare(app: Pick<App, "limits" | "settings">, address: string): Promise<boolean> {
  const points = quotaForAddress(app.settings.rajaongkirDailyQuota);
  return (await app.limits.consume([{ key: `courier:address:${address}`, points, windowMs: DAY_MS }])) === null;
}
