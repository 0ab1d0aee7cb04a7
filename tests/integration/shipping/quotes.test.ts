import { randomBytes } from "node:crypto";
import type { Id, StoreId } from "../../../domain/kernel/ids.ts";
import { uuidv7 } from "../../../domain/kernel/ids.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../domain/kernel/time.ts";
import type { CourierApp } from "../../../domain/shipping/askCourier.ts";
import { keepDestinations } from "../../../domain/shipping/destination.queries.ts";
import { chosenRate, quoteForStores } from "../../../domain/shipping/quoteForStores.ts";
import type { Destination } from "../../../domain/shipping/shippingGateway.ts";
import { takeQuota } from "../../../domain/shipping/takeQuota.ts";
import { tables } from "../../../domain/tables.ts";
import { createRajaongkirGateway } from "../../../gateways/rajaongkir/http.ts";
import { inTransaction, openDb } from "../../../platform/db.ts";
import { createLog } from "../../../platform/log.ts";
import { openRateLimits } from "../../../platform/rateLimits.ts";
import {
  type Behaviour,
  envelope,
  type FakeCourier,
  html,
  noRates,
  RATES,
  ratesAnswer,
  startFakeCourier,
} from "../../support/fakeCourier.ts";
import { quoteShipping } from "../../support/quoteShipping.ts";
import { NOW, openTestShop, type TestShop } from "../../support/shopRows.ts";

const GUBENG: Destination = {
  id: 900113,
  label: "GUBENG, GUBENG, SURABAYA, JAWA TIMUR, 60281",
  province: "JAWA TIMUR",
  city: "SURABAYA",
  district: "GUBENG",
  subdistrict: "GUBENG",
  postalCode: "60281",
};
const GAMBIR: Destination = {
  ...GUBENG,
  id: 900101,
  province: "DKI JAKARTA",
  city: "JAKARTA PUSAT",
  district: "GAMBIR",
  subdistrict: "GAMBIR",
  postalCode: "10110",
};

let courier: FakeCourier;
let shop: TestShop;
let shift = 0;
const clock = { now: () => new Date(NOW.getTime() + shift) };
const ids = { next: <Kind extends string>() => uuidv7(clock.now().getTime(), randomBytes(10)) as Id<Kind> };

beforeAll(async () => {
  [courier, shop] = await Promise.all([startFakeCourier(), openTestShop()]);
});
afterAll(async () => {
  await courier?.stop();
  await shop?.drop();
});
beforeEach(async () => {
  courier.requests.length = 0;
  courier.behave(ratesAnswer());
  shift = 0;
  await inTransaction(shop.db, async (tx) => {
    await tx.sql(
      "truncate shipping_quotes, courier_quota, destinations, destination_searches, alerts, outbox_messages",
    );
    await keepDestinations(tx, NOW, [GUBENG, GAMBIR]);
  });
});

/** A process of the shop with a gateway of its own: its breaker is closed. */
function process_(options: { dailyQuota?: number; timeoutMs?: number; db?: TestShop["db"] } = {}): CourierApp {
  const { dailyQuota = 1_000, timeoutMs = 2_000, db = shop.db } = options;
  const shipping = createRajaongkirGateway({
    url: courier.url,
    key: "k",
    timeoutMs,
    random: () => 0,
    recordCall: async () => undefined,
  });
  return {
    db,
    clock,
    ids,
    log: createLog("silent", "test"),
    limits: openRateLimits({ db: db, clock, log: createLog("silent", "test") }, { redisUrl: null, rateLimitScale: 1 }),
    settings: { rajaongkirDailyQuota: dailyQuota } as never,
    shipping,
  };
}
const route = (weightGrams = 1_200) => ({ originId: GAMBIR.id, destination: GUBENG, weightGrams });
const openAlerts = async () =>
  (await shop.db.sql<{ kind: string }>("select kind from alerts where cleared_at is null order by kind")).map(
    ({ kind }) => kind,
  );
/** What is told of a quota of which nine tenths are used. */
const USED = ["COURIER_QUOTA_USED", "COURIER_QUOTA_USED", "COURIER_QUOTA_USED"];
const callsUsed = async () =>
  (await shop.db.sql<{ used: number }>("select coalesce(sum(used), 0) as used from courier_quota"))[0]?.used;

describe("a quote", () => {
  test("is what the couriers say now, of the services that can be booked", async () => {
    const quote = await quoteShipping(process_(), route());
    expect(quote).toEqual({
      source: "LIVE",
      quotedAt: NOW,
      rates: [
        { courier: "jnt", service: "EZ", cost: 19_000, description: "J&T Express EZ", etd: null },
        { courier: "jne", service: "REG", cost: 20_000, description: "JNE Reguler", etd: { minDays: 2, maxDays: 3 } },
      ],
    });
    expect(await openAlerts()).toEqual([]);
  });

  test("is remembered for six hours, with its age, for parcels of nearly that weight", async () => {
    await quoteShipping(process_(), route(1_201));
    shift = 6 * HOUR_MS - 1;
    expect(await quoteShipping(process_(), route(1_290))).toMatchObject({ source: "CACHED", quotedAt: NOW });
    expect(courier.requests).toHaveLength(1);
    shift = 6 * HOUR_MS;
    expect(await quoteShipping(process_(), route(1_201))).toMatchObject({ source: "LIVE", quotedAt: clock.now() });
    expect(courier.requests).toHaveLength(2);
  });

  test("lacks a courier that is missing today, and nothing else", async () => {
    courier.behave(ratesAnswer(RATES.slice(0, 1)));
    expect((await quoteShipping(process_(), route())).rates.map(({ courier: code }) => code)).toEqual(["jne"]);
  });

  test("is asked for once by shoppers of one process who want the same", async () => {
    const app = process_();
    courier.behave({ ...ratesAnswer(), afterMs: 600 });
    const quotes = await Promise.all(Array.from({ length: 10 }, () => quoteShipping(app, route())));
    expect(quotes.every(({ source }) => source === "LIVE")).toBe(true);
    expect(courier.requests).toHaveLength(1);
    expect(await callsUsed()).toBe(1);
  });

  test("of a slow courier is waited for within the limit", async () => {
    courier.behave({ ...ratesAnswer(), afterMs: 300 });
    expect((await quoteShipping(process_({ timeoutMs: 2_000 }), route())).source).toBe("LIVE");
  });
});

const TROUBLES: [string, Behaviour][] = [
  ["has used up the plan's quota", { status: 429, body: envelope(429, "Daily limit exceeded") }],
  [
    "has retired the endpoint",
    { status: 410, body: { success: false, code: 410, message: "Endpoint API ini sudah tidak aktif." } },
  ],
  ["answers HTML", html],
  ["answers nothing", { status: 200, body: "" }],
  ["refuses the key", { status: 400, body: envelope(400, "Invalid Api key, key not found") }],
  ["speaks another API", ratesAnswer([{ code: "jne", costs: [] }])],
  ["hangs", "hang"],
  ["cuts the line", "cut"],
];

describe.each(TROUBLES)("when the rate company %s", (_, trouble) => {
  test("an older quote is offered with its age", async () => {
    await quoteShipping(process_(), route());
    shift = 2 * DAY_MS;
    courier.behave(trouble);
    expect(await quoteShipping(process_({ timeoutMs: 100 }), route())).toMatchObject({
      source: "CACHED",
      quotedAt: NOW,
    });
    expect(await openAlerts()).toEqual([]);
  });

  test("the shop's own table is offered under its name, with one alert until the couriers answer again", async () => {
    courier.behave(trouble);
    const app = process_({ timeoutMs: 100 });
    const quote = await quoteShipping(app, route());
    expect(quote.source).toBe("FALLBACK");
    expect(quote.rates.length).toBeGreaterThan(0);
    expect(chosenRate({ ...quote, ...route(), storeId: "x" as StoreId }, { courier: "jne", service: "REG" }).cost).toBe(
      48_000,
    );
    expect(await openAlerts()).toEqual(["COURIER_FALLBACK"]);
    courier.behave(ratesAnswer());
    expect((await quoteShipping(process_(), route())).source).toBe("LIVE");
    expect(await openAlerts()).toEqual([]);
  });
});

describe("a route that no courier serves today", () => {
  test("is offered at the shop's own table, asked about once in a quarter of an hour, and is no outage", async () => {
    courier.behave(noRates);
    const app = process_();
    expect((await quoteShipping(app, route())).source).toBe("FALLBACK");
    expect((await quoteShipping(app, route())).source).toBe("FALLBACK");
    expect(courier.requests).toHaveLength(1);
    expect(await openAlerts()).toEqual([]);
    shift = 15 * MINUTE_MS;
    courier.behave(ratesAnswer());
    expect((await quoteShipping(app, route())).source).toBe("LIVE");
  });

  test("by services that we can book is offered at the table too", async () => {
    courier.behave(ratesAnswer(RATES.slice(2)));
    expect((await quoteShipping(process_(), route())).source).toBe("FALLBACK");
  });
});

describe("a quote that is too old", () => {
  test("is not offered any more", async () => {
    await quoteShipping(process_(), route());
    shift = 30 * DAY_MS;
    courier.behave(html);
    expect((await quoteShipping(process_(), route())).source).toBe("FALLBACK");
  });
});

describe("the day's quota", () => {
  test("is exact, however many processes take from it at once", async () => {
    const other = openDb(shop.url, tables);
    const both = [process_({ dailyQuota: 25 }), process_({ dailyQuota: 25, db: other })];
    const taken = await Promise.all(
      Array.from({ length: 60 }, (_, i) => takeQuota(both[i % 2] as CourierApp, "tracking")),
    );
    expect(taken.filter(Boolean)).toHaveLength(25);
    expect(await callsUsed()).toBe(25);
    await other.close();
  });

  test("keeps a tenth for tracking; beyond that shoppers get the table, and staff an alert", async () => {
    const apps = [process_({ dailyQuota: 20 }), process_({ dailyQuota: 20 })];
    const weights = Array.from({ length: 30 }, (_, i) => 1_000 + i * 100);
    const quotes = await Promise.all(weights.map((grams, i) => quoteShipping(apps[i % 2] as CourierApp, route(grams))));
    expect(quotes.filter(({ source }) => source === "LIVE")).toHaveLength(18);
    expect(quotes.filter(({ source }) => source === "FALLBACK")).toHaveLength(12);
    expect(courier.requests).toHaveLength(18);
    expect(await callsUsed()).toBe(18);
    expect(await openAlerts()).toEqual(["COURIER_FALLBACK", "COURIER_QUOTA", ...USED]);
    const tracked = await Promise.all([1, 2, 3].map(() => takeQuota(apps[0] as CourierApp, "tracking")));
    expect(tracked.filter(Boolean)).toHaveLength(2);
    expect(await callsUsed()).toBe(20);
  });

  test("begins anew at midnight in Jakarta, and clears its alert with the first answer", async () => {
    const app = process_({ dailyQuota: 1 });
    await quoteShipping(app, route(1_000));
    await quoteShipping(app, route(2_000));
    expect(await openAlerts()).toEqual(["COURIER_FALLBACK", "COURIER_QUOTA", ...USED]);
    shift = Date.parse("2026-11-20T17:00:00.000Z") - NOW.getTime();
    expect((await quoteShipping(app, route(2_000))).source).toBe("LIVE");
    // Its one call is all of the new day's again.
    expect(await openAlerts()).toEqual(USED);
  });

  test("is told to staff at a half, three quarters and nine tenths, each once, until the next day", async () => {
    const other = openDb(shop.url, tables);
    const both = [process_({ dailyQuota: 40 }), process_({ dailyQuota: 40, db: other })];
    const take = (count: number) =>
      Promise.all(Array.from({ length: count }, (_, i) => takeQuota(both[i % 2] as CourierApp, "tracking")));
    const told = async () =>
      (
        await shop.db.sql<{ subject: string; severity: string; raises: number }>(
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
    shift = DAY_MS;
    await take(1);
    expect(await told()).toEqual([]);
    await other.close();
  });

  test("counts every try that leaves, so a failing company cannot use up more than is counted", async () => {
    courier.behave(html);
    await quoteShipping(process_(), route());
    expect(courier.requests).toHaveLength(3);
    expect(await callsUsed()).toBe(3);
  });
});

describe("quotes for a checkout", () => {
  const storeId = ids.next<"store">() as StoreId;

  test("come for each store, in their order", async () => {
    const other = ids.next<"store">() as StoreId;
    const stores = [
      { storeId, originId: GAMBIR.id, weightGrams: 500 },
      { storeId: other, originId: GUBENG.id, weightGrams: 12_000 },
    ];
    const quoted = await quoteForStores(process_(), { destinationId: GUBENG.id, stores });
    expect(quoted.destination).toEqual(GUBENG);
    expect(quoted.stores.map((store) => [store.storeId, store.weightGrams, store.rates.length])).toEqual([
      [storeId, 500, 2],
      [other, 12_000, 2],
    ]);
  });

  test.each([1, 0, -5, 1.5, 2 ** 31, 17473])(
    "refuse the place %p, which no search has found",
    async (destinationId) => {
      await expect(quoteForStores(process_(), { destinationId, stores: [] })).rejects.toMatchObject({
        code: "INVALID_INPUT",
        details: { fields: { destinationId: expect.any(String) } },
      });
    },
  );

  test("refuse a way of shipping that is not offered", async () => {
    const { stores } = await quoteForStores(process_(), {
      destinationId: GUBENG.id,
      stores: [{ storeId, originId: GAMBIR.id, weightGrams: 500 }],
    });
    const [quote] = stores;
    if (!quote) throw new Error("no quote");
    expect(chosenRate(quote, { courier: "JNE", service: "reg" }).cost).toBe(20_000);
    for (const choice of [
      { courier: "lion", service: "REGPACK" },
      { courier: "jne", service: "JTR" },
      { courier: "", service: "" },
    ]) {
      expect(() => chosenRate(quote, choice)).toThrow(expect.objectContaining({ code: "SHIPPING_UNAVAILABLE" }));
    }
  });
});
