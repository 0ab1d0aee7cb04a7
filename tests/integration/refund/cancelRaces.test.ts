import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { cancelOrder } from "../../../domain/checkout/cancelOrder.ts";
import { createShipment } from "../../../domain/fulfilment/createShipment.ts";
import { receiveCourierNews } from "../../../domain/fulfilment/receiveCourierNews.ts";
import { refundPayment } from "../../../domain/refund/refundPayment.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { buyTwo, happens, type Order, type Person, standing } from "../payment/facts.ts";
import { book, lineOf, parcelIsTold, parcelMoves } from "./parcelFacts.ts";
import { atGateway, paidBy, refundsOf } from "./refundFacts.ts";

const HOUR_MS = 3_600_000;
/** How often each race is run; a drill takes more than a test run. */
const ROUNDS = Number(process.env["CANCEL_ROUNDS"] ?? "4");
const rounds = Array.from({ length: ROUNDS }, (_, round) => round + 1);

let shop: LiveShop;
let buyer: Person;
let staff: Person;
let admin: Person;

beforeAll(async () => {
  shop = await openLiveShop();
  staff = await shop.addStaff();
  admin = { ...staff, role: "ADMIN" };
});
beforeEach(async () => {
  // Who buys this often in a day is looked at by a person first.
  buyer = await shop.addBuyer();
});
afterEach(async () => {
  expect(await shop.audit()).toEqual([]);
});
afterAll(() => shop.close());

const orderIdOf = async (order: Order): Promise<string> => (await lineOf(shop, order)).orderId;
const cancel = async (order: Order) =>
  cancelOrder(shop.app, buyer, { orderId: await orderIdOf(order), reason: "berubah pikiran" });
const codeOf = (result: PromiseSettledResult<unknown>): string | null =>
  result.status === "rejected" ? String((result.reason as { code?: unknown }).code ?? result.reason) : null;

/** Every piece is on the shelf, and all of the money went back once. */
async function isUndone(order: Order): Promise<void> {
  expect(await standing(shop, order)).toMatchObject({ order: "CANCELLED", payment: "REFUNDED", stock: 10 });
  expect(await atGateway(shop, order)).toHaveLength(1);
  expect((await refundsOf(shop, order)).map(({ status }) => status)).toEqual(["SUCCEEDED"]);
}

/** Nothing was taken back: the order goes on. */
async function goesOn(order: Order, status: string | readonly string[]): Promise<void> {
  const now = await standing(shop, order);
  expect([status].flat()).toContain(now.order);
  expect(now).toMatchObject({ payment: "PAID", stock: 8 });
  expect(await atGateway(shop, order)).toEqual([]);
}

describe.each(rounds)("a cancel, in round %i", () => {
  test("that meets a payment as it lands leaves it paid, or takes all of it back", async () => {
    const order = await buyTwo(shop, buyer);
    const landing = shop
      .gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", method: "gopay", force: true })
      .then(() => shop.notify(order.gatewayOrderId))
      .then(() => shop.drain());
    const [cancelled] = await Promise.allSettled([cancel(order), landing]);
    await shop.drain();
    await shop.notify(order.gatewayOrderId);
    await shop.drain();
    if (codeOf(cancelled) === "ALREADY_PAID") return goesOn(order, "PAID");
    expect(codeOf(cancelled)).toBeNull();
    await isUndone(order);
  });

  test("that meets a booking as it is made undoes both", async () => {
    const order = await paidBy(shop, buyer, "gopay");
    const orderId = await orderIdOf(order);
    const [cancelled, booked] = await Promise.allSettled([cancel(order), createShipment(shop.app, staff, { orderId })]);
    expect(codeOf(cancelled)).toBeNull();
    expect([null, "ILLEGAL_TRANSITION"]).toContain(codeOf(booked));
    await shop.drain();
    await isUndone(order);
    const living = await shop.app.db.sql("select from shipments where order_id = $1 and status <> 'CANCELLED'", [
      orderId,
    ]);
    expect(living).toEqual([]);
  });

  test("that meets the store call and the pickup of its parcel undoes both", async () => {
    const order = await paidBy(shop, buyer, "gopay");
    await createShipment(shop.app, staff, { orderId: await orderIdOf(order) });
    await Promise.all([shop.drain(), cancel(order)]);
    await shop.drain();
    await isUndone(order);
  });

  test("that meets the courier at the door ends as he says: with him or with the customer", async () => {
    const order = await paidBy(shop, buyer, "gopay");
    const bookingNo = await book(shop, await orderIdOf(order));
    const asking = cancel(order).then(() => shop.drain());
    await Promise.allSettled([asking, parcelMoves(shop, bookingNo, "Dijemput")]);
    await parcelIsTold(shop, bookingNo);
    const { order: status } = await standing(shop, order);
    if (status === "CANCELLED") return isUndone(order);
    await goesOn(order, ["PROCESSING", "SHIPPED"]);
    await parcelMoves(shop, bookingNo, "DELIVERED");
    await parcelIsTold(shop, bookingNo);
  });

  test("that meets the news of a delivery leaves the order completed", async () => {
    const order = await paidBy(shop, buyer, "gopay");
    const bookingNo = await book(shop, await orderIdOf(order));
    await parcelMoves(shop, bookingNo, "Dijemput");
    await parcelMoves(shop, bookingNo, "DELIVERED");
    shop.advance(HOUR_MS);
    const [cancelled] = await Promise.allSettled([
      cancel(order),
      receiveCourierNews(shop.app, { bookingNo, airwayBill: null }).then(() => shop.drain()),
    ]);
    expect([null, "ORDER_NOT_CANCELLABLE"]).toContain(codeOf(cancelled));
    await shop.drain();
    await parcelIsTold(shop, bookingNo);
    await goesOn(order, "COMPLETED");
  });

  test("that meets a refund by staff gives back all of it, and no piece and no rupiah twice", async () => {
    const order = await paidBy(shop, buyer, "gopay");
    const { itemId, total } = await lineOf(shop, order);
    const asked = refundPayment(shop.app, admin, {
      paymentId: order.paymentId,
      items: [{ orderItemId: itemId, quantity: 1, restock: true }],
      amount: 25_000,
      reason: "cacat",
      idempotencyKey: `race-${order.paymentId}`,
    });
    const [cancelled, refunded] = await Promise.allSettled([cancel(order), asked]);
    expect(codeOf(cancelled)).toBeNull();
    expect([null, "NOT_REFUNDABLE"]).toContain(codeOf(refunded));
    await shop.drain();
    expect(await standing(shop, order)).toMatchObject({ order: "CANCELLED", payment: "REFUNDED", stock: 10 });
    const back = (await atGateway(shop, order)).map(({ amount }) => amount);
    expect(back.reduce((sum, amount) => sum + amount, 0)).toBe(total);
  });

  test("that meets the bank's reversal owes nothing back that is not here", async () => {
    const order = await paidBy(shop, buyer, "permata_va");
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "deny", force: true });
    const news = shop.notify(order.gatewayOrderId).then(() => shop.drain());
    const [cancelled] = await Promise.allSettled([cancel(order), news]);
    expect(codeOf(cancelled)).toBeNull();
    await shop.drain();
    expect(await standing(shop, order)).toMatchObject({ order: "CANCELLED", payment: "FAILED", stock: 10 });
    expect((await refundsOf(shop, order)).filter(({ status }) => status !== "WITHDRAWN")).toEqual([]);
  });
});

test("two orders of one checkout that are cancelled at once are two refunds, each of its own", async () => {
  const products = [await shop.addProduct({ stock: 10 }), await shop.addProduct({ stock: 10, price: 70_000 })];
  const bought = await shop.buy(buyer, shop.order(products.map((product) => ({ ...product, quantity: 2 }))));
  const order = { ...bought, productId: products[0]?.productId as string } as Order;
  await happens(shop, order, { transaction_status: "settlement", method: "gopay" });
  const ids = (
    await shop.app.db.sql<{ id: string }>("select id from orders where session_id = $1", [order.sessionId])
  ).map(({ id }) => id);
  await Promise.all([...ids, ...ids].map((orderId) => cancelOrder(shop.app, buyer, { orderId, reason: "tidak jadi" })));
  await shop.drain();
  const { back, paid } = await shop.one<{ back: number; paid: number }>(
    "select refunded_amount as back, amount as paid from payments where id = $1",
    order.paymentId,
  );
  expect(back).toBe(paid);
  expect(await atGateway(shop, order)).toHaveLength(2);
  const shelves = await shop.app.db.sql<{ stock: number }>("select stock from products where id = any($1::uuid[])", [
    products.map(({ productId }) => productId),
  ]);
  expect(shelves).toEqual([{ stock: 10 }, { stock: 10 }]);
});
