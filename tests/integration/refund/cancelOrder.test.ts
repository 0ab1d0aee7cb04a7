import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type CancelOrderInput, cancelOrder } from "../../../domain/checkout/cancelOrder.ts";
import type { Actor } from "../../../domain/kernel/actor.ts";
import { formatRupiah } from "../../../domain/kernel/money.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { alerts, buyTwo, happens, type Order, type Person, path, standing } from "../payment/facts.ts";
import { book, lineOf, parcelIsTold, parcelMoves } from "./parcelFacts.ts";
import { atGateway, paidBy, refundsOf } from "./refundFacts.ts";

const HOUR_MS = 3_600_000;
let shop: LiveShop;
let buyer: Person;
let staff: Person;

beforeAll(async () => {
  shop = await openLiveShop();
  [buyer, staff] = [await shop.addBuyer(), await shop.addStaff()];
});
afterEach(async () => {
  expect(await shop.audit()).toEqual([]);
  await fetch(`${shop.sandbox.url}/sandbox/faults`, { method: "DELETE" });
});
afterAll(() => shop.close());

const orderIdOf = async (order: Order): Promise<string> => (await lineOf(shop, order)).orderId;

const cancel = async (order: Order, actor: Actor = buyer, more: Partial<CancelOrderInput> = {}) =>
  cancelOrder(shop.app, actor, { orderId: await orderIdOf(order), reason: "salah ukuran", ...more });

describe("a cancel of what is paid", () => {
  test("after payment success puts the goods on the shelf, and all of the money goes back once", async () => {
    const order = await paidBy(shop, buyer, "gopay");
    await cancel(order);
    expect(await standing(shop, order)).toMatchObject({ order: "CANCELLED", shown: "REFUND_PENDING", stock: 10 });
    await shop.drain();
    expect(await standing(shop, order)).toMatchObject({ payment: "REFUNDED", shown: "REFUNDED", stock: 10 });
    expect(await refundsOf(shop, order)).toMatchObject([{ status: "SUCCEEDED", cause: "CANCEL" }]);
    expect(await atGateway(shop, order)).toHaveLength(1);
  });

  test("of which sixteen come at once is one cancel, by whichever key", async () => {
    const order = await paidBy(shop, buyer, "gopay");
    const keys = Array.from({ length: 16 }, (_, n) => (n % 2 ? `cancel-key-${n}` : n % 4 ? "cancel-key-same" : null));
    const done = await Promise.all(keys.map((key, n) => cancel(order, n % 3 ? buyer : staff, { idempotencyKey: key })));
    expect(new Set(done)).toEqual(new Set([await orderIdOf(order)]));
    await shop.drain();
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "PAID", "CANCELLED"]);
    expect(await standing(shop, order)).toMatchObject({ payment: "REFUNDED", stock: 10 });
    expect(await atGateway(shop, order)).toHaveLength(1);
  });

  test("asks the courier where one is booked, and ends when he agrees", async () => {
    const order = await paidBy(shop, buyer, "gopay");
    await book(shop, await orderIdOf(order));
    await cancel(order);
    expect(await standing(shop, order)).toMatchObject({ order: "CANCEL_REQUESTED", shown: "PAID", stock: 8 });
    await cancel(order, staff);
    await shop.drain();
    expect(await standing(shop, order)).toMatchObject({ order: "CANCELLED", payment: "REFUNDED", stock: 10 });
    expect(await atGateway(shop, order)).toHaveLength(1);
  });

  test("while the parcel is on its way is refused, with the reason, and nothing changes", async () => {
    const order = await paidBy(shop, buyer, "gopay");
    await parcelMoves(shop, await book(shop, await orderIdOf(order)), "SHIPPED");
    // The shop does not know it yet: the courier says so when he is asked.
    await cancel(order);
    await shop.drain();
    expect(await standing(shop, order)).toMatchObject({ order: "SHIPPED", shown: "PAID", stock: 8 });
    await expect(cancel(order)).rejects.toMatchObject({
      code: "ORDER_NOT_CANCELLABLE",
      details: { status: "SHIPPED", reason: "The courier has the parcel" },
    });
    expect(await refundsOf(shop, order)).toEqual([]);
  });

  test("of an unpaid order that was paid a second ago is told so, and the next one gives the money back", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", method: "gopay" });
    const again = { idempotencyKey: "cancel-just-paid-01" };
    await expect(cancel(order, buyer, again)).rejects.toMatchObject({ code: "ALREADY_PAID" });
    expect(await standing(shop, order)).toMatchObject({ order: "PAID", stock: 8 });
    await cancel(order, buyer, again);
    await shop.drain();
    expect(await standing(shop, order)).toMatchObject({ order: "CANCELLED", payment: "REFUNDED", stock: 10 });
  });

  test("with its key is answered again, whatever happened since", async () => {
    const order = await paidBy(shop, buyer, "gopay");
    const more = { idempotencyKey: "cancel-once-0001" };
    const first = await cancel(order, buyer, more);
    await shop.drain();
    expect(await cancel(order, buyer, more)).toBe(first);
    await expect(cancel(order, buyer, { ...more, reason: "lain" })).rejects.toMatchObject({
      code: "IDEMPOTENCY_KEY_REUSED",
    });
    expect(await atGateway(shop, order)).toHaveLength(1);
  });

  test("is nobody's but the customer's and the staff's, who leave a line in the audit log", async () => {
    const order = await paidBy(shop, buyer, "gopay");
    const orderId = await orderIdOf(order);
    await expect(cancel(order, await shop.addBuyer())).rejects.toMatchObject({ code: "NOT_FOUND" });
    await cancel(order, staff);
    const { log } = await shop.one<{ log: object }>(
      `select jsonb_build_object('role', actor_role, 'before', before, 'after', after) as log from audit_logs
        where entity_id = $1`,
      orderId,
    );
    expect(log).toEqual({ role: "STAFF", before: { status: "PAID" }, after: { status: "CANCELLED" } });
    await shop.drain();
  });

  test("is a cancel once when the money is charged back at the same time", async () => {
    const order = await paidBy(shop, buyer, "credit_card");
    await happens(shop, order, { transaction_status: "settlement" });
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "chargeback", force: true });
    await Promise.allSettled([cancel(order), shop.notify(order.gatewayOrderId).then(() => shop.drain())]);
    await shop.drain();
    expect(await standing(shop, order)).toMatchObject({ order: "CANCELLED", payment: "CHARGEBACK", stock: 10 });
    expect(await atGateway(shop, order)).toEqual([]);
  });
});

/** The mails about an order that was cancelled: by which template, and what they say. */
const mailsOf = async (order: Order) =>
  shop.app.db.sql<{ template: string; text: string }>(
    "select template, body_text as text from notices where event = $1",
    [`order.cancelled:${await orderIdOf(order)}`],
  );

describe("the mail about a cancel", () => {
  test("says once who cancelled, why the shop did, and what goes back", async () => {
    const [own, shops, booked] = [
      await paidBy(shop, buyer, "gopay"),
      await paidBy(shop, buyer, "gopay"),
      await paidBy(shop, buyer, "gopay"),
    ];
    await book(shop, await orderIdOf(booked));
    await cancel(own);
    await cancel(own, staff);
    for (const order of [shops, booked]) await cancel(order, staff, { reason: "stok rusak di gudang" });
    expect(await mailsOf(booked)).toEqual([]);
    await shop.drain();
    const { total } = await lineOf(shop, own);
    expect((await mailsOf(own)).map(({ template }) => template)).toEqual(["orderCancelled"]);
    for (const order of [shops, booked]) {
      const [mail, more] = await mailsOf(order);
      expect([mail?.template, more]).toEqual(["orderCancelledByShop", undefined]);
      expect(mail?.text).toContain("stok rusak di gudang");
      expect(mail?.text).toContain(formatRupiah(total));
    }
  });

  test("is not sent where the bank took the money back: that is told of the payment", async () => {
    const order = await paidBy(shop, buyer, "permata_va");
    await happens(shop, order, { transaction_status: "deny", force: true });
    expect(await standing(shop, order)).toMatchObject({ order: "CANCELLED" });
    expect(await mailsOf(order)).toEqual([]);
  });
});

describe("a cancel of what is not paid", () => {
  test("of which sixteen come at once releases the stock once, and asks for no refund", async () => {
    const order = await buyTwo(shop, buyer);
    const done = await Promise.all(Array.from({ length: 16 }, (_, n) => cancel(order, n % 2 ? buyer : staff)));
    expect(new Set(done)).toEqual(new Set([await orderIdOf(order)]));
    await shop.drain();
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "CANCELLED"]);
    expect(await standing(shop, order)).toMatchObject({ payment: "CANCELLED", stock: 10 });
    expect(await refundsOf(shop, order)).toEqual([]);
  });
});

test("an order that the bank's reversal ends waits for no other booking any more", async () => {
  const order = await paidBy(shop, buyer, "permata_va");
  shop.advance(HOUR_MS);
  const orderId = await orderIdOf(order);
  const bookingNo = await book(shop, orderId);
  await parcelMoves(shop, bookingNo, "CANCELLED");
  await parcelIsTold(shop, bookingNo);
  expect(await alerts(shop, orderId)).toEqual({ BOOKING_GONE: 1 });
  await happens(shop, order, { transaction_status: "deny", force: true });
  expect(await standing(shop, order)).toMatchObject({ order: "CANCELLED" });
  expect(await alerts(shop, orderId)).toEqual({});
});
