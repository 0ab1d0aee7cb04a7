import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cancelOrder } from "../../../domain/checkout/cancelOrder.ts";
import { cancelPayment } from "../../../domain/payment/cancelPayment.ts";
import { endPaymentWindow } from "../../../domain/payment/endPaymentWindow.ts";
import { syncPayment } from "../../../domain/payment/syncPayment.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import {
  buyTwo,
  CANCELLED,
  count,
  interleaved,
  newestTry,
  type Order,
  PAID,
  type Person,
  path,
  standing,
  tryAgain,
} from "./facts.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let shop: LiveShop;
let buyer: Person;
let staff: Person;

beforeAll(async () => {
  shop = await openLiveShop({}, "unsent");
  buyer = await shop.addBuyer();
  staff = await shop.addStaff();
});
afterAll(() => shop.close());

describe("a race with the customer's own click, at the gateway", () => {
  const pay = (order: Order) => () =>
    shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", method: "bca_va" });

  test("paid between our look and our cancel is paid: the gateway refuses it, and its word counts", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    const app = interleaved(shop.app, "fetchStatus", pay(order));
    await expect(cancelPayment(app, buyer, { paymentId: order.paymentId })).rejects.toMatchObject({
      code: "ALREADY_PAID",
    });
    expect(await standing(shop, order)).toEqual(PAID);
  });

  test("a method chosen and paid between our look and the closing of the page is paid", async () => {
    const order = await buyTwo(shop, buyer);
    const { orderId } = await shop.one<{ orderId: string }>(
      "select id as order_id from orders where session_id = $1",
      order.sessionId,
    );
    const app = interleaved(shop.app, "fetchStatus", pay(order));
    await expect(cancelOrder(app, buyer, { orderId, reason: "tidak jadi" })).rejects.toMatchObject({
      code: "ALREADY_PAID",
    });
    expect(await standing(shop, order)).toEqual(PAID);
  });

  test("cancelled before the click cannot be paid", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    const app = interleaved(shop.app, "cancel", async () => {
      await expect(pay(order)()).rejects.toThrow(/412/);
    });
    await cancelPayment(app, buyer, { paymentId: order.paymentId });
    expect(await standing(shop, order)).toEqual(CANCELLED);
  });

  test("its notification applied between our look and our lock is not undone: we look again", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    const app = interleaved(shop.app, "fetchStatus", async () => {
      await pay(order)();
      await shop.notify(order.gatewayOrderId);
      await shop.drain();
    });
    await expect(cancelPayment(app, buyer, { paymentId: order.paymentId })).rejects.toMatchObject({
      code: "ALREADY_PAID",
    });
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "PAID"]);
  });

  test("at the end of the window, with its notification at the same time, has one outcome: paid", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    shop.advance(DAY + MINUTE);
    const app = interleaved(shop.app, "fetchStatus", async () => {
      await pay(order)();
      await shop.notify(order.gatewayOrderId);
    });
    await Promise.all([
      endPaymentWindow(app, { paymentId: order.paymentId }),
      shop.drain(),
      syncPayment(shop.app, buyer, { paymentId: order.paymentId }),
    ]);
    await shop.drain();
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "PAID"]);
  });

  test("ten people who cancel one order at once cancel it once", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    await Promise.all(Array.from({ length: 10 }, () => cancelPayment(shop.app, buyer, { paymentId: order.paymentId })));
    expect(await standing(shop, order)).toEqual(CANCELLED);
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "CANCELLED"]);
    expect(await count(shop, "stock_movements where product_id = $1", order.productId)).toBe(2);
    await shop.drain();
    expect(await count(shop, "notices where event like $1", `%${order.paymentId}%`)).toBe(1);
  });
});

describe("what staff ends", () => {
  test("is in the audit log in the same transaction, also when its window is over by then", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    shop.advance(DAY + MINUTE);
    await cancelPayment(shop.app, staff, { paymentId: order.paymentId, reason: "asked by phone" });
    expect(await standing(shop, order)).toMatchObject({ order: "CANCELLED", stock: 10 });
    expect(await count(shop, "audit_logs where entity_id = $1", order.paymentId)).toBe(1);
  });
});

describe("two tries that are both paid", () => {
  test("pay once: the second is owed back by itself, and the stock moved once", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    await tryAgain(shop.app, buyer, order, `both-${order.paymentId}`);
    const second = await newestTry(shop, order);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", force: true });
    await shop.gatewayMoves(second.gatewayOrderId, { transaction_status: "settlement", method: "gopay" });
    for (const id of [order.gatewayOrderId, second.gatewayOrderId]) {
      await shop.notify(id);
      await shop.drain();
      await shop.notify(id, { transaction_status: "pending" });
      await shop.drain();
    }
    await syncPayment(shop.app, buyer, { paymentId: order.paymentId });
    expect(await standing(shop, order)).toEqual(PAID);
    expect(
      await shop.one(
        `select count(*) as rows, sum(amount) = (select amount from payments where id = $1) as whole
           from refunds where payment_id = $1 and status = 'PENDING'`,
        order.paymentId,
      ),
    ).toEqual({ rows: 1, whole: true });
    expect(await count(shop, "money_cases where payment_id = $1 and kind = 'PAID_TWICE'", order.paymentId)).toBe(1);
    expect(await count(shop, "stock_movements where product_id = $1", order.productId)).toBe(1);
  });

  test("at the same moment, too", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    await tryAgain(shop.app, buyer, order, `moment-${order.paymentId}`);
    const second = await newestTry(shop, order);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", force: true });
    await shop.gatewayMoves(second.gatewayOrderId, { transaction_status: "settlement", method: "gopay" });
    await Promise.all(Array.from({ length: 6 }, () => syncPayment(shop.app, buyer, { paymentId: order.paymentId })));
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await count(shop, "refunds where payment_id = $1", order.paymentId)).toBe(1);
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "PAID"]);
  });
});

test("after all of it every invariant holds", async () => {
  await shop.drain();
  expect(await shop.audit()).toEqual([]);
});
