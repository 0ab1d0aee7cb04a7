import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listCartDays, readCart } from "../../../domain/catalog/cart.queries.ts";
import { clearCart } from "../../../domain/catalog/clearCart.ts";
import { markAbandonedCarts } from "../../../domain/catalog/markAbandonedCarts.ts";
import { setCartItem } from "../../../domain/catalog/setCartItem.ts";
import { checkout } from "../../../domain/checkout/checkout.ts";
import { setMarketingConsent } from "../../../domain/identity/setMarketingConsent.ts";
import type { ProductId } from "../../../domain/kernel/ids.ts";
import { dayInJakarta } from "../../../domain/kernel/time.ts";
import { findOpenPayment } from "../../../domain/payment/payment.queries.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import type { Person } from "../enrollment/facts.ts";

const HOUR = 60 * 60_000;

let shop: LiveShop;
let staff: Person;
beforeAll(async () => {
  shop = await openLiveShop({ CART_ABANDONED_AFTER: "24h" });
  staff = await shop.addStaff();
});
afterAll(() => shop?.close());

/** Somebody with a product in his cart. */
async function filled({ consent = true, price = 25_000 } = {}) {
  const [buyer, goods] = [await shop.addBuyer(), await shop.addProduct({ price, stock: 5 })];
  if (consent) await setMarketingConsent(shop.app, buyer, { consent: true });
  const put = (quantity = 2) => setCartItem(shop.app, buyer, { productId: goods.productId, quantity });
  await put();
  return { buyer, goods, put };
}

async function pass(hours: number): Promise<void> {
  shop.advance(hours * HOUR);
  await markAbandonedCarts(shop.app);
  await shop.drain();
}

const mailsTo = async ({ userId }: Person): Promise<{ subject: string; bodyText: string }[]> =>
  shop.app.db.sql("select subject, body_text from notices where user_id = $1 and template = 'cartReminder'", [userId]);
const today = async () => {
  const day = dayInJakarta(shop.app.clock.now());
  const [counts] = await listCartDays(shop.app, staff, { from: day, to: day });
  return counts;
};
const stockOf = (id: ProductId) => shop.one<{ stock: number }>("select stock from products where id = $1", id);

describe("a cart that is left", () => {
  test("is brought to its owner's mind once, with what can be bought of it, where he has agreed", async () => {
    const { buyer, goods } = await filled();
    await pass(23);
    expect(await mailsTo(buyer)).toEqual([]);
    await pass(2);
    const [mail, ...more] = await mailsTo(buyer);
    expect(more).toEqual([]);
    expect(mail?.bodyText).toContain("Kopi Gayo 250 g, 2 barang: Rp50.000");
    expect(mail?.bodyText).toContain("/cart");
    expect(mail?.bodyText).toContain("/account");
    await pass(100);
    await setCartItem(shop.app, buyer, { productId: goods.productId, quantity: 1 });
    await pass(100);
    expect(await mailsTo(buyer)).toHaveLength(1);
  });

  test("is nobody's business without consent, or when that was withdrawn before the mail", async () => {
    const [silent, withdrawn] = [await filled({ consent: false }), await filled()];
    shop.advance(25 * HOUR);
    await markAbandonedCarts(shop.app);
    await setMarketingConsent(shop.app, withdrawn.buyer, { consent: false });
    await shop.drain();
    await setMarketingConsent(shop.app, silent.buyer, { consent: true });
    await pass(30);
    expect([await mailsTo(silent.buyer), await mailsTo(withdrawn.buyer)]).toEqual([[], []]);
  });

  test("is left alone when its owner came back, or it is empty, or nothing in it is for sale", async () => {
    const [back, emptied, out, gone] = [await filled(), await filled(), await filled(), await filled()];
    await clearCart(shop.app, emptied.buyer);
    await setCartItem(shop.app, out.buyer, { productId: out.goods.productId, quantity: 0 });
    await shop.app.db.sql("update products set is_active = false where id = $1", [gone.goods.productId]);
    shop.advance(25 * HOUR);
    await markAbandonedCarts(shop.app);
    await back.put(3);
    await shop.drain();
    for (const { buyer } of [back, emptied, out, gone]) expect(await mailsTo(buyer)).toEqual([]);
    expect(
      await shop.app.db.sql(
        "select abandoned_at from carts where user_id = any($1::uuid[]) and abandoned_at is not null",
        [[emptied.buyer.userId, out.buyer.userId]],
      ),
    ).toEqual([]);
  });

  test("is marked by one of many workers, and mailed about once", async () => {
    const carts = await Promise.all(Array.from({ length: 8 }, () => filled()));
    shop.advance(25 * HOUR);
    await Promise.all(Array.from({ length: 6 }, () => markAbandonedCarts(shop.app)));
    await Promise.all([shop.drain(), shop.drain()]);
    for (const { buyer } of carts) expect(await mailsTo(buyer)).toHaveLength(1);
    const { events } = await shop.one<{ events: number }>(
      `select count(*)::integer as events from cart_events e join carts c on c.id = e.cart_id
        where c.user_id = any($1::uuid[]) and e.kind = 'ABANDONED'`,
      carts.map(({ buyer }) => buyer.userId),
    );
    expect(events).toBe(8);
  });

  test("is brought to mind once, also when its last thing went out and came back, unless that took hours", async () => {
    const { buyer, put } = await filled();
    await pass(25);
    for (const hours of [0, 5]) {
      await put(0);
      shop.advance(hours * HOUR);
      await put(0);
      await put();
      await pass(25);
      expect(await mailsTo(buyer)).toHaveLength(1);
    }
    await put(0);
    shop.advance(7 * HOUR);
    await put();
    await pass(25);
    expect(await mailsTo(buyer)).toHaveLength(2);
  });

  test("may be followed by another one, of which its owner is reminded again", async () => {
    const { buyer, put } = await filled();
    await pass(25);
    await clearCart(shop.app, buyer);
    await put();
    await pass(25);
    expect(await mailsTo(buyer)).toHaveLength(2);
  });

  test("holds no stock, and shows what its things cost and are at the return", async () => {
    const { buyer, goods, put } = await filled();
    expect((await stockOf(goods.productId)).stock).toBe(5);
    expect(await readCart(shop.app, buyer)).toMatchObject({
      hasChanged: false,
      items: [{ previousPrice: null, available: 5 }],
    });
    await shop.app.db.sql("update products set price = 30000, opening_stock = 1, stock = 1 where id = $1", [
      goods.productId,
    ]);
    expect(await readCart(shop.app, buyer)).toMatchObject({
      hasChanged: true,
      subtotal: 60_000,
      items: [{ unitPrice: 30_000, previousPrice: 25_000, available: 1, quantity: 2 }],
    });
    await put(1);
    expect(await readCart(shop.app, buyer)).toMatchObject({ hasChanged: false, items: [{ previousPrice: null }] });
    await shop.app.db.sql("update products set is_active = false where id = $1", [goods.productId]);
    expect(await readCart(shop.app, buyer)).toMatchObject({ hasChanged: true, items: [{ available: 0 }] });
  });
});

describe("what became of carts", () => {
  test("is counted for each day in Jakarta: begun, left, brought to mind, ordered all the same", async () => {
    await pass(72); // what others left before
    shop.advance(24 * HOUR);
    const [bought, kept, silent] = [await filled(), await filled(), await filled({ consent: false })];
    await kept.put(1);
    expect(await today()).toMatchObject({ started: 3, abandoned: 0, reminded: 0, recovered: 0 });
    await pass(48);
    expect(await today()).toMatchObject({ started: 0, abandoned: 3, reminded: 2 });
    const { lines: _lines, ...input } = shop.order([{ ...bought.goods, quantity: 2 }]);
    await checkout(shop.app, bought.buyer, input);
    await clearCart(shop.app, silent.buyer);
    expect(await today()).toMatchObject({ recovered: 1 });
    expect(await shop.audit()).toEqual([]);
  });

  test("has no reminder that nobody was written", async () => {
    await pass(72);
    shop.advance(24 * HOUR);
    const [gone, withdrawn] = [await filled(), await filled(), await filled()];
    await shop.app.db.sql("update products set is_active = false where id = $1", [gone.goods.productId]);
    shop.advance(25 * HOUR);
    await markAbandonedCarts(shop.app);
    await setMarketingConsent(shop.app, withdrawn.buyer, { consent: false });
    await shop.drain();
    expect(await today()).toMatchObject({ abandoned: 3, reminded: 1 });
  });

  test("is counted once, however often its last thing is taken out and put back or it is cleared", async () => {
    shop.advance(24 * HOUR);
    const { buyer, goods, put } = await filled();
    for (let turn = 0; turn < 3; turn += 1) {
      await put(0);
      await put();
      await clearCart(shop.app, buyer);
      await put();
    }
    expect(await today()).toMatchObject({ started: 1 });
    const { lines: _lines, ...input } = shop.order([{ ...goods, quantity: 2 }]);
    await checkout(shop.app, buyer, input);
    await put();
    expect(await today()).toMatchObject({ started: 2 });
  });

  test("is told to staff alone, of 92 days at most, also of those on which nothing was", async () => {
    await expect(listCartDays(shop.app, await shop.addBuyer(), {})).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(await listCartDays(shop.app, staff, {})).toHaveLength(30);
    expect(await listCartDays(shop.app, staff, { from: "2020-02-28", to: "2020-03-01" })).toEqual(
      ["2020-03-01", "2020-02-29", "2020-02-28"].map((day) => ({
        day,
        started: 0,
        abandoned: 0,
        reminded: 0,
        recovered: 0,
      })),
    );
    for (const days of [
      { from: "2020-01-01", to: "2020-05-01" },
      { from: "2020-01-02", to: "2020-01-01" },
      { from: "nonsense", to: "2020-01-01" },
    ]) {
      await expect(listCartDays(shop.app, staff, days)).rejects.toMatchObject({ code: "INVALID_INPUT" });
    }
  });
});

describe("a checkout that waits for its money", () => {
  test("is offered beside the cart until it is paid or over, and to its owner alone", async () => {
    const { buyer, goods } = await filled();
    const { paymentId } = await shop.buy(buyer, shop.order([{ ...goods, quantity: 1 }]));
    expect(await findOpenPayment(shop.app, buyer)).toMatchObject({ id: paymentId, status: "PENDING" });
    expect(await findOpenPayment(shop.app, await shop.addBuyer())).toBeNull();
    shop.advance(25 * HOUR);
    expect(await findOpenPayment(shop.app, buyer)).toBeNull();
  });
});
