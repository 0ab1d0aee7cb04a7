import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Stack, startStack } from "../../support/stack.ts";
import {
  buy,
  type Counter,
  type Customer,
  checkoutInput,
  codeOf,
  findPlace,
  JWT_SECRET,
  openCounter,
  tally,
} from "./shopper.ts";

const BUYERS = 200;
const PIECES = 100;
const TWINS = 50;

let stack: Stack;
let counter: Counter;

beforeAll(async () => {
  stack = await startStack({ apis: 2, worker: false, env: { JWT_SECRET, RATE_LIMIT_SCALE: "0" } });
  counter = openCounter(stack);
  await findPlace(stack);
});
afterAll(async () => {
  await counter?.close();
  await stack?.stop();
});

describe("two API processes", () => {
  test("sell 100 pieces to 200 buyers who come at once, exactly, and tell the rest", async () => {
    const goods = await counter.product(PIECES);
    const buyers = await counter.people(BUYERS);
    const answers = await Promise.all(buyers.map((buyer, i) => buy(stack, buyer, checkoutInput(goods), i % 2)));
    expect(tally(answers.map(codeOf))).toEqual({ OK: PIECES, OUT_OF_STOCK: BUYERS - PIECES });
    const [row] = await counter.sql(
      `select stock, (select count(*)::int from order_items where product_id = p.id) as orders
           from products p where id = $1`,
      [goods.productId],
    );
    expect(row).toEqual({ stock: 0, orders: PIECES });
  });

  test("sell a cart of two products, named in opposite order, without a deadlock that anybody sees", async () => {
    const [one, other] = [await counter.product(PIECES), await counter.product(PIECES)];
    const buyers = await counter.people(PIECES);
    const answers = await Promise.all(
      buyers.map((buyer, i) => {
        const lines = [one, other].map(({ productId }) => ({ productId, quantity: 2 }));
        return buy(stack, buyer, checkoutInput(one, { lines: i % 2 === 0 ? lines : lines.reverse() }), i % 2);
      }),
    );
    expect(tally(answers.map(codeOf))).toEqual({ OK: PIECES / 2, OUT_OF_STOCK: PIECES / 2 });
  });

  test("take 50 identical checkouts for one, and give all of them one answer", async () => {
    const goods = await counter.product();
    const [buyer] = (await counter.people(1)) as [Customer];
    const input = checkoutInput(goods, { method: "SNAP" });
    const answers = await Promise.all(Array.from({ length: TWINS }, (_, i) => buy(stack, buyer, input, i % 2)));
    expect(tally(answers.map(codeOf))).toEqual({ OK: TWINS });
    expect(new Set(answers.map(({ data }) => data?.checkout.id)).size).toBe(1);
    expect(new Set(answers.map(({ data }) => data?.checkout.payment.paymentToken)).size).toBe(1);
    const [rows] = await counter.sql(
      `select (select count(*)::int from order_items where product_id = $1) as orders,
              (select count(*)::int from gateway_calls where operation = 'openPage' and correlation = $2) as pages`,
      [goods.productId, answers[0]?.data?.checkout.payment.currentTransaction?.gatewayOrderId],
    );
    expect(rows).toEqual({ orders: 1, pages: 1 });
    const other = { ...input, address: { ...input.address, line: "Jl. Mawar 6" } };
    expect(codeOf(await buy(stack, buyer, other, 1))).toBe("IDEMPOTENCY_KEY_REUSED");
  });

  test("keep every invariant through it", async () => {
    expect(await counter.audit()).toEqual([]);
  });
});
