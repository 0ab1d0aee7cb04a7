import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { StoreId } from "../../../domain/kernel/ids.ts";
import { DAY_MS, HOUR_MS, later, MINUTE_MS } from "../../../domain/kernel/time.ts";
import { chosenRate, quoteForStores } from "../../../domain/shipping/quoteForStores.ts";
import { type CourierStage, GAMBIR, GUBENG, openCourierStage, route } from "../../support/courierStage.ts";
import { type Behaviour, envelope, html, noRates, RATES, ratesAnswer } from "../../support/fakeCourier.ts";
import { quoteShipping } from "../../support/quoteShipping.ts";
import { NOW } from "../../support/shopRows.ts";

let stage: CourierStage;
beforeAll(async () => {
  stage = await openCourierStage();
});
afterAll(() => stage?.close());
beforeEach(() => stage.reset());

describe("a quote", () => {
  test("is what the couriers say now, of the services that can be booked", async () => {
    const quote = await quoteShipping(stage.process(), route());
    expect(quote).toEqual({
      source: "LIVE",
      quotedAt: NOW,
      rates: [
        { courier: "jnt", service: "EZ", cost: 19_000, description: "J&T Express EZ", etd: null },
        { courier: "jne", service: "REG", cost: 20_000, description: "JNE Reguler", etd: { minDays: 2, maxDays: 3 } },
      ],
    });
    expect(await stage.openAlerts()).toEqual([]);
  });

  test("is remembered for six hours, with its age, for parcels of nearly that weight", async () => {
    await quoteShipping(stage.process(), route(1_201));
    stage.shift = 6 * HOUR_MS - 1;
    expect(await quoteShipping(stage.process(), route(1_290))).toMatchObject({ source: "CACHED", quotedAt: NOW });
    expect(stage.courier.requests).toHaveLength(1);
    stage.shift = 6 * HOUR_MS;
    expect(await quoteShipping(stage.process(), route(1_201))).toMatchObject({
      source: "LIVE",
      quotedAt: later(NOW, 6 * HOUR_MS),
    });
    expect(stage.courier.requests).toHaveLength(2);
  });

  test("lacks a courier that is missing today, and nothing else", async () => {
    stage.courier.behave(ratesAnswer(RATES.slice(0, 1)));
    expect((await quoteShipping(stage.process(), route())).rates.map(({ courier: code }) => code)).toEqual(["jne"]);
  });

  test("is asked for once by shoppers of one process who want the same", async () => {
    const app = stage.process();
    stage.courier.behave({ ...ratesAnswer(), afterMs: 600 });
    const quotes = await Promise.all(Array.from({ length: 10 }, () => quoteShipping(app, route())));
    expect(quotes.every(({ source }) => source === "LIVE")).toBe(true);
    expect(stage.courier.requests).toHaveLength(1);
    expect(await stage.callsUsed()).toBe(1);
  });

  test("of a slow courier is waited for within the limit", async () => {
    stage.courier.behave({ ...ratesAnswer(), afterMs: 300 });
    expect((await quoteShipping(stage.process({ timeoutMs: 2_000 }), route())).source).toBe("LIVE");
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
    await quoteShipping(stage.process(), route());
    stage.shift = 2 * DAY_MS;
    stage.courier.behave(trouble);
    expect(await quoteShipping(stage.process({ timeoutMs: 100 }), route())).toMatchObject({
      source: "CACHED",
      quotedAt: NOW,
    });
    expect(await stage.openAlerts()).toEqual([]);
  });

  test("the shop's own table is offered under its name, with one alert until the couriers answer again", async () => {
    stage.courier.behave(trouble);
    const app = stage.process({ timeoutMs: 100 });
    const quote = await quoteShipping(app, route());
    expect(quote.source).toBe("FALLBACK");
    expect(quote.rates.length).toBeGreaterThan(0);
    expect(chosenRate({ ...quote, ...route(), storeId: "x" as StoreId }, { courier: "jne", service: "REG" }).cost).toBe(
      48_000,
    );
    expect(await stage.openAlerts()).toEqual(["COURIER_FALLBACK"]);
    stage.courier.behave(ratesAnswer());
    expect((await quoteShipping(stage.process(), route())).source).toBe("LIVE");
    expect(await stage.openAlerts()).toEqual([]);
  });
});

describe("a route that no courier serves today", () => {
  test("is offered at the shop's own table, asked about once in a quarter of an hour, and is no outage", async () => {
    stage.courier.behave(noRates);
    const app = stage.process();
    expect((await quoteShipping(app, route())).source).toBe("FALLBACK");
    expect((await quoteShipping(app, route())).source).toBe("FALLBACK");
    expect(stage.courier.requests).toHaveLength(1);
    expect(await stage.openAlerts()).toEqual([]);
    stage.shift = 15 * MINUTE_MS;
    stage.courier.behave(ratesAnswer());
    expect((await quoteShipping(app, route())).source).toBe("LIVE");
  });

  test("by services that we can book is offered at the table too", async () => {
    stage.courier.behave(ratesAnswer(RATES.slice(2)));
    expect((await quoteShipping(stage.process(), route())).source).toBe("FALLBACK");
  });
});

describe("a quote that is too old", () => {
  test("is not offered any more", async () => {
    await quoteShipping(stage.process(), route());
    stage.shift = 30 * DAY_MS;
    stage.courier.behave(html);
    expect((await quoteShipping(stage.process(), route())).source).toBe("FALLBACK");
  });
});

describe("quotes for a checkout", () => {
  const storeId = "019a0000-0000-7000-8000-000000000002" as StoreId;

  test("come for each store, in their order", async () => {
    const other = stage.ids.next<"store">() as StoreId;
    const stores = [
      { storeId, originId: GAMBIR.id, weightGrams: 500 },
      { storeId: other, originId: GUBENG.id, weightGrams: 12_000 },
    ];
    const quoted = await quoteForStores(stage.process(), { destinationId: GUBENG.id, stores });
    expect(quoted.destination).toEqual(GUBENG);
    expect(quoted.stores.map((store) => [store.storeId, store.weightGrams, store.rates.length])).toEqual([
      [storeId, 500, 2],
      [other, 12_000, 2],
    ]);
  });

  test.each([1, 0, -5, 1.5, 2 ** 31, 17473])(
    "refuse the place %p, which no search has found",
    async (destinationId) => {
      await expect(quoteForStores(stage.process(), { destinationId, stores: [] })).rejects.toMatchObject({
        code: "INVALID_INPUT",
        details: { fields: { destinationId: expect.any(String) } },
      });
    },
  );

  test("refuse a way of shipping that is not offered", async () => {
    const { stores } = await quoteForStores(stage.process(), {
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
