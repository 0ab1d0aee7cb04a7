import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DAY_MS } from "../../../domain/kernel/time.ts";
import type { CourierApp } from "../../../domain/shipping/askCourier.ts";
import { takeQuota } from "../../../domain/shipping/takeQuota.ts";
import { tables } from "../../../domain/tables.ts";
import { openDb } from "../../../platform/db.ts";
import { type CourierStage, openCourierStage, route } from "../../support/courierStage.ts";
import { html } from "../../support/fakeCourier.ts";
import { quoteShipping } from "../../support/quoteShipping.ts";
import { NOW } from "../../support/shopRows.ts";

let stage: CourierStage;
beforeAll(async () => {
  stage = await openCourierStage();
});
afterAll(() => stage?.close());
beforeEach(() => stage.reset());

/** What is told of a quota of which nine tenths are used. */
const USED = ["COURIER_QUOTA_USED", "COURIER_QUOTA_USED", "COURIER_QUOTA_USED"];
describe("the day's quota", () => {
  test("is exact, however many processes take from it at once", async () => {
    const other = openDb(stage.shop.url, tables);
    const both = [stage.process({ dailyQuota: 25 }), stage.process({ dailyQuota: 25, db: other })];
    const taken = await Promise.all(
      Array.from({ length: 60 }, (_, i) => takeQuota(both[i % 2] as CourierApp, "tracking")),
    );
    expect(taken.filter(Boolean)).toHaveLength(25);
    expect(await stage.callsUsed()).toBe(25);
    await other.close();
  });

  test("keeps a tenth for tracking; beyond that shoppers get the table, and staff an alert", async () => {
    const apps = [stage.process({ dailyQuota: 20 }), stage.process({ dailyQuota: 20 })];
    const weights = Array.from({ length: 30 }, (_, i) => 1_000 + i * 100);
    const quotes = await Promise.all(weights.map((grams, i) => quoteShipping(apps[i % 2] as CourierApp, route(grams))));
    expect(quotes.filter(({ source }) => source === "LIVE")).toHaveLength(18);
    expect(quotes.filter(({ source }) => source === "FALLBACK")).toHaveLength(12);
    expect(stage.courier.requests).toHaveLength(18);
    expect(await stage.callsUsed()).toBe(18);
    expect(await stage.openAlerts()).toEqual(["COURIER_FALLBACK", "COURIER_QUOTA", ...USED]);
    const tracked = await Promise.all([1, 2, 3].map(() => takeQuota(apps[0] as CourierApp, "tracking")));
    expect(tracked.filter(Boolean)).toHaveLength(2);
    expect(await stage.callsUsed()).toBe(20);
  });

  test("begins anew at midnight in Jakarta, and clears its alert with the first answer", async () => {
    const app = stage.process({ dailyQuota: 1 });
    await quoteShipping(app, route(1_000));
    await quoteShipping(app, route(2_000));
    expect(await stage.openAlerts()).toEqual(["COURIER_FALLBACK", "COURIER_QUOTA", ...USED]);
    stage.shift = Date.parse("2026-11-20T17:00:00.000Z") - NOW.getTime();
    expect((await quoteShipping(app, route(2_000))).source).toBe("LIVE");
    // Its one call is all of the new day's again.
    expect(await stage.openAlerts()).toEqual(USED);
  });

  test("is told to staff at a half, three quarters and nine tenths, each once, until the next day", async () => {
    const other = openDb(stage.shop.url, tables);
    const both = [stage.process({ dailyQuota: 40 }), stage.process({ dailyQuota: 40, db: other })];
    const take = (count: number) =>
      Promise.all(Array.from({ length: count }, (_, i) => takeQuota(both[i % 2] as CourierApp, "tracking")));
    const told = async () =>
      (
        await stage.shop.db.sql<{ subject: string; severity: string; raises: number }>(
          "select subject, severity, raises from alerts where cleared_at is null order by subject",
        )
      ).map(({ subject, severity, raises }) => `${subject} ${severity} ${raises}`);
    await take(19);
    expect(await told()).toEqual([]);
    await take(10);
    expect(await told()).toEqual(["rajaongkir 50% INFO 1"]);
    await take(11);
    expect(await told()).toEqual(["rajaongkir 50% INFO 1", "rajaongkir 75% WARNING 1", "rajaongkir 90% CRITICAL 1"]);
    expect(await take(3)).toEqual([false, false, false]);
    stage.shift = DAY_MS;
    await take(1);
    expect(await told()).toEqual([]);
    await other.close();
  });

  test("counts every try that leaves, so a failing company cannot use up more than is counted", async () => {
    stage.courier.behave(html);
    await quoteShipping(stage.process(), route());
    expect(stage.courier.requests).toHaveLength(3);
    expect(await stage.callsUsed()).toBe(3);
  });
});
