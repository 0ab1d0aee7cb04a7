import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCart, readCartLines } from "../../../domain/catalog/cart.queries.ts";
import { clearCart } from "../../../domain/catalog/clearCart.ts";
import { emptyCart } from "../../../domain/catalog/emptyCart.ts";
import { setCartItem } from "../../../domain/catalog/setCartItem.ts";
import { LINES_MAX } from "../../../domain/catalog/stock.rules.ts";
import { ANONYMOUS } from "../../../domain/kernel/actor.ts";
import type { StoreId, UserId } from "../../../domain/kernel/ids.ts";
import { inTransaction } from "../../../platform/db.ts";
import { statementsSent } from "../../../platform/sqlClient.ts";
import { addEmptyStore, addProduct, customer } from "../../support/shelves.ts";
import { addCustomer, clock, ids, NOW, openTestShop, type TestShop } from "../../support/shopRows.ts";

let shop: TestShop;
let app: { db: TestShop["db"]; clock: typeof clock; ids: typeof ids };
let storeId: StoreId;
beforeAll(async () => {
  shop = await openTestShop();
  app = { db: shop.db, clock, ids };
  storeId = await addEmptyStore(shop.db, 900101);
});
afterAll(() => shop?.drop());

const shopper = async () => customer(await addCustomer(shop.db));

describe("a cart", () => {
  test("is there when it is first asked for, one a user, however many ask at once", async () => {
    const actor = await shopper();
    const carts = await Promise.all(Array.from({ length: 12 }, () => readCart(app, actor)));
    expect(new Set(carts.map(({ id }) => id)).size).toBe(1);
    expect(carts[0]).toMatchObject({ items: [], itemCount: 0, subtotal: 0 });
  });

  test("that is there is read by one statement, whatever it holds", async () => {
    const actor = await shopper();
    for (let i = 0; i < 5; i++)
      await setCartItem(app, actor, { productId: await addProduct(shop.db, storeId), quantity: 1 });
    const before = statementsSent();
    await readCart(app, actor);
    expect(statementsSent() - before).toBe(1);
  });

  test("shows what its products cost now", async () => {
    const actor = await shopper();
    const productId = await addProduct(shop.db, storeId, { price: 20_000 });
    await setCartItem(app, actor, { productId, quantity: 3 });
    await inTransaction(shop.db, (tx) => tx.sql("update products set price = 25000 where id = $1", [productId]));
    expect(await readCart(app, actor)).toMatchObject({
      itemCount: 3,
      subtotal: 75_000,
      items: [{ productId, quantity: 3, unitPrice: 25_000, total: 75_000 }],
    });
  });

  test("belongs to somebody who is signed in", async () => {
    await expect(readCart(app, ANONYMOUS)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    await expect(setCartItem(app, ANONYMOUS, { productId: storeId, quantity: 1 })).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
    await expect(clearCart(app, { role: "SERVICE", userId: null })).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  test("is nobody else's", async () => {
    const [one, other] = [await shopper(), await shopper()];
    await setCartItem(app, one, { productId: await addProduct(shop.db, storeId), quantity: 1 });
    expect((await readCart(app, other)).items).toEqual([]);
  });
});

describe("putting into the cart", () => {
  test("sets the number, 0 takes the line out", async () => {
    const actor = await shopper();
    const productId = await addProduct(shop.db, storeId);
    await setCartItem(app, actor, { productId, quantity: 2 });
    expect((await setCartItem(app, actor, { productId, quantity: 5 })).itemCount).toBe(5);
    expect((await setCartItem(app, actor, { productId, quantity: 0 })).items).toEqual([]);
    expect((await setCartItem(app, actor, { productId, quantity: 0 })).items).toEqual([]);
  });

  test.each([-1, 1_000, 1.5, Number.NaN, 2 ** 31])("refuses %p pieces", async (quantity) => {
    const productId = await addProduct(shop.db, storeId);
    await expect(setCartItem(app, await shopper(), { productId, quantity })).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
  });

  test("refuses more than there is, and says how much that is", async () => {
    const productId = await addProduct(shop.db, storeId, { stock: 4 });
    const actor = await shopper();
    await expect(setCartItem(app, actor, { productId, quantity: 5 })).rejects.toMatchObject({
      code: "OUT_OF_STOCK",
      details: { productId, available: 4 },
    });
    expect((await readCart(app, actor)).items).toEqual([]);
  });

  test.each(["00000000-0000-7000-8000-000000000000", "kopi", "\u0000"])(
    "refuses the product %j, which does not exist",
    async (productId) => {
      await expect(setCartItem(app, await shopper(), { productId, quantity: 1 })).rejects.toMatchObject({
        code: "NOT_FOUND",
      });
    },
  );

  test("refuses a withdrawn product, but takes it out", async () => {
    const actor = await shopper();
    const productId = await addProduct(shop.db, storeId);
    await setCartItem(app, actor, { productId, quantity: 1 });
    await inTransaction(shop.db, (tx) => tx.sql("update products set is_active = false where id = $1", [productId]));
    await expect(setCartItem(app, actor, { productId, quantity: 2 })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await setCartItem(app, actor, { productId, quantity: 0 })).items).toEqual([]);
  });

  test("the same product many times at once leaves one line", async () => {
    const actor = await shopper();
    const productId = await addProduct(shop.db, storeId, { stock: 50 });
    await Promise.all(Array.from({ length: 20 }, (_, i) => setCartItem(app, actor, { productId, quantity: i + 1 })));
    const { items } = await readCart(app, actor);
    expect(items).toHaveLength(1);
    expect(items[0]?.quantity).toBeGreaterThan(0);
  });

  test(`stops at ${LINES_MAX} lines, also when the last ones come at once`, async () => {
    const actor = await shopper();
    const productIds: string[] = [];
    for (let i = 0; i < LINES_MAX + 3; i++) productIds.push(await addProduct(shop.db, storeId));
    const put = (productId: string) => setCartItem(app, actor, { productId, quantity: 1 });
    for (const productId of productIds.slice(0, LINES_MAX - 2)) await put(productId);
    const last = await Promise.allSettled(productIds.slice(LINES_MAX - 2).map(put));
    expect(last.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
    expect((await readCart(app, actor)).items).toHaveLength(LINES_MAX);
  });
});

describe("emptying the cart", () => {
  test("says what was taken out, once", async () => {
    const actor = await shopper();
    const productId = await addProduct(shop.db, storeId);
    await setCartItem(app, actor, { productId, quantity: 2 });
    expect(await readCartLines(shop.db, actor.userId)).toEqual([{ productId, quantity: 2 }]);
    const empty = () => inTransaction(shop.db, (tx) => emptyCart(tx, actor.userId, NOW, "cleared"));
    const taken = await Promise.all([empty(), empty(), empty()]);
    expect(taken.flat()).toEqual([{ productId, quantity: 2 }]);
    expect(await readCartLines(shop.db, actor.userId)).toEqual([]);
  });

  test("of a user without one changes nothing", async () => {
    const nobody = ids.next<"user">() as UserId;
    expect(await inTransaction(shop.db, (tx) => emptyCart(tx, nobody, NOW, "ordered"))).toEqual([]);
    expect((await clearCart(app, await shopper())).items).toEqual([]);
  });
});
