import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningSandbox, startSandbox } from "../../../sandbox/server.ts";
import { seed } from "../../../scripts/seed.ts";
import { codeOf, signUp, startTestApi, type TestApi } from "../../support/api.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { NOW } from "../../support/shopRows.ts";

let database: TestDatabase;
let sandbox: RunningSandbox;
let api: TestApi;
let dir: string;
let token: string;

beforeAll(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), "lunas-methods-"));
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

async function ask<T>(query: string, variables: object = {}): Promise<T> {
  const { data, errors } = await api.graphql<T>(query, variables, { token });
  if (!data || errors.length > 0) throw new Error(JSON.stringify(errors));
  return data;
}

interface Method {
  readonly method: string;
  readonly label: string;
  readonly available: boolean;
  readonly paySeconds: number;
}
const methods = async (amount: number, language = "ID") =>
  (
    await ask<{ paymentMethods: Method[] }>(
      `{ paymentMethods(amount: ${amount}) { method kind label(language: ${language}) minAmount maxAmount currency
           refundable refundableInPart paySeconds available guides(language: ${language}) { title steps } } }`,
    )
  ).paymentMethods;
const takes = async (amount: number) =>
  (await methods(amount)).filter(({ available }) => available).map(({ method }) => method);

test("an amount has the methods that take it, with their limits, names and steps in two languages", async () => {
  const all = await methods(150_000);
  expect(all.find(({ method }) => method === "QRIS")).toMatchObject({
    kind: "QR",
    minAmount: 1,
    maxAmount: 10_000_000,
    currency: "IDR",
    refundable: true,
    available: true,
    paySeconds: 86_400,
  });
  expect(all.map(({ method }) => method)).not.toContain("MANUAL_TRANSFER");
  const english = await methods(150_000, "EN");
  expect(english.find(({ method }) => method === "VA_BCA")?.label).toBe("BCA virtual account");
  expect(await takes(150_000)).toHaveLength(all.length);
  expect(await takes(10_000_001)).not.toContain("QRIS");
  expect(await takes(9_999)).not.toEqual(expect.arrayContaining(["VA_BCA"]));
  expect(await takes(Number.MAX_SAFE_INTEGER)).toEqual(["VA_BNI"]);
});

test("a number is given once, and shown to its payer on every device with the steps of its bank", async () => {
  const { destinations } = await ask<{ destinations: { id: number }[] }>('{ destinations(search: "keputih") { id } }');
  const { product } = await ask<{ product: { id: string; store: { id: string } } }>(
    '{ product(slug: "kopi-arabika-gayo-250-g") { id store { id } } }',
  );
  const lines = [{ productId: product.id, quantity: 1 }];
  const { shippingRates } = await ask<{ shippingRates: { rates: { courier: string; service: string }[] }[] }>(
    `query Rates($to: Int!, $lines: [CheckoutLineInput!]) {
       shippingRates(destinationId: $to, lines: $lines) { rates { courier service } } }`,
    { to: destinations[0]?.id, lines },
  );
  const address = {
    recipient: "Siti",
    phone: "0812-3456-7890",
    line: "Jl. Melati 5",
    destinationId: destinations[0]?.id,
  };
  const shipping = [{ storeId: product.store.id, ...shippingRates[0]?.rates[0] }];
  const { checkout } = await ask<{ checkout: { payment: { id: string; paymentToken: string } } }>(
    "mutation Buy($input: CheckoutInput!) { checkout(input: $input) { payment { id paymentToken } } }",
    { input: { lines, address, shipping, idempotencyKey: "methods-checkout-1" } },
  );
  const input = { paymentId: checkout.payment.id, method: "VA_BCA", idempotencyKey: "methods-start-1" };
  const START = `mutation Start($input: StartPaymentInput!) { startPayment(input: $input) { ...Shown } }
    fragment Shown on Payment { id method currentTransaction { state expiresAt methodLabel
      guides(language: EN) { title steps } instructions { bank vaNumber qrString deeplinkUrl } } }`;
  const { paymentToken } = checkout.payment;
  const { startPayment } = await ask<{ startPayment: object }>(START, { input: { ...input, paymentToken } });
  expect(startPayment).toMatchObject({
    method: "VA_BCA",
    currentTransaction: {
      state: "LIVE",
      methodLabel: "BCA Virtual Account",
      expiresAt: expect.any(String),
      guides: expect.arrayContaining([{ title: "BCA mobile app", steps: expect.any(Array) }]),
      instructions: { bank: "bca", vaNumber: expect.stringMatching(/^\d{6,}$/), qrString: null, deeplinkUrl: null },
    },
  });
  // The same key again, and a look from elsewhere, show the same number.
  expect(await ask(START, { input: { ...input, paymentToken } })).toEqual({ startPayment });
  const { payment } = await ask<{ payment: object }>(
    `query Look($id: ID!) { payment(id: $id) { ...Shown } } ${START.slice(START.indexOf("fragment"))}`,
    { id: checkout.payment.id },
  );
  expect(payment).toEqual(startPayment);
  const stranger = (await signUp(api)).accessToken;
  const seen = await api.graphql<{ payment: null }>(
    "query Look($id: ID!) { payment(id: $id) { id } }",
    { id: checkout.payment.id },
    { token: stranger },
  );
  expect(seen.data).toEqual({ payment: null });
  const used = await api.graphql(
    START,
    { input: { ...input, paymentToken, idempotencyKey: "methods-start-2" } },
    { token },
  );
  expect(codeOf(used)).toBe("PAYMENT_TOKEN_INVALID");
});
