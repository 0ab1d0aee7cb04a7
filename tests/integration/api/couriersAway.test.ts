import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { seed } from "../../../scripts/seed.ts";
import { signUp, startTestApi, type TestApi } from "../../support/api.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import {
  type Behaviour,
  type CourierRequest,
  envelope,
  type FakeCourier,
  html,
  RATES,
  ratesAnswer,
  startFakeCourier,
} from "../../support/fakeCourier.ts";
import { NOW } from "../../support/shopRows.ts";
import { HANG_LIMIT, HANG_LIMIT_MS } from "../../support/until.ts";

/** One for all processes, as in a deployment. */
const JWT_SECRET = "a-secret-of-the-test-of-absent-couriers";

let database: TestDatabase;
let courier: FakeCourier;
let api: TestApi;
let token: string;

const GUBENG = {
  id: 900113,
  label: "GUBENG, GUBENG, SURABAYA, JAWA TIMUR, 60281",
  subdistrict_name: "GUBENG",
  district_name: "GUBENG",
  city_name: "SURABAYA",
  province_name: "JAWA TIMUR",
  zip_code: "60281",
};
const isSearch = ({ path }: CourierRequest) => path.includes("destination");
const well = (request: CourierRequest): Behaviour =>
  isSearch(request) ? { status: 200, body: envelope(200, "Success", [GUBENG]) } : ratesAnswer();

/** A process that knows nothing of what happened before; all of them share the database. */
const startShop = (env: Record<string, string> = {}) =>
  startTestApi({
    databaseUrl: database.url,
    env: { RAJAONGKIR_URL: courier.url, GATEWAY_TIMEOUT: HANG_LIMIT, RATE_LIMIT_SCALE: "0", JWT_SECRET, ...env },
  });

beforeAll(async () => {
  [database, courier] = await Promise.all([createTestDatabase(), startFakeCourier()]);
  api = await startShop();
  await seed(api.app.db, NOW);
  token = (await signUp(api)).accessToken;
  courier.behave(well);
  await ask(api, '{ destinations(search: "gubeng") { id } }');
});
afterAll(async () => {
  await api?.stop();
  await courier?.stop();
  await database?.drop();
});
beforeEach(async () => {
  await api.app.db.sql("delete from shipping_quotes");
  await api.app.db.sql("delete from courier_quota");
});

/** The answer to an operation that must work. */
async function ask<T>(shop: TestApi, query: string, variables: object = {}): Promise<T> {
  const { data, errors } = await shop.graphql<T>(query, variables, { token });
  if (!data || errors.length > 0) throw new Error(JSON.stringify(errors));
  return data;
}

interface Rate {
  readonly courier: string;
  readonly service: string;
  readonly source: string;
  readonly cost: number;
}

/** Looks at rates, buys at the first of them, and reads the order, as a shopper does. */
async function shopAt(shop: TestApi) {
  const { products } = await ask<{ products: { nodes: { id: string; store: { id: string } }[] } }>(
    shop,
    '{ products(first: 1, filter: { search: "kopi", inStock: true }) { nodes { id store { id } } } }',
  );
  const [product] = products.nodes;
  if (!product) throw new Error("the shop sells no coffee");
  const lines = [{ productId: product.id, quantity: 1 }];
  const { shippingRates } = await ask<{ shippingRates: { rates: Rate[] }[] }>(
    shop,
    `query Rates($lines: [CheckoutLineInput!]) {
       shippingRates(destinationId: 900113, lines: $lines) { rates { courier service source cost } } }`,
    { lines },
  );
  const rates = shippingRates[0]?.rates ?? [];
  const [rate] = rates;
  if (!rate) throw new Error("nothing is offered");
  const { checkout } = await ask<{ checkout: { orders: { id: string; shippingCost: number }[] } }>(
    shop,
    "mutation Buy($input: CheckoutInput!) { checkout(input: $input) { orders { id shippingCost } } }",
    {
      input: {
        lines,
        shipping: [{ storeId: product.store.id, courier: rate.courier, service: rate.service }],
        address: { recipient: "Sari", phone: "081234567890", line: "Jl. Melati 5", destinationId: 900113 },
        idempotencyKey: `away-${randomUUID()}`,
      },
    },
  );
  const [bought] = checkout.orders;
  const asked = courier.requests.length;
  const { order } = await ask<{ order: { status: string; shipping: { courier: string } } | null }>(
    shop,
    "query Read($id: ID!) { order(id: $id) { status shipping { courier service } shippingAddress { recipient } } }",
    { id: bought?.id },
  );
  const [kept] = await shop.app.db.sql<{ source: string }>(
    "select shipping_quote->>'source' as source from orders where id = $1",
    [bought?.id],
  );
  return {
    rates,
    rate,
    order,
    cost: bought?.shippingCost,
    source: kept?.source,
    isAskedByOrderPage: courier.requests.length > asked,
  };
}

const TROUBLES: [string, Behaviour][] = [
  ["cuts every connection", "cut"],
  ["never answers", "hang"],
  ["is too slow", { ...ratesAnswer(), afterMs: 2 * HANG_LIMIT_MS }],
  ["answers half", "half"],
  ["throttles (429)", { status: 429, body: envelope(429, "Daily limit exceeded") }],
  ["fails (500)", { status: 500, body: envelope(500, "Server Error") }],
  ["answers HTML", html],
  ["answers nothing", { status: 200, body: "" }],
  ["refuses the key", { status: 400, body: envelope(400, "Invalid Api key, key not found") }],
];

describe("a shop whose rate company is in trouble", () => {
  test.each(TROUBLES)("sells at its own table, labelled, and shows orders, when the company %s", async (_, trouble) => {
    courier.behave(trouble);
    const shop = await startShop();
    try {
      const bought = await shopAt(shop);
      expect(bought.rates.map(({ source }) => source)).toEqual(bought.rates.map(() => "FALLBACK"));
      expect(bought).toMatchObject({
        order: { status: "PENDING_PAYMENT", shipping: { courier: bought.rate.courier } },
        cost: bought.rate.cost,
        source: "FALLBACK",
        isAskedByOrderPage: false,
      });
    } finally {
      await shop.stop();
    }
  });

  test("sells at its own table when nobody takes the connection", async () => {
    const gone = await startFakeCourier();
    await gone.stop();
    const shop = await startShop({ RAJAONGKIR_URL: gone.url });
    try {
      expect(await shopAt(shop)).toMatchObject({ source: "FALLBACK", order: { status: "PENDING_PAYMENT" } });
    } finally {
      await shop.stop();
    }
  });

  test("sells at what the couriers said last, where that is known, whatever happens now", async () => {
    courier.behave(well);
    const { rate } = await shopAt(api);
    await api.app.db.sql("update shipping_quotes set quoted_at = quoted_at - interval '2 days'");
    courier.behave(html);
    const shop = await startShop();
    try {
      expect(await shopAt(shop)).toMatchObject({ source: "CACHED", rate: { ...rate, source: "CACHED" } });
    } finally {
      await shop.stop();
    }
  });

  test("sells by the couriers that answer when one is missing", async () => {
    courier.behave(ratesAnswer(RATES.filter(({ code }) => code !== "jne")));
    const { rates, source } = await shopAt(api);
    expect(rates.map(({ courier: code }) => code)).toEqual(["jnt"]);
    expect([rates[0]?.source, source]).toEqual(["LIVE", "CACHED"]);
  });

  test("sells at its own table when all that answer are couriers that it cannot book", async () => {
    courier.behave(ratesAnswer(RATES.filter(({ code }) => code === "lion")));
    expect((await shopAt(api)).source).toBe("FALLBACK");
  });

  test("finds places that were found before, and says for others that the company is away", async () => {
    courier.behave(html);
    const shop = await startShop();
    try {
      const { destinations } = await ask<{ destinations: { id: number }[] }>(
        shop,
        '{ destinations(search: "surabaya") { id } }',
      );
      expect(destinations.map(({ id }) => id)).toContain(900113);
      const { errors } = await shop.graphql('{ destinations(search: "nowhere yet") { id } }', {}, { token });
      expect(errors[0]?.extensions).toMatchObject({ code: "GATEWAY_UNAVAILABLE", retryable: true });
    } finally {
      await shop.stop();
    }
  });

  test("asks once for all who look at the same parcel at once", async () => {
    courier.behave({ ...ratesAnswer(), afterMs: 50 });
    courier.requests.length = 0;
    await Promise.all([1, 2, 3, 4, 5].map(() => shopAt(api)));
    expect(courier.requests).toHaveLength(1);
  });

  test("keeps the key and nobody's name among the calls that staff reads", async () => {
    const calls = await api.app.db.sql<{ operation: string; outcome: string }>(
      "select distinct operation, outcome from gateway_calls where gateway = 'rajaongkir' order by 1, 2",
    );
    expect(calls.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual(
      expect.arrayContaining(["cost failed", "cost no_answer", "cost ok", "cost refused", "search ok"]),
    );
  });
});
