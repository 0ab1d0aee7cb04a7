import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { App } from "../../domain/app.ts";
import { cancelOrder } from "../../domain/checkout/cancelOrder.ts";
import { type CheckoutInput, checkout } from "../../domain/checkout/checkout.ts";
import { receiveNotification } from "../../domain/payment/receiveNotification.ts";
import { returnOfferedJobs, takeDueJobs } from "../../platform/outbox.ts";
import { LEASE_MS } from "../../worker/relay.ts";
import { runJobs } from "../../worker/runJob.ts";
import {
  buyTwo,
  cases,
  count,
  type Order,
  PAID,
  type Person,
  path,
  standing,
  tryAgain,
} from "../integration/payment/facts.ts";
import { paidAtGateway, signedBody, statesOf } from "../integration/payment/inboxFacts.ts";
import { type LiveShop, openLiveShop } from "../support/liveShop.ts";
import { until } from "../support/until.ts";

const SECOND = 1_000;

let shop: LiveShop;
let buyer: Person;

beforeAll(async () => {
  shop = await openLiveShop();
  buyer = await shop.addBuyer();
});
afterAll(() => shop.close());

/** A round of the relay and of a worker that is handed everything of a handler as one. */
async function round(app: App, handler = "applyNotification"): Promise<number> {
  const due = await takeDueJobs(app.db, app.clock.now(), LEASE_MS);
  const ids = due.filter((job) => job.handler === handler).map(({ id }) => id);
  await runJobs(app, ids);
  return ids.length;
}

/** The shop with a gateway that answers about one order id only when it is let. */
function holding(app: App, { gatewayOrderId }: Order) {
  const { promise: letGo, resolve: answer } = Promise.withResolvers<void>();
  const fetchStatus: App["payments"]["fetchStatus"] = async (id) => {
    const report = await app.payments.fetchStatus(id);
    if (id === gatewayOrderId) await letGo;
    return report;
  };
  return { app: { ...app, payments: { ...app.payments, fetchStatus } }, answer };
}

describe("while the gateway's answer about one of many is awaited", () => {
  test("what comes about another one meanwhile is applied, and does not wait for it", async () => {
    const slow = await paidAtGateway(shop, buyer);
    const chosen = await buyTwo(shop, buyer);
    await shop.gatewayMoves(chosen.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    for (const { gatewayOrderId } of [slow, chosen]) await shop.notify(gatewayOrderId);
    const held = holding(shop.app, slow);
    const first = round(held.app);
    try {
      await until("the quick one is applied", async () =>
        (await statesOf(shop, chosen.gatewayOrderId)).every((state) => state !== "STORED"),
      );
      await shop.gatewayMoves(chosen.gatewayOrderId, { transaction_status: "settlement" });
      await shop.notify(chosen.gatewayOrderId);
      await until("the second one is applied", async () => {
        await round(shop.app);
        return (await standing(shop, chosen)).payment === "PAID";
      });
      expect((await standing(shop, slow)).payment).toBe("PENDING");
    } finally {
      held.answer();
      await first;
    }
    expect(await standing(shop, chosen)).toEqual(PAID);
    expect(await standing(shop, slow)).toEqual(PAID);
  });

  test("its lease may end: it runs beside itself, and everyone pays once", async () => {
    const orders: Order[] = [];
    for (let n = 0; n < 4; n++) orders.push(await paidAtGateway(shop, buyer));
    for (const { gatewayOrderId } of orders) await shop.notify(gatewayOrderId);
    const held = holding(shop.app, orders[0] as Order);
    const first = round(held.app);
    await until("the quick ones are paid", async () => (await standing(shop, orders[3] as Order)).payment === "PAID");
    shop.advance(LEASE_MS + SECOND);
    await until("the slow one is paid by another", async () => {
      await round(shop.app);
      return (await standing(shop, orders[0] as Order)).payment === "PAID";
    });
    held.answer();
    await first;
    await shop.drain();
    for (const order of orders) {
      expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "PAID"]);
      expect(await count(shop, "notices where event = $1", `payment.paid:${order.paymentId}`)).toBe(1);
      expect(
        await count(
          shop,
          "outbox_messages where handler = 'applyNotification' and key = $1 and (attempts > 0 or done_at is null)",
          order.gatewayOrderId,
        ),
      ).toBe(0);
    }
  });
});

describe("a batch", () => {
  test("with two tries of one payment, the dashboard's test and an unknown order gives each its own end", async () => {
    const twice = await buyTwo(shop, buyer);
    await shop.gatewayMoves(twice.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    await tryAgain(shop.app, buyer, twice, "second-try-of-a-batch");
    await shop.drain();
    const tries = await shop.app.db.sql<{ gatewayOrderId: string }>(
      "select gateway_order_id from payment_transactions where payment_id = $1 order by created_at",
      [twice.paymentId],
    );
    const plain = await paidAtGateway(shop, buyer);
    for (const { gatewayOrderId } of tries) {
      await shop.gatewayMoves(gatewayOrderId, { transaction_status: "settlement", method: "bca_va", force: true });
      await shop.notify(gatewayOrderId);
    }
    await shop.notify(plain.gatewayOrderId);
    await receiveNotification(shop.app, signedBody("payment_notif_test_of_a_batch"));
    await receiveNotification(shop.app, signedBody("NOTHING-OF-OURS-7"));
    expect(tries).toHaveLength(2);
    expect(await round(shop.app)).toBe(4);
    await shop.drain();
    expect((await standing(shop, twice)).payment).toBe("PAID");
    expect(await cases(shop, twice)).toEqual(["PAID_TWICE"]);
    expect(await count(shop, "refunds where payment_id = $1", twice.paymentId)).toBe(1);
    expect(await standing(shop, plain)).toEqual(PAID);
    expect(await statesOf(shop, "NOTHING-OF-OURS-7")).toEqual(["REJECTED"]);
    expect(await statesOf(shop, "payment_notif_test_of_a_batch")).toEqual(["SAME"]);
  });
});

describe("batches beside everything else that takes the same locks", () => {
  const CHECKOUTS = 24;
  const ROUNDS = 3;

  test("never wait for one another in a circle, and leave no gap in the invoices", async () => {
    const { storeId } = await shop.addProduct();
    const products = [await shop.addProduct({ storeId, stock: 1_000 }), await shop.addProduct({ stock: 1_000 })];
    const lines = products.map((product) => ({ ...product, quantity: 1 }));
    const bothWays = (n: number, more: Partial<CheckoutInput> = {}) =>
      shop.order(n % 2 === 0 ? lines : lines.toReversed(), more);
    const deadlocks = async () => {
      await shop.one("select pg_stat_force_next_flush(), pg_stat_clear_snapshot()");
      return (
        await shop.one<{ n: number }>("select deadlocks as n from pg_stat_database where datname = current_database()")
      ).n;
    };
    const before = await deadlocks();
    for (let n = 0; n < ROUNDS; n++) {
      const bought = [];
      for (let i = 0; i < CHECKOUTS; i++) bought.push(await shop.buy(buyer, bothWays(i)));
      await shop.drain();
      for (const [i, { gatewayOrderId }] of bought.entries()) {
        const status = i % 4 === 3 ? "pending" : "settlement";
        await shop.gatewayMoves(gatewayOrderId as string, { transaction_status: status, method: "bca_va" });
        await shop.notify(gatewayOrderId as string);
      }
      const due = await takeDueJobs(shop.app.db, shop.app.clock.now(), 0);
      const ids = due.filter(({ handler }) => handler === "applyNotification").map(({ id }) => id);
      const orders = await shop.app.db.sql<{ id: string }>(
        "select min(id::text) as id from orders where session_id = any($1::uuid[]) group by session_id",
        [bought.filter((_, i) => i % 4 > 1).map(({ sessionId }) => sessionId)],
      );
      await Promise.all([
        runJobs(
          shop.app,
          ids.filter((_, i) => i % 3 !== 0),
        ),
        runJobs(shop.app, ids.filter((_, i) => i % 3 !== 1).reverse()),
        returnOfferedJobs(shop.app.db),
        ...orders.map(({ id }) =>
          cancelOrder(shop.app, buyer, { orderId: id, reason: "berubah pikiran" }).catch(() => null),
        ),
        ...Array.from({ length: 8 }, (_, i) => checkout(shop.app, buyer, bothWays(i, { method: null }))),
      ]);
      await shop.drain();
    }
    expect((await deadlocks()) - before).toBe(0);
    const { gaps } = await shop.one<{ gaps: number }>(
      `select count(*) as gaps from (
         select max(sequence) - count(*) as missing from invoices group by store_id, year) i where missing <> 0`,
    );
    expect(gaps).toBe(0);
  });
});

test("after all of it every invariant holds", async () => {
  shop.advance(60 * SECOND);
  await shop.drain();
  expect(await shop.audit()).toEqual([]);
});
