import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Stack, startStack } from "../../support/stack.ts";
import { type Case, given } from "./badGiven.ts";
import { CHECKOUTS, PAYMENTS } from "./badOrders.ts";
import { FORMS, NULS, READS } from "./badReads.ts";
import {
  buy,
  type CheckoutAnswer,
  type Counter,
  type Customer,
  checkoutInput,
  codeOf,
  findPlace,
  JWT_SECRET,
  openCounter,
} from "./shopper.ts";

let stack: Stack;
let counter: Counter;

const idOf = async (text: string, value: string) => (await counter.sql<{ id: string }>(text, [value]))[0]?.id as string;
const firstOrder = (payment: { id: string }) =>
  idOf("select o.id from orders o join payments p on p.session_id = o.session_id where p.id = $1", payment.id);
async function buyNow(customer: Customer, input: object) {
  const { data, errors } = await buy(stack, customer, input);
  expect(errors).toEqual([]);
  return (data as CheckoutAnswer).checkout.payment;
}

/** What the cases find in the shop. */
async function fill(): Promise<void> {
  await findPlace(stack);
  const [me, other, empty] = (await counter.people(3)) as [Customer, Customer, Customer];
  const goods = await counter.product();
  const usedInput = checkoutInput(goods, { idempotencyKey: "used-already-0001" });
  Object.assign(given, { me, empty, staff: (await counter.people(1, "STAFF"))[0], goods, usedInput });
  given.scarce = await counter.product(2);
  given.withdrawn = await counter.product();
  await counter.sql("update products set is_active = false where id = $1", [given.withdrawn.productId]);
  given.elsewhere = await idOf("select id from stores where id <> $1 limit 1", goods.storeId);
  given.bought = await buyNow(me, usedInput);
  given.cancelled = await buyNow(me, checkoutInput(goods));
  given.foreign = await buyNow(other, checkoutInput(goods));
  given.boughtOrder = await firstOrder(given.bought);
  given.foreignOrder = await firstOrder(given.foreign);
  const cancel = "mutation C($id: ID!) { cancelPayment(paymentId: $id) { id } }";
  const put = "mutation C($id: ID!) { setCartItem(productId: $id, quantity: 1) { id } }";
  await stack.graphql(cancel, { id: given.cancelled.id }, { token: me.token });
  await stack.graphql(put, { id: goods.productId }, { token: me.token });
}

beforeAll(async () => {
  stack = await startStack({ worker: false, env: { JWT_SECRET, RATE_LIMIT_SCALE: "0" } });
  counter = openCounter(stack);
  await fill();
});
afterAll(async () => {
  await counter?.close();
  await stack?.stop();
});

async function meets({ query, variables, as = () => given.me }: Case): Promise<string> {
  const before = await counter.snapshot();
  const answer = await stack.graphql(query, { ...(await variables?.()) }, { token: as().token });
  expect(await counter.snapshot()).toEqual(before);
  for (const { message } of answer.errors) expect(message).not.toMatch(/select |insert |postgres|stack|node_modules/i);
  return codeOf(answer);
}

describe("bad input changes nothing and says what it is", () => {
  test.each([...CHECKOUTS, ...PAYMENTS, ...READS, ...FORMS])("$what: $code", async (one) => {
    expect(await meets(one)).toBe(one.code);
  });

  test.each(NULS)("$what is no error of ours", async (one) => {
    expect(["OK", "INVALID_INPUT", "NOT_FOUND", "BAD_CREDENTIALS"]).toContain(await meets(one));
  });

  test("is more than forty kinds of it", () => {
    expect([...CHECKOUTS, ...PAYMENTS, ...READS, ...FORMS, ...NULS].length).toBeGreaterThan(40);
  });
});

describe("what is no operation at all", () => {
  const post = (path: string, body: string | undefined, init: RequestInit = {}) =>
    fetch(`${stack.apiUrls[0]}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      ...init,
    });
  const WEBHOOK = "/api/webhooks/midtrans/payment-notification";
  const big = (bytes: number) => JSON.stringify({ query: "x".repeat(bytes) });

  test.each([
    ["no JSON", "/graphql", () => post("/graphql", "{"), 400],
    ["nothing", "/graphql", () => post("/graphql", ""), 400],
    ["a list of operations", "/graphql", () => post("/graphql", '[{"query":"{ me { id } }"}]'), 400],
    ["2 MB", "/graphql", () => post("/graphql", big(2_000_000)), 413],
    [
      "a form of another site",
      "/graphql",
      () => post("/graphql", "query=x", { headers: { "content-type": "text/plain" } }),
      400,
    ],
    [
      "a mutation by GET",
      "/graphql",
      () =>
        fetch(`${stack.apiUrls[0]}/graphql?query=mutation{clearCart{id}}`, {
          headers: { "apollo-require-preflight": "1" },
        }),
      405,
    ],
    ["a GET", WEBHOOK, () => fetch(`${stack.apiUrls[0]}${WEBHOOK}`), 405],
    ["nothing", WEBHOOK, () => post(WEBHOOK, ""), 400],
    ["no JSON", WEBHOOK, () => post(WEBHOOK, "<xml/>"), 400],
    ["a list", WEBHOOK, () => post(WEBHOOK, "[]"), 400],
    [
      "another signature",
      WEBHOOK,
      () =>
        post(
          WEBHOOK,
          JSON.stringify({
            order_id: "x",
            status_code: "200",
            gross_amount: "1.00",
            transaction_id: "x",
            signature_key: "0".repeat(128),
          }),
        ),
      400,
    ],
    ["65 kB", WEBHOOK, () => post(WEBHOOK, big(65 * 1024)), 413],
  ])("(%s to %s) is refused and changes nothing", async (_what, _path, send, status) => {
    const before = await counter.snapshot();
    const response = await send();
    expect(response.status).toBe(status);
    expect(await response.text()).not.toMatch(/node_modules|at .*\.ts/);
    expect(await counter.snapshot()).toEqual(before);
  });
});

test("after all of it every invariant holds", async () => {
  expect(await counter.audit()).toEqual([]);
});
