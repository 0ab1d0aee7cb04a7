import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { send } from "../../../domain/messages.ts";
import { applyNotification } from "../../../domain/payment/applyNotification.ts";
import { pollPayments } from "../../../domain/payment/pollPayments.ts";
import { receiveNotification } from "../../../domain/payment/receiveNotification.ts";
import { replayNotification } from "../../../domain/payment/replayNotification.ts";
import { sweepNotifications } from "../../../domain/payment/sweepNotifications.ts";
import { inTransaction } from "../../../platform/db.ts";
import { takeDueJobs } from "../../../platform/outbox.ts";
import { runJob } from "../../../worker/runJob.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { alerts, buyTwo, count, interleaved, PAID, type Person, path, standing, UNPAID } from "./facts.ts";
import { applyDue, broken, inboxOf, paidAtGateway, signedBody, statesOf } from "./inboxFacts.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

let shop: LiveShop;
let buyer: Person;
let staff: Person;

beforeAll(async () => {
  shop = await openLiveShop();
  buyer = await shop.addBuyer();
  staff = await shop.addStaff();
});
afterAll(() => shop.close());

/** Runs the job that applies notifications until it is put aside. */
async function giveUp(): Promise<void> {
  for (let tries = 0; tries < 9; tries++) {
    await applyDue(broken(shop, 1));
    shop.advance(5 * MINUTE);
  }
}

/** The transactions that notifications of an order id are put aside about. */
const parkedOf = async (id: string) =>
  (
    await shop.app.db.sql<{ name: string }>(
      `select gateway_transaction_id as name from payment_notifications
        where gateway_order_id = $1 and state = 'PARKED'`,
      [id],
    )
  ).map(({ name }) => name);

describe("applying that fails", () => {
  test("three times and then works needs nobody", async () => {
    const order = await paidAtGateway(shop, buyer);
    await shop.notify(order.gatewayOrderId);
    const app = broken(shop, 3);
    for (let tries = 0; tries < 4; tries++) {
      await applyDue(app);
      shop.advance(5 * SECOND);
    }
    await shop.drain();
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await inboxOf(shop, order.gatewayOrderId)).toMatchObject([{ state: "APPLIED", attempts: 4 }]);
    expect(await alerts(shop, order.gatewayOrderId)).toEqual({});
  });

  test("because the gateway is away waits for it, much longer than for a bug", async () => {
    const order = await paidAtGateway(shop, buyer);
    await shop.notify(order.gatewayOrderId);
    await shop.gatewayFaults({ target: "midtrans.status", kind: "half", times: 12 });
    for (let tries = 0; tries < 12; tries++) {
      await applyDue(shop.app);
      shop.advance(15 * MINUTE);
    }
    expect(await statesOf(shop, order.gatewayOrderId)).toEqual(["STORED"]);
    await shop.drain();
    expect(await standing(shop, order)).toEqual(PAID);
  });

  test("for good is parked with one alert, and staff's replay finishes it and clears the alert", async () => {
    const order = await paidAtGateway(shop, buyer);
    const { gatewayOrderId } = order;
    await shop.notify(gatewayOrderId);
    const app = broken(shop, 1_000);
    for (let tries = 0; tries < 12; tries++) {
      await applyDue(app);
      shop.advance(15 * MINUTE);
      await sweepNotifications(app);
    }
    expect(await inboxOf(shop, gatewayOrderId)).toMatchObject([{ state: "PARKED", attempts: 8 }]);
    expect(await alerts(shop, gatewayOrderId)).toEqual({ NOTIFICATION_PARKED: 1 });
    const posted = () =>
      count(
        shop,
        "outbox_messages m join alerts a on a.id::text = m.payload->>'alertId' where a.subject = $1 and m.name = $2",
        gatewayOrderId,
        "alert.raised",
      );
    expect(await posted()).toBe(1);
    const breaches = (await shop.audit()).filter(
      ({ subject }) => subject === gatewayOrderId || subject.startsWith("applyNotification"),
    );
    expect(breaches).toEqual([]);
    const [row] = await inboxOf(shop, gatewayOrderId);
    await replayNotification(shop.app, staff, { id: row?.id as string });
    await shop.drain();
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await statesOf(shop, gatewayOrderId)).toEqual(["APPLIED"]);
    expect(await alerts(shop, gatewayOrderId)).toEqual({});
    expect(await count(shop, "audit_logs where entity_id = $1", row?.id)).toBe(1);
    // Once more changes nothing.
    await replayNotification(shop.app, staff, { id: row?.id as string });
    await shop.drain();
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "PAID"]);
    expect(await posted()).toBe(1);
  });

  test("for good about another transaction than the one that paid stays a person's", async () => {
    const order = await paidAtGateway(shop, buyer);
    const { gatewayOrderId } = order;
    await shop.notify(gatewayOrderId);
    const another = randomUUID();
    await receiveNotification(shop.app, signedBody(gatewayOrderId, { transaction_id: another }));
    await giveUp();
    expect(await statesOf(shop, gatewayOrderId)).toEqual(["PARKED", "PARKED"]);
    await pollPayments(shop.app);
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await parkedOf(gatewayOrderId)).toEqual([another]);
    expect(await alerts(shop, gatewayOrderId)).toEqual({ NOTIFICATION_PARKED: 1 });
    await shop.notify(gatewayOrderId, { transaction_status: "pending" });
    await shop.drain();
    expect(await parkedOf(gatewayOrderId)).toEqual([]);
    expect(await alerts(shop, gatewayOrderId)).toEqual({});
  });

  test("for good about what a poll then settles leaves no alert behind, and its row as known", async () => {
    const order = await paidAtGateway(shop, buyer);
    const { gatewayOrderId } = order;
    await shop.notify(gatewayOrderId);
    await giveUp();
    expect(await statesOf(shop, gatewayOrderId)).toEqual(["PARKED"]);
    expect(await alerts(shop, gatewayOrderId)).toEqual({ NOTIFICATION_PARKED: 1 });
    await pollPayments(shop.app);
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await statesOf(shop, gatewayOrderId)).toEqual(["SAME"]);
    expect(await alerts(shop, gatewayOrderId)).toEqual({});
    expect((await shop.audit()).filter(({ subject }) => subject.includes(gatewayOrderId))).toEqual([]);
  });

  test("for good about an order that the gateway has forgotten leaves no alert behind a replay", async () => {
    const id = "FORGOTTEN-0001";
    await receiveNotification(shop.app, signedBody(id));
    await giveUp();
    expect(await alerts(shop, id)).toEqual({ NOTIFICATION_PARKED: 1 });
    const [row] = await inboxOf(shop, id);
    await replayNotification(shop.app, staff, { id: row?.id as string });
    await shop.drain();
    expect(await statesOf(shop, id)).toEqual(["REJECTED"]);
    expect(await alerts(shop, id)).toEqual({});
  });
});

describe("a job beside what arrives while it runs", () => {
  test("never leaves a notification behind that came after it had asked the gateway", async () => {
    const order = await buyTwo(shop, buyer);
    const { gatewayOrderId } = order;
    await shop.gatewayMoves(gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    await shop.notify(gatewayOrderId);
    const app = interleaved(shop.app, "fetchStatus", async () => {
      await shop.gatewayMoves(gatewayOrderId, { transaction_status: "settlement" });
      expect(await shop.notify(gatewayOrderId)).toBe("stored");
    });
    await applyDue(app);
    expect(await standing(shop, order)).toEqual(UNPAID);
    expect(
      await count(
        shop,
        "outbox_messages where handler = 'applyNotification' and key = $1 and done_at is null",
        gatewayOrderId,
      ),
    ).toBe(1);
    shop.advance(SECOND);
    await shop.drain();
    expect(await standing(shop, order)).toEqual(PAID);
    expect((await statesOf(shop, gatewayOrderId)).includes("STORED")).toBe(false);
  });

  test("cannot end while an arrival that touches it is being written, and runs again after it", async () => {
    const order = await buyTwo(shop, buyer);
    const { gatewayOrderId } = order;
    await shop.gatewayMoves(gatewayOrderId, { transaction_status: "pending" });
    await shop.notify(gatewayOrderId);
    const [job] = (await takeDueJobs(shop.app.db, shop.app.clock.now(), 0)).filter(
      ({ handler }) => handler === "applyNotification",
    );
    let commit = () => {};
    const held = new Promise<void>((resolve) => {
      commit = resolve;
    });
    let touched = () => {};
    const isTouched = new Promise<void>((resolve) => {
      touched = resolve;
    });
    const arrival = inTransaction(shop.app.db, async (tx) => {
      await send(tx, shop.app.clock.now(), "payment.notified", { gatewayOrderId }, { key: gatewayOrderId });
      touched();
      await held;
    });
    await isTouched;
    const waits = () => count(shop, "pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
    let isOver = false;
    const running = runJob(shop.app, job?.id as number).then(() => {
      isOver = true;
    });
    for (let looks = 0; looks < 2_000 && (await waits()) === 0; looks++);
    expect(isOver).toBe(false);
    commit();
    await Promise.all([arrival, running]);
    expect(await shop.one("select done_at from outbox_messages where id = $1", job?.id)).toEqual({ doneAt: null });
    shop.advance(SECOND);
    await shop.drain();
  });

  test("whose worker died after the effect runs again without one", async () => {
    const order = await paidAtGateway(shop, buyer);
    await shop.notify(order.gatewayOrderId);
    await applyNotification(shop.app, { gatewayOrderId: order.gatewayOrderId });
    const logs = await count(shop, "payment_logs where payment_id = $1", order.paymentId);
    expect(await applyDue(shop.app)).toBe(1);
    expect(await count(shop, "payment_logs where payment_id = $1", order.paymentId)).toBe(logs);
    expect(await standing(shop, order)).toEqual(PAID);
    await shop.drain();
  });
});

test("a stored notification whose job was lost is offered again by the sweep", async () => {
  const order = await paidAtGateway(shop, buyer);
  await shop.notify(order.gatewayOrderId);
  await inTransaction(shop.app.db, (tx) =>
    tx.sql("update outbox_messages set done_at = now() where key = $1", [order.gatewayOrderId]),
  );
  shop.advance(3 * MINUTE);
  expect(await sweepNotifications(shop.app)).toBe(1);
  expect(await sweepNotifications(shop.app)).toBe(0);
  await shop.drain();
  expect(await standing(shop, order)).toEqual(PAID);
});

test("after all of it every invariant holds", async () => {
  await shop.drain();
  expect(await shop.audit()).toEqual([]);
});
