import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { sweepRefunds } from "../../../domain/refund/sendRefund.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { HANG_LIMIT } from "../../support/until.ts";
import { alerts, buyTwo, cases, count, happens, lyingGateway, type Person, standing } from "../payment/facts.ts";
import { atGateway, attemptsOf, laterTry, owe, paidBy, refundsOf } from "./refundFacts.ts";

const HOUR_MS = 3_600_000;
let shop: LiveShop;
let buyer: Person;

beforeAll(async () => {
  shop = await openLiveShop({ GATEWAY_TIMEOUT: HANG_LIMIT });
  buyer = await shop.addBuyer();
});
afterEach(async () => {
  expect(await shop.audit()).toEqual([]);
  await fetch(`${shop.sandbox.url}/sandbox/faults`, { method: "DELETE" });
});
afterAll(() => shop.close());

test("a whole refund ends as the gateway's books say, and the order shows it", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  const id = await owe(shop, order, "ALL");
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "PENDING" }]);
  await shop.drain();
  const [refund] = await refundsOf(shop, order);
  expect(refund).toMatchObject({ status: "SUCCEEDED", attempts: 1, keyNumber: 1 });
  expect(await atGateway(shop, order)).toEqual([{ key: `${id}-01`, amount: refund?.amount }]);
  expect(await attemptsOf(shop, order)).toEqual(["SUCCESS"]);
  expect(await standing(shop, order)).toMatchObject({ payment: "REFUNDED", order: "PAID", shown: "REFUNDED" });
  expect(await cases(shop, order)).toEqual([]);
});

test("a part of it leaves the order partly refunded, and the next part is another refund", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  await owe(shop, order, 10_000);
  await shop.drain();
  expect(await standing(shop, order)).toMatchObject({ payment: "PARTIALLY_REFUNDED", shown: "PARTIALLY_REFUNDED" });
  await owe(shop, order, 5_000);
  await shop.drain();
  expect((await atGateway(shop, order)).map(({ amount }) => amount)).toEqual([10_000, 5_000]);
  expect((await refundsOf(shop, order)).map(({ status }) => status)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
});

test("an answer that is lost after its effect is found in the books and not asked for twice", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  await shop.gatewayFaults({ target: "midtrans.refund", kind: "timeout_after", times: 1 });
  await owe(shop, order, 20_000);
  await shop.drain();
  await laterTry(shop, HOUR_MS);
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "SUCCEEDED", keyNumber: 1 }]);
  expect(await atGateway(shop, order)).toHaveLength(1);
});

test("a gateway that never answers at any of its tries makes no second refund, and a person is told", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  await shop.gatewayFaults({ target: "midtrans.refund", kind: "timeout", times: 100 });
  await owe(shop, order, 20_000);
  await shop.drain();
  for (let n = 0; n < 14; n++) await laterTry(shop, 7 * HOUR_MS);
  const [refund] = await refundsOf(shop, order);
  expect(refund).toMatchObject({ status: "PROCESSING", attempts: 12, keyNumber: 1 });
  expect(await cases(shop, order)).toEqual(["UNKNOWN_OUTCOME"]);
  expect(await atGateway(shop, order)).toEqual([]);
  expect((await standing(shop, order)).shown).toBe("REFUND_PENDING");
});

test("a bank that declines gets a new key each time, at most twelve times; then the refund has failed", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  await shop.gatewayFaults({ target: "midtrans.refund", kind: "denied", times: 2 });
  const id = await owe(shop, order, 20_000);
  await shop.drain();
  await laterTry(shop, HOUR_MS);
  await laterTry(shop, HOUR_MS);
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "SUCCEEDED", attempts: 3, keyNumber: 3 }]);
  expect(await atGateway(shop, order)).toEqual([{ key: `${id}-03`, amount: 20_000 }]);

  const another = await paidBy(shop, buyer, "gopay");
  await shop.gatewayFaults({ target: "midtrans.refund", kind: "denied", times: 100 });
  const failed = await owe(shop, another, 20_000);
  await shop.drain();
  for (let n = 0; n < 14; n++) await laterTry(shop, 7 * HOUR_MS);
  expect(await refundsOf(shop, another)).toMatchObject([{ status: "FAILED", attempts: 12 }]);
  expect(await alerts(shop, String(failed))).toEqual({ REFUND_FAILED: 1 });
});

test("a merchant's balance that is too small costs no try: the refund waits for the money", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  await shop.gatewayFaults({ target: "midtrans.refund", kind: "funds", times: 1 });
  await owe(shop, order, 20_000);
  await shop.drain();
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "PENDING", attempts: 0, keyNumber: 2 }]);
  await laterTry(shop, 2 * HOUR_MS);
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "SUCCEEDED" }]);
});

test("a card that is not settled yet is voided whole, and a part of it waits for the settlement", async () => {
  const order = await paidBy(shop, buyer, "credit_card");
  await owe(shop, order, "ALL");
  await shop.drain();
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "SUCCEEDED" }]);
  expect(await standing(shop, order)).toMatchObject({ payment: "REFUNDED", shown: "REFUNDED" });
  expect(await atGateway(shop, order)).toEqual([]);

  const another = await paidBy(shop, buyer, "credit_card");
  await owe(shop, another, 10_000);
  await shop.drain();
  expect(await refundsOf(shop, another)).toMatchObject([{ status: "PENDING", attempts: 0 }]);
  await happens(shop, another, { transaction_status: "settlement" });
  await laterTry(shop, 2 * HOUR_MS);
  expect(await refundsOf(shop, another)).toMatchObject([{ status: "SUCCEEDED" }]);
});

test("a void that is refused day and night costs no try, and its money goes back once it is settled", async () => {
  const order = await paidBy(shop, buyer, "credit_card");
  await shop.gatewayFaults({ target: "midtrans.cancel", kind: "500", times: 100 });
  await owe(shop, order, "ALL");
  await shop.drain();
  for (let n = 0; n < 14; n++) await laterTry(shop, 8 * HOUR_MS);
  expect(await refundsOf(shop, order)).toMatchObject([{ attempts: 0, keyNumber: 1 }]);
  await happens(shop, order, { transaction_status: "settlement" });
  await laterTry(shop, 8 * HOUR_MS);
  await laterTry(shop, 8 * HOUR_MS);
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "SUCCEEDED", attempts: 1 }]);
  expect(await atGateway(shop, order)).toHaveLength(1);
});

test("an answer that a person must look at first sends no money", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  await owe(shop, order, 20_000);
  const lying = lyingGateway(shop.app, { merchantId: "G-ANOTHER" });
  await sweepRefunds(lying);
  expect(await atGateway(shop, order)).toEqual([]);
  expect(await cases(shop, order)).toEqual(["UNMATCHED"]);
  await laterTry(shop, 2 * HOUR_MS);
  expect(await atGateway(shop, order)).toHaveLength(1);
});

test("what no gateway can pay back is a person's, and the customer is asked for an account once", async () => {
  const order = await paidBy(shop, buyer, "bca_va");
  const id = await owe(shop, order, "ALL");
  await shop.drain();
  await laterTry(shop, HOUR_MS);
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "MANUAL", attempts: 0 }]);
  expect(await count(shop, "notices where event = $1", `refund.manual:${id}`)).toBe(1);
});

test("money that a bank may still take back is not paid back before its hold is over", async () => {
  const order = await paidBy(shop, buyer, "permata_va");
  await owe(shop, order, "ALL");
  await shop.drain();
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "PENDING" }]);
  await happens(shop, order, { transaction_status: "deny", force: true });
  await laterTry(shop, HOUR_MS);
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "WITHDRAWN" }]);
});

test("a refund that began in the gateway's dashboard settles what we owe, and is told to a person once", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  await happens(shop, order, { transaction_status: "partial_refund", refund_amount: 15_000 });
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "SUCCEEDED", cause: "GATEWAY", amount: 15_000 }]);
  expect(await cases(shop, order)).toEqual(["REFUNDED_OUTSIDE"]);
  await owe(shop, order, 5_000);
  await shop.drain();
  expect((await refundsOf(shop, order)).map(({ amount, status }) => [amount, status])).toEqual([
    [15_000, "SUCCEEDED"],
    [5_000, "SUCCEEDED"],
  ]);
});

test("money that came too late goes back by itself", async () => {
  const order = await buyTwo(shop, buyer);
  await happens(shop, order, { transaction_status: "expire", method: "gopay" });
  await laterTry(shop, 25 * HOUR_MS);
  await happens(shop, order, { transaction_status: "settlement", method: "gopay", force: true });
  await shop.drain();
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "SUCCEEDED", cause: "ORPHAN" }]);
  expect(await standing(shop, order)).toMatchObject({ payment: "REFUNDED", order: "CANCELLED", shown: "REFUNDED" });
});

test("of twenty refunds at once no more than the captured money is ever owed", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  const { amount } = await shop.one<{ amount: number }>("select amount from payments where id = $1", order.paymentId);
  const part = Math.floor(amount / 7);
  const made = await Promise.allSettled(Array.from({ length: 20 }, () => owe(shop, order, part)));
  expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(7);
  await Promise.all([shop.drain(), sweepRefunds(shop.app), sweepRefunds(shop.app)]);
  await laterTry(shop, HOUR_MS);
  expect((await atGateway(shop, order)).reduce((sum, one) => sum + one.amount, 0)).toBe(7 * part);
  expect(new Set((await refundsOf(shop, order)).map(({ status }) => status))).toEqual(new Set(["SUCCEEDED"]));
});
