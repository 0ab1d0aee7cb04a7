import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { App } from "../../../domain/app.ts";
import { setCartItem } from "../../../domain/catalog/setCartItem.ts";
import { type CheckoutInput, checkout } from "../../../domain/checkout/checkout.ts";
import type { Actor } from "../../../domain/kernel/actor.ts";
import { Refusal } from "../../../domain/kernel/errors.ts";
import type { UserId } from "../../../domain/kernel/ids.ts";
import { cancelPayment } from "../../../domain/payment/cancelPayment.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { until } from "../../support/until.ts";

type Person = Actor & { userId: UserId };
type Product = Awaited<ReturnType<LiveShop["addProduct"]>>;

/** Buyers at once, and pieces; a drill has more. */
const BUYERS = 200;
const PIECES = 100;
const TWINS = 50;

let shop: LiveShop;
let buyer: Person;

beforeAll(async () => {
  shop = await openLiveShop();
  buyer = await shop.addBuyer();
});
afterAll(() => shop.close());

/** What became of a checkout: OK, or its refusal's code; any other error is a defect and is thrown. */
const outcomeOf = async (buying: Promise<unknown>): Promise<string> => {
  try {
    await buying;
    return "OK";
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
};
const tally = (outcomes: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    [...new Set(outcomes)].sort().map((code) => [code, outcomes.filter((one) => one === code).length]),
  );
/** Without a method: what is tried here is the sale, not the gateway. */
const input = (lines: readonly (Product & { quantity: number })[], more: Partial<CheckoutInput> = {}): CheckoutInput =>
  shop.order(lines, { method: null, ...more });
const stockOf = async ({ productId }: Product) =>
  (await shop.one<{ stock: number }>("select stock from products where id = $1", productId)).stock;
const count = async (from: string, ...values: unknown[]) =>
  (await shop.one<{ n: number }>(`select count(*) as n from ${from}`, ...values)).n;
/** What the buyer is given: the same for every repetition, whether its rows were just written or are to be read. */
const buys = async (app: App, actor: Actor, given: CheckoutInput) => {
  const { sessionId, paymentToken } = await checkout(app, actor, given);
  return { sessionId, paymentToken };
};
const restockTo = ({ productId }: Product, pieces: number) =>
  shop.app.db.sql("update products set stock = $2, opening_stock = $2 where id = $1", [productId, pieces]);
const ordersOf = ({ productId }: Product) => count("order_items where product_id = $1", productId);

describe("200 buyers for 100 pieces at once", () => {
  test("are exactly 100 orders and 100 refusals, and nobody is told of a lock", async () => {
    const product = await shop.addProduct({ stock: PIECES });
    const buyers = await Promise.all(Array.from({ length: BUYERS }, () => shop.addBuyer()));
    const outcomes = await Promise.all(
      buyers.map((each) => outcomeOf(checkout(shop.app, each, input([{ ...product, quantity: 1 }])))),
    );
    expect(tally(outcomes)).toEqual({ OK: PIECES, OUT_OF_STOCK: BUYERS - PIECES });
    expect([await stockOf(product), await ordersOf(product)]).toEqual([0, PIECES]);
  });

  test("with two lines each, named in opposite order, never wait for each other in a circle", async () => {
    const [one, other] = [await shop.addProduct({ stock: PIECES / 2 }), await shop.addProduct({ stock: PIECES / 2 })];
    const buyers = await Promise.all(Array.from({ length: PIECES }, () => shop.addBuyer()));
    const outcomes = await Promise.all(
      buyers.map((each, i) => {
        const lines = [
          { ...one, quantity: 1 },
          { ...other, quantity: 1 },
        ];
        return outcomeOf(checkout(shop.app, each, input(i % 2 === 0 ? lines : lines.reverse())));
      }),
    );
    expect(tally(outcomes)).toEqual({ OK: PIECES / 2, OUT_OF_STOCK: PIECES / 2 });
    expect([await stockOf(one), await stockOf(other)]).toEqual([0, 0]);
  });

  test("of whom one wants more than there is leave the shelf as it is for the others", async () => {
    const [plenty, few] = [await shop.addProduct({ stock: 10 }), await shop.addProduct({ stock: 1 })];
    const greedy = checkout(
      shop.app,
      buyer,
      input([
        { ...plenty, quantity: 5 },
        { ...few, quantity: 2 },
      ]),
    );
    await expect(greedy).rejects.toMatchObject({
      code: "OUT_OF_STOCK",
      details: { productId: few.productId, available: 1 },
    });
    expect([await stockOf(plenty), await ordersOf(plenty)]).toEqual([10, 0]);
  });
});

describe("one product in two lines", () => {
  test("is summed before it is held against the stock", async () => {
    const product = await shop.addProduct({ stock: 3 });
    const twice = input([
      { ...product, quantity: 2 },
      { ...product, quantity: 2 },
    ]);
    await expect(checkout(shop.app, buyer, twice)).rejects.toMatchObject({
      code: "OUT_OF_STOCK",
      details: { available: 3 },
    });
    await checkout(
      shop.app,
      buyer,
      input([
        { ...product, quantity: 2 },
        { ...product, quantity: 1 },
      ]),
    );
    expect([await stockOf(product), await ordersOf(product)]).toEqual([0, 1]);
  });
});

describe("50 identical checkouts at once", () => {
  test("are one checkout, and all get its answer with its token", async () => {
    const product = await shop.addProduct();
    const same = input([{ ...product, quantity: 1 }], { idempotencyKey: "twins-by-lines-1" });
    const answers = await Promise.all(Array.from({ length: TWINS }, () => buys(shop.app, buyer, same)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.paymentToken).toMatch(/^pt_/);
    expect([await stockOf(product), await ordersOf(product)]).toEqual([99, 1]);
    expect(await buys(shop.app, buyer, same)).toEqual(answers[0]);
  });

  test("of a cart are one checkout, too: no twin is told that the cart is empty", async () => {
    for (let round = 1; round <= 3; round++) {
      const person = await shop.addBuyer();
      const product = await shop.addProduct();
      await setCartItem(shop.app, person, { productId: product.productId, quantity: 2 });
      const same = input([{ ...product, quantity: 2 }], { lines: null, idempotencyKey: `twins-by-cart-${round}` });
      const answers = await Promise.all(Array.from({ length: TWINS }, () => checkout(shop.app, person, same)));
      expect(new Set(answers.map(({ sessionId }) => sessionId)).size).toBe(1);
      expect(await ordersOf(product)).toBe(1);
    }
  });

  test.each(["before", "after"])("of which one ends right %s another's first look have one answer", async (when) => {
    const person = await shop.addBuyer();
    const product = await shop.addProduct();
    await setCartItem(shop.app, person, { productId: product.productId, quantity: 2 });
    const same = input([{ ...product, quantity: 2 }], { lines: null, idempotencyKey: `twin-${when}-look-1` });
    const { db } = shop.app;
    const twins: object[] = [];
    const sql: typeof db.sql = async (text, values) => {
      const isFirstLook = text.includes("from carts") && twins.length === 0;
      if (isFirstLook && when === "before") twins.push(await buys(shop.app, person, same));
      const rows = await db.sql(text, values);
      if (isFirstLook && when === "after") twins.push(await buys(shop.app, person, same));
      return rows as never;
    };
    expect(await buys({ ...shop.app, db: { ...db, sql } }, person, same)).toEqual(twins[0]);
    expect(await ordersOf(product)).toBe(1);
  });

  test("with a method open one page at the gateway and write one try", async () => {
    const product = await shop.addProduct();
    const same = shop.order([{ ...product, quantity: 1 }], { idempotencyKey: "twins-with-page-1" });
    await Promise.all(Array.from({ length: TWINS }, () => checkout(shop.app, buyer, same)));
    const { id } = await shop.one<{ id: string }>(
      `select t.gateway_order_id as id from payment_transactions t join payments p on p.id = t.payment_id
         join orders o on o.session_id = p.session_id join order_items i on i.order_id = o.id where i.product_id = $1`,
      product.productId,
    );
    // A checkout waits for its page for a moment only, and a call is kept when it has ended.
    const opened = () => count("gateway_calls where correlation = $1 and operation = 'openPage'", id);
    await until("the page opened", async () => (await opened()) > 0);
    expect(await opened()).toBe(1);
  });
});

describe("an idempotency key", () => {
  test("is refused for any other input, and the first one's answer stays", async () => {
    const product = await shop.addProduct();
    const first = input([{ ...product, quantity: 1 }], { idempotencyKey: "used-for-another-1" });
    const answer = await buys(shop.app, buyer, first);
    const others: CheckoutInput[] = [
      { ...first, lines: [{ productId: product.productId, quantity: 2 }] },
      { ...first, address: { ...first.address, line: "Jl. Mawar 6" } },
      { ...first, shipping: first.shipping.map((choice) => ({ ...choice, service: "YES" })) },
      { ...first, method: "SNAP" },
      { ...first, expectedTotal: 1 },
    ];
    for (const other of others)
      await expect(checkout(shop.app, buyer, other)).rejects.toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED" });
    expect(await buys(shop.app, buyer, first)).toEqual(answer);
    expect(await ordersOf(product)).toBe(1);
  });

  test("belongs to one person: another's same key is another act", async () => {
    const product = await shop.addProduct();
    const mine = input([{ ...product, quantity: 1 }], { idempotencyKey: "two-people-one-key" });
    const [a, b] = await Promise.all([
      checkout(shop.app, buyer, mine),
      checkout(shop.app, await shop.addBuyer(), mine),
    ]);
    expect(a.sessionId).not.toBe(b.sessionId);
  });

  test("is free again after a refusal", async () => {
    const product = await shop.addProduct({ stock: 1 });
    const tooMany = input([{ ...product, quantity: 2 }], { idempotencyKey: "free-after-refusal" });
    await expect(checkout(shop.app, buyer, tooMany)).rejects.toMatchObject({ code: "OUT_OF_STOCK" });
    await checkout(shop.app, buyer, { ...tooMany, lines: [{ productId: product.productId, quantity: 1 }] });
    expect(await stockOf(product)).toBe(0);
  });

  test("that was refused is not used by a request of before that is late, but by the next one", async () => {
    const product = await shop.addProduct({ stock: 0 });
    const same = input([{ ...product, quantity: 1 }], { idempotencyKey: "refused-and-late-1" });
    const { db } = shop.app;
    let heard = "";
    const sql: typeof db.sql = async (text, values) => {
      const rows = await db.sql(text, values);
      if (heard !== "" || !text.includes("from products")) return rows as never;
      // The customer has given up waiting and asks again; he is refused, and then the shelf is filled.
      shop.advance(1_000);
      heard = await outcomeOf(checkout(shop.app, buyer, same));
      await restockTo(product, 1);
      return rows as never;
    };
    const late = checkout({ ...shop.app, db: { ...db, sql } }, buyer, same);
    await expect(late).rejects.toMatchObject({ code: "OUT_OF_STOCK", details: { available: 0 } });
    expect([heard, await ordersOf(product)]).toEqual(["OUT_OF_STOCK", 0]);
    await checkout(shop.app, buyer, same);
    expect([await stockOf(product), await ordersOf(product)]).toEqual([0, 1]);
  });

  test("used at once for two different inputs does one of them and refuses the other", async () => {
    const product = await shop.addProduct();
    const one = input([{ ...product, quantity: 1 }], { idempotencyKey: "two-inputs-at-once" });
    const other = { ...one, lines: [{ productId: product.productId, quantity: 3 }] };
    const outcomes = await Promise.all(
      [one, other, one, other].map((each) => outcomeOf(checkout(shop.app, buyer, each))),
    );
    expect(tally(outcomes)).toEqual({ IDEMPOTENCY_KEY_REUSED: 2, OK: 2 });
    expect(await ordersOf(product)).toBe(1);
  });
});

describe("one cart", () => {
  test("sold by two checkouts with different keys at once is sold once", async () => {
    const person = await shop.addBuyer();
    const product = await shop.addProduct();
    await setCartItem(shop.app, person, { productId: product.productId, quantity: 2 });
    const sell = () => outcomeOf(checkout(shop.app, person, input([{ ...product, quantity: 2 }], { lines: null })));
    const outcomes = await Promise.all(Array.from({ length: 10 }, sell));
    expect(tally(outcomes)).toEqual({ CART_EMPTY: 9, OK: 1 });
    expect([await stockOf(product), await ordersOf(product)]).toEqual([98, 1]);
  });

  test("that is changed while it is sold is sold as it was seen, or not at all", async () => {
    const person = await shop.addBuyer();
    const product = await shop.addProduct();
    await setCartItem(shop.app, person, { productId: product.productId, quantity: 1 });
    const outcomes = await Promise.all([
      outcomeOf(checkout(shop.app, person, input([{ ...product, quantity: 1 }], { lines: null }))),
      ...Array.from({ length: 5 }, (_, i) =>
        outcomeOf(setCartItem(shop.app, person, { productId: product.productId, quantity: i + 2 })),
      ),
    ]);
    expect(["OK", "CONFLICT"]).toContain(outcomes[0]);
    const sold = await shop.app.db.sql<{ quantity: number }>("select quantity from order_items where product_id = $1", [
      product.productId,
    ]);
    expect(sold.length).toBe(outcomes[0] === "OK" ? 1 : 0);
    expect(await stockOf(product)).toBe(100 - sold.reduce((sum, { quantity }) => sum + quantity, 0));
  });
});

test("orders that are placed and cancelled over one shelf at once leave it as its movements say", async () => {
  const products = [await shop.addProduct({ stock: 40 }), await shop.addProduct({ stock: 40 })];
  const lives = Array.from({ length: 30 }, async (_, i) => {
    const person = await shop.addBuyer();
    const lines = products.map((product) => ({ ...product, quantity: 1 }));
    const bought = await shop.buy(person, input(i % 2 === 0 ? lines : lines.reverse()));
    if (i % 3 === 0) return;
    await cancelPayment(shop.app, person, { paymentId: bought.paymentId });
  });
  await Promise.all(lives);
  expect(await Promise.all(products.map(stockOf))).toEqual([30, 30]);
});

test("after all of it every invariant holds", async () => {
  await shop.drain();
  expect(await shop.audit()).toEqual([]);
});
