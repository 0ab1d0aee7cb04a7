import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { cancelOrder } from "../../../domain/checkout/cancelOrder.ts";
import { cancelPayment, expirePayment } from "../../../domain/payment/cancelPayment.ts";
import { endPaymentWindow } from "../../../domain/payment/endPaymentWindow.ts";
import { renewPaymentToken, startPayment } from "../../../domain/payment/startPayment.ts";
import { syncPayment } from "../../../domain/payment/syncPayment.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { alerts, buyTwo, CANCELLED, count, interleaved, type Order, PAID, path, type Person, standing, UNPAID } from "./facts.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const AWAY = { name: "GatewayUnavailable" };
/** Every way in which a call may go wrong before its effect, and after it. */
const BEFORE = ["500", "503", "429", "timeout", "reset", "html", "empty"];
const AFTER = ["timeout_after", "reset_after", "half"];

let shop: LiveShop;
let buyer: Person;
let staff: Person;

beforeAll(async () => {
  shop = await openLiveShop({ GATEWAY_TIMEOUT: "250ms" });
  buyer = await shop.addBuyer();
  staff = await shop.addStaff();
});
afterAll(() => shop.close());

/** The shop waits for 250 ms; a call that hangs is cut a little later. */
const faults = (target: string, kind: string, times = 1) =>
  shop.gatewayFaults({ target, kind, times, ...(kind.startsWith("timeout") ? { ms: 300 } : {}) });
const noFaults = () => fetch(`${shop.sandbox.url}/sandbox/faults`, { method: "DELETE" });
interface Try {
  readonly id: string;
  readonly state: string;
  readonly token: string | null;
  readonly gatewayOrderId: string;
}
const tries = (order: Order) =>
  shop.app.db.sql<Try>(
    "select id, state, instructions->>'snapToken' as token, gateway_order_id from payment_transactions where payment_id = $1 order by gateway_order_id",
    [order.paymentId],
  );
const newest = async (order: Order) => (await tries(order)).at(-1) as Try;
interface GatewayView {
  readonly transaction_status: string | null;
  readonly pages: { token: string; state: string }[];
}
const atGateway = async (id: string) => (await (await fetch(`${shop.sandbox.url}/sandbox/transactions/${id}`)).json()) as GatewayView;
/** The page that the shop sends its customer to can be paid on. */
const pageWorks = async (order: Order) => {
  const { token, gatewayOrderId } = await newest(order);
  return (await atGateway(gatewayOrderId)).pages.filter(({ state }) => state === "open").map((page) => page.token).includes(token as string);
};
const tryAgain = async (order: Order, key: string, app = shop.app) => {
  const { paymentToken } = await renewPaymentToken(shop.app, buyer, { paymentId: order.paymentId });
  await startPayment(app, buyer, { paymentId: order.paymentId, method: "SNAP", paymentToken, idempotencyKey: key });
};

describe("opening the page", () => {
  test.each([...BEFORE, ...AFTER])("that meets %s leaves the try STARTING, and the worker finishes it with one page that works", async (kind) => {
    await faults("midtrans.snap", kind);
    const order = await buyTwo(shop, buyer);
    expect(await newest(order)).toMatchObject({ state: "STARTING", token: null });
    expect(await standing(shop, order)).toEqual(UNPAID);
    await shop.drain();
    expect(await newest(order)).toMatchObject({ state: "LIVE" });
    expect(await pageWorks(order)).toBe(true);
    expect(await tries(order)).toHaveLength(1);
  });

  test("by a gateway that is down keeps the customer waiting for less than a second, and sells", async () => {
    const slow = await openLiveShop();
    try {
      const other = await slow.addBuyer();
      await slow.gatewayFaults({ target: "midtrans.snap", kind: "timeout", times: 1, ms: 3_000 });
      const before = performance.now();
      const order = await buyTwo(slow, other);
      const took = performance.now() - before;
      expect(took).toBeGreaterThan(700);
      expect(took).toBeLessThan(1_400);
      expect(await slow.one("select state from payment_transactions where payment_id = $1", order.paymentId)).toEqual({ state: "STARTING" });
      slow.advance(26_000);
      await slow.drain();
      expect(await slow.one("select state from payment_transactions where payment_id = $1", order.paymentId)).toEqual({ state: "LIVE" });
    } finally {
      await slow.close();
    }
  });

  test("that is refused for good ends the try and not the payment: staff is told, and another try may come", async () => {
    await faults("midtrans.snap", "empty");
    const order = await buyTwo(shop, buyer);
    const { gatewayOrderId } = await newest(order);
    // Somebody used the id at the gateway before us: it will never open this page.
    await shop.gatewayMoves(gatewayOrderId, { transaction_status: "settlement", force: true, gross_amount: 1 });
    await shop.drain();
    expect(await newest(order)).toMatchObject({ state: "CLOSED", token: null });
    expect(await alerts(shop, gatewayOrderId)).toEqual({ PAGE_REFUSED: 1, MONEY_CASE_AMOUNT_MISMATCH: 1 });
    expect(await standing(shop, order)).toEqual(UNPAID);
    await tryAgain(order, "after-a-refusal");
    expect(await newest(order)).toMatchObject({ state: "LIVE" });
    expect(await pageWorks(order)).toBe(true);
  });

  test.each(["before", "after"])("twice at once, the other one %s this one, gives the customer the page that lives", async (when) => {
    await faults("midtrans.snap", "reset");
    const order = await buyTwo(shop, buyer);
    // The gateway keeps one page an order id: the one that it was asked for last.
    const other = () => tryAgain(order, `other-${order.paymentId}`);
    await tryAgain(order, `this-${order.paymentId}`, interleaved(shop.app, "openPage", other, when as "before"));
    expect(await newest(order)).toMatchObject({ state: "LIVE" });
    expect(await pageWorks(order)).toBe(true);
    expect(await tries(order)).toHaveLength(1);
  });
});

describe("another try", () => {
  test.each([...BEFORE, ...AFTER])("whose look at the earlier one meets %s changes nothing and can be made again", async (kind) => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    await faults("midtrans.status", kind);
    await expect(tryAgain(order, "try-by-look-1")).rejects.toMatchObject(AWAY);
    expect((await tries(order)).map(({ state }) => state)).toEqual(["LIVE"]);
    await tryAgain(order, `try-by-look-${kind}`);
    expect((await tries(order)).map(({ state }) => state)).toEqual(["CLOSED", "LIVE"]);
    expect(await pageWorks(order)).toBe(true);
  });

  test.each(AFTER)("whose closing of the earlier one meets %s finds it closed the next time, and begins one new try", async (kind) => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    await faults("midtrans.cancel", kind);
    await expect(tryAgain(order, "try-by-close-1")).rejects.toMatchObject(AWAY);
    expect((await atGateway(order.gatewayOrderId)).transaction_status).toBe("cancel");
    await tryAgain(order, `try-by-close-${kind}`);
    expect((await tries(order)).map(({ state }) => state)).toEqual(["CLOSED", "LIVE"]);
  });
});

describe("cancelling", () => {
  const ways = [...BEFORE, ...AFTER].flatMap((kind) => ["midtrans.status", "midtrans.cancel"].map((target) => ({ kind, target })));

  test.each(ways)("a number whose $target meets $kind changes nothing of ours, and works the next time", async ({ kind, target }) => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    await faults(target, kind);
    await expect(cancelPayment(shop.app, buyer, { paymentId: order.paymentId })).rejects.toMatchObject(AWAY);
    expect(await standing(shop, order)).toEqual(UNPAID);
    await cancelPayment(shop.app, buyer, { paymentId: order.paymentId });
    expect(await standing(shop, order)).toEqual(CANCELLED);
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "CANCELLED"]);
    expect((await atGateway(order.gatewayOrderId)).transaction_status).toBe("cancel");
  });

  test.each([...BEFORE, ...AFTER])("a page on which nothing was chosen, whose closing meets %s, is not taken for done", async (kind) => {
    const order = await buyTwo(shop, buyer);
    await faults("midtrans.cancel", kind);
    await expect(cancelPayment(shop.app, buyer, { paymentId: order.paymentId })).rejects.toMatchObject(AWAY);
    expect(await standing(shop, order)).toEqual(UNPAID);
    await cancelPayment(shop.app, buyer, { paymentId: order.paymentId });
    expect(await standing(shop, order)).toEqual(CANCELLED);
    expect((await atGateway(order.gatewayOrderId)).pages.map(({ state }) => state)).toEqual(["canceled"]);
  });

  test("a try whose page never reached us closes that page, too", async () => {
    await faults("midtrans.snap", "reset_after");
    const order = await buyTwo(shop, buyer);
    const { gatewayOrderId } = await newest(order);
    await cancelPayment(shop.app, buyer, { paymentId: order.paymentId });
    expect(await standing(shop, order)).toEqual(CANCELLED);
    expect((await atGateway(gatewayOrderId)).pages.filter(({ state }) => state === "open")).toEqual([]);
    await shop.drain();
    expect((await atGateway(gatewayOrderId)).pages.filter(({ state }) => state === "open")).toEqual([]);
  });

  test("while the gateway stays away is never done on a guess", async () => {
    const order = await buyTwo(shop, buyer);
    await faults("midtrans.*", "503", 50);
    for (let n = 0; n < 3; n++) {
      await expect(cancelPayment(shop.app, buyer, { paymentId: order.paymentId })).rejects.toMatchObject(AWAY);
      await expect(expirePayment(shop.app, staff, { paymentId: order.paymentId })).rejects.toMatchObject(AWAY);
    }
    await noFaults();
    expect(await standing(shop, order)).toEqual(UNPAID);
    expect(await count(shop, "audit_logs where entity_id = $1", order.paymentId)).toBe(0);
  });
});

describe("the end of the window", () => {
  const ways = [...BEFORE, ...AFTER].flatMap((kind) => ["midtrans.status", "midtrans.expire"].map((target) => ({ kind, target })));

  test.each(ways)("whose $target meets $kind comes later, once", async ({ kind, target }) => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    shop.advance(DAY + MINUTE);
    await faults(target, kind);
    await expect(endPaymentWindow(shop.app, { paymentId: order.paymentId })).rejects.toMatchObject(AWAY);
    expect(await standing(shop, order)).toEqual(UNPAID);
    await shop.drain();
    expect(await standing(shop, order)).toEqual({ payment: "EXPIRED", order: "CANCELLED", shown: "EXPIRED", session: "EXPIRED", stock: 10 });
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "CANCELLED"]);
  });
});

describe("a race with the customer's own click, at the gateway", () => {
  const pay = (order: Order) => () => shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", method: "bca_va" });

  test("paid between our look and our cancel is paid: the gateway refuses the cancel, and its word counts", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    const app = interleaved(shop.app, "fetchStatus", pay(order));
    await expect(cancelPayment(app, buyer, { paymentId: order.paymentId })).rejects.toMatchObject({ code: "ALREADY_PAID" });
    expect(await standing(shop, order)).toEqual(PAID);
  });

  test("a method chosen and paid between our look and the closing of the page is paid", async () => {
    const order = await buyTwo(shop, buyer);
    const { orderId } = await shop.one<{ orderId: string }>("select id as order_id from orders where session_id = $1", order.sessionId);
    const app = interleaved(shop.app, "fetchStatus", pay(order));
    await expect(cancelOrder(app, buyer, { orderId, reason: "tidak jadi" })).rejects.toMatchObject({ code: "ALREADY_PAID" });
    expect(await standing(shop, order)).toEqual(PAID);
  });

  test("cancelled before the click cannot be paid", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    const app = interleaved(shop.app, "cancel", async () => {
      await expect(pay(order)()).rejects.toThrow(/412/);
    });
    await cancelPayment(app, buyer, { paymentId: order.paymentId });
    expect(await standing(shop, order)).toEqual(CANCELLED);
  });

  test("its notification applied between our look and our lock is not undone: we look again", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    const app = interleaved(shop.app, "fetchStatus", async () => {
      await pay(order)();
      await shop.notify(order.gatewayOrderId);
      await shop.drain();
    });
    await expect(cancelPayment(app, buyer, { paymentId: order.paymentId })).rejects.toMatchObject({ code: "ALREADY_PAID" });
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "PAID"]);
  });

  test("at the end of the window, with its notification at the same time, has one outcome: paid", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    shop.advance(DAY + MINUTE);
    const app = interleaved(shop.app, "fetchStatus", async () => {
      await pay(order)();
      await shop.notify(order.gatewayOrderId);
    });
    await Promise.all([endPaymentWindow(app, { paymentId: order.paymentId }), shop.drain(), syncPayment(shop.app, buyer, { paymentId: order.paymentId })]);
    await shop.drain();
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "PAID"]);
  });

  test("ten people who cancel one order at once cancel it once", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    await Promise.all(Array.from({ length: 10 }, () => cancelPayment(shop.app, buyer, { paymentId: order.paymentId })));
    expect(await standing(shop, order)).toEqual(CANCELLED);
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "CANCELLED"]);
    expect(await count(shop, "stock_movements where product_id = $1", order.productId)).toBe(2);
    await shop.drain();
    expect(await count(shop, "notices where event like $1", `%${order.paymentId}%`)).toBe(1);
  });
});

describe("what staff ends", () => {
  test("is in the audit log in the same transaction, also when its window is over by then", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    shop.advance(DAY + MINUTE);
    await cancelPayment(shop.app, staff, { paymentId: order.paymentId, reason: "asked by phone" });
    expect(await standing(shop, order)).toMatchObject({ order: "CANCELLED", stock: 10 });
    expect(await count(shop, "audit_logs where entity_id = $1", order.paymentId)).toBe(1);
  });
});

describe("two tries that are both paid", () => {
  test("pay once: the second is owed back by itself, and the stock moved once", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    await tryAgain(order, `both-${order.paymentId}`);
    const second = await newest(order);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", force: true });
    await shop.gatewayMoves(second.gatewayOrderId, { transaction_status: "settlement", method: "gopay" });
    for (const id of [order.gatewayOrderId, second.gatewayOrderId]) {
      await shop.notify(id);
      await shop.drain();
      await shop.notify(id, { transaction_status: "pending" });
      await shop.drain();
    }
    await syncPayment(shop.app, buyer, { paymentId: order.paymentId });
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await shop.one("select count(*) as rows, sum(amount) = (select amount from payments where id = $1) as whole from refunds where payment_id = $1 and status = 'PENDING'", order.paymentId))
      .toEqual({ rows: 1, whole: true });
    expect(await count(shop, "money_cases where payment_id = $1 and kind = 'PAID_TWICE'", order.paymentId)).toBe(1);
    expect(await count(shop, "stock_movements where product_id = $1", order.productId)).toBe(1);
  });

  test("at the same moment, too", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    await tryAgain(order, `moment-${order.paymentId}`);
    const second = await newest(order);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", force: true });
    await shop.gatewayMoves(second.gatewayOrderId, { transaction_status: "settlement", method: "gopay" });
    await Promise.all(Array.from({ length: 6 }, () => syncPayment(shop.app, buyer, { paymentId: order.paymentId })));
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await count(shop, "refunds where payment_id = $1", order.paymentId)).toBe(1);
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "PAID"]);
  });
});

test("after all of it every invariant holds", async () => {
  await shop.drain();
  expect(await shop.audit()).toEqual([]);
});
