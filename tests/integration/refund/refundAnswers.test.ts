import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { App } from "../../../domain/app.ts";
import { cancelOrder } from "../../../domain/checkout/cancelOrder.ts";
import { GatewayUnavailable } from "../../../domain/kernel/errors.ts";
import type { RefundId } from "../../../domain/kernel/ids.ts";
import { refundPayment } from "../../../domain/refund/refundPayment.ts";
import { retryRefund } from "../../../domain/refund/retryRefund.ts";
import { sendRefund, sweepRefunds } from "../../../domain/refund/sendRefund.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { alerts, cases, count, happens, type Order, type Person, standing } from "../payment/facts.ts";
import { deliver, type Line, lineOf, linesOf } from "./parcelFacts.ts";
import { atGateway, laterTry, owe, paidBy, refundsOf } from "./refundFacts.ts";

const HOUR_MS = 3_600_000;
/** Longer than the longest wait between two tries. */
const NEXT_TRY_MS = 8 * HOUR_MS;
const TRIES = 12;

let shop: LiveShop;
let buyer: Person;
let admin: Person;

beforeAll(async () => {
  shop = await openLiveShop();
  admin = { ...(await shop.addStaff()), role: "ADMIN" };
});
beforeEach(async () => {
  buyer = await shop.addBuyer();
});
afterEach(async () => {
  expect(await shop.audit()).toEqual([]);
  await fetch(`${shop.sandbox.url}/sandbox/faults`, { method: "DELETE" });
});
afterAll(() => shop.close());

type SendingRefund = App["payments"]["refund"];

/** The shop with something around its refund calls. */
const around = (change: (send: SendingRefund) => SendingRefund): App => ({
  ...shop.app,
  payments: { ...shop.app.payments, refund: change(shop.app.payments.refund) },
});
const lost = () => new GatewayUnavailable("midtrans", "the answer was lost", "unknown");
const tellAndApply = async (order: Order): Promise<void> => {
  await shop.notify(order.gatewayOrderId);
  await shop.drain();
};

async function isRefundedOnce(order: Order): Promise<void> {
  expect((await refundsOf(shop, order)).map(({ status }) => status)).toEqual(["SUCCEEDED"]);
  expect(await atGateway(shop, order)).toHaveLength(1);
  expect(await cases(shop, order)).toEqual([]);
  expect(await standing(shop, order)).toMatchObject({ payment: "PARTIALLY_REFUNDED" });
}

describe("the gateway's notification of a refund", () => {
  /** A refund that is due and that nobody has sent. */
  async function due(): Promise<{ order: Order; refundId: RefundId }> {
    const order = await paidBy(shop, buyer, "gopay");
    return { order, refundId: await owe(shop, order, 15_000) };
  }

  test("that comes before the answer ends the refund, and the answer finds it so", async () => {
    const { order, refundId } = await due();
    const app = around((send) => async (...call) => {
      const answer = await send(...call);
      await tellAndApply(order);
      expect((await refundsOf(shop, order))[0]?.status).toBe("SUCCEEDED");
      return answer;
    });
    await sendRefund(app, { refundId });
    await isRefundedOnce(order);
  });

  test("that is applied while the answer is worked on is one refund", async () => {
    const { order, refundId } = await due();
    let telling: Promise<void> = Promise.resolve();
    const app = around((send) => async (...call) => {
      const answer = await send(...call);
      telling = tellAndApply(order);
      return answer;
    });
    await Promise.all([sendRefund(app, { refundId }), sendRefund(app, { refundId })]);
    await telling;
    await isRefundedOnce(order);
  });

  test("that comes after it, and again, changes nothing more", async () => {
    const { order, refundId } = await due();
    await sendRefund(shop.app, { refundId });
    await tellAndApply(order);
    await tellAndApply(order);
    await isRefundedOnce(order);
  });

  test("whose answer is lost is all that is needed", async () => {
    const { order, refundId } = await due();
    const app = around((send) => async (...call) => {
      await send(...call);
      await tellAndApply(order);
      throw lost();
    });
    await sendRefund(app, { refundId });
    await isRefundedOnce(order);
  });
});

test("an answer that is lost after its effect, at whichever of the twelve tries, is one refund", async () => {
  const lostAt = new Map<string, number>();
  const tries = new Map<string, number>();
  const orders: Order[] = [];
  for (let n = 1; n <= TRIES; n++) orders.push(await paidBy(shop, await shop.addBuyer(), "gopay"));
  for (const [n, order] of orders.entries()) lostAt.set(await owe(shop, order, 12_000), n + 1);
  const app = around((send) => async (id, what) => {
    const refundId = what.key.slice(0, -3);
    const made = (tries.get(refundId) ?? 0) + 1;
    tries.set(refundId, made);
    // Those before it never arrive.
    if (made >= (lostAt.get(refundId) ?? 0)) await send(id, what);
    throw lost();
  });
  for (let n = 0; n < TRIES + 2; n++) {
    // A round takes ten at most.
    await sweepRefunds(app);
    await sweepRefunds(app);
    shop.advance(NEXT_TRY_MS);
  }
  await shop.drain();
  for (const [refundId, n] of lostAt) expect([refundId, tries.get(refundId)]).toEqual([refundId, n]);
  for (const order of orders) {
    expect((await refundsOf(shop, order)).map(({ status, keyNumber }) => [status, keyNumber])).toEqual([
      ["SUCCEEDED", 1],
    ]);
    expect(await atGateway(shop, order)).toHaveLength(1);
    expect(await cases(shop, order)).toEqual([]);
  }
});

test("a refund whose money the bank took before it was sent is not sent, and owes nothing any more", async () => {
  const order = await paidBy(shop, buyer, "credit_card");
  await happens(shop, order, { transaction_status: "settlement" });
  const refundId = await owe(shop, order, 15_000);
  await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "chargeback", force: true });
  await sendRefund(shop.app, { refundId });
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "WITHDRAWN", attempts: 0 }]);
  expect(await atGateway(shop, order)).toEqual([]);
  expect(await standing(shop, order)).toMatchObject({ payment: "CHARGEBACK", shown: "CHARGEBACK" });
  await shop.drain();
});

test("a refund that fails when the stock is back already leaves the stock once, and staff sends it again", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  await shop.gatewayFaults({ target: "midtrans.refund", kind: "denied", times: 100 });
  await cancelOrder(shop.app, buyer, { orderId: (await lineOf(shop, order)).orderId, reason: "batal" });
  await shop.drain();
  for (let n = 0; n <= TRIES; n++) await laterTry(shop, NEXT_TRY_MS);
  const [failed] = await refundsOf(shop, order);
  expect(failed).toMatchObject({ status: "FAILED", attempts: TRIES });
  expect(await alerts(shop, String(failed?.id))).toEqual({ REFUND_FAILED: 1 });
  expect(await standing(shop, order)).toMatchObject({ order: "CANCELLED", shown: "REFUND_PENDING", stock: 10 });
  expect(await atGateway(shop, order)).toEqual([]);
  await fetch(`${shop.sandbox.url}/sandbox/faults`, { method: "DELETE" });
  await retryRefund(shop.app, admin, { refundId: String(failed?.id) });
  await shop.drain();
  expect(await standing(shop, order)).toMatchObject({ payment: "REFUNDED", shown: "REFUNDED", stock: 10 });
  expect(await atGateway(shop, order)).toHaveLength(1);
  expect(await count(shop, "stock_movements m where m.kind = 'RELEASE' and m.product_id = $1", order.productId)).toBe(
    1,
  );
});

test("a refund that failed is not sent again once its order's money went another way", async () => {
  const products = [await shop.addProduct(), await shop.addProduct({ price: 400_000 })];
  const bought = await shop.buy(buyer, shop.order(products.map((product) => ({ ...product, quantity: 1 }))));
  const order = { ...bought, productId: products[0]?.productId as string } as Order;
  await happens(shop, order, { transaction_status: "settlement", method: "gopay" });
  await deliver(shop, order);
  const [line] = (await linesOf(shop, order)) as [Line];
  const give = (idempotencyKey: string) =>
    refundPayment(shop.app, admin, {
      paymentId: order.paymentId,
      orderId: line.orderId,
      amount: line.total,
      reason: "rusak",
      idempotencyKey,
    });
  await shop.gatewayFaults({ target: "midtrans.refund", kind: "denied", times: 100 });
  const failed = await give("failing-refund-1");
  await shop.drain();
  for (let n = 0; n <= TRIES; n++) await laterTry(shop, NEXT_TRY_MS);
  await fetch(`${shop.sandbox.url}/sandbox/faults`, { method: "DELETE" });
  await give("second-refund-01");
  const retried = () => retryRefund(shop.app, admin, { refundId: failed });
  await expect(retried()).rejects.toMatchObject({ code: "REFUND_EXCEEDS_CAPTURED", details: { left: 0 } });
  await shop.drain();
  await expect(retried()).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION", details: { status: "WITHDRAWN" } });
  expect(await atGateway(shop, order)).toHaveLength(1);
});
