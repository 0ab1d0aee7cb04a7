import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { statementsSent } from "../../../platform/sqlClient.ts";
import { type RunningSandbox, startSandbox } from "../../../sandbox/server.ts";
import { seed } from "../../../scripts/seed.ts";
import { type Answer, codeOf, signUp, startTestApi, type TestApi } from "../../support/api.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { NOW } from "../../support/shopRows.ts";

let database: TestDatabase;
let sandbox: RunningSandbox;
let api: TestApi;
let dir: string;
let token: string;

beforeAll(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), "lunas-shopping-"));
  const key = { rajaongkirKey: "sim-ok", logLevel: "silent" };
  [database, sandbox] = await Promise.all([createTestDatabase(), startSandbox({ port: 0, dataDir: dir, ...key })]);
  api = await startTestApi({
    databaseUrl: database.url,
    env: { SANDBOX_PORT: String(sandbox.port), RATE_LIMIT_SCALE: "0" },
  });
  await seed(api.app.db, NOW);
  token = (await signUp(api)).accessToken;
});
afterAll(async () => {
  await api?.stop();
  await sandbox?.close();
  await database?.drop();
  rmSync(dir, { recursive: true, force: true });
});

/** The answer to an operation that must work. */
async function ask<T>(query: string, variables: object = {}): Promise<T> {
  const { data, errors } = await api.graphql<T>(query, variables, { token });
  if (!data || errors.length > 0) throw new Error(JSON.stringify(errors));
  return data;
}

/** How many statements reading `query` costs, by somebody who is not signed in. */
async function statementsOf(query: string): Promise<number> {
  const before = statementsSent();
  const { errors } = await api.graphql(query);
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return statementsSent() - before;
}

const products = (first: number, more = "") =>
  `{ products(first: ${first}) { nodes { id slug name price currency stock weightGrams imageUrl rating reviewCount
     store { id name slug originId } } edges { cursor } pageInfo { hasNextPage endCursor } ${more} } }`;

describe("the catalogue", () => {
  test("costs two statements a page with its stores, and a third for the count, however long it is", async () => {
    for (const first of [1, 20, 100]) {
      expect(await statementsOf(products(first))).toBe(2);
      expect(await statementsOf(products(first, "totalCount"))).toBe(3);
    }
  });

  test("shows products, their stores and packages to anybody", async () => {
    const { data } = await api.graphql<{
      product: { name: string; store: { slug: string } };
      packages: { prices: object[]; courses: object[]; currency: string }[];
      stores: object[];
    }>(`{ product(slug: "kopi-arabika-gayo-250-g") { name store { slug } }
          packages { name prices { type price } currency approval isBundle courses { title } } stores { name } }`);
    expect(data?.product).toEqual({ name: "Kopi Arabika Gayo 250 g", store: { slug: "kopi-gambir" } });
    expect([data?.packages.length, data?.stores.length]).toEqual([4, 4]);
    expect(data?.packages.every(({ prices, currency }) => prices.length === 2 && currency === "IDR")).toBe(true);
  });

  test.each([
    ["{ products(first: 101) { totalCount } }", "INVALID_INPUT"],
    ["{ products(first: -1) { totalCount } }", "INVALID_INPUT"],
    ['{ products(after: "x") { totalCount } }', "INVALID_INPUT"],
    ["{ product { id } }", "INVALID_INPUT"],
    ['{ product(id: "x", slug: "y") { id } }', "INVALID_INPUT"],
    ['{ destinations(search: "ab") { id } }', "INVALID_INPUT"],
    ["{ shippingRates(destinationId: 1, lines: []) { weightGrams } }", "INVALID_INPUT"],
    ["{ shippingRates(destinationId: 1) { weightGrams } }", "UNAUTHENTICATED"],
    ["{ cart { id } }", "UNAUTHENTICATED"],
    ['mutation { setCartItem(productId: "x", quantity: 1) { id } }', "UNAUTHENTICATED"],
    ["mutation { clearCart { id } }", "UNAUTHENTICATED"],
  ])("answers %s with %s", async (query, code) => {
    expect(codeOf(await api.graphql(query))).toBe(code);
  });
});

interface Rates {
  readonly shippingRates: {
    readonly weightGrams: number;
    readonly store: { readonly slug: string };
    readonly rates: readonly { courier: string; description: string; cost: number; etd: string; source: string }[];
  }[];
}

describe("a shopper", () => {
  test("fills a cart, finds a place and sees what shipping costs from each store", async () => {
    const idOf = async (slug: string) =>
      (await ask<{ product: { id: string } }>("query P($slug: String) { product(slug: $slug) { id } }", { slug }))
        .product.id;
    const put = `mutation Put($id: ID!, $quantity: Int!) { setCartItem(productId: $id, quantity: $quantity) {
      itemCount subtotal currency items { quantity unitPrice total product { name store { slug } } } } }`;
    await ask(put, { id: await idOf("kopi-arabika-gayo-250-g"), quantity: 2 });
    const { setCartItem } = await ask<{ setCartItem: object }>(put, {
      id: await idOf("mangkuk-kayu-mahoni"),
      quantity: 1,
    });
    expect(setCartItem).toMatchObject({ itemCount: 3, subtotal: 2 * 89_000 + 85_000, currency: "IDR" });
    const { destinations } = await ask<{ destinations: { id: number; city: string }[] }>(
      '{ destinations(search: "keputih") { id city } }',
    );
    expect(destinations).toEqual([{ id: 900114, city: "SURABAYA" }]);
    const { shippingRates } = await ask<Rates>(`{ shippingRates(destinationId: 900114) { weightGrams store { slug }
      rates { courier service description cost currency etd source quotedAt } } }`);
    expect(shippingRates.map(({ store }) => store.slug).sort()).toEqual(["kopi-gambir", "kriya-ngaglik"]);
    const fromJakarta = shippingRates.find(({ store }) => store.slug === "kopi-gambir");
    expect(fromJakarta?.weightGrams).toBe(720);
    expect(fromJakarta?.rates.find(({ courier }) => courier === "jne")).toMatchObject({
      description: "JNE Reguler",
      cost: 20_000,
      etd: "2-3 hari",
      source: "LIVE",
    });
    expect(
      (await ask<{ clearCart: object }>("mutation { clearCart { itemCount subtotal items { id } } }")).clearCart,
    ).toEqual({
      itemCount: 0,
      subtotal: 0,
      items: [],
    });
  });

  test("is told how many pieces are left", async () => {
    const { product } = await ask<{ product: { id: string; stock: number } }>(
      '{ product(slug: "kain-songket-palembang") { id stock } }',
    );
    const answer: Answer<object> = await api.graphql(
      "mutation Put($id: ID!) { setCartItem(productId: $id, quantity: 4) { id } }",
      { id: product.id },
      { token },
    );
    expect(answer.errors[0]?.extensions).toEqual({
      code: "OUT_OF_STOCK",
      retryable: false,
      details: { productId: product.id, available: 3 },
    });
  });

  test("costs few statements when looking into a full cart", async () => {
    const { products: page } = await ask<{ products: { nodes: { id: string }[] } }>(
      "{ products(first: 30, filter: { inStock: true }) { nodes { id } } }",
    );
    for (const { id } of page.nodes)
      await ask("mutation Put($id: ID!) { setCartItem(productId: $id, quantity: 1) { id } }", { id });
    const before = statementsSent();
    await ask("{ cart { items { quantity product { name store { name } } } subtotal } }");
    // The cart, its products, their stores; the caller's account may be looked up once.
    expect(statementsSent() - before).toBeLessThanOrEqual(4);
  });
});

const SESSION = `id status total currency expiresAt
  payment { id number status channel method amount refundedAmount paidAt expiresAt createdAt }
  orders { id number status statusLabel paymentStatus subtotal shippingCost discount tax total isArchived createdAt
    updatedAt canCancel store { slug } shipping { courier service description }
    shippingAddress { recipient phone line note destination { id label city postalCode } }
    payment { id } items { id productName unitPrice quantity total product { slug } } }`;
const PAGE = `{ orders(first: 10) { edges { cursor node { id number total store { name } payment { status amount }
  items { productName total } } } pageInfo { hasNextPage } } }`;

describe("a checkout", () => {
  const buy = async (selection: string) => {
    const { products: page } = await ask<{ products: { nodes: { id: string; store: { id: string } }[] } }>(
      '{ products(first: 5, filter: { search: "kopi", inStock: true }) { nodes { id store { id } } } }',
    );
    const lines = page.nodes.map(({ id }) => ({ productId: id, quantity: 1 }));
    const stores = [...new Set(page.nodes.map(({ store }) => store.id))];
    const input = {
      lines,
      shipping: stores.map((storeId) => ({ storeId, courier: "jne", service: "REG" })),
      address: { recipient: "Sari", phone: "081234567890", line: "Jl. Melati 5", destinationId: 900114 },
    };
    const before = statementsSent();
    const { checkout } = await ask<{ checkout: { id: string } }>(
      `mutation Buy($input: CheckoutInput!) { checkout(input: $input) { ${selection} } }`,
      { input: { ...input, idempotencyKey: `counted-${crypto.randomUUID()}` } },
    );
    return { checkout, statements: statementsSent() - before };
  };

  beforeAll(async () => {
    await ask('{ destinations(search: "keputih") { id } }');
    await buy("id"); // from here on the couriers' quotes are kept
  });

  test("costs seven statements, transaction brackets included, and its answer none", async () => {
    const answer = `id status total payment { id number status amount paymentToken }
      orders { id number items { id productName total } }`;
    const counts: number[] = [];
    for (let n = 1; n <= 3; n++) counts.push((await buy(answer)).statements);
    expect(counts).toEqual([7, 7, 7]);
  });

  test("answers what reading it afterwards answers", async () => {
    const { checkout } = await buy(SESSION);
    const { checkoutSession } = await ask<{ checkoutSession: object }>(
      `query Read($id: ID!) { checkoutSession(id: $id) { ${SESSION} } }`,
      { id: checkout.id },
    );
    expect(checkout).toEqual(checkoutSession);
  });

  test("is on a page of the buyer's orders, which costs four statements whatever its length", async () => {
    const counts: number[] = [];
    for (let n = 1; n <= 3; n++) {
      await buy("id");
      const before = statementsSent();
      await ask(PAGE);
      counts.push(statementsSent() - before);
    }
    expect(counts).toEqual([4, 4, 4]);
  });
});
