import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { cancelOrder } from "../../../domain/checkout/cancelOrder.ts";
import { GatewayUnavailable } from "../../../domain/kernel/errors.ts";
import type { OrderId } from "../../../domain/kernel/ids.ts";
import { approveManualRefund } from "../../../domain/refund/approveManualRefund.ts";
import { revealRefundAccount } from "../../../domain/refund/revealRefundAccount.ts";
import { sweepRefunds } from "../../../domain/refund/sendRefund.ts";
import { setRefundAccount } from "../../../domain/refund/setRefundAccount.ts";
import { resolveMoneyCase } from "../../../domain/report/resolveMoneyCase.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { HANG_LIMIT } from "../../support/until.ts";
import { cases, happens, type Order, type Person, standing } from "../payment/facts.ts";
import { ACCOUNT, addAdmin, approved, manual, settle } from "./byHandFacts.ts";
import { book, parcelIsTold, parcelMoves } from "./parcelFacts.ts";
import { atGateway, laterTry, owe, paidBy, refundsOf } from "./refundFacts.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
let shop: LiveShop;
let buyer: Person;
let approver: Person;
let settler: Person;

beforeAll(async () => {
  shop = await openLiveShop({ GATEWAY_TIMEOUT: HANG_LIMIT });
  buyer = await shop.addBuyer();
  approver = await addAdmin(shop);
  settler = await addAdmin(shop);
});
afterEach(async () => {
  await fetch(`${shop.sandbox.url}/sandbox/faults`, { method: "DELETE" });
  await shop.drain();
  expect(await shop.audit()).toEqual([]);
});
afterAll(() => shop.close());

const settledCard = async (): Promise<Order> => {
  const order = await paidBy(shop, buyer, "credit_card");
  await happens(shop, order, { transaction_status: "settlement" });
  return order;
};
const end = async (order: Order, kind: string, action = "DISMISS"): Promise<void> => {
  const { id } = await shop.one<{ id: string }>(
    "select id from money_cases where payment_id = $1 and kind = $2 and resolved_at is null",
    order.paymentId,
    kind,
  );
  await resolveMoneyCase(shop.app, settler, { id, action, note: "seen" });
};
const dueAt = async (id: string): Promise<number> =>
  (await shop.one<{ at: Date }>("select next_attempt_at as at from refunds where id = $1", id)).at.getTime();

test("what is owed after the bank took a part back goes by hand, once a person has looked at it", async () => {
  const order = await settledCard();
  const id = await owe(shop, order, 20_000);
  await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "partial_chargeback", force: true });
  await shop.drain();
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "MANUAL", attempts: 0 }]);
  expect(await cases(shop, order)).toEqual(["STRANGE_STATUS"]);
  await setRefundAccount(shop.app, buyer, { refundId: id, account: ACCOUNT });
  await approveManualRefund(shop.app, approver, { refundId: id });
  await expect(settle(shop, settler, id)).rejects.toMatchObject({ code: "PAYMENT_IN_REVIEW" });
  await end(order, "STRANGE_STATUS");
  await settle(shop, settler, id);
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "SUCCEEDED" }]);
  expect(await standing(shop, order)).toMatchObject({ payment: "PARTIALLY_REFUNDED", shown: "PARTIALLY_REFUNDED" });
  expect(await atGateway(shop, order)).toEqual([]);
});

test("a refund whose answer was lost is found in the books, though the bank took a part back since", async () => {
  const order = await settledCard();
  await shop.gatewayFaults({ target: "midtrans.refund", kind: "timeout_after", times: 1 });
  await owe(shop, order, 20_000);
  await shop.drain();
  await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "partial_chargeback", force: true });
  await fetch(`${shop.sandbox.url}/sandbox/faults`, { method: "DELETE" });
  await laterTry(shop, HOUR_MS);
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "SUCCEEDED", keyNumber: 1 }]);
  expect(await cases(shop, order)).toContain("STRANGE_STATUS");
});

test("whoever may be transferring by hand is stopped when the money leaves by another way", async () => {
  const [gone, less] = [await approved(shop, buyer, approver), await approved(shop, buyer, approver)];
  await shop.gatewayMoves(gone.order.gatewayOrderId, { transaction_status: "deny", force: true });
  await expect(settle(shop, settler, gone.id)).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
  expect(await refundsOf(shop, gone.order)).toMatchObject([{ status: "WITHDRAWN" }]);
  await expect(revealRefundAccount(shop.app, settler, { refundId: gone.id })).rejects.toMatchObject({
    code: "ILLEGAL_TRANSITION",
  });
  expect(await cases(shop, gone.order)).toContain("REFUND_AND_REVERSAL");
  await happens(shop, less.order, { transaction_status: "partial_refund", refund_amount: 1_000, force: true });
  expect(await cases(shop, less.order)).toContain("REFUND_AND_REVERSAL");
});

test("what nobody has approved gives way before what somebody may be transferring", async () => {
  const { order } = await manual(shop, buyer, 10_000);
  const id = await owe(shop, order, 12_000);
  await shop.drain();
  await setRefundAccount(shop.app, buyer, { refundId: id, account: ACCOUNT });
  await approveManualRefund(shop.app, approver, { refundId: id });
  const { amount } = await shop.one<{ amount: number }>("select amount from payments where id = $1", order.paymentId);
  await happens(shop, order, { transaction_status: "partial_refund", refund_amount: amount - 17_000, force: true });
  const left = await refundsOf(shop, order);
  expect(left.find((refund) => refund.id === id)).toMatchObject({ status: "MANUAL", amount: 12_000 });
  expect(left.map((refund) => refund.amount).sort((a, b) => a - b)).toEqual([5_000, 12_000, amount - 17_000]);
  expect(await cases(shop, order)).not.toContain("REFUND_AND_REVERSAL");
  await settle(shop, settler, id);
});

test("a refund whose key is too old to be asked for is paid by two people, after a look at the books", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  await shop.gatewayFaults({ target: "midtrans.refund", kind: "timeout", times: 100 });
  const id = await owe(shop, order, 20_000);
  await shop.drain();
  for (let n = 0; n < 3; n++) await laterTry(shop, 7 * HOUR_MS);
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "PROCESSING" }]);
  await laterTry(shop, 7 * DAY_MS);
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "MANUAL", keyNumber: 1 }]);
  expect(await cases(shop, order)).toEqual(["UNKNOWN_OUTCOME"]);
  await setRefundAccount(shop.app, buyer, { refundId: id, account: ACCOUNT });
  await expect(settle(shop, settler, id)).rejects.toMatchObject({ code: "SECOND_PERSON_NEEDED" });
  await approveManualRefund(shop.app, approver, { refundId: id });
  await settle(shop, settler, id);
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "SUCCEEDED" }]);
  expect(await atGateway(shop, order)).toEqual([]);
});

test("a refund that nobody can look for is looked for less and less often", async () => {
  const order = await paidBy(shop, buyer, "gopay");
  const id = await owe(shop, order, 20_000);
  const fetchStatus = async () => {
    throw new GatewayUnavailable("midtrans", "it is away", "none");
  };
  const away = { ...shop.app, payments: { ...shop.app.payments, fetchStatus } };
  const waits: number[] = [];
  for (let n = 0; n < 12; n++) {
    shop.advance(waits.at(-1) ?? 0);
    await sweepRefunds(away);
    waits.push((await dueAt(id)) - shop.app.clock.now().getTime());
  }
  const grows = waits.slice(2).map((wait, n) => wait / (waits[n + 1] as number));
  expect(Math.min(...grows.slice(0, 6))).toBeGreaterThan(1.8);
  expect(Math.max(...waits)).toBeLessThan(8 * HOUR_MS);
  await laterTry(shop, 8 * HOUR_MS);
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "SUCCEEDED", attempts: 1 }]);
});

const orderIdOf = async (order: Order): Promise<OrderId> =>
  (await shop.one<{ id: OrderId }>("select id from orders where session_id = $1", order.sessionId)).id;
const requesterOf = async (order: Order): Promise<string | null> =>
  (
    await shop.one<{ by: string | null }>(
      "select requested_by as by from refunds where payment_id = $1",
      order.paymentId,
    )
  ).by;

test("who of staff has an order cancelled has asked for its money, and does not approve it", async () => {
  const order = await paidBy(shop, buyer, "bca_va");
  await cancelOrder(shop.app, approver, { orderId: await orderIdOf(order), reason: "sold out" });
  await laterTry(shop, HOUR_MS);
  expect(await requesterOf(order)).toBe(approver.userId);
  const [refund] = await refundsOf(shop, order);
  const refundId = String(refund?.id);
  await setRefundAccount(shop.app, buyer, { refundId, account: ACCOUNT });
  await expect(approveManualRefund(shop.app, approver, { refundId })).rejects.toMatchObject({
    code: "SECOND_PERSON_NEEDED",
  });
  const own = await paidBy(shop, buyer, "bca_va");
  await cancelOrder(shop.app, buyer, { orderId: await orderIdOf(own), reason: "salah beli" });
  expect(await requesterOf(own)).toBeNull();
});

test("who asked for a cancel that a courier allowed, or ends a parcel's case, is on the refund", async () => {
  const [booked, back] = [await paidBy(shop, buyer, "gopay"), await paidBy(shop, buyer, "gopay")];
  await book(shop, await orderIdOf(booked));
  await cancelOrder(shop.app, approver, { orderId: await orderIdOf(booked), reason: "sold out" });
  await shop.drain();
  expect(await requesterOf(booked)).toBe(approver.userId);
  const bookingNo = await book(shop, await orderIdOf(back));
  for (const status of ["Dijemput", "RETURN DONE"]) {
    await parcelMoves(shop, bookingNo, status);
    await parcelIsTold(shop, bookingNo);
  }
  await end(back, "RETURNED", "REFUND_ORDER");
  expect(await requesterOf(back)).toBe(settler.userId);
});

test("whoever gets the money neither approves nor settles it, whatever he may do for others", async () => {
  const { id } = await approved(shop, buyer, approver);
  const ownAdmin: Person = { ...buyer, role: "ADMIN" };
  await expect(settle(shop, ownAdmin, id)).rejects.toMatchObject({ code: "SECOND_PERSON_NEEDED" });
  await settle(shop, settler, id);
});
