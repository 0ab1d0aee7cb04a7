import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { applyNotification } from "../../../domain/payment/applyNotification.ts";
import { pollPayments } from "../../../domain/payment/pollPayments.ts";
import { syncPayment } from "../../../domain/payment/syncPayment.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { alerts, buyTwo, cases, count, happens, lyingGateway, type Order, PAID, path, type Person, standing, UNPAID } from "./facts.ts";

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
  test.each(["permata_va", "echannel", "indomaret"])("minutes after %s settled un-pays: order cancelled, stock back, customer told, once", async (method) => {
    const order = await buyTwo(shop, buyer);
    await happens(shop, order, { transaction_status: "settlement", method });
    expect(await standing(shop, order)).toEqual(PAID);
    await happens(shop, order, { transaction_status: "deny", force: true });
    await syncPayment(shop.app, buyer, { paymentId: order.paymentId });
    expect(await standing(shop, order)).toEqual({ payment: "FAILED", order: "CANCELLED", shown: "FAILED", session: "PAID", stock: 10 });
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "PAID", "CANCELLED"]);
    expect(await shop.one("select covering_transaction_id as covering from payments where id = $1", order.paymentId)).toEqual({ covering: null });
    expect(await count(shop, "notices where event like $1", `%${order.paymentId}%`)).toBeGreaterThan(1);
  });

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

  test("before we ever heard of its settlement was never ours: the payment stays open and nobody is alarmed", async () => {
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
    expect(await standing(shop, late)).toEqual({ payment: "FAILED", order: "CANCELLED", shown: "FAILED", session: "CANCELLED", stock: 10 });
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
    expect(await standing(shop, order)).toEqual({ payment: "REFUNDED", order: "CANCELLED", shown: "REFUNDED", session: "PAID", stock: 10 });
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
  test.each(["deny", "expire", "cancel", "failure"])("the %s of another one takes nothing from the one that paid", async (status) => {
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
  });

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
      "select gateway_transaction_id as paid from payment_transactions where payment_id = $1", order.paymentId,
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
    expect(await standing(shop, order)).toEqual({ ...PAID, payment: "PARTIALLY_REFUNDED", shown: "PARTIALLY_REFUNDED" });
    await happens(shop, order, { transaction_status: "partial_refund", refund_amount: 500, force: true });
    expect(await shop.one("select refunded_amount from payments where id = $1", order.paymentId)).toMatchObject({ refundedAmount: 1500 });
    await happens(shop, order, { transaction_status: "refund" });
    expect(await standing(shop, order)).toEqual({ payment: "REFUNDED", order: "CANCELLED", shown: "REFUNDED", session: "PAID", stock: 10 });
  });

  test("as a chargeback ends the order and tells a person", async () => {
    const order = await buyTwo(shop, buyer);
    await happens(shop, order, { transaction_status: "settlement", method: "credit_card", force: true });
    await happens(shop, order, { transaction_status: "chargeback", force: true });
    expect(await standing(shop, order)).toEqual({ payment: "CHARGEBACK", order: "CANCELLED", shown: "CHARGEBACK", session: "PAID", stock: 10 });
    expect(await alerts(shop, order.gatewayOrderId)).toHaveProperty("CHARGEBACK");
  });
});

describe("a status answer that does not fit", () => {
  const strange = [
    ["one rupiah more", (r: { grossAmount: number }) => ({ grossAmount: r.grossAmount + 1, originalAmount: r.grossAmount + 1 }), "AMOUNT_MISMATCH"],
    ["one rupiah less", (r: { grossAmount: number }) => ({ grossAmount: r.grossAmount - 1, originalAmount: r.grossAmount - 1 }), "AMOUNT_MISMATCH"],
    ["another currency", () => ({ currency: "USD" }), "AMOUNT_MISMATCH"],
    ["another merchant", () => ({ merchantId: "G000000000" }), "UNMATCHED"],
    ["another order id", () => ({ gatewayOrderId: "LNS-20261120-000000-01A" }), "UNMATCHED"],
    ["a settlement under challenge", () => ({ fraudStatus: "challenge" }), "STRANGE_STATUS"],
    ["a settlement that fraud checks deny", () => ({ fraudStatus: "deny" }), "STRANGE_STATUS"],
    ["a capture without a fraud status", () => ({ status: "capture", statusText: "capture", fraudStatus: null }), "STRANGE_STATUS"],
    ["a reservation", () => ({ status: "authorize", statusText: "authorize" }), "STRANGE_STATUS"],
    ["a word that nobody knows", () => ({ status: "unknown", statusText: "settled" }), "STRANGE_STATUS"],
  ] as const;

  test.each(strange)("(%s) pays nothing, opens one case and can be asked again", async (_what, change, kind) => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement" });
    await shop.notify(order.gatewayOrderId);
    const liar = lyingGateway(shop.app, change as never);
    await applyNotification(liar, { gatewayOrderId: order.gatewayOrderId });
    await syncPayment(liar, buyer, { paymentId: order.paymentId });
    expect(await standing(shop, order)).toEqual(UNPAID);
    expect(await cases(shop, order)).toEqual([kind]);
    expect(await alerts(shop, order.gatewayOrderId)).toMatchObject({ [`MONEY_CASE_${kind}`]: 1 });
    // The truth still gets through.
    await syncPayment(shop.app, buyer, { paymentId: order.paymentId });
    expect(await standing(shop, order)).toEqual(PAID);
  });

  test("but for a fee that the customer bears pays what was asked for, and the fee is kept apart", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement" });
    await syncPayment(lyingGateway(shop.app, (r) => ({ grossAmount: (r.grossAmount + 4000) as never })), buyer, { paymentId: order.paymentId });
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await shop.one("select fee_amount, captured_amount - amount as over from payment_transactions where payment_id = $1", order.paymentId))
      .toEqual({ feeAmount: 4000, over: 0 });
  });
});

describe("late news", () => {
  const SETS = [
    ["pending", "settlement"],
    ["pending", "deny", "settlement"],
    ["pending", "expire", "settlement"],
  ];
  const permutations = <T>(list: readonly T[]): T[][] =>
    list.length < 2 ? [[...list]] : list.flatMap((one, i) => permutations(list.filter((_, j) => j !== i)).map((rest) => [one, ...rest]));

  test.each(SETS.flatMap(permutations).map((order) => ({ order })))("in the order $order ends PAID, with one PAID in the log", async ({ order: bodies }) => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", method: "bca_va" });
    for (const transaction_status of bodies) {
      await shop.notify(order.gatewayOrderId, { transaction_status });
      await shop.notify(order.gatewayOrderId, { transaction_status });
      await shop.drain();
    }
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "PAID"]);
  });
});

test("after all of it every invariant holds", async () => {
  await shop.drain();
  expect(await shop.audit()).toEqual([]);
});
