import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkout } from "../../domain/checkout/checkout.ts";
import type { TransactionId } from "../../domain/kernel/ids.ts";
import { applyNotification } from "../../domain/payment/applyNotification.ts";
import { cancelPayment } from "../../domain/payment/cancelPayment.ts";
import { endPaymentWindow } from "../../domain/payment/endPaymentWindow.ts";
import { finishStart } from "../../domain/payment/finishStart.ts";
import { pollPayments } from "../../domain/payment/pollPayments.ts";
import { syncPayment } from "../../domain/payment/syncPayment.ts";
import { runJob } from "../../worker/runJob.ts";
import {
  buyTwo,
  CANCELLED,
  count,
  happens,
  type Order,
  PAID,
  type Person,
  path,
  standing,
  triesOf,
  tryAgain,
  UNPAID,
} from "../integration/payment/facts.ts";
import { afterCall, afterSql, beforeCall, beforeSql, race, wordOf } from "../support/interleave.ts";
import { type LiveShop, openLiveShop } from "../support/liveShop.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const LOCKED = "from payments where id = any($1::uuid[]) order by id for update";

let shop: LiveShop;
let buyer: Person;

beforeAll(async () => {
  shop = await openLiveShop();
  buyer = await shop.addBuyer();
});
afterAll(() => shop.close());

/** A number to pay on was chosen, and the shop knows it. */
async function buyWithNumber(method = "bca_va"): Promise<Order> {
  const order = await buyTwo(shop, buyer);
  await happens(shop, order, { transaction_status: "pending", method });
  return order;
}
const pays = (order: Order) => shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement" });
const cancels = (order: Order) => cancelPayment(shop.app, buyer, order);
const apply = (order: Order) => (app: LiveShop["app"]) => applyNotification(app, order);
const jobOf = async (order: Order) =>
  (
    await shop.one<{ id: number }>(
      "select id from outbox_messages where handler = 'applyNotification' and key = $1 and done_at is null",
      order.gatewayOrderId,
    )
  ).id;

describe("between the gateway's answer and the lock of an apply", () => {
  const between = { from: afterCall("fetchStatus"), to: beforeSql("begin") };

  test("a cancel ends the order, and the answer from before brings nothing back", async () => {
    const order = await buyWithNumber();
    await shop.notify(order.gatewayOrderId, { transaction_status: "deny" });
    const outcome = await race(shop.app, { a: apply(order), ...between, b: () => cancels(order) });
    expect([wordOf(outcome.a), wordOf(outcome.b)]).toEqual(["done", "done"]);
    await shop.drain();
    expect(await standing(shop, order)).toEqual(CANCELLED);
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "CANCELLED"]);
    expect(await count(shop, "stock_movements where product_id = $1", order.productId)).toBe(2);
  });

  test("a cancel finds the money itself, and the order is paid once", async () => {
    const order = await buyWithNumber();
    await pays(order);
    await shop.notify(order.gatewayOrderId);
    const outcome = await race(shop.app, { a: apply(order), ...between, b: () => cancels(order) });
    expect([wordOf(outcome.a), wordOf(outcome.b)]).toEqual(["done", "ALREADY_PAID"]);
    await shop.drain();
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "PAID"]);
    expect(await count(shop, "notices where event = $1", `payment.paid:${order.paymentId}`)).toBe(1);
  });

  test("a reversal overtakes its settlement, and the look ten minutes later finds the money gone", async () => {
    const order = await buyWithNumber("permata_va");
    await pays(order);
    await shop.notify(order.gatewayOrderId);
    const b = async () => {
      await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "deny" });
      await syncPayment(shop.app, buyer, order);
    };
    await race(shop.app, { a: apply(order), ...between, b });
    expect(await standing(shop, order)).toEqual(PAID);
    shop.advance(11 * MINUTE);
    await pollPayments(shop.app);
    expect(await standing(shop, order)).toMatchObject({ payment: "FAILED", order: "CANCELLED", stock: 10 });
  });
});

describe("while another try closes the earlier one", () => {
  test.each([
    ["the gateway has closed it and we have not looked", afterCall("cancel"), beforeCall("fetchStatus", 3)],
    ["the page is closed and nothing is written", afterCall("closePage"), beforeSql("begin")],
  ])("a customer who asks when %s changes nothing: one new try begins", async (_, from, to) => {
    const order = await buyWithNumber();
    const a = (app: LiveShop["app"]) => tryAgain(app, buyer, order, `again-${order.paymentId}`);
    const outcome = await race(shop.app, { a, from, to, b: () => syncPayment(shop.app, buyer, order) });
    expect([wordOf(outcome.a), wordOf(outcome.b)]).toEqual(["done", "done"]);
    expect((await triesOf(shop, order)).map(({ state }) => state)).toEqual(["CLOSED", "LIVE"]);
    expect(await standing(shop, order)).toEqual(UNPAID);
  });
});

describe("two ends of one window", () => {
  test.each([
    ["between the look and the lock of the first", afterCall("closePage"), beforeSql("begin"), false],
    ["under the lock of the first", afterSql(LOCKED), beforeSql("from payment_transactions"), true],
  ])("%s end it once: the stock is back once, and one mail tells of it", async (_, from, to, hasWaited) => {
    const order = await buyWithNumber();
    shop.advance(DAY + MINUTE);
    const outcome = await race(shop.app, {
      a: (app) => endPaymentWindow(app, order),
      from,
      to,
      b: () => endPaymentWindow(shop.app, order),
    });
    expect(outcome).toMatchObject({ a: { status: "fulfilled" }, b: { status: "fulfilled" }, hasWaited });
    await shop.drain();
    expect(await standing(shop, order)).toMatchObject({ payment: "EXPIRED", order: "CANCELLED", stock: 10 });
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "CANCELLED"]);
    expect(await count(shop, "stock_movements where product_id = $1", order.productId)).toBe(2);
    expect(await count(shop, "notices where event = $1", `payment.ended:${order.paymentId}`)).toBe(1);
  });
});

test("a checkout that comes while another one has the shelf waits for it, and is told what is left", async () => {
  const product = await shop.addProduct({ stock: 3 });
  const other = await shop.addBuyer();
  const input = () => shop.order([{ ...product, quantity: 2 }], { method: null });
  const outcome = await race(shop.app, {
    a: (app) => checkout(app, buyer, input()),
    from: afterSql("for no key update of p"),
    to: beforeSql("insert into checkout_sessions"),
    b: () => checkout(shop.app, other, input()),
  });
  expect([wordOf(outcome.a), wordOf(outcome.b), outcome.hasWaited]).toEqual(["done", "OUT_OF_STOCK", true]);
  expect(outcome.b).toMatchObject({ reason: { details: { available: 1 } } });
  expect(await shop.one("select stock from products where id = $1", product.productId)).toEqual({ stock: 1 });
});

test.each([
  ["has read its rows and not yet asked", beforeCall("fetchStatus"), afterCall("fetchStatus")],
  ["has applied and is not yet done", afterSql("commit"), beforeSql("set done_at = case")],
])("a notification that comes when a job %s is applied all the same", async (_, from, to) => {
  const order = await buyTwo(shop, buyer);
  await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
  await shop.notify(order.gatewayOrderId);
  const job = await jobOf(order);
  const b = async () => {
    await pays(order);
    return shop.notify(order.gatewayOrderId);
  };
  const outcome = await race(shop.app, { a: (app) => runJob(app, job), from, to, b });
  expect(outcome.b).toMatchObject({ value: "stored" });
  // What was touched while it ran is due again a moment later.
  expect(await jobOf(order)).toBe(job);
  shop.advance(1_000);
  await shop.drain();
  expect(await standing(shop, order)).toEqual(PAID);
  expect(
    await count(shop, "payment_notifications where gateway_order_id = $1 and state = 'STORED'", order.gatewayOrderId),
  ).toBe(0);
});

test("a cancel between a page's opening and its address in our records leaves no page to pay on", async () => {
  await shop.gatewayFaults({ target: "midtrans.snap", kind: "reset", times: 1 });
  const order = await buyTwo(shop, buyer);
  const id = (await triesOf(shop, order))[0]?.id as TransactionId;
  const outcome = await race(shop.app, {
    a: (app) => finishStart(app, { transactionId: id }),
    from: afterCall("openPage"),
    to: beforeSql("begin"),
    b: () => cancels(order),
  });
  expect([wordOf(outcome.a), wordOf(outcome.b)]).toEqual(["done", "done"]);
  await shop.drain();
  expect(await standing(shop, order)).toEqual(CANCELLED);
  const view = await fetch(`${shop.sandbox.url}/sandbox/transactions/${order.gatewayOrderId}`);
  const { pages } = (await view.json()) as { pages: { state: string }[] };
  expect(pages.filter(({ state }) => state === "open")).toEqual([]);
});

describe("the race helper", () => {
  test("says where A went when it never comes by", async () => {
    const order = await buyTwo(shop, buyer);
    const never = { from: afterCall("openPage"), to: beforeSql("begin"), b: async () => undefined };
    const racing = race(shop.app, { a: (app) => syncPayment(app, buyer, order), ...never });
    await expect(racing).rejects.toThrow(/never came by after openPage, but by: before select .*after fetchStatus/);
  });

  test("refuses two points that do not follow each other", async () => {
    const order = await buyTwo(shop, buyer);
    const apart = { from: afterCall("fetchStatus"), to: beforeSql("commit"), b: async () => undefined };
    const racing = race(shop.app, { a: (app) => syncPayment(app, buyer, order), ...apart });
    await expect(racing).rejects.toThrow(/after fetchStatus is followed by before .+, not by before commit/);
  });
});

test("after all of it every invariant holds", async () => {
  await shop.drain();
  expect(await shop.audit()).toEqual([]);
});
