import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { METHODS } from "../../../domain/payment/methods.rules.ts";
import { type RunningSandbox, startSandbox } from "../../../sandbox/server.ts";
import { seed } from "../../../scripts/seed.ts";
import { codeOf, signUp, startTestApi, type TestApi } from "../../support/api.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { NOW } from "../../support/shopRows.ts";

const MOST = Number.MAX_SAFE_INTEGER;
/** What customers can choose; a saved card is chosen as a card. */
const CHOSEN = METHODS.filter(({ kind }) => kind !== "OFFLINE" && kind !== "CARD");

let database: TestDatabase;
let sandbox: RunningSandbox;
let api: TestApi;
let dir: string;
let token: string;

beforeAll(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), "lunas-limits-"));
  const key = { rajaongkirKey: "sim-ok", logLevel: "silent" };
  [database, sandbox] = await Promise.all([createTestDatabase(), startSandbox({ port: 0, dataDir: dir, ...key })]);
  const env = { SANDBOX_PORT: String(sandbox.port), RATE_LIMIT_SCALE: "0" };
  api = await startTestApi({ databaseUrl: database.url, env });
  await seed(api.app.db, NOW);
  token = (await signUp(api)).accessToken;
  await api.graphql('{ destinations(search: "GAMBIR") { id } }', {}, { token });
});
afterAll(async () => {
  await api?.stop();
  await sandbox?.close();
  await database?.drop();
  rmSync(dir, { recursive: true, force: true });
});

const sql = <T extends object>(text: string, ...values: unknown[]) => api.app.db.sql<T>(text, values);

async function productOf(price: number): Promise<{ id: string; storeId: string }> {
  const [row] = await sql<{ id: string; storeId: string }>(
    `insert into products (id, store_id, slug, name, description, price, weight_grams, length_cm, width_cm, height_cm,
                           opening_stock, stock, created_at, updated_at)
     select $1::uuid, (select id from stores order by id limit 1), $1::text, 'Kopi', 'Biji kopi', $2, 250, 10, 8, 8,
            100, 100, now(), now()
     returning id, store_id`,
    api.app.ids.next(),
    price,
  );
  return row as { id: string; storeId: string };
}

let keys = 0;
const CHECKOUT = `mutation Buy($input: CheckoutInput!) {
  checkout(input: $input) { id payment { id paymentToken amount } } }`;

async function buy(price: number, quantity: number, method: string | null = null) {
  const { id: productId, storeId } = await productOf(price);
  keys += 1;
  const input = {
    lines: [{ productId, quantity }],
    address: { recipient: "Siti", phone: "081200000001", line: "Jl. Melati 5", destinationId: 900101 },
    shipping: [{ storeId, courier: "jne", service: "REG" }],
    method,
    idempotencyKey: `limits-checkout-${keys}`,
  };
  return api.graphql<{ checkout: { id: string; payment: { id: string } } }>(CHECKOUT, { input }, { token });
}

/** Nothing of the order is asked but this sum: one piece of one thing, sent for nothing. */
async function reprice(sessionId: string, paymentId: string, amount: number): Promise<void> {
  await sql("update payment_transactions set state = 'CLOSED', next_poll_at = null where payment_id = $1", paymentId);
  await sql(
    `update order_items set unit_price = $2::bigint, total = $2::bigint
      where order_id in (select id from orders where session_id = $1)`,
    sessionId,
    amount,
  );
  await sql(
    "update orders set subtotal = $2::bigint, shipping_cost = 0, total = $2::bigint where session_id = $1",
    sessionId,
    amount,
  );
  await sql("update payments set amount = $2 where id = $1", paymentId, amount);
}

const RENEW = "mutation Renew($id: ID!) { renewPaymentToken(paymentId: $id) { paymentToken } }";
const START = `mutation Start($input: StartPaymentInput!) {
  startPayment(input: $input) { currentTransaction { state method } } }`;

async function start(paymentId: string, method: string) {
  const renewed = await api.graphql<{ renewPaymentToken: { paymentToken: string } }>(
    RENEW,
    { id: paymentId },
    { token },
  );
  keys += 1;
  const input = {
    paymentId,
    method,
    paymentToken: renewed.data?.renewPaymentToken.paymentToken,
    idempotencyKey: `limits-start-${keys}`,
  };
  return api.graphql<{ startPayment: object }>(START, { input }, { token });
}

const triesOf = async (paymentId: string): Promise<number> =>
  (await sql<{ n: number }>("select tries as n from payments where id = $1", paymentId))[0]?.n ?? Number.NaN;

async function isOffered(method: string, amount: number): Promise<boolean | undefined> {
  const { data } = await api.graphql<{ paymentMethods: { method: string; available: boolean }[] }>(
    "query Methods($amount: Money!) { paymentMethods(amount: $amount) { method available } }",
    { amount },
    { token },
  );
  return data?.paymentMethods.find((each) => each.method === method)?.available;
}

describe("a sum at the edge of a method", () => {
  test.each(CHOSEN.map(({ method, min, max }) => ({ method, min, max })))(
    "$method takes its least and its most, and not a rupiah beyond",
    async ({ method, min, max }) => {
      const bought = (await buy(50_000, 1)).data?.checkout;
      if (!bought) throw new Error("nothing was bought");
      const { id: sessionId, payment } = bought;
      const edges = [min - 1, min, max, max + 1, MOST - 1, MOST];
      const sums = [...new Set(edges)].filter((sum) => sum >= 1 && Number.isSafeInteger(sum));
      for (const sum of sums) {
        await reprice(sessionId, payment.id, sum);
        const before = await triesOf(payment.id);
        const { data, errors } = await start(payment.id, method);
        const isTaken = sum >= min && sum <= max;
        expect({ sum, isOffered: await isOffered(method, sum) }).toEqual({ sum, isOffered: isTaken });
        if (isTaken) {
          const started = { startPayment: { currentTransaction: { state: "LIVE", method } } };
          expect({ sum, errors, data }).toEqual({ sum, errors: [], data: started });
        } else {
          const extensions = { code: "AMOUNT_OUT_OF_RANGE", details: { min, max } };
          expect({ sum, errors }).toMatchObject({ sum, errors: [{ extensions }] });
          expect(await triesOf(payment.id)).toBe(before);
        }
      }
    },
  );
});

describe("a sum that no number of ours can hold", () => {
  test("is refused before anything is sold, whatever adds up to it", async () => {
    for (const [price, quantity] of [
      [MOST, 1],
      [MOST, 2],
      [Math.floor(MOST / 2), 3],
    ] as const) {
      const answer = await buy(price, quantity);
      expect({ price, quantity, code: codeOf(answer) }).toEqual({ price, quantity, code: "AMOUNT_OUT_OF_RANGE" });
    }
    const [sold] = await sql<{ n: number }>(
      "select count(*)::int as n from products where stock <> 100 and slug = id::text",
    );
    expect(sold?.n).toBe(CHOSEN.length);
  });
});
