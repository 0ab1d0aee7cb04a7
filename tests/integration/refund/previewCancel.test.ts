import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cancelOrder } from "../../../domain/checkout/cancelOrder.ts";
import { previewCancel } from "../../../domain/checkout/previewCancel.ts";
import { createShipment } from "../../../domain/fulfilment/createShipment.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { buyTwo, type Order, type Person, standing } from "../payment/facts.ts";
import { paidBy } from "./refundFacts.ts";

let shop: LiveShop;
let buyer: Person;

beforeAll(async () => {
  shop = await openLiveShop();
  buyer = await shop.addBuyer();
});
afterAll(async () => {
  expect(await shop.audit()).toEqual([]);
  await shop.close();
});

const ordersOf = async (order: Pick<Order, "sessionId">): Promise<string[]> =>
  (
    await shop.app.db.sql<{ id: string }>("select id from orders where session_id = $1 order by id", [order.sessionId])
  ).map(({ id }) => id);
const preview = async (order: Order) => previewCancel(shop.app, buyer, (await ordersOf(order))[0] as string);
const TOTAL = 61_000; // two pieces and their shipping

describe("what a cancel would do", () => {
  test("of an unpaid checkout: all of its orders, their stock, and no money", async () => {
    const products = [await shop.addProduct(), await shop.addProduct({ price: 90_000 })];
    const lines = products.map((product, n) => ({ ...product, quantity: n + 1 }));
    const bought = await shop.buy(buyer, shop.order(lines));
    const ids = await ordersOf(bought);
    const told = await previewCancel(shop.app, buyer, ids[1] as string);
    expect(told).toMatchObject({ becomes: "CANCELLED", orderIds: ids, moneyBack: null, refusal: null });
    expect(told.stock.map(({ quantity }) => quantity).sort()).toEqual([1, 2]);
  });

  test.each([
    ["gopay", { way: "GATEWAY", paidWith: "GoPay", notBefore: null, withinDays: 1 }],
    ["bca_va", { way: "HAND", withinDays: 7 }],
    ["permata_va", { way: "HAND", notBefore: expect.any(Date) }],
  ])("of what was paid by %s: how much goes back, how and when", async (method, moneyBack) => {
    const order = await paidBy(shop, buyer, method);
    const before = await standing(shop, order);
    expect(await preview(order)).toMatchObject({
      becomes: "CANCELLED",
      stock: [{ quantity: 2 }],
      moneyBack: { amount: TOTAL, ...moneyBack },
      refusal: null,
    });
    expect(await standing(shop, order)).toEqual(before);
  });

  test("with a courier: that he is asked first; when it is cancelled: nothing more; on its way: why not", async () => {
    const order = await paidBy(shop, buyer, "gopay");
    const [orderId] = (await ordersOf(order)) as [string];
    await createShipment(shop.app, await shop.addStaff(), { orderId });
    expect(await preview(order)).toMatchObject({ becomes: "CANCEL_REQUESTED", moneyBack: { amount: TOTAL } });
    await cancelOrder(shop.app, buyer, { orderId, reason: "salah" });
    await shop.drain();
    expect(await preview(order)).toMatchObject({ becomes: "CANCELLED", orderIds: [], stock: [], moneyBack: null });
  });

  test("is nobody else's to know", async () => {
    const order = await buyTwo(shop, buyer);
    const [orderId] = (await ordersOf(order)) as [string];
    await expect(previewCancel(shop.app, await shop.addBuyer(), orderId)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
