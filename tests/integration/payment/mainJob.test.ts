import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "../../../domain/kernel/actor.ts";
import type { UserId } from "../../../domain/kernel/ids.ts";
import { cancelPayment } from "../../../domain/payment/cancelPayment.ts";
import { pollPayments } from "../../../domain/payment/pollPayments.ts";
import { renewPaymentToken, startPayment } from "../../../domain/payment/startPayment.ts";
import { syncPayment } from "../../../domain/payment/syncPayment.ts";
import { type Bought, type LiveShop, openLiveShop } from "../../support/liveShop.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let shop: LiveShop;
let buyer: Actor & { userId: UserId };

beforeAll(async () => {
  shop = await openLiveShop({}, "unsent");
  buyer = await shop.addBuyer();
});
afterAll(() => shop.close());

const statusOf = (bought: Bought) =>
  shop.one<{ payment: string; order: string; shown: string; session: string }>(
    `select p.status as payment, o.status as "order", o.payment_status as shown, s.status as session
       from payments p join checkout_sessions s on s.id = p.session_id join orders o on o.session_id = s.id
      where p.id = $1 limit 1`,
    bought.paymentId,
  );
const stockOf = async (productId: string) =>
  (await shop.one<{ stock: number }>("select stock from products where id = $1", productId)).stock;
const buyOne = async (stock = 100) => {
  const product = await shop.addProduct({ stock });
  const bought = await shop.buy(buyer, shop.order([{ ...product, quantity: 2 }]));
  return { ...bought, productId: product.productId, gatewayOrderId: bought.gatewayOrderId as string };
};

describe("a payment through the hosted page", () => {
  test("opens a page whose amount is the order's total, to the rupiah", async () => {
    const bought = await buyOne();
    const row = await shop.one<{ state: string; url: string; amount: number; total: number }>(
      `select t.state, t.instructions->>'redirectUrl' as url, t.amount, o.total from payment_transactions t
         join payments p on p.id = t.payment_id join orders o on o.session_id = p.session_id where p.id = $1`,
      bought.paymentId,
    );
    expect(row).toMatchObject({ state: "LIVE", amount: row.total });
    expect(row.url).toContain("/snap/v4/redirection/");
  });

  test("turns the order PAID when the gateway confirms what a notification hints at", async () => {
    const bought = await buyOne();
    await shop.gatewayMoves(bought.gatewayOrderId, { transaction_status: "settlement" });
    expect(await shop.notify(bought.gatewayOrderId)).toBe("stored");
    expect(await statusOf(bought)).toMatchObject({ payment: "PENDING" });
    await shop.drain();
    expect(await statusOf(bought)).toEqual({ payment: "PAID", order: "PAID", shown: "PAID", session: "PAID" });
    const invoice = await shop.one<{ count: number }>(
      "select count(*) as count from invoices i join orders o on o.id = i.order_id where o.session_id = $1",
      bought.sessionId,
    );
    expect(invoice.count).toBe(1);
  });

  test("believes the gateway and not the body: a signed pending body that says settlement pays nothing", async () => {
    const bought = await buyOne();
    await shop.gatewayMoves(bought.gatewayOrderId, { transaction_status: "pending" });
    await shop.notify(bought.gatewayOrderId, { tamper: { transaction_status: "settlement" } });
    await shop.drain();
    expect(await statusOf(bought)).toMatchObject({ payment: "PENDING", order: "PENDING_PAYMENT" });
  });

  test("is found by the poll when every notification is lost", async () => {
    const bought = await buyOne();
    await shop.gatewayMoves(bought.gatewayOrderId, { transaction_status: "settlement" });
    shop.advance(11 * MINUTE);
    await pollPayments(shop.app);
    expect(await statusOf(bought)).toMatchObject({ payment: "PAID", order: "PAID" });
  });

  test("is found when the customer says that he has paid", async () => {
    const bought = await buyOne();
    await shop.gatewayMoves(bought.gatewayOrderId, { transaction_status: "settlement" });
    await syncPayment(shop.app, buyer, { paymentId: bought.paymentId });
    expect(await statusOf(bought)).toMatchObject({ payment: "PAID", order: "PAID" });
  });
});

describe("a payment that does not come", () => {
  test("ends when its window is over: the page is closed at the gateway and the stock is back", async () => {
    const bought = await buyOne(10);
    expect(await stockOf(bought.productId)).toBe(8);
    shop.advance(DAY + MINUTE);
    await shop.drain();
    expect(await statusOf(bought)).toEqual({
      payment: "EXPIRED",
      order: "CANCELLED",
      shown: "EXPIRED",
      session: "EXPIRED",
    });
    expect(await stockOf(bought.productId)).toBe(10);
  });

  test("is not ended when it was paid a second before: the gateway is asked first", async () => {
    const bought = await buyOne(10);
    await shop.gatewayMoves(bought.gatewayOrderId, { transaction_status: "settlement" });
    shop.advance(DAY + MINUTE);
    await shop.drain();
    expect(await statusOf(bought)).toMatchObject({ payment: "PAID", order: "PAID" });
    expect(await stockOf(bought.productId)).toBe(8);
  });

  test("is cancelled by its customer, with the number that he had chosen closed at the gateway", async () => {
    const bought = await buyOne(10);
    await shop.gatewayMoves(bought.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    await cancelPayment(shop.app, buyer, { paymentId: bought.paymentId });
    expect(await statusOf(bought)).toEqual({
      payment: "CANCELLED",
      order: "CANCELLED",
      shown: "FAILED",
      session: "CANCELLED",
    });
    expect(await stockOf(bought.productId)).toBe(10);
    const { transaction_status } = (await (
      await fetch(`${shop.sandbox.url}/sandbox/transactions/${bought.gatewayOrderId}`)
    ).json()) as Record<string, unknown>;
    expect(transaction_status).toBe("cancel");
  });

  test("stays as it is when the gateway is away: nothing is cancelled on a guess", async () => {
    const bought = await buyOne(10);
    await shop.gatewayFaults({ target: "midtrans.status", kind: "500", times: 3 });
    await expect(cancelPayment(shop.app, buyer, { paymentId: bought.paymentId })).rejects.toMatchObject({
      name: "GatewayUnavailable",
    });
    expect(await statusOf(bought)).toMatchObject({ payment: "PENDING", order: "PENDING_PAYMENT" });
    expect(await stockOf(bought.productId)).toBe(8);
  });

  test("that comes after all, when the order is over, is owed back and a person is told", async () => {
    const bought = await buyOne(10);
    await cancelPayment(shop.app, buyer, { paymentId: bought.paymentId });
    await shop.gatewayMoves(bought.gatewayOrderId, { transaction_status: "settlement", force: true });
    await shop.notify(bought.gatewayOrderId);
    await shop.drain();
    expect(await statusOf(bought)).toMatchObject({ payment: "PAID", order: "CANCELLED" });
    const owed = await shop.one<{ refunds: number; cases: number }>(
      `select (select count(*) from refunds where payment_id = $1 and status = 'PENDING') as refunds,
              (select count(*) from money_cases where payment_id = $1 and kind = 'LATE_PAYMENT') as cases`,
      bought.paymentId,
    );
    expect(owed).toEqual({ refunds: 1, cases: 1 });
    expect(await stockOf(bought.productId)).toBe(10);
  });
});

describe("another try of a payment", () => {
  test("closes the number that was chosen before it opens a new page", async () => {
    const bought = await buyOne();
    await shop.gatewayMoves(bought.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    const { paymentToken } = await renewPaymentToken(shop.app, buyer, { paymentId: bought.paymentId });
    await startPayment(shop.app, buyer, {
      paymentId: bought.paymentId,
      method: "SNAP",
      paymentToken,
      idempotencyKey: "second-try-1",
    });
    const { rows } = await shop.one<{ rows: { state: string; id: string }[] }>(
      `select jsonb_agg(jsonb_build_object('state', state, 'id', gateway_order_id) order by gateway_order_id) as rows
         from payment_transactions where payment_id = $1`,
      bought.paymentId,
    );
    expect(rows.map(({ state }) => state)).toEqual(["CLOSED", "LIVE"]);
    expect(rows[1]?.id).toMatch(/-02A$/);
  });

  test("wants a token that was not used: the same one opens nothing twice", async () => {
    const bought = await buyOne();
    const input = {
      paymentId: bought.paymentId,
      method: "SNAP",
      paymentToken: bought.paymentToken,
      idempotencyKey: "token-once-1",
    } as const;
    await startPayment(shop.app, buyer, input);
    await startPayment(shop.app, buyer, input);
    await expect(startPayment(shop.app, buyer, { ...input, idempotencyKey: "token-once-2" })).rejects.toMatchObject({
      code: "PAYMENT_TOKEN_INVALID",
    });
  });

  test("is refused once it is paid", async () => {
    const bought = await buyOne();
    await shop.gatewayMoves(bought.gatewayOrderId, { transaction_status: "settlement" });
    await syncPayment(shop.app, buyer, { paymentId: bought.paymentId });
    await expect(renewPaymentToken(shop.app, buyer, { paymentId: bought.paymentId })).rejects.toMatchObject({
      code: "ALREADY_PAID",
    });
  });
});

test("after all of it every invariant holds", async () => {
  expect(await shop.audit()).toEqual([]);
});
