import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { cancelOrder } from "../../../domain/checkout/cancelOrder.ts";
import type { PaymentReport } from "../../../domain/payment/paymentGateway.ts";
import { syncPayment } from "../../../domain/payment/syncPayment.ts";
import { approveManualRefund } from "../../../domain/refund/approveManualRefund.ts";
import { retryRefund } from "../../../domain/refund/retryRefund.ts";
import { setRefundAccount } from "../../../domain/refund/setRefundAccount.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { HANG_LIMIT } from "../../support/until.ts";
import {
  alerts,
  buyTwo,
  cases,
  count,
  happens,
  lyingGateway,
  type Order,
  type Person,
  standing,
} from "../payment/facts.ts";
import { ACCOUNT, addAdmin, failed, settle } from "./byHandFacts.ts";
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

test("the sum of ours that is told before the list that names it is ours, and no second refund", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  await shop.gatewayFaults({ target: "midtrans.refund", kind: "timeout_after", times: 1 });
  await owe(shop, order, 20_000);
  await shop.drain();
  const staff = await shop.addStaff();
  const bare = lyingGateway(shop.app, { refunds: undefined } as Partial<PaymentReport>);
  await syncPayment(bare, staff, { paymentId: order.paymentId });
  await syncPayment(shop.app, staff, { paymentId: order.paymentId });
  await laterTry(shop, HOUR_MS);
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "SUCCEEDED", cause: "STAFF", amount: 20_000 }]);
  expect(await atGateway(shop, order)).toHaveLength(1);
  expect(await money(order)).toMatchObject({ refunded: 20_000, payment: 20_000 });
  expect(await cases(shop, order)).toEqual([]);
});

test("the dashboard's refund of a checkout of two stores is shared out, and each part has its note", async () => {
  const products = [await shop.addProduct(), await shop.addProduct({ price: 90_000 })];
  const bought = await shop.buy(buyer, shop.order(products.map((product) => ({ ...product, quantity: 1 }))));
  const order = { ...bought, productId: products[0]?.productId } as Order;
  await happens(shop, order, { transaction_status: "settlement", method: "gopay" });
  await happens(shop, order, { transaction_status: "partial_refund", refund_amount: 10_001 });
  const amount = await amountOf(order);
  const notes = () =>
    shop.app.db.sql<{ total: number; noted: number; isTaxRight: boolean; shown: string }>(
      `select o.total, sum(c.amount)::bigint as noted, o.payment_status as shown,
              sum(c.tax) <= (v.snapshot->'totals'->>'tax')::bigint as is_tax_right
         from orders o join invoices v on v.order_id = o.id join credit_notes c on c.invoice_id = v.id
        where o.session_id = $1 group by o.id, v.id order by o.id`,
      [order.sessionId],
    );
  const parts = await notes();
  expect(parts.map(({ shown }) => shown)).toEqual(["PARTIALLY_REFUNDED", "PARTIALLY_REFUNDED"]);
  expect(parts.reduce((sum, { noted }) => sum + noted, 0)).toBe(10_001);
  await syncPayment(shop.app, await shop.addStaff(), { paymentId: order.paymentId });
  expect(await refundsOf(shop, order)).toHaveLength(2);
  await happens(shop, order, { transaction_status: "refund" });
  for (const { total, noted, isTaxRight, shown } of await notes())
    expect({ noted, isTaxRight, shown }).toEqual({ noted: total, isTaxRight: true, shown: "REFUNDED" });
  expect(await money(order)).toEqual({ refunded: amount, chargedBack: 0, payment: amount });
});

test("a second payment that goes back in the dashboard is no refund of its order", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  await shop.gatewayFaults({ target: "midtrans.refund", kind: "timeout", times: 1 });
  await happens(shop, order, { transaction_status: "settlement", method: "gopay", new: true });
  const { id } = await shop.one<{ id: string }>(
    `select t.gateway_transaction_id as id from payment_transactions t join payments p on p.id = t.payment_id
      where p.id = $1 and t.id <> p.covering_transaction_id`,
    order.paymentId,
  );
  await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "refund", transaction_id: id });
  await laterTry(shop, HOUR_MS);
  expect(await standing(shop, order)).toMatchObject({ payment: "PAID", order: "PAID", shown: "PAID" });
  expect(
    await count(shop, "credit_notes c join refunds r on r.id = c.refund_id where r.payment_id = $1", order.paymentId),
  ).toBe(0);
});

describe("a refund that failed", () => {
  const isOver = async (order: Order): Promise<void> => {
    expect(await standing(shop, order)).toMatchObject({ payment: "REFUNDED", shown: "REFUNDED" });
    expect(await alerts(shop, (await refundsOf(shop, order))[0]?.id as string)).toEqual({});
  };

  test("ends when all of its money went back in the dashboard, and is nobody's work any more", async () => {
    const { order } = await failed(shop, buyer, "ALL");
    const amount = await amountOf(order);
    await happens(shop, order, { transaction_status: "refund" });
    expect((await refundsOf(shop, order)).map(({ status, cause }) => [cause, status])).toEqual([
      ["STAFF", "WITHDRAWN"],
      ["GATEWAY", "SUCCEEDED"],
    ]);
    expect(await money(order)).toEqual({ refunded: amount, chargedBack: 0, payment: amount });
    await isOver(order);
  });

  test("is of what is left when a part went back in the dashboard, and can be sent again", async () => {
    const { order, id } = await failed(shop, buyer, "ALL");
    const amount = await amountOf(order);
    await happens(shop, order, { transaction_status: "partial_refund", refund_amount: 10_000 });
    expect(await refundsOf(shop, order)).toMatchObject([
      { status: "FAILED", amount: amount - 10_000 },
      { status: "SUCCEEDED", amount: 10_000 },
    ]);
    await retryRefund(shop.app, await addAdmin(shop), { refundId: id });
    await shop.drain();
    expect((await atGateway(shop, order)).map((refund) => refund.amount)).toEqual([10_000, amount - 10_000]);
    await isOver(order);
  });

  test("of money that came too late ends in the dashboard, too, and its order shows that it is back", async () => {
    const order = await buyTwo(shop, buyer);
    const { id } = await shop.one<{ id: string }>("select id from orders where session_id = $1", order.sessionId);
    await shop.gatewayFaults({ target: "midtrans.refund", kind: "denied", times: 100 });
    await cancelOrder(shop.app, buyer, { orderId: id, reason: "salah beli" });
    await happens(shop, order, { transaction_status: "settlement", method: "gopay", force: true });
    for (let n = 0; n < 14 && (await refundsOf(shop, order))[0]?.status !== "FAILED"; n++)
      await laterTry(shop, 7 * HOUR_MS);
    await happens(shop, order, { transaction_status: "refund", force: true });
    expect((await refundsOf(shop, order)).map(({ status, cause }) => [cause, status])).toEqual([
      ["ORPHAN", "WITHDRAWN"],
      ["GATEWAY", "SUCCEEDED"],
    ]);
    await isOver(order);
  });

  test("ends when another took its place by hand", async () => {
    const { order } = await failed(shop, buyer, 20_000);
    const amount = await amountOf(order);
    const admin = await addAdmin(shop);
    const other = await owe(shop, order, amount);
    await shop.app.db.sql("update refunds set status = 'MANUAL', next_attempt_at = null where id = $1", [other]);
    await setRefundAccount(shop.app, buyer, { refundId: other, account: ACCOUNT });
    await approveManualRefund(shop.app, admin, { refundId: other });
    await settle(shop, await addAdmin(shop), other);
    expect((await refundsOf(shop, order)).map(({ status }) => status)).toEqual(["WITHDRAWN", "SUCCEEDED"]);
    await isOver(order);
  });
});
