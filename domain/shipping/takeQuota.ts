import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { clearAlertsOf, raiseAlert } from "../kernel/raiseAlert.ts";
import { DAY_MS, dayInJakarta } from "../kernel/time.ts";

/** Searches, rates and tracking seem to share one quota at RajaOngkir, so they share one counter here. */
const API = "rajaongkir";

/** This part of the day's calls is kept for parcels on their way: quotes have a fallback, tracking has none. */
const TRACKING_SHARE = 10; // one in ten

/** How many calls of a day searches and quotes may use; at least one. */
export const quotaForQuotes = (dailyQuota: number): number => dailyQuota - Math.floor(dailyQuota / TRACKING_SHARE);

/** What a call is made for: quotes have a fallback, so they leave tracking its share. */
export type QuotaPurpose = "quotes" | "tracking";

/** Percents of the day's calls at which staff is told, each once a day: what is left must last until midnight. */
const ALARMS = [
  { percent: 50, severity: "INFO" },
  { percent: 75, severity: "WARNING" },
  { percent: 90, severity: "CRITICAL" },
] as const;
const ALARM_KIND = "COURIER_QUOTA_USED";
const alarmSubject = (percent: number): string => `rajaongkir ${percent}%`;

/** The one call that reaches a part of the quota tells of it, and a day's first call ends what the last day told. */
async function tellUsed(tx: Tx, app: Pick<App, "ids" | "clock">, used: number, dailyQuota: number): Promise<void> {
  const now = app.clock.now();
  const subjects = ALARMS.map(({ percent }) => alarmSubject(percent));
  if (used === 1) await clearAlertsOf(tx, now, ALARM_KIND, subjects);
  for (const { percent, severity } of ALARMS) {
    if (used !== Math.ceil((dailyQuota * percent) / 100)) continue;
    const message = `${used} of the day's ${dailyQuota} calls to RajaOngkir are used (${percent} %).`;
    await raiseAlert(
      tx,
      { ids: app.ids, now },
      { kind: ALARM_KIND, subject: alarmSubject(percent), severity, message },
    );
  }
}

/**
 * Takes one call out of the day's quota (days of Asia/Jakarta, as the company is thought to count). All processes share
 * the counter, and a call is counted before it is sent: one that fails is counted too, as the company counts it.
 * Tracking may use all of it, quotes all but tracking's share. Staff is told when a half, three quarters and nine
 * tenths are used.
 *
 * @returns false when the quota is used up for this purpose: then nothing was counted
 */
export async function takeQuota(
  app: Pick<App, "db" | "clock" | "ids" | "settings">,
  purpose: QuotaPurpose,
): Promise<boolean> {
  const dailyQuota = app.settings.rajaongkirDailyQuota;
  const limit = purpose === "tracking" ? dailyQuota : quotaForQuotes(dailyQuota);
  return inTransaction(app.db, async (tx) => {
    const [row] = await tx.sql<{ used: number }>(
      `insert into courier_quota (day, api, used) values ($1, $2, 1)
       on conflict (day, api) do update set used = courier_quota.used + 1 where courier_quota.used < $3
       returning used`,
      [dayInJakarta(app.clock.now()), API, limit],
    );
    if (row) await tellUsed(tx, app, row.used, dailyQuota);
    return row !== undefined;
  });
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
