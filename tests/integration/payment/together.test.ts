import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { App } from "../../../domain/app.ts";
import { receiveNotification } from "../../../domain/payment/receiveNotification.ts";
import { takeDueJobs } from "../../../platform/outbox.ts";
import { statementsSent } from "../../../platform/sqlClient.ts";
import { runJobs } from "../../../worker/runJob.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { buyTwo, cases, count, type Order, PAID, type Person, path, standing, UNPAID } from "./facts.ts";
import { paidAtGateway, signedBody, statesOf } from "./inboxFacts.ts";
import { charge, read, subscribe, unbooked } from "./subscriptionFacts.ts";

let shop: LiveShop;
let buyer: Person;

beforeAll(async () => {
  shop = await openLiveShop();
  buyer = await shop.addBuyer();
});
afterAll(() => shop.close());

/** Runs all due jobs of a handler together, as a worker does that is handed them as one. */
async function runTogether(app: App, handler: string): Promise<number[]> {
  const due = await takeDueJobs(app.db, app.clock.now(), 0);
  const ids = due.filter((job) => job.handler === handler).map(({ id }) => id);
  await runJobs(app, ids);
  return ids;
}

async function paidOrders(many: number): Promise<Order[]> {
  const orders: Order[] = [];
  for (let n = 0; n < many; n++) orders.push(await paidAtGateway(shop, buyer));
  return orders;
}

const errorOf = ({ gatewayOrderId }: Order) =>
  shop.one<{ error: string | null; attempts: number; done: boolean }>(
    `select error, attempts, done_at is not null as done from outbox_messages
      where handler = 'applyNotification' and key = $1`,
    gatewayOrderId,
  );

describe("notifications that are applied together", () => {
  test("each pay their order once, with an invoice and a mail of its own", async () => {
    const orders = await paidOrders(12);
    for (const { gatewayOrderId } of orders) await shop.notify(gatewayOrderId);
    const before = statementsSent();
    await runTogether(shop.app, "applyNotification");
    // Alone each takes more than 20: together they share them, in a batch of the gateway's answers or in some.
    expect(statementsSent() - before).toBeLessThan(12 * 8);
    for (const order of orders) {
      expect(await standing(shop, order)).toEqual(PAID);
      expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "PAID"]);
      expect(await statesOf(shop, order.gatewayOrderId)).toEqual(["APPLIED"]);
    }
    await runTogether(shop.app, "noticePaid");
    await shop.drain();
    for (const { paymentId } of orders) {
      expect(await count(shop, "notices where event = $1", `payment.paid:${paymentId}`)).toBe(1);
    }
  });

  test("leave logs and jobs that name the request which brought each", async () => {
    const orders = await paidOrders(2);
    for (const [n, order] of orders.entries()) {
      await shop.notify(order.gatewayOrderId);
      const { gatewayOrderId } = order;
      await shop.one("update outbox_messages set request_id = $2 where key = $1", gatewayOrderId, `request-${n}`);
    }
    await runTogether(shop.app, "applyNotification");
    for (const [n, { paymentId }] of orders.entries()) {
      const { requests } = await shop.one<{ requests: string[] }>(
        `select array_agg(distinct request_id) as requests from (
           select request_id from payment_logs where payment_id = $1 and source = 'MIDTRANS'
           union all select request_id from outbox_messages where payload->>'paymentId' = $1::text
                        and handler = 'noticePaid') r`,
        paymentId,
      );
      expect(requests).toEqual([`request-${n}`]);
    }
    await shop.drain();
  });

  test("each have an end of their own, whatever becomes of the others", async () => {
    const paid = await paidOrders(3);
    const pending = await buyTwo(shop, buyer);
    await shop.gatewayMoves(pending.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    const late = await paidAtGateway(shop, buyer);
    await shop.one("update payments set expires_at = now() - interval '1 hour' where id = $1", late.paymentId);
    const cheap = await buyTwo(shop, buyer);
    await shop.gatewayMoves(cheap.gatewayOrderId, {
      transaction_status: "settlement",
      gross_amount: 1_000,
      force: true,
    });
    const unknown = await buyTwo(shop, buyer);
    const orders = [paid[0] as Order, pending, paid[1] as Order, late, paid[2] as Order];
    for (const { gatewayOrderId } of orders) await shop.notify(gatewayOrderId);
    await shop.notify(cheap.gatewayOrderId);
    await receiveNotification(shop.app, signedBody(unknown.gatewayOrderId));
    await receiveNotification(shop.app, signedBody("NOTHING-OF-OURS-1"));
    await runTogether(shop.app, "applyNotification");
    for (const order of [...paid, late]) expect(await standing(shop, order)).toEqual(PAID);
    expect((await standing(shop, pending)).payment).toBe("PENDING");
    expect(await statesOf(shop, pending.gatewayOrderId)).not.toContain("STORED");
    expect(await standing(shop, cheap)).toMatchObject({ payment: "PENDING", stock: 8 });
    expect(await cases(shop, cheap)).toEqual(["AMOUNT_MISMATCH"]);
    expect(await standing(shop, unknown)).toMatchObject({ payment: "PENDING", stock: 8 });
    expect(await statesOf(shop, "NOTHING-OF-OURS-1")).toEqual(["REJECTED"]);
    expect(await errorOf(paid[0] as Order)).toMatchObject({ done: true });
  });

  test("are paid although the database refuses one of them, which is tried again by itself", async () => {
    const orders = await paidOrders(4);
    const [refused, ...others] = orders as [Order, ...Order[]];
    for (const { gatewayOrderId } of orders) await shop.notify(gatewayOrderId);
    await shop.one(
      `create function refuse_one() returns trigger language plpgsql as $$
       begin
         if new.id = '${refused.paymentId}' and new.status = 'PAID' then raise exception 'not this one'; end if;
         return new;
       end $$`,
    );
    await shop.one("create trigger refuse_one before update on payments for each row execute function refuse_one()");
    await runTogether(shop.app, "applyNotification");
    for (const order of others) expect(await standing(shop, order)).toEqual(PAID);
    expect(await standing(shop, refused)).toEqual(UNPAID);
    expect(await errorOf(refused)).toEqual({ error: "not this one", attempts: 1, done: false });
    expect(await statesOf(shop, refused.gatewayOrderId)).toEqual(["STORED"]);
    await shop.one("drop trigger refuse_one on payments");
    shop.advance(60_000);
    await shop.drain();
    expect(await standing(shop, refused)).toEqual(PAID);
  });

  test("do not wait for the one whose answer is slow, nor is that one lost", async () => {
    const orders = await paidOrders(3);
    const [slow, ...others] = orders as [Order, ...Order[]];
    for (const { gatewayOrderId } of orders) await shop.notify(gatewayOrderId);
    const seen: string[] = [];
    const fetchStatus: App["payments"]["fetchStatus"] = async (id) => {
      const report = await shop.app.payments.fetchStatus(id);
      // It answers only when the others have been paid: waiting for it would never end.
      while (id === slow.gatewayOrderId && seen.length < others.length) {
        for (const order of others) {
          const { payment } = await standing(shop, order);
          if (payment === "PAID" && !seen.includes(order.paymentId)) seen.push(order.paymentId);
        }
      }
      return report;
    };
    await runTogether({ ...shop.app, payments: { ...shop.app.payments, fetchStatus } }, "applyNotification");
    for (const order of orders) expect(await standing(shop, order)).toEqual(PAID);
    await shop.drain();
  });

  test("do not wait for a subscription's charge of which the gateway tells slowly", async () => {
    const { id } = await subscribe(shop);
    await charge(shop, id);
    const { number } = await read(shop, id);
    const charged = (await unbooked(shop)).find((orderId) => orderId.startsWith(number)) as string;
    const others = await paidOrders(2);
    await receiveNotification(shop.app, await shop.signedBody(charged));
    for (const { gatewayOrderId } of others) await shop.notify(gatewayOrderId);
    const seen = new Set<string>();
    const slow: App["subscriptions"]["fetch"] = async (gatewayId) => {
      while (seen.size < others.length) {
        for (const order of others) if ((await standing(shop, order)).payment === "PAID") seen.add(order.paymentId);
      }
      return shop.app.subscriptions.fetch(gatewayId);
    };
    const subscriptions = { ...shop.app.subscriptions, fetch: slow };
    await runTogether({ ...shop.app, subscriptions }, "applyNotification");
    for (const order of others) expect(await standing(shop, order)).toEqual(PAID);
    expect([(await read(shop, id)).state, await statesOf(shop, charged)]).toEqual(["ACTIVE", ["SAME"]]);
    await shop.drain();
  });

  test("twice at once, in two workers and in another order, still pay once", async () => {
    const orders = await paidOrders(8);
    for (const { gatewayOrderId } of orders) await shop.notify(gatewayOrderId);
    const due = await takeDueJobs(shop.app.db, shop.app.clock.now(), 0);
    const ids = due.filter(({ handler }) => handler === "applyNotification").map(({ id }) => id);
    await Promise.all([runJobs(shop.app, ids), runJobs(shop.app, [...ids].reverse()), runJobs(shop.app, ids.slice(3))]);
    await shop.drain();
    for (const order of orders) {
      expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "PAID"]);
      expect(await count(shop, "payment_logs where payment_id = $1 and to_status = 'PAID'", order.paymentId)).toBe(1);
    }
  });
});

test("after all of it every invariant holds", async () => {
  shop.advance(60_000);
  await shop.drain();
  const breaches = await shop.audit();
  expect(breaches).toEqual([]);
});
