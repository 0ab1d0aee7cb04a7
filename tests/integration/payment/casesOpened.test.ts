import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cancelPayment } from "../../../domain/payment/cancelPayment.ts";
import { syncPayment } from "../../../domain/payment/syncPayment.ts";
import { inTransaction } from "../../../platform/db.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { buyTwo, CANCELLED, cases, happens, lyingGateway, type Order, PAID, type Person, standing } from "./facts.ts";

let shop: LiveShop;
let buyer: Person;

beforeAll(async () => {
  shop = await openLiveShop({}, "unsent");
  buyer = await shop.addBuyer();
});
afterAll(() => shop.close());

async function buyPaid(): Promise<Order> {
  const order = await buyTwo(shop, buyer);
  await happens(shop, order, { transaction_status: "settlement", method: "gopay" });
  expect(await standing(shop, order)).toEqual(PAID);
  return order;
}
const amountOf = async ({ paymentId }: Order) =>
  (await shop.one<{ amount: number }>("select amount from payments where id = $1", paymentId)).amount;

/** The refunds of a payment and of each case what is in question and what can end it. */
async function moneyOf({ paymentId }: Order) {
  const refunds = await shop.app.db.sql<{ told: string }>(
    "select cause || ' ' || status || ' ' || amount as told from refunds where payment_id = $1 order by cause, amount",
    [paymentId],
  );
  const open = await shop.app.db.sql<{ told: string }>(
    `select kind || ' ' || amount || ' ' || array_to_string(actions, '/') as told from money_cases
      where payment_id = $1 and resolved_at is null order by kind, amount`,
    [paymentId],
  );
  return { refunds: refunds.map(({ told }) => told), cases: open.map(({ told }) => told) };
}

async function ship({ sessionId }: Order): Promise<void> {
  await inTransaction(shop.app.db, async (tx) => {
    for (const [from, to, event] of [
      ["PAID", "PROCESSING", "booked"],
      ["PROCESSING", "SHIPPED", "shipped"],
    ]) {
      await tx.sql("update orders set status = $2 where session_id = $1", [sessionId, to as string]);
      await tx.sql(
        `insert into order_status_logs (order_id, from_status, to_status, event, source, at)
         select id, $2, $3, $4, 'STAFF', $5 from orders where session_id = $1`,
        [sessionId, from as string, to as string, event as string, shop.app.clock.now()],
      );
    }
    await tx.sql(
      `insert into shipments (id, order_id, status, courier, service, shipping, shipping_type, booking_no, airway_bill,
                              weight_grams, quoted_cost, pickup_at, vehicle, phone_suffix_sealed, booked_by,
                              store_sent_at, next_check_at, created_at, updated_at)
       select gen_random_uuid(), id, 'TRANSIT', 'jne', 'REG', 'JNE', 'reguler', 'KOM-' || id, 'RESI-' || id, 600, 0,
              $2, 'Motor', 'x', user_id, $2, $2, $2, $2 from orders where session_id = $1`,
      [sessionId, shop.app.clock.now()],
    );
    await tx.sql(
      `insert into shipment_status_logs (shipment_id, from_status, to_status, event, source, at)
       select s.id, w."from", w."to", w.event, 'SYSTEM', $2
         from shipments s join orders o on o.id = s.order_id,
              (values (1, null, 'BOOKING', 'asked'), (2, 'BOOKING', 'BOOKED', 'stored'),
                      (3, 'BOOKED', 'TRANSIT', 'moving')) as w(n, "from", "to", event)
        where o.session_id = $1 order by w.n`,
      [sessionId, shop.app.clock.now()],
    );
  });
}

describe("money of another amount", () => {
  test.each([
    ["less", 1],
    ["more", 9_000_000],
  ])("%s than asked for never pays: a case says how much came, and it can go back", async (_name, gross_amount) => {
    const order = await buyTwo(shop, buyer);
    await happens(shop, order, { transaction_status: "settlement", gross_amount, force: true });
    expect(await standing(shop, order)).toMatchObject({ payment: "PENDING", order: "PENDING_PAYMENT" });
    expect((await moneyOf(order)).cases).toEqual([`AMOUNT_MISMATCH ${gross_amount} REFUND/SYNC/DISMISS`]);
  });

  test("in two parts is no payment either, whatever their sum", async () => {
    const order = await buyTwo(shop, buyer);
    const amount = await amountOf(order);
    await happens(shop, order, { transaction_status: "settlement", gross_amount: amount - 1, force: true });
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", new: true, gross_amount: 1 });
    await shop.notify(order.gatewayOrderId);
    await shop.drain();
    expect(await standing(shop, order)).toMatchObject({ payment: "PENDING", order: "PENDING_PAYMENT" });
    expect(await cases(shop, order)).toContain("AMOUNT_MISMATCH");
  });

  test("or in another currency cannot go back in rupiah: a person asks at the gateway", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement" });
    await syncPayment(lyingGateway(shop.app, { currency: "USD" }), buyer, order);
    expect((await moneyOf(order)).cases).toEqual([`AMOUNT_MISMATCH ${await amountOf(order)} SYNC/DISMISS`]);
    await syncPayment(shop.app, buyer, order);
    expect(await standing(shop, order)).toEqual(PAID);
  });

  test("by a fee that the customer bears pays what was asked for, and only that", async () => {
    const paid = await buyTwo(shop, buyer);
    await shop.gatewayMoves(paid.gatewayOrderId, { transaction_status: "settlement", method: "bca_va" });
    const withFee = { grossAmount: ((await amountOf(paid)) + 4000) as never };
    await syncPayment(lyingGateway(shop.app, withFee), buyer, paid);
    expect(await standing(shop, paid)).toEqual(PAID);
    const short = await buyTwo(shop, buyer);
    await shop.gatewayMoves(short.gatewayOrderId, { transaction_status: "settlement", method: "bca_va" });
    const amount = await amountOf(short);
    const feeInside = { grossAmount: amount as never, originalAmount: (amount - 4000) as never };
    await syncPayment(lyingGateway(shop.app, feeInside), buyer, short);
    expect(await standing(shop, short)).toMatchObject({ payment: "PENDING" });
    expect(await cases(shop, short)).toEqual(["AMOUNT_MISMATCH"]);
    await syncPayment(shop.app, buyer, short);
  });
});

describe("money that came too late", () => {
  async function paidLate(): Promise<Order> {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "gopay" });
    await cancelPayment(shop.app, buyer, order);
    expect(await standing(shop, order)).toEqual(CANCELLED);
    await happens(shop, order, { transaction_status: "settlement", force: true });
    return order;
  }

  test("is owed back, and the case can say so", async () => {
    const order = await paidLate();
    const amount = await amountOf(order);
    expect(await moneyOf(order)).toEqual({
      refunds: [`ORPHAN PENDING ${amount}`],
      cases: [`LATE_PAYMENT ${amount} REFUND/DISMISS`],
    });
  });

  test("is not owed twice when somebody refunds it at the gateway before we do", async () => {
    const order = await paidLate();
    const amount = await amountOf(order);
    await happens(shop, order, { transaction_status: "refund" });
    expect(await moneyOf(order)).toEqual({
      refunds: [`ORPHAN SUCCEEDED ${amount}`],
      cases: [`LATE_PAYMENT ${amount} REFUND/DISMISS`, `REFUNDED_OUTSIDE ${amount} DISMISS`],
    });
    expect(await standing(shop, order)).toMatchObject({ payment: "REFUNDED", order: "CANCELLED" });
  });

  test("nor more than the rest when a part of it was", async () => {
    const order = await paidLate();
    const amount = await amountOf(order);
    await happens(shop, order, { transaction_status: "partial_refund", refund_amount: 1000 });
    expect((await moneyOf(order)).refunds).toEqual(["GATEWAY SUCCEEDED 1000", `ORPHAN PENDING ${amount - 1000}`]);
    await happens(shop, order, { transaction_status: "refund" });
    expect((await moneyOf(order)).refunds).toEqual(["GATEWAY SUCCEEDED 1000", `ORPHAN SUCCEEDED ${amount - 1000}`]);
  });
});

describe("money that went back at the gateway", () => {
  test("in part opens a case for each part, and the order goes on", async () => {
    const order = await buyPaid();
    await happens(shop, order, { transaction_status: "partial_refund", refund_amount: 1000 });
    await shop.notify(order.gatewayOrderId);
    await shop.drain();
    await happens(shop, order, { transaction_status: "partial_refund", refund_amount: 500, force: true });
    expect(await standing(shop, order)).toMatchObject({ payment: "PARTIALLY_REFUNDED", order: "PAID" });
    expect((await moneyOf(order)).cases).toEqual(["REFUNDED_OUTSIDE 500 DISMISS", "REFUNDED_OUTSIDE 1000 DISMISS"]);
  });

  test("whole ends the order, and a person is told", async () => {
    const order = await buyPaid();
    await happens(shop, order, { transaction_status: "refund" });
    expect(await standing(shop, order)).toMatchObject({ payment: "REFUNDED", order: "CANCELLED", stock: 10 });
    expect(await cases(shop, order)).toEqual(["REFUNDED_OUTSIDE"]);
  });

  test("by a chargeback is a case of its own, and a part of one is too", async () => {
    const order = await buyPaid();
    await happens(shop, order, { transaction_status: "chargeback", force: true });
    expect(await standing(shop, order)).toMatchObject({ payment: "CHARGEBACK", order: "CANCELLED" });
    expect((await moneyOf(order)).cases).toEqual([`CHARGEBACK ${await amountOf(order)} DISMISS`]);
    const part = await buyPaid();
    await happens(shop, part, { transaction_status: "partial_chargeback", force: true });
    expect(await standing(shop, part)).toEqual(PAID);
    expect(await cases(shop, part)).toEqual(["STRANGE_STATUS"]);
  });

  test("from under an order that is on its way: a person decides what becomes of it", async () => {
    const order = await buyTwo(shop, buyer);
    await happens(shop, order, { transaction_status: "settlement", method: "permata_va" });
    await ship(order);
    await happens(shop, order, { transaction_status: "deny", force: true });
    expect(await standing(shop, order)).toMatchObject({ payment: "FAILED", order: "SHIPPED" });
    expect(await cases(shop, order)).toContain("REVERSED_AFTER_SHIPPING");
  });
});

test("after all of it every invariant holds", async () => {
  await shop.drain();
  expect(await shop.audit()).toEqual([]);
});
