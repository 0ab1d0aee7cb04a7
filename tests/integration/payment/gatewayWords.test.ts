import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pollPayments } from "../../../domain/payment/pollPayments.ts";
import { syncPayment } from "../../../domain/payment/syncPayment.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import {
  alerts,
  buyTwo,
  cases,
  count,
  happens,
  type Order,
  PAID,
  type Person,
  path,
  standing,
  UNPAID,
} from "./facts.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let shop: LiveShop;
let buyer: Person;

beforeAll(async () => {
  shop = await openLiveShop();
  buyer = await shop.addBuyer();
});
afterAll(() => shop.close());

const refunds = (order: Order) => count(shop, "refunds where payment_id = $1", order.paymentId);

describe("money that a bank takes back", () => {
  test.each(["permata_va", "echannel", "indomaret"])(
    "minutes after %s settled un-pays: order cancelled, stock back, customer told, once",
    async (method) => {
      const order = await buyTwo(shop, buyer);
      await happens(shop, order, { transaction_status: "settlement", method });
      expect(await standing(shop, order)).toEqual(PAID);
      await happens(shop, order, { transaction_status: "deny", force: true });
      await syncPayment(shop.app, buyer, { paymentId: order.paymentId });
      expect(await standing(shop, order)).toEqual({
        payment: "FAILED",
        order: "CANCELLED",
        shown: "FAILED",
        session: "PAID",
        stock: 10,
      });
      expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "PAID", "CANCELLED"]);
      expect(
        await shop.one("select covering_transaction_id as covering from payments where id = $1", order.paymentId),
      ).toEqual({ covering: null });
      expect(await count(shop, "notices where event like $1", `%${order.paymentId}%`)).toBeGreaterThan(1);
    },
  );

  test("is found ten minutes after settlement when no notification tells of it", async () => {
    const order = await buyTwo(shop, buyer);
    await happens(shop, order, { transaction_status: "settlement", method: "permata_va" });
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "deny", force: true });
    shop.advance(11 * MINUTE);
    await pollPayments(shop.app);
    expect(await standing(shop, order)).toMatchObject({ payment: "FAILED", order: "CANCELLED", stock: 10 });
  });

  test("and gives again moves nothing by itself, however often it is said: a person looks", async () => {
    const order = await buyTwo(shop, buyer);
    await happens(shop, order, { transaction_status: "settlement", method: "permata_va" });
    await happens(shop, order, { transaction_status: "deny", force: true });
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", force: true });
    for (let copies = 1; copies <= 3; copies++) await syncPayment(shop.app, buyer, { paymentId: order.paymentId });
    expect(await standing(shop, order)).toMatchObject({ payment: "FAILED", order: "CANCELLED", stock: 10 });
    expect(await cases(shop, order)).toEqual(["CAPTUREDAFTERREVERSAL"]);
  });

  test("before we ever heard of its settlement was never ours: the payment stays open, without an alarm", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", method: "permata_va" });
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "deny", force: true });
    for (let copies = 1; copies <= 3; copies++) await syncPayment(shop.app, buyer, { paymentId: order.paymentId });
    expect(await standing(shop, order)).toEqual(UNPAID);
    expect([await cases(shop, order), await alerts(shop, order.gatewayOrderId)]).toEqual([[], {}]);
  });
});

describe("a card that the bank wants to look at", () => {
  test("holds the order until a person accepts it", async () => {
    const order = await buyTwo(shop, buyer);
    await happens(shop, order, { transaction_status: "challenge" });
    expect(await standing(shop, order)).toEqual({ ...UNPAID, payment: "CHALLENGED" });
    await happens(shop, order, { transaction_status: "capture", fraud_status: "accept" });
    expect(await standing(shop, order)).toEqual(PAID);
    await happens(shop, order, { transaction_status: "settlement" });
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "PAID"]);
  });

  test("is open for another try when it is denied, and over when its time is", async () => {
    const order = await buyTwo(shop, buyer);
    await happens(shop, order, { transaction_status: "challenge" });
    await happens(shop, order, { transaction_status: "deny", force: true });
    expect(await standing(shop, order)).toEqual(UNPAID);
    const late = await buyTwo(shop, buyer);
    await happens(shop, late, { transaction_status: "challenge" });
    shop.advance(DAY + MINUTE);
    await happens(shop, late, { transaction_status: "deny", force: true });
    expect(await standing(shop, late)).toEqual({
      payment: "FAILED",
      order: "CANCELLED",
      shown: "FAILED",
      session: "CANCELLED",
      stock: 10,
    });
  });

  test("is not ended by the end of its window: the bank has the last word", async () => {
    const order = await buyTwo(shop, buyer);
    await happens(shop, order, { transaction_status: "challenge" });
    shop.advance(DAY + MINUTE);
    await shop.drain();
    expect(await standing(shop, order)).toMatchObject({ payment: "CHALLENGED", order: "PENDING_PAYMENT", stock: 8 });
    await happens(shop, order, { transaction_status: "capture", fraud_status: "accept" });
    expect(await standing(shop, order)).toEqual(PAID);
  });

  test("voided before settlement gives everything back, with the refund on record", async () => {
    const order = await buyTwo(shop, buyer);
    await happens(shop, order, { transaction_status: "capture", fraud_status: "accept" });
    await happens(shop, order, { transaction_status: "cancel" });
    expect(await standing(shop, order)).toEqual({
      payment: "REFUNDED",
      order: "CANCELLED",
      shown: "REFUNDED",
      session: "PAID",
      stock: 10,
    });
    expect(await refunds(order)).toBe(1);
  });

  test("captured and then denied without ever settling is impossible: nothing moves and a person is told", async () => {
    const order = await buyTwo(shop, buyer);
    await happens(shop, order, { transaction_status: "capture", fraud_status: "accept" });
    await happens(shop, order, { transaction_status: "deny", force: true });
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await alerts(shop, order.gatewayOrderId)).toMatchObject({ IMPOSSIBLE_STATUS: 1 });
  });
});

describe("after a deny", () => {
  test("the same page takes another method, and the order is paid", async () => {
    const order = await buyTwo(shop, buyer);
    await happens(shop, order, { transaction_status: "deny", method: "credit_card" });
    expect(await standing(shop, order)).toEqual(UNPAID);
    await happens(shop, order, { transaction_status: "settlement", method: "bca_va", new: true });
    expect(await standing(shop, order)).toEqual(PAID);
  });
});

describe("two transactions of one order id", () => {
  test.each(["deny", "expire", "cancel", "failure"])(
    "the %s of another one takes nothing from the one that paid",
    async (status) => {
      const order = await buyTwo(shop, buyer);
      await happens(shop, order, { transaction_status: "settlement", method: "bca_va" });
      const start = status === "deny" || status === "failure" ? status : "pending";
      await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: start, method: "gopay", new: true });
      if (start !== status) await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: status });
      await shop.notify(order.gatewayOrderId);
      await shop.drain();
      await syncPayment(shop.app, buyer, { paymentId: order.paymentId });
      expect(await standing(shop, order)).toEqual(PAID);
      expect(await cases(shop, order)).toEqual([]);
    },
  );

  test("both paid is a case for a person, and the order is paid once", async () => {
    const order = await buyTwo(shop, buyer);
    await happens(shop, order, { transaction_status: "settlement", method: "bca_va" });
    await happens(shop, order, { transaction_status: "settlement", method: "gopay", new: true });
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await cases(shop, order)).toEqual(["PAID_TWICE"]);
  });

  test("a reversal of the one that paid is seen although another one is newer", async () => {
    const order = await buyTwo(shop, buyer);
    await happens(shop, order, { transaction_status: "settlement", method: "permata_va" });
    const { paid } = await shop.one<{ paid: string }>(
      "select gateway_transaction_id as paid from payment_transactions where payment_id = $1",
      order.paymentId,
    );
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "gopay", new: true });
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "deny", transaction_id: paid, force: true });
    await shop.notify(paid);
    await shop.drain();
    expect(await standing(shop, order)).toMatchObject({ payment: "FAILED", order: "CANCELLED", stock: 10 });
  });
});

describe("what was refunded or charged back at the gateway", () => {
  test("in part shows as such, and in full ends the order", async () => {
    const order = await buyTwo(shop, buyer);
    await happens(shop, order, { transaction_status: "settlement", method: "gopay" });
    await happens(shop, order, { transaction_status: "partial_refund", refund_amount: 1000 });
    expect(await standing(shop, order)).toEqual({
      ...PAID,
      payment: "PARTIALLY_REFUNDED",
      shown: "PARTIALLY_REFUNDED",
    });
    await happens(shop, order, { transaction_status: "partial_refund", refund_amount: 500, force: true });
    expect(await shop.one("select refunded_amount from payments where id = $1", order.paymentId)).toMatchObject({
      refundedAmount: 1500,
    });
    await happens(shop, order, { transaction_status: "refund" });
    expect(await standing(shop, order)).toEqual({
      payment: "REFUNDED",
      order: "CANCELLED",
      shown: "REFUNDED",
      session: "PAID",
      stock: 10,
    });
  });

  test("as a chargeback ends the order and tells a person", async () => {
    const order = await buyTwo(shop, buyer);
    await happens(shop, order, { transaction_status: "settlement", method: "credit_card", force: true });
    await happens(shop, order, { transaction_status: "chargeback", force: true });
    expect(await standing(shop, order)).toEqual({
      payment: "CHARGEBACK",
      order: "CANCELLED",
      shown: "CHARGEBACK",
      session: "PAID",
      stock: 10,
    });
    expect(await alerts(shop, order.gatewayOrderId)).toHaveProperty("CHARGEBACK");
  });
});

test("after all of it every invariant holds", async () => {
  await shop.drain();
  expect(await shop.audit()).toEqual([]);
});
