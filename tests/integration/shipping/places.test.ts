import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { setCartItem } from "../../../domain/catalog/setCartItem.ts";
import { ANONYMOUS } from "../../../domain/kernel/actor.ts";
import type { StoreId } from "../../../domain/kernel/ids.ts";
import { DAY_MS } from "../../../domain/kernel/time.ts";
import type { CourierApp } from "../../../domain/shipping/askCourier.ts";
import { readRoutes } from "../../../domain/shipping/destination.queries.ts";
import { searchDestinations } from "../../../domain/shipping/searchDestinations.ts";
import type { Destination } from "../../../domain/shipping/shippingGateway.ts";
import { shippingRates } from "../../../domain/shipping/shippingRates.ts";
import { createRajaongkirGateway } from "../../../gateways/rajaongkir/http.ts";
import { inTransaction } from "../../../platform/db.ts";
import { createLog } from "../../../platform/log.ts";
import { openRateLimits } from "../../../platform/rateLimits.ts";
import { type RunningSandbox, startSandbox } from "../../../sandbox/server.ts";
import { quoteShipping } from "../../support/quoteShipping.ts";
import { addEmptyStore, addProduct, customer } from "../../support/shelves.ts";
import { addCustomer, ids, NOW, openTestShop, type TestShop } from "../../support/shopRows.ts";

let shop: TestShop;
let sandbox: RunningSandbox;
let dir: string;
let shift = 0;
const clock = { now: () => new Date(NOW.getTime() + shift) };

beforeAll(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), "lunas-places-"));
  [shop, sandbox] = await Promise.all([
    openTestShop(),
    startSandbox({ port: 0, dataDir: dir, rajaongkirKey: "sim-ok", logLevel: "silent" }),
  ]);
});
afterAll(async () => {
  await sandbox?.close();
  await shop?.drop();
  rmSync(dir, { recursive: true, force: true });
});
beforeEach(async () => {
  shift = 0;
  await fault(null);
  await inTransaction(shop.db, (tx) =>
    tx.sql("truncate shipping_quotes, courier_quota, destinations, destination_searches, rate_limits, alerts"),
  );
});

/** The next calls of the rate company fail, or none of them. */
async function fault(kind: string | null): Promise<void> {
  const headers = { "content-type": "application/json" };
  await fetch(`${sandbox.url}/sandbox/faults`, { method: "DELETE" });
  if (kind === null) return;
  const body = JSON.stringify({ target: "rajaongkir.*", kind, times: 100 });
  const response = await fetch(`${sandbox.url}/sandbox/faults`, { method: "POST", headers, body });
  if (!response.ok) throw new Error(`no fault: ${await response.text()}`);
}

function shopApp(key = "sim-ok", dailyQuota = 1_000): CourierApp {
  const shipping = createRajaongkirGateway({
    url: sandbox.url,
    key,
    timeoutMs: 1_000,
    random: () => 0,
    recordCall: async () => undefined,
  });
  return {
    db: shop.db,
    clock,
    ids,
    log: createLog("silent", "test"),
    limits: openRateLimits(
      { db: shop.db, clock, log: createLog("silent", "test") },
      { redisUrl: null, rateLimitScale: 1 },
    ),
    settings: { rajaongkirDailyQuota: dailyQuota } as never,
    shipping,
  };
}
const callsUsed = async () =>
  (await shop.db.sql<{ used: number }>("select coalesce(sum(used), 0) as used from courier_quota"))[0]?.used;

describe("one address", () => {
  const FLOODER = "203.0.113.7";
  const SHOPPER = "203.0.113.8";
  const villages = ["gambir", "gubeng", "senen", "menteng", "kemang", "cikini", "tebet", "kuningan", "sanur", "kuta"];

  /** Searches until the company is not asked any more. Returns how often it was. */
  async function flood(app: CourierApp): Promise<number> {
    for (let n = 0; n < 5; n++) {
      for (const village of villages) {
        await searchDestinations(app, `${village} ${n}`, FLOODER).catch(() => []);
      }
    }
    return (await callsUsed()) ?? 0;
  }

  test("cannot use up the day's calls of all by searching", async () => {
    const app = shopApp("sim-ok", 100);
    expect(await flood(app)).toBe(18);
    expect((await searchDestinations(app, "purwokerto", SHOPPER)).length).toBeGreaterThan(0);
    expect(await callsUsed()).toBe(19);
  });

  test("that has had its part still finds what is known, costs the others nothing, and raises no alert", async () => {
    const app = shopApp("sim-ok", 100);
    await searchDestinations(app, "purwokerto", SHOPPER);
    shift = DAY_MS + 1; // another day, with its part anew
    const used = await flood(app);
    expect((await searchDestinations(app, "purwokerto", FLOODER)).length).toBeGreaterThan(0);
    expect((await searchDestinations(app, "banyumas purwokerto", FLOODER)).length).toBeGreaterThan(0);
    await expect(searchDestinations(app, "nowhere known", FLOODER)).rejects.toMatchObject({ code: "RATE_LIMITED" });
    expect(await callsUsed()).toBe(used);
    expect(await shop.db.sql("select kind from alerts where cleared_at is null")).toEqual([]);
  });

  test("that has had its part is offered the shop's own table of rates, and a checkout the couriers' own", async () => {
    const app = shopApp("sim-ok", 100);
    const [destination] = await searchDestinations(app, "gubeng", SHOPPER);
    const route = { originId: 900101, destination: destination as Destination, weightGrams: 1_000 };
    await flood(app);
    const [limited, shared] = await Promise.all([
      quoteShipping(app, route, FLOODER),
      quoteShipping(app, route, SHOPPER),
    ]);
    expect([limited.source, shared.source]).toEqual(["FALLBACK", "LIVE"]);
    const other = { ...route, weightGrams: 5_000 };
    expect((await quoteShipping(app, other, FLOODER)).source).toBe("FALLBACK");
    expect((await quoteShipping(app, other)).source).toBe("LIVE");
    expect((await quoteShipping(app, other, FLOODER)).source).toBe("CACHED");
    expect(await shop.db.sql("select kind from alerts where cleared_at is null")).toEqual([]);
  });
});

describe("searching for a place", () => {
  test("finds villages by name and by postal code, never a placeholder", async () => {
    const app = shopApp();
    const found = await searchDestinations(app, "purwokerto");
    expect(found.length).toBeGreaterThan(7);
    expect(found.some(({ subdistrict, postalCode }) => subdistrict === "-" || postalCode === "0")).toBe(false);
    expect((await searchDestinations(app, "60281")).map(({ id }) => id)).toEqual([900113]);
  });

  test("asks once for what anybody has searched for in the last thirty days", async () => {
    const app = shopApp();
    const first = await searchDestinations(app, "gubeng");
    expect(await searchDestinations(app, "  GuBeng ")).toEqual(first);
    expect(await callsUsed()).toBe(1);
    shift = 30 * DAY_MS;
    await searchDestinations(app, "gubeng");
    expect(await callsUsed()).toBe(2);
  });

  test("remembers for a day that there is nothing", async () => {
    const app = shopApp();
    expect(await searchDestinations(app, "zzzzz")).toEqual([]);
    expect(await searchDestinations(app, "zzzzz")).toEqual([]);
    expect(await callsUsed()).toBe(1);
  });

  test("goes on with what is known when the company is down, however old", async () => {
    await searchDestinations(shopApp(), "gambir");
    await searchDestinations(shopApp(), "senen");
    shift = 90 * DAY_MS;
    await fault("html");
    expect((await searchDestinations(shopApp(), "gambir")).map(({ id }) => id)).toEqual([900101]);
    expect((await searchDestinations(shopApp(), "jakarta pus")).map(({ id }) => id).sort()).toEqual([17473, 900101]);
    await expect(searchDestinations(shopApp(), "denpasar")).rejects.toMatchObject({ name: "GatewayUnavailable" });
  });

  test.each(["", "ab", "  a  ", "!!!!", "x".repeat(61), "\u0000\u0000\u0000"])("refuses %j", async (search) => {
    await expect(searchDestinations(shopApp(), search)).rejects.toMatchObject({ code: "INVALID_INPUT" });
    expect(await callsUsed()).toBe(0);
  });

  test("makes a place one that can be shipped to", async () => {
    await expect(readRoutes(shop.db, 900116, [])).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await searchDestinations(shopApp(), "sanur");
    const { destination } = await readRoutes(shop.db, 900116, []);
    expect(destination).toMatchObject({ city: "DENPASAR", province: "BALI", postalCode: "80228" });
  });

  test("tells a wrong key apart from a place that does not exist", async () => {
    await expect(searchDestinations(shopApp("wrong"), "gubeng")).rejects.toThrow(/key is refused/);
  });
});

describe("rates of a basket", () => {
  let jakarta: StoreId;
  let sleman: StoreId;
  beforeAll(async () => {
    jakarta = await addEmptyStore(shop.db, 900101);
    sleman = await addEmptyStore(shop.db, 31555);
  });

  test("come for each store by the weight that a courier bills", async () => {
    const app = shopApp();
    await searchDestinations(app, "gubeng");
    const coffee = await addProduct(shop.db, jakarta, { weightGrams: 600, size: [10, 10, 10] });
    const vase = await addProduct(shop.db, sleman, { weightGrams: 500, size: [30, 30, 40] });
    const rates = await shippingRates(app, ANONYMOUS, {
      destinationId: 900113,
      lines: [
        { productId: coffee, quantity: 2 },
        { productId: vase, quantity: 1 },
      ],
    });
    const byStore = new Map(rates.map((store) => [store.storeId, store]));
    expect(byStore.get(jakarta)).toMatchObject({ weightGrams: 1_200, source: "LIVE" });
    expect(byStore.get(jakarta)?.rates.find(({ courier }) => courier === "jne")?.cost).toBe(20_000);
    expect(byStore.get(sleman)).toMatchObject({ weightGrams: 6_000 });
    expect(byStore.get(sleman)?.rates.find(({ courier }) => courier === "jne")?.cost).toBe(120_000);
    expect(
      rates
        .flatMap((store) => store.rates)
        .some(({ courier }) => ["lion", "tiki", "pos", "anteraja"].includes(courier)),
    ).toBe(false);
  });

  test("are those of the caller's cart when no lines are given; an empty cart has none", async () => {
    const app = shopApp();
    await searchDestinations(app, "gubeng");
    const actor = customer(await addCustomer(shop.db));
    expect(await shippingRates(app, actor, { destinationId: 900113 })).toEqual([]);
    await setCartItem(app, actor, { productId: await addProduct(shop.db, jakarta), quantity: 1 });
    expect(await shippingRates(app, actor, { destinationId: 900113, lines: null })).toMatchObject([
      { storeId: jakarta, weightGrams: 300 },
    ]);
    await expect(shippingRates(app, ANONYMOUS, { destinationId: 900113 })).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
  });

  test("are refused for lines that cannot be bought", async () => {
    const app = shopApp();
    await searchDestinations(app, "gubeng");
    const withdrawn = await addProduct(shop.db, jakarta, { isActive: false });
    const ask = (lines: { productId: string; quantity: number }[]) =>
      shippingRates(app, ANONYMOUS, { destinationId: 900113, lines });
    await expect(ask([{ productId: withdrawn, quantity: 1 }])).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(ask([{ productId: withdrawn, quantity: 0 }])).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await expect(ask([])).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });

  test("live on when the rate company does not answer", async () => {
    const app = shopApp();
    await searchDestinations(app, "gubeng");
    const productId = await addProduct(shop.db, jakarta);
    const ask = () =>
      shippingRates(shopApp(), ANONYMOUS, { destinationId: 900113, lines: [{ productId, quantity: 1 }] });
    await fault("500");
    expect(await ask()).toMatchObject([{ source: "FALLBACK" }]);
    await fault(null);
    expect(await ask()).toMatchObject([{ source: "LIVE" }]);
    shift = 2 * DAY_MS;
    await fault("429");
    expect(await ask()).toMatchObject([{ source: "CACHED", quotedAt: NOW }]);
  });
});
