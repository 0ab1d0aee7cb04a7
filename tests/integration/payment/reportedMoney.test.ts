import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { App } from "../../../domain/app.ts";
import type { Actor } from "../../../domain/kernel/actor.ts";
import type { UserId } from "../../../domain/kernel/ids.ts";
import { cancelPayment } from "../../../domain/payment/cancelPayment.ts";
import { closeInstrument } from "../../../domain/payment/closeInstrument.ts";
import { lockPayment, readPayment, type TransactionRow } from "../../../domain/payment/lockPayment.ts";
import type { PaymentReport } from "../../../domain/payment/paymentGateway.ts";
import { pollPayments } from "../../../domain/payment/pollPayments.ts";
import { recordReport } from "../../../domain/payment/recordReport.ts";
import { renewPaymentToken, startPayment } from "../../../domain/payment/startPayment.ts";
import { syncPayment } from "../../../domain/payment/syncPayment.ts";
import { inTransaction } from "../../../platform/db.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";

let shop: LiveShop;
let buyer: Actor & { userId: UserId };

beforeAll(async () => {
  shop = await openLiveShop({}, "unsent");
  buyer = await shop.addBuyer();
});
afterAll(() => shop.close());

async function buyOne() {
  const product = await shop.addProduct({ stock: 10 });
  const bought = await shop.buy(buyer, shop.order([{ ...product, quantity: 2 }]));
  return { ...bought, productId: product.productId, gatewayOrderId: bought.gatewayOrderId as string };
}
type Order = Awaited<ReturnType<typeof buyOne>>;

async function buyPaid(): Promise<Order> {
  const order = await buyOne();
  await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement" });
  await syncPayment(shop.app, buyer, order);
  return order;
}

/** What the gateway says now, to be applied later, or with other words. */
async function said(order: Order, change: Partial<PaymentReport> = {}): Promise<PaymentReport> {
  const report = await shop.app.payments.fetchStatus(order.gatewayOrderId);
  if (!report) throw new Error("the gateway knows nothing of it");
  return { ...report, ...change };
}

const apply = (order: Order, report: PaymentReport) =>
  inTransaction(shop.app.db, async (tx) => {
    const locked = await lockPayment(tx, shop.app, order.paymentId);
    const row = locked?.transactions.find(({ gatewayOrderId }) => gatewayOrderId === order.gatewayOrderId);
    if (!locked || !row) throw new Error("no such payment");
    const cause = { source: "MIDTRANS", actorId: null, reason: null } as const;
    return recordReport(tx, shop.app, locked, row, { report, cause, now: shop.app.clock.now() });
  });

const money = (order: Order) =>
  shop.one<{
    payment: string;
    order: string;
    shown: string;
    captured: number;
    refunded: number;
    state: string;
    stock: number;
    refunds: string | null;
  }>(
    `select p.status as payment, o.status as "order", o.payment_status as shown, t.captured_amount as captured,
            t.refunded_amount as refunded,
            t.state, (select stock from products where id = $2) as stock,
            (select string_agg(r.cause || ' ' || r.status || ' ' || r.amount, ', ' order by r.created_at) from refunds
                r where r.payment_id = p.id) as refunds
       from payments p join orders o on o.session_id = p.session_id join payment_transactions t on t.payment_id = p.id
      where p.id = $1 order by t.created_at limit 1`,
    order.paymentId,
    order.productId,
  );
const cases = async (order: Order) => {
  const row = await shop.one<{ kinds: string | null }>(
    "select string_agg(kind, ',' order by kind) as kinds from money_cases where payment_id = $1",
    order.paymentId,
  );
  return row.kinds;
};
const live = async (order: Order): Promise<TransactionRow> =>
  (await readPayment(shop.app.db, order.paymentId))?.transactions.at(-1) as TransactionRow;

describe("an answer that was overtaken by a later one", () => {
  test("lowers no sum, and a refund is booked once", async () => {
    const order = await buyPaid();
    const stale = await said(order);
    const partial = {
      ...stale,
      status: "partial_refund",
      statusText: "partial_refund",
      refundedAmount: 20_000 as PaymentReport["refundedAmount"],
    } as const;
    await apply(order, partial);
    await apply(order, stale);
    await apply(order, partial);
    expect(await money(order)).toMatchObject({
      payment: "PARTIALLY_REFUNDED",
      refunded: 20_000,
      refunds: "GATEWAY SUCCEEDED 20000",
    });
  });

  test("keeps nothing of what the table calls impossible but the evidence", async () => {
    const order = await buyPaid();
    const settled = await said(order);
    await apply(order, {
      ...settled,
      status: "partial_refund",
      statusText: "partial_refund",
      refundedAmount: 20_000 as PaymentReport["refundedAmount"],
    });
    const before = await money(order);
    await apply(order, { ...settled, status: "deny", statusText: "deny" });
    await apply(order, { ...settled, status: "cancel", statusText: "cancel" });
    expect(await money(order)).toEqual(before);
    expect(await cases(order)).toContain("REVERSED");
  });

  test("after a chargeback breaks no ceiling", async () => {
    const order = await buyPaid();
    const settled = await said(order);
    await apply(order, { ...settled, status: "chargeback", statusText: "chargeback" });
    await apply(order, {
      ...settled,
      status: "partial_refund",
      statusText: "partial_refund",
      refundedAmount: 20_000 as PaymentReport["refundedAmount"],
    });
    expect(await money(order)).toMatchObject({ payment: "CHARGEBACK", refunded: 0 });
  });
});

describe("money that a person must look at", () => {
  test("keeps the order and its stock when the customer cancels: nothing is ended on a guess", async () => {
    const order = await buyOne();
    await shop.gatewayMoves(order.gatewayOrderId, {
      transaction_status: "capture",
      method: "credit_card",
      fraud_status: "deny",
      force: true,
    });
    await expect(cancelPayment(shop.app, buyer, order)).rejects.toMatchObject({ code: "PAYMENT_IN_REVIEW" });
    expect(await money(order)).toMatchObject({ payment: "PENDING", order: "PENDING_PAYMENT", stock: 8 });
    expect(await cases(order)).toBe("STRANGE_STATUS");
  });

  test("keeps them, too, when the window ends, until the case is over", async () => {
    const order = await buyOne();
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", gross_amount: 1, force: true });
    shop.advance(25 * 60 * 60_000);
    await shop.drain();
    expect(await money(order)).toMatchObject({ payment: "PENDING", order: "PENDING_PAYMENT", stock: 8 });
    expect(await cases(order)).toBe("AMOUNT_MISMATCH");
  });
});

describe("a word that fits nothing we know", () => {
  /** The status that the gateway gives of this order from now on, whatever is done to it there. */
  function alwaysSays(order: Order, report: PaymentReport): App {
    const payments = {
      ...shop.app.payments,
      fetchStatus: async (id: string) => (id === order.gatewayOrderId ? report : shop.app.payments.fetchStatus(id)),
    };
    return { ...shop.app, payments };
  }

  test.each([
    ["a status that is not in the book", { status: "unknown", statusText: "on_hold" }],
    ["part of the money back before we heard of any", { status: "partial_refund", statusText: "partial_refund" }],
  ] as const)("keeps the order when its customer cancels: %s", async (_name, word) => {
    const order = await buyOne();
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    const app = alwaysSays(order, await said(order, word));
    await expect(cancelPayment(app, buyer, order)).rejects.toMatchObject({ code: "PAYMENT_IN_REVIEW" });
    expect(await money(order)).toMatchObject({ payment: "PENDING", order: "PENDING_PAYMENT", stock: 8, state: "LIVE" });
  });
});

describe("money for an order that is over", () => {
  test("is shown as owed back, and the customer is told", async () => {
    const order = await buyOne();
    await cancelPayment(shop.app, buyer, order);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", force: true });
    await shop.notify(order.gatewayOrderId);
    await shop.drain();
    expect(await money(order)).toMatchObject({ payment: "PAID", order: "CANCELLED", shown: "REFUND_PENDING" });
    const mail = await shop.one<{ count: number }>(
      "select count(*) as count from notices where event = $1",
      `payment.orphaned:${order.paymentId}`,
    );
    expect(mail.count).toBe(1);
  });

  test("is not owed any more when the bank takes it back itself", async () => {
    const order = await buyOne();
    await cancelPayment(shop.app, buyer, order);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", force: true });
    await syncPayment(shop.app, buyer, order);
    const settled = await said(order);
    await apply(order, { ...settled, status: "deny", statusText: "deny" });
    expect(await money(order)).toMatchObject({
      payment: "FAILED",
      captured: 0,
      refunds: expect.stringContaining("ORPHAN WITHDRAWN") as unknown as string,
    });
  });

  test("is owed back for a second transaction of one order id, too", async () => {
    const order = await buyPaid();
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", new: true });
    await shop.notify(order.gatewayOrderId);
    await shop.drain();
    const total = (await money(order)).captured;
    const owed = await shop.one<{ refunds: string; rows: number }>(
      `select (select string_agg(cause || ' ' || amount, ',') from refunds where payment_id = $1) as refunds,
              (select count(*) from payment_transactions where payment_id = $1 and captured_amount > 0) as rows`,
      order.paymentId,
    );
    expect(owed).toEqual({ refunds: `ORPHAN ${total}`, rows: 2 });
    expect(await cases(order)).toBe("PAID_TWICE");
    expect(await money(order)).toMatchObject({ payment: "PAID", order: "PAID" });
  });
});

describe("a number that was chosen before another method on the same page", () => {
  /** A virtual account that a notification has told us of; then a wallet; then the account is paid, in silence. */
  async function paidUnderneath(): Promise<Order> {
    const order = await buyOne();
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    await shop.notify(order.gatewayOrderId);
    await shop.drain();
    const number = (await said(order)).gatewayTransactionId;
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "gopay", new: true });
    await shop.gatewayMoves(number, { transaction_status: "settlement" });
    return order;
  }

  test("is found paid by a poll", async () => {
    const order = await paidUnderneath();
    shop.advance(11 * 60_000);
    await pollPayments(shop.app);
    expect(await money(order)).toMatchObject({ payment: "PAID", order: "PAID" });
  });

  test("is closed with the order: nothing of it can be paid afterwards", async () => {
    const order = await buyOne();
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    await shop.notify(order.gatewayOrderId);
    await shop.drain();
    const number = (await said(order)).gatewayTransactionId;
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "gopay", new: true });
    await cancelPayment(shop.app, buyer, order);
    expect(await money(order)).toMatchObject({ payment: "CANCELLED", stock: 10 });
    expect((await shop.app.payments.fetchStatus(number))?.status).toBe("cancel");
  });

  test("is found paid before the order is cancelled", async () => {
    const order = await paidUnderneath();
    await expect(cancelPayment(shop.app, buyer, order)).rejects.toMatchObject({ code: "ALREADY_PAID" });
    expect(await money(order)).toMatchObject({ payment: "PAID", order: "PAID", stock: 8 });
  });
});

describe("a hosted page", () => {
  test("outlives the method that was chosen on it: the try stays live and is asked about", async () => {
    const order = await buyOne();
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "expire" });
    await shop.notify(order.gatewayOrderId);
    await shop.drain();
    expect(await money(order)).toMatchObject({ payment: "PENDING", state: "LIVE" });
  });

  test("that was closed before a crash is opened anew, not handed out again", async () => {
    const order = await buyOne();
    const before = await live(order);
    await closeInstrument(shop.app, order.paymentId, before, "CANCEL");
    const { paymentToken } = await renewPaymentToken(shop.app, buyer, order);
    await startPayment(shop.app, buyer, {
      paymentId: order.paymentId,
      method: "SNAP",
      paymentToken,
      idempotencyKey: `anew-${order.paymentId}`,
    });
    const after = await live(order);
    expect(after.instructions["redirectUrl"]).not.toBe(before.instructions["redirectUrl"]);
    const page = await fetch(after.instructions["redirectUrl"] as string);
    expect(await page.text()).toContain("method-qris");
  });
});

test("after all of it every invariant holds", async () => {
  expect(await shop.audit()).toEqual([]);
});
