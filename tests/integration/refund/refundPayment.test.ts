import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { restock } from "../../../domain/catalog/restock.ts";
import { cancelOrder } from "../../../domain/checkout/cancelOrder.ts";
import type { Actor } from "../../../domain/kernel/actor.ts";
import type { OrderId, RefundId } from "../../../domain/kernel/ids.ts";
import { previewRefund } from "../../../domain/refund/previewRefund.ts";
import { type RefundPaymentInput, refundPayment } from "../../../domain/refund/refundPayment.ts";
import { inTransaction } from "../../../platform/db.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { happens, type Order, type Person, standing } from "../payment/facts.ts";
import { deliver, type Line, lineOf, linesOf } from "./parcelFacts.ts";
import { atGateway, laterTry, paidBy, refundsOf } from "./refundFacts.ts";

const HOUR_MS = 3_600_000;
let shop: LiveShop;
let buyer: Person;
let admin: Person;
let keys = 0;

beforeAll(async () => {
  shop = await openLiveShop();
  buyer = await shop.addBuyer();
  admin = { ...(await shop.addStaff()), role: "ADMIN" };
});
afterEach(async () => {
  expect(await shop.audit()).toEqual([]);
  await fetch(`${shop.sandbox.url}/sandbox/faults`, { method: "DELETE" });
});
afterAll(() => shop.close());

const refund = (order: Pick<Order, "paymentId">, more: Partial<RefundPaymentInput>, actor: Actor = admin) =>
  refundPayment(shop.app, actor, {
    paymentId: order.paymentId,
    amount: 1_000,
    reason: "barang cacat",
    idempotencyKey: `refund-key-${++keys}`,
    ...more,
  });

describe("a refund that staff decides", () => {
  test("goes back through the gateway, is answered again by its key, and is on the audit log", async () => {
    const order = await paidBy(shop, buyer, "gopay");
    const idempotencyKey = "refund-once-0001";
    const id = await refund(order, { amount: 20_000, idempotencyKey });
    await shop.drain();
    expect(await refund(order, { amount: 20_000, idempotencyKey })).toBe(id);
    await expect(refund(order, { amount: 20_001, idempotencyKey })).rejects.toMatchObject({
      code: "IDEMPOTENCY_KEY_REUSED",
    });
    expect(await atGateway(shop, order)).toEqual([{ key: `${id}-01`, amount: 20_000 }]);
    expect(await standing(shop, order)).toMatchObject({ payment: "PARTIALLY_REFUNDED", shown: "PARTIALLY_REFUNDED" });
    const { log } = await shop.one<{ log: object }>(
      "select jsonb_build_object('who', actor_id, 'right', permission) as log from audit_logs where entity_id = $1",
      id,
    );
    expect(log).toEqual({ who: admin.userId, right: "refund.request" });
  });

  test("is an admin's alone", async () => {
    const order = await paidBy(shop, buyer, "gopay");
    for (const actor of [buyer, await shop.addStaff()])
      await expect(refund(order, {}, actor)).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  test("is never of the admin's own money", async () => {
    const order = await paidBy(shop, buyer, "gopay");
    const owner: Actor = { ...buyer, role: "ADMIN" };
    await expect(refund(order, {}, owner)).rejects.toMatchObject({ code: "SECOND_PERSON_NEEDED" });
    const preview = await previewRefund(shop.app, owner, { paymentId: order.paymentId });
    expect(preview).toMatchObject({ max: 0, moneyBack: null, refusal: { code: "SECOND_PERSON_NEEDED" } });
    expect(await refundsOf(shop, order)).toEqual([]);
  });

  test("of everything before it is sent is a cancel; afterwards it is not", async () => {
    const order = await paidBy(shop, buyer, "gopay");
    const { total, itemId } = await lineOf(shop, order);
    await expect(refund(order, { amount: total })).rejects.toMatchObject({ code: "USE_CANCEL_ORDER" });
    const all = [{ orderItemId: itemId, quantity: 2, restock: true }];
    await expect(refund(order, { amount: 50_000, items: all })).rejects.toMatchObject({ code: "USE_CANCEL_ORDER" });
    await expect(refund(order, { amount: total + 1 })).rejects.toMatchObject({
      code: "REFUND_EXCEEDS_CAPTURED",
      details: { left: total },
    });
    await deliver(shop, order);
    await refund(order, { amount: total });
    await shop.drain();
    expect(await standing(shop, order)).toMatchObject({ payment: "REFUNDED", order: "COMPLETED", shown: "REFUNDED" });
    await expect(refund(order, { amount: 1 })).rejects.toMatchObject({ code: "NOT_REFUNDABLE" });
  });

  test("of items takes each piece once, back to the shelf where asked, and all parts are the total", async () => {
    const order = await paidBy(shop, buyer, "gopay");
    await deliver(shop, order);
    const { itemId, total } = await lineOf(shop, order);
    const piece = (restock: boolean) => [{ orderItemId: itemId, quantity: 1, restock }];
    const { suggested, max, shares } = await previewRefund(shop.app, admin, {
      paymentId: order.paymentId,
      items: piece(true),
    });
    expect(shares).toMatchObject({ goods: 25_000, amount: suggested });
    await expect(refund(order, { amount: max + 1, items: piece(true) })).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
    await refund(order, { amount: suggested, items: piece(true) });
    expect((await standing(shop, order)).stock).toBe(9);
    const second = await previewRefund(shop.app, admin, { paymentId: order.paymentId, items: piece(false) });
    expect(suggested + second.suggested).toBe(total);
    await refund(order, { amount: second.suggested, items: piece(false) });
    await expect(refund(order, { amount: 1, items: piece(false) })).rejects.toMatchObject({
      code: "NOT_REFUNDABLE",
      details: { orderItemId: itemId, left: 0 },
    });
    await shop.drain();
    expect(await standing(shop, order)).toMatchObject({ payment: "REFUNDED", stock: 9 });
  });

  test("of a piece that was not sent is left out when the rest is cancelled: all of it goes back once", async () => {
    const order = await paidBy(shop, buyer, "gopay");
    const { itemId, orderId, total } = await lineOf(shop, order);
    await refund(order, { amount: 25_000, items: [{ orderItemId: itemId, quantity: 1, restock: true }] });
    expect((await standing(shop, order)).stock).toBe(9);
    await cancelOrder(shop.app, buyer, { orderId, reason: "sisanya juga" });
    await shop.drain();
    expect(await standing(shop, order)).toMatchObject({ order: "CANCELLED", payment: "REFUNDED", stock: 10 });
    expect((await atGateway(shop, order)).map(({ amount }) => amount)).toEqual([25_000, total - 25_000]);
  });

  test("of pieces that are on the shelf again leaves only the others to come back", async () => {
    const order = await paidBy(shop, buyer, "gopay");
    await deliver(shop, order);
    const { itemId, orderId } = await lineOf(shop, order);
    await refund(order, { amount: 25_000, items: [{ orderItemId: itemId, quantity: 1, restock: true }] });
    const restockRest = () =>
      inTransaction(shop.app.db, (tx) => restock(tx, shop.app.clock.now(), orderId as OrderId, "came back"));
    await restockRest();
    await restockRest();
    expect((await standing(shop, order)).stock).toBe(10);
    const more = [{ orderItemId: itemId, quantity: 1, restock: true }];
    await expect(refund(order, { amount: 25_000, items: more })).rejects.toMatchObject({ code: "NOT_REFUNDABLE" });
    await refund(order, { amount: 25_000, items: [{ orderItemId: itemId, quantity: 1, restock: false }] });
    await shop.drain();
  });

  test("of a checkout of several stores is of one order, and never more than that one's money", async () => {
    const products = [await shop.addProduct(), await shop.addProduct({ price: 90_000 })];
    const input = shop.order(products.map((product) => ({ ...product, quantity: 1 })));
    const bought = { ...(await shop.buy(buyer, input)), productId: products[0]?.productId as string } as Order;
    await happens(shop, bought, { transaction_status: "settlement", method: "gopay" });
    const [first, second] = (await linesOf(shop, bought)) as [Line, Line];
    await expect(refund(bought, {})).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await expect(refund(bought, { orderId: first.orderId, amount: first.total + 1 })).rejects.toMatchObject({
      code: "REFUND_EXCEEDS_CAPTURED",
    });
    const foreign = [{ orderItemId: second.itemId, quantity: 1, restock: false }];
    await expect(refund(bought, { orderId: first.orderId, items: foreign })).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
    await refund(bought, { orderId: second.orderId, amount: 10_000 });
    await cancelOrder(shop.app, buyer, { orderId: first.orderId, reason: "salah" });
    await shop.drain();
    const shown = await shop.app.db.sql<{ id: string; status: string; paymentStatus: string }>(
      "select id, status, payment_status from orders where session_id = $1 order by id",
      [bought.sessionId],
    );
    expect(shown).toEqual([
      { id: first.orderId, status: "CANCELLED", paymentStatus: "REFUNDED" },
      { id: second.orderId, status: "PAID", paymentStatus: "PARTIALLY_REFUNDED" },
    ]);
    await cancelOrder(shop.app, buyer, { orderId: second.orderId, reason: "salah" });
    await shop.drain();
    const { left } = await shop.one<{ left: number }>(
      "select captured_amount - refunded_amount as left from payment_transactions where gateway_order_id = $1",
      bought.gatewayOrderId,
    );
    expect(left).toBe(0);
  });

  test("of which twenty come at once in any parts never exceeds what was paid", async () => {
    const order = await paidBy(shop, buyer, "gopay");
    await deliver(shop, order);
    const { total, itemId } = await lineOf(shop, order);
    const parts = Array.from({ length: 20 }, (_, n) =>
      n % 5 === 0
        ? { amount: 25_000, items: [{ orderItemId: itemId, quantity: 1, restock: n % 2 === 0 }] }
        : { amount: 1 + ((n * 7_919) % 17_000) },
    );
    const made = await Promise.allSettled(parts.map((part) => refund(order, part)));
    const done = made.filter((one): one is PromiseFulfilledResult<RefundId> => one.status === "fulfilled");
    expect(done.length).toBeGreaterThan(2);
    for (const one of made)
      if (one.status === "rejected")
        expect(["NOT_REFUNDABLE", "REFUND_EXCEEDS_CAPTURED", "INVALID_INPUT"]).toContain(one.reason.code);
    await shop.drain();
    await laterTry(shop, HOUR_MS);
    const back = (await atGateway(shop, order)).reduce((sum, { amount }) => sum + amount, 0);
    expect(back).toBeLessThanOrEqual(total);
    const sums = (await refundsOf(shop, order)).reduce((sum, { amount }) => sum + amount, 0);
    expect(sums).toBe(back);
  });

  test("is refused where its money is not here", async () => {
    const product = await shop.addProduct();
    const unpaid = await shop.buy(buyer, shop.order([{ ...product, quantity: 1 }]));
    await expect(refund(unpaid, {})).rejects.toMatchObject({ code: "NOT_REFUNDABLE" });
    const order = await paidBy(shop, buyer, "credit_card");
    await happens(shop, order, { transaction_status: "settlement" });
    await happens(shop, order, { transaction_status: "chargeback", force: true });
    await expect(refund(order, {})).rejects.toMatchObject({ code: "NOT_REFUNDABLE" });
  });

  test("is decided once, or not at all, when the money is charged back at the same time", async () => {
    const order = await paidBy(shop, buyer, "credit_card");
    await happens(shop, order, { transaction_status: "settlement" });
    await deliver(shop, order);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "chargeback", force: true });
    const news = shop.notify(order.gatewayOrderId).then(() => shop.drain());
    await Promise.allSettled([refund(order, { amount: 5_000 }), refund(order, { amount: 7_000 }), news]);
    await shop.drain();
    expect(await standing(shop, order)).toMatchObject({ payment: "CHARGEBACK", shown: "CHARGEBACK" });
    expect((await refundsOf(shop, order)).filter(({ status }) => status !== "WITHDRAWN")).toEqual([]);
    expect(await atGateway(shop, order)).toEqual([]);
  });
});

describe("what a refund would be", () => {
  test("is said by the same rules, with why not, and changes nothing", async () => {
    const order = await paidBy(shop, buyer, "gopay");
    const { total, itemId } = await lineOf(shop, order);
    const ask = (more: object) => previewRefund(shop.app, admin, { paymentId: order.paymentId, ...more });
    expect(await ask({})).toMatchObject({ left: total, max: total, refusal: { code: "USE_CANCEL_ORDER" } });
    expect(await ask({ amount: 5_000 })).toMatchObject({
      amount: 5_000,
      refusal: null,
      moneyBack: { way: "GATEWAY", amount: 5_000 },
      items: [{ orderItemId: itemId, refundable: 2, restockable: 2 }],
    });
    const one = await ask({ items: [{ orderItemId: itemId, quantity: 1, restock: true }] });
    expect(one).toMatchObject({ refusal: null, shares: { goods: 25_000, shipping: 5_500 }, suggested: 30_500 });
    expect(await refundsOf(shop, order)).toEqual([]);
  });
});
