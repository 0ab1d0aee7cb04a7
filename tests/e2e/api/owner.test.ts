import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Stack, startStack } from "../../support/stack.ts";
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
let owner: Customer;
let stranger: Customer;
let staff: Customer;
let mine: CheckoutAnswer["checkout"];
let archived: CheckoutAnswer["checkout"];
let orderId: string;
let archivedOrderId: string;

beforeAll(async () => {
  stack = await startStack({ worker: false, env: { JWT_SECRET, RATE_LIMIT_SCALE: "0" } });
  counter = openCounter(stack);
  [owner, stranger] = (await counter.people(2)) as [Customer, Customer];
  [staff] = (await counter.people(1, "STAFF")) as [Customer];
  await findPlace(stack);
  const goods = await counter.product();
  const make = async () =>
    (await buy(stack, owner, checkoutInput(goods, { method: "SNAP" }))).data?.checkout as CheckoutAnswer["checkout"];
  [mine, archived] = [await make(), await make()];
  const orderOf = async ({ id }: { id: string }) =>
    (await counter.sql<{ id: string }>("select id from orders where session_id = $1", [id]))[0]?.id as string;
  [orderId, archivedOrderId] = [await orderOf(mine), await orderOf(archived)];
  await counter.sql("update orders set is_archived = true where id = $1", [archivedOrderId]);
});
afterAll(async () => {
  await counter?.close();
  await stack?.stop();
});

const ask = <T = Record<string, unknown>>(query: string, as: Customer, variables: object = {}) =>
  stack.graphql<T>(query, variables as Record<string, unknown>, { token: as.token });

describe("what is another's", () => {
  test.each([
    [
      "order",
      () => orderId,
      `query Q($id: ID!) {
        order(id: $id) { id number shippingAddress { recipient phone } invoice { url } payment { id } }
      }`,
    ],
    [
      "payment",
      () => mine.payment.id,
      `query Q($id: ID!) {
        payment(id: $id) {
          id number paymentToken transactions { instructions { redirectUrl } } orders { id } user { email }
        }
      }`,
    ],
    [
      "checkoutSession",
      () => mine.id,
      "query Q($id: ID!) { checkoutSession(id: $id) { id total payment { id } orders { id } } }",
    ],
  ])("is null as %s, as one that does not exist is, and the owner reads it", async (field, id, query) => {
    const [theirs, nobody, own] = [
      await ask(query, stranger, { id: id() }),
      await ask(query, stranger, { id: stranger.id }),
      await ask(query, owner, { id: id() }),
    ];
    expect([theirs.data, theirs.errors]).toEqual([{ [field]: null }, []]);
    expect(theirs.data).toEqual(nobody.data);
    expect(own.data?.[field]).toMatchObject({ id: id() });
  });

  test.each([
    [
      "startPayment",
      () => ({
        input: {
          paymentId: mine.payment.id,
          method: "SNAP",
          paymentToken: mine.payment.paymentToken,
          idempotencyKey: "strangers-key-1",
        },
      }),
      "StartPaymentInput!",
    ],
    [
      "cancelOrder",
      () => ({ input: { orderId, reason: "x", idempotencyKey: "strangers-key-2" } }),
      "CancelOrderInput!",
    ],
  ])("cannot be changed by %s, and nothing is told but that it is not there", async (operation, variables, type) => {
    const before = await counter.snapshot();
    const answer = await ask(
      `mutation M($input: ${type}) { ${operation}(input: $input) { id } }`,
      stranger,
      variables(),
    );
    expect([codeOf(answer), answer.data?.[operation] ?? null]).toEqual(["NOT_FOUND", null]);
    expect(await counter.snapshot()).toEqual(before);
  });

  test.each(["renewPaymentToken", "cancelPayment", "syncPayment"])("cannot be changed by %s", async (operation) => {
    const before = await counter.snapshot();
    const answer = await ask(`mutation M($id: ID!) { ${operation}(paymentId: $id) { id paymentToken } }`, stranger, {
      id: mine.payment.id,
    });
    expect(codeOf(answer)).toBe("NOT_FOUND");
    expect(await counter.snapshot()).toEqual(before);
  });

  test("is in none of the stranger's lists", async () => {
    const { data } = await ask(
      "{ orders { totalCount nodes { id } } payments { totalCount nodes { id } } cart { items { product { id } } } }",
      stranger,
    );
    expect(data).toMatchObject({ orders: { totalCount: 0, nodes: [] }, payments: { totalCount: 0, nodes: [] } });
  });

  test("is not told by a key that its owner used: the same key is the stranger's own act", async () => {
    const [row] = await counter.sql<{ key: string }>("select key from idempotency_keys where user_id = $1 limit 1", [
      owner.id,
    ]);
    const goods = await counter.product();
    const answer = await buy(stack, stranger, checkoutInput(goods, { idempotencyKey: row?.key }));
    expect(codeOf(answer)).toBe("OK");
    expect(answer.data?.checkout.id).not.toBe(mine.id);
  });

  test("keeps its token to its owner: staff reads the payment and not the token", async () => {
    const query = "query Q($id: ID!) { payment(id: $id) { id paymentToken } }";
    expect((await ask(query, staff, { id: mine.payment.id })).data).toEqual({
      payment: { id: mine.payment.id, paymentToken: null },
    });
    expect((await ask(query, owner, { id: mine.payment.id })).data).toEqual({
      payment: { id: mine.payment.id, paymentToken: null },
    });
    const renewed = await ask("mutation M($id: ID!) { renewPaymentToken(paymentId: $id) { id paymentToken } }", staff, {
      id: mine.payment.id,
    });
    expect(codeOf(renewed)).toBe("NOT_FOUND");
  });
});

describe("an archived order", () => {
  test("is not reached by its owner by its id, a list, its payment or its checkout, and by staff it is", async () => {
    const { data } = await ask<Record<string, unknown>>(
      `query Q($order: ID!, $payment: ID!, $session: ID!) {
         order(id: $order) { id }
         orders(first: 100) { totalCount nodes { id } }
         payment(id: $payment) { orders { id } }
         payments(first: 100) { nodes { orders { id } } }
         checkoutSession(id: $session) { orders { id } payment { orders { id } } }
       }`,
      owner,
      { order: archivedOrderId, payment: archived.payment.id, session: archived.id },
    );
    expect(JSON.stringify(data)).not.toContain(archivedOrderId);
    expect(data).toMatchObject({ order: null, orders: { totalCount: 1 } });
    const { data: seen } = await ask<{ order: { id: string } }>(
      "query Q($id: ID!) { order(id: $id) { id isArchived } }",
      staff,
      { id: archivedOrderId },
    );
    expect(seen?.order).toEqual({ id: archivedOrderId, isArchived: true });
  });

  test("cannot be cancelled by its owner by its id", async () => {
    const answer = await ask("mutation M($input: CancelOrderInput!) { cancelOrder(input: $input) { id } }", owner, {
      input: { orderId: archivedOrderId, reason: "x" },
    });
    expect(codeOf(answer)).toBe("NOT_FOUND");
  });
});

test("after all of it every invariant holds", async () => {
  expect(await counter.audit()).toEqual([]);
});
