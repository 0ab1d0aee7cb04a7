import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { cancelOrder } from "../../../domain/checkout/cancelOrder.ts";
import type { RefundId } from "../../../domain/kernel/ids.ts";
import type { PaymentReport } from "../../../domain/payment/paymentGateway.ts";
import { syncPayment } from "../../../domain/payment/syncPayment.ts";
import { approveManualRefund } from "../../../domain/refund/approveManualRefund.ts";
import { retryRefund } from "../../../domain/refund/retryRefund.ts";
import { sendRefund, sweepRefunds } from "../../../domain/refund/sendRefund.ts";
import { setRefundAccount } from "../../../domain/refund/setRefundAccount.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { HANG_LIMIT } from "../../support/until.ts";
import { cases, count, happens, lyingGateway, type Order, type Person, standing } from "../payment/facts.ts";
import { ACCOUNT, addAdmin, approved, settle } from "./byHandFacts.ts";
import { atGateway, laterTry, owe, paidBy, refundsOf } from "./refundFacts.ts";

const HOUR_MS = 3_600_000;
let shop: LiveShop;
let buyer: Person;

beforeAll(async () => {
  shop = await openLiveShop({ GATEWAY_TIMEOUT: HANG_LIMIT });
  buyer = await shop.addBuyer();
});
afterEach(async () => {
  await fetch(`${shop.sandbox.url}/sandbox/faults`, { method: "DELETE" });
  await shop.drain();
  expect(await shop.audit()).toEqual([]);
});
afterAll(() => shop.close());

const amountOf = async (order: Order): Promise<number> =>
  (await shop.one<{ amount: number }>("select amount from payments where id = $1", order.paymentId)).amount;
const money = (order: Order) =>
  shop.one<{ refunded: number; chargedBack: number; payment: number }>(
    `select t.refunded_amount as refunded, t.charged_back_amount as charged_back, p.refunded_amount as payment
       from payments p join payment_transactions t on t.id = p.covering_transaction_id where p.id = $1`,
    order.paymentId,
  );
const settled = async (order: Order) => {
  await happens(shop, order, { transaction_status: "settlement" });
  return order;
};
const cardPaid = async () => settled(await paidBy(shop, buyer, "credit_card"));

test("a refund and then a chargeback of the rest: each part is gone once", async () => {
  const order = await cardPaid();
  const amount = await amountOf(order);
  await owe(shop, order, 20_000);
  await shop.drain();
  await happens(shop, order, { transaction_status: "chargeback", force: true });
  expect(await money(order)).toEqual({ refunded: 20_000, chargedBack: amount - 20_000, payment: 20_000 });
  expect(await standing(shop, order)).toMatchObject({ payment: "CHARGEBACK", shown: "CHARGEBACK" });
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "SUCCEEDED" }]);
});

test("a chargeback that the worker meets before it sends: the refund is withdrawn, without a case", async () => {
  const order = await cardPaid();
  await owe(shop, order, 20_000);
  await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "chargeback", force: true });
  await sweepRefunds(shop.app);
  await shop.drain();
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "WITHDRAWN", attempts: 0 }]);
  expect(await cases(shop, order)).toEqual(["CHARGEBACK"]);
  expect(await atGateway(shop, order)).toEqual([]);
});

test("a chargeback after a refund whose answer was lost leaves both on record, each as it was", async () => {
  const order = await cardPaid();
  const amount = await amountOf(order);
  await shop.gatewayFaults({ target: "midtrans.refund", kind: "timeout_after", times: 1 });
  await owe(shop, order, 20_000);
  await shop.drain();
  await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "chargeback", force: true });
  await laterTry(shop, HOUR_MS);
  expect(await money(order)).toEqual({ refunded: 20_000, chargedBack: amount - 20_000, payment: 20_000 });
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "SUCCEEDED" }]);
});

test("a chargeback that was told without the refund before it makes room for it when it is told", async () => {
  const order = await cardPaid();
  const amount = await amountOf(order);
  await shop.gatewayFaults({ target: "midtrans.refund", kind: "timeout_after", times: 1 });
  const id = await owe(shop, order, 20_000);
  await shop.app.db.sql(
    `update refunds set status = 'PROCESSING', key_sent_at = now(), next_attempt_at = now() + interval '1 hour'
      where id = $1`,
    [id],
  );
  await shop.drain();
  const blind = lyingGateway(shop.app, {
    status: "chargeback",
    statusText: "chargeback",
    refundedAmount: 0 as never,
    refunds: undefined,
  } as Partial<PaymentReport>);
  await syncPayment(blind, await shop.addStaff(), { paymentId: order.paymentId });
  expect(await money(order)).toMatchObject({ refunded: 0, chargedBack: amount });
  const told = lyingGateway(shop.app, {
    status: "chargeback",
    statusText: "chargeback",
    refundedAmount: 20_000 as never,
    refunds: [{ id: "77", key: `${id}-01`, amount: 20_000 as never, bankConfirmedAt: null }],
  } as Partial<PaymentReport>);
  await syncPayment(told, await shop.addStaff(), { paymentId: order.paymentId });
  expect(await money(order)).toEqual({ refunded: 20_000, chargedBack: amount - 20_000, payment: 20_000 });
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "SUCCEEDED" }]);
});

test("a refund in the dashboard while the outcome of ours is unknown: both are told apart by their keys", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  await shop.gatewayFaults({ target: "midtrans.refund", kind: "timeout", times: 1 });
  const id = await owe(shop, order, 20_000);
  await shop.drain();
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "PROCESSING" }]);
  await happens(shop, order, { transaction_status: "partial_refund", refund_amount: 20_000 });
  expect((await refundsOf(shop, order)).map(({ status, cause }) => [status, cause])).toEqual([
    ["PROCESSING", "STAFF"],
    ["SUCCEEDED", "GATEWAY"],
  ]);
  await laterTry(shop, HOUR_MS);
  expect((await refundsOf(shop, order)).map(({ status }) => status)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
  expect((await atGateway(shop, order)).map(({ key }) => key)).toContain(`${id}-01`);
  expect(await money(order)).toMatchObject({ refunded: 40_000, payment: 40_000 });
});

test("a debt that is lowered between the look and the call is sent as what is left of it", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  const id = await owe(shop, order, 20_000);
  await shop.app.db.sql("update refunds set cause = 'CANCEL' where id = $1", [id]);
  // The first look has its answer; before the call money goes back in the dashboard, and is applied.
  let looks = 0;
  const fetchStatus: typeof shop.app.payments.fetchStatus = async (gatewayId) => {
    const report = await shop.app.payments.fetchStatus(gatewayId);
    looks++;
    return report;
  };
  const sql: typeof shop.app.db.sql = async (text, values) => {
    if (looks === 1 && text.includes("attempts = attempts + 1")) {
      looks++;
      await happens(shop, order, { transaction_status: "partial_refund", refund_amount: 5_000 });
    }
    return shop.app.db.sql(text, values);
  };
  const app = { ...shop.app, db: { ...shop.app.db, sql }, payments: { ...shop.app.payments, fetchStatus } };
  await sendRefund(app, { refundId: id });
  await laterTry(shop, HOUR_MS);
  expect((await atGateway(shop, order)).map(({ amount }) => amount)).toEqual([5_000, 15_000]);
  expect(await money(order)).toMatchObject({ refunded: 20_000, payment: 20_000 });
});

test("a whole refund in the dashboard while ours is unknown ends ours without a second payment", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  const amount = await amountOf(order);
  await shop.gatewayFaults({ target: "midtrans.refund", kind: "timeout", times: 1 });
  await owe(shop, order, "ALL");
  await shop.drain();
  await happens(shop, order, { transaction_status: "refund" });
  await laterTry(shop, HOUR_MS);
  expect((await refundsOf(shop, order)).map(({ status, cause }) => [cause, status])).toEqual([
    ["STAFF", "WITHDRAWN"],
    ["GATEWAY", "SUCCEEDED"],
  ]);
  expect(await money(order)).toEqual({ refunded: amount, chargedBack: 0, payment: amount });
  expect(await standing(shop, order)).toMatchObject({ payment: "REFUNDED", shown: "REFUNDED" });
});

test("two refunds in the dashboard are two refunds, and the second repeats nothing of the first", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  await happens(shop, order, { transaction_status: "partial_refund", refund_amount: 10_000 });
  await happens(shop, order, { transaction_status: "partial_refund", refund_amount: 10_000 });
  await happens(shop, order, { transaction_status: "partial_refund", refund_amount: 5_000 });
  expect((await refundsOf(shop, order)).map(({ amount }) => amount)).toEqual([10_000, 10_000, 5_000]);
  expect(await money(order)).toMatchObject({ refunded: 25_000, payment: 25_000 });
  expect(await cases(shop, order)).toEqual(["REFUNDED_OUTSIDE", "REFUNDED_OUTSIDE", "REFUNDED_OUTSIDE"]);
});

test("an answer without the list is on record once when the list comes after it", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "partial_refund", refund_amount: 10_000 });
  await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "partial_refund", refund_amount: 3_000 });
  const staff = await shop.addStaff();
  const bare = lyingGateway(shop.app, { refunds: undefined } as Partial<PaymentReport>);
  await syncPayment(bare, staff, { paymentId: order.paymentId });
  await syncPayment(shop.app, staff, { paymentId: order.paymentId });
  await syncPayment(shop.app, staff, { paymentId: order.paymentId });
  expect(await money(order)).toMatchObject({ refunded: 13_000, payment: 13_000 });
  expect((await refundsOf(shop, order)).reduce((sum, { amount }) => sum + amount, 0)).toBe(13_000);
});

test("a refund in the dashboard settles what a cancel owes, and what is beyond it is another refund", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  const { id } = await shop.one<{ id: string }>("select id from orders where session_id = $1", order.sessionId);
  await shop.gatewayFaults({ target: "midtrans.refund", kind: "denied", times: 1 });
  await cancelOrder(shop.app, buyer, { orderId: id, reason: "salah beli" });
  await shop.drain();
  await happens(shop, order, { transaction_status: "refund" });
  await laterTry(shop, HOUR_MS);
  const amount = await amountOf(order);
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "SUCCEEDED", cause: "CANCEL", amount }]);
  expect(await money(order)).toEqual({ refunded: amount, chargedBack: 0, payment: amount });
  await happens(shop, order, { transaction_status: "refund", force: true }).catch(() => undefined);
  expect(await refundsOf(shop, order)).toHaveLength(1);
});

test("more in the dashboard than is owed: the debt is settled, the rest recorded, and once", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  await shop.app.db.sql(
    `insert into refunds (id, payment_id, transaction_id, order_id, amount, reason, status, cause, next_attempt_at,
                          created_at, updated_at)
     select gen_random_uuid(), p.id, p.covering_transaction_id, o.id, 20000, 'lost on the way', 'PENDING', 'CANCEL',
            now() + interval '1 hour', now(), now()
       from payments p join orders o on o.session_id = p.session_id where p.id = $1`,
    [order.paymentId],
  );
  await happens(shop, order, { transaction_status: "partial_refund", refund_amount: 30_000 });
  const before = await refundsOf(shop, order);
  expect(before.map(({ amount, cause }) => [cause, amount])).toEqual([
    ["CANCEL", 20_000],
    ["GATEWAY", 10_000],
  ]);
  await syncPayment(shop.app, await shop.addStaff(), { paymentId: order.paymentId });
  expect(await refundsOf(shop, order)).toEqual(before);
  expect(await money(order)).toMatchObject({ refunded: 30_000, payment: 30_000 });
});

test("the customer's bank confirms later: the refund says when, and nothing else changes", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  const id = await owe(shop, order, 20_000);
  await shop.drain();
  const at = new Date("2026-11-22T03:00:00Z");
  const confirmed = lyingGateway(shop.app, ({ refunds }) => ({
    refunds: refunds?.map((one) => ({ ...one, bankConfirmedAt: at })),
  }));
  const staff = await shop.addStaff();
  await syncPayment(confirmed, staff, { paymentId: order.paymentId });
  await syncPayment(shop.app, staff, { paymentId: order.paymentId });
  expect(await shop.one("select status, bank_confirmed_at from refunds where id = $1", id)).toEqual({
    status: "SUCCEEDED",
    bankConfirmedAt: at,
  });
  expect(await count(shop, "notices where event = $1", `refund.done:${id}`)).toBe(1);
});

test("a refund that the gateway takes back from its books is before a person, and stays as it was", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  await owe(shop, order, 20_000);
  await shop.drain();
  shop.advance(HOUR_MS);
  const denied = lyingGateway(shop.app, {
    status: "settlement",
    statusText: "settlement",
    refundedAmount: 0 as never,
    refunds: [],
  });
  await syncPayment(denied, await shop.addStaff(), { paymentId: order.paymentId });
  expect(await cases(shop, order)).toEqual(["REFUND_DENIED"]);
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "SUCCEEDED" }]);
  await syncPayment(shop.app, await shop.addStaff(), { paymentId: order.paymentId });
  expect(await cases(shop, order)).toEqual([]);
});

test("a second payment that was given back by hand and is then taken back by its bank is before a person", async () => {
  const [approver, settler] = [await addAdmin(shop), await addAdmin(shop)];
  const order = await paidBy(shop, buyer, "gopay");
  const second = { transaction_status: "settlement", method: "permata_va", new: true };
  await happens(shop, order, second);
  await laterTry(shop, HOUR_MS);
  const [refund] = await refundsOf(shop, order);
  expect(refund).toMatchObject({ status: "MANUAL", cause: "ORPHAN" });
  const refundId = refund?.id as RefundId;
  await setRefundAccount(shop.app, buyer, { refundId, account: ACCOUNT });
  await approveManualRefund(shop.app, approver, { refundId });
  await settle(shop, settler, refundId);
  expect(await standing(shop, order)).toMatchObject({ payment: "PAID", order: "PAID", shown: "PAID" });
  const row = await shop.one<{ id: string }>(
    "select gateway_transaction_id as id from payment_transactions where payment_id = $1 and refunded_by_hand > 0",
    order.paymentId,
  );
  await happens(shop, order, { transaction_status: "deny", transaction_id: row.id, force: true });
  await syncPayment(shop.app, await shop.addStaff(), { paymentId: order.paymentId });
  expect(await cases(shop, order)).toContain("REFUND_AND_REVERSAL");
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "SUCCEEDED" }]);
});

test("money that the bank takes back withdraws what was not sent, failed or waits for a person", async () => {
  const admin = await addAdmin(shop);
  const { order, id } = await approved(shop, buyer, admin, 10_000);
  await happens(shop, order, { transaction_status: "deny", force: true });
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "WITHDRAWN" }]);
  await expect(settle(shop, await addAdmin(shop), id)).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
  await expect(retryRefund(shop.app, admin, { refundId: id })).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
  expect(await sweepRefunds(shop.app)).toBe(0);
});
