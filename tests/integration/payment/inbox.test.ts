import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { App } from "../../../domain/app.ts";
import { send } from "../../../domain/messages.ts";
import { applyNotification } from "../../../domain/payment/applyNotification.ts";
import { pollPayments } from "../../../domain/payment/pollPayments.ts";
import { receiveNotification } from "../../../domain/payment/receiveNotification.ts";
import { replayNotification } from "../../../domain/payment/replayNotification.ts";
import { sweepNotifications } from "../../../domain/payment/sweepNotifications.ts";
import { syncPayment } from "../../../domain/payment/syncPayment.ts";
import { signatureOf } from "../../../gateways/midtrans/wire.ts";
import { DEMO_KEYS } from "../../../platform/config.ts";
import { inTransaction } from "../../../platform/db.ts";
import { takeDueJobs } from "../../../platform/outbox.ts";
import { runJob } from "../../../worker/runJob.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { alerts, buyTwo, cases, count, interleaved, type Order, PAID, path, type Person, standing, UNPAID } from "./facts.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

let shop: LiveShop;
let buyer: Person;
let staff: Person;

beforeAll(async () => {
  shop = await openLiveShop();
  buyer = await shop.addBuyer();
  staff = await shop.addStaff();
});
afterAll(() => shop.close());

interface Row {
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  readonly folded: number;
}
const inbox = (id: string) =>
  shop.app.db.sql<Row>("select id, state, attempts, folded from payment_notifications where gateway_order_id = $1 order by received_at, id", [id]);
const states = async (id: string) => (await inbox(id)).map(({ state }) => state);
const paidAtGateway = async (): Promise<Order> => {
  const order = await buyTwo(shop, buyer);
  await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", method: "bca_va" });
  return order;
};
/** A body with a right signature about any order id, known to anybody or not. */
const signedBody = (orderId: string, change: object = {}): string =>
  JSON.stringify({
    order_id: orderId, status_code: "200", gross_amount: "50000.00", transaction_id: randomUUID(), transaction_status: "settlement",
    signature_key: signatureOf(orderId, "200", "50000.00", DEMO_KEYS.midtransServer), ...change,
  });
/** Runs the due jobs of one handler, each once, on a shop that may be broken. */
const runDue = async (app: App, handler = "applyNotification") => {
  const jobs = (await takeDueJobs(shop.app.db, app.clock.now(), 0)).filter((job) => job.handler === handler);
  for (const { id } of jobs) await runJob(app, id);
  return jobs.length;
};
const broken = (times: number, error = "the database driver has a bug"): App => {
  let left = times;
  const fetchStatus: App["payments"]["fetchStatus"] = async (id) => {
    if (left-- > 0) throw new Error(error);
    return shop.app.payments.fetchStatus(id);
  };
  return { ...shop.app, payments: { ...shop.app.payments, fetchStatus } };
};

describe("50 copies of one notification at once, with a late pending among them", () => {
  test("are one row each, one PAID in the log, one invoice and one mail", async () => {
    const order = await paidAtGateway();
    const settled = await shop.signedBody(order.gatewayOrderId);
    const late = await shop.signedBody(order.gatewayOrderId, { transaction_status: "pending" });
    const bodies = Array.from({ length: 50 }, (_, i) => (i % 10 === 7 ? late : settled));
    const arriving = bodies.map((body) => receiveNotification(shop.app, body));
    const applying = Array.from({ length: 4 }, () => applyNotification(shop.app, { gatewayOrderId: order.gatewayOrderId }));
    const outcomes = await Promise.all(arriving);
    await Promise.all(applying);
    await shop.drain();
    expect(outcomes.filter((outcome) => outcome === "stored")).toHaveLength(2);
    expect(outcomes.filter((outcome) => outcome === "duplicate")).toHaveLength(48);
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "PAID"]);
    expect(await count(shop, "invoices i join orders o on o.id = i.order_id where o.session_id = $1", order.sessionId)).toBe(1);
    expect(await count(shop, "notices where event = $1", `payment.paid:${order.paymentId}`)).toBe(1);
    expect((await states(order.gatewayOrderId)).every((state) => state === "APPLIED" || state === "SAME")).toBe(true);
  });

  test("and the poll and the customer's own question at the same time, still pay once", async () => {
    const order = await paidAtGateway();
    shop.advance(11 * MINUTE);
    const { gatewayOrderId, paymentId } = order;
    await shop.notify(gatewayOrderId);
    const ask = () => syncPayment(shop.app, buyer, { paymentId });
    await Promise.all([pollPayments(shop.app), ask(), ask(), applyNotification(shop.app, { gatewayOrderId }), applyNotification(shop.app, { gatewayOrderId })]);
    await shop.drain();
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "PAID"]);
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await count(shop, "payment_logs where payment_id = $1 and to_status = 'PAID'", paymentId)).toBe(1);
  });
});

describe("a flood of signed bodies about one order", () => {
  test("adds 20 rows an hour at most, however many come at once, and the rest is folded into the newest", async () => {
    const order = await paidAtGateway();
    const body = JSON.parse(await shop.signedBody(order.gatewayOrderId)) as object;
    const different = Array.from({ length: 60 }, () => JSON.stringify({ ...body, transaction_id: randomUUID() }));
    const outcomes = await Promise.all(different.map((text) => receiveNotification(shop.app, text)));
    const rows = await inbox(order.gatewayOrderId);
    expect(rows).toHaveLength(20);
    expect(outcomes.filter((outcome) => outcome === "folded")).toHaveLength(40);
    expect(rows.reduce((sum, { folded }) => sum + folded, 0)).toBe(40);
    await shop.drain();
    expect(await standing(shop, order)).toEqual(PAID);
  });

  test("does not silence the order: what is folded is applied, and an hour later rows are added again", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    const body = JSON.parse(await shop.signedBody(order.gatewayOrderId)) as object;
    for (let n = 0; n < 20; n++) await receiveNotification(shop.app, JSON.stringify({ ...body, transaction_id: `noise-${n}` }));
    await shop.drain();
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement" });
    expect(await shop.notify(order.gatewayOrderId)).toBe("folded");
    await shop.drain();
    expect(await standing(shop, order)).toEqual(PAID);
    shop.advance(HOUR + MINUTE);
    expect(await receiveNotification(shop.app, JSON.stringify({ ...body, transaction_id: "an hour later" }))).toBe("stored");
    await shop.drain();
  });
});

describe("a notification about nothing of ours", () => {
  test("from the dashboard's test button is kept once and never applied, not even by a replay", async () => {
    const response = await fetch(`${shop.sandbox.url}/sandbox/notifications/test`, { method: "POST" });
    const { notifications } = (await response.json()) as { notifications: { body: { order_id: string } }[] };
    const body = notifications[0]?.body as { order_id: string };
    for (let copy = 0; copy < 3; copy++) expect(await receiveNotification(shop.app, JSON.stringify(body))).toBe("test");
    const [row, ...more] = await inbox(body.order_id);
    expect([row?.state, more]).toEqual(["SAME", []]);
    await replayNotification(shop.app, staff, { id: row?.id as string });
    expect(await count(shop, "outbox_messages where key = $1", body.order_id)).toBe(0);
  });

  test("that the gateway knows is kept with a case and one alert, however often it comes", async () => {
    const id = "STATIC-QR-0001";
    await shop.gatewayMoves(id, { transaction_status: "settlement", force: true, gross_amount: 75_000 });
    await shop.notify(id);
    await shop.drain();
    await receiveNotification(shop.app, signedBody(id));
    await shop.drain();
    expect(await states(id)).toEqual(["PARKED", "PARKED"]);
    expect(await alerts(shop, id)).toMatchObject({ NOTIFICATION_PARKED: expect.any(Number), MONEY_CASE_UNMATCHED: 1 });
    expect(await shop.one("select amount, actions from money_cases where subject = $1", id)).toEqual({ amount: 75_000, actions: ["DISMISS"] });
  });

  test("that the gateway does not know either is rejected and moves nothing", async () => {
    await receiveNotification(shop.app, signedBody("SOMETHING-ELSE-01"));
    await shop.drain();
    expect(await states("SOMETHING-ELSE-01")).toEqual(["REJECTED"]);
  });

  test.each(["a/b", "../v2/charge", "x y", "#1", "?", "%2e%2e"])("with an order id (%s) that no path can hold is set aside for a person", async (id) => {
    await receiveNotification(shop.app, signedBody(id));
    await shop.drain();
    expect(await states(id)).toEqual(["PARKED"]);
    expect(await alerts(shop, id)).toEqual({ NOTIFICATION_PARKED: 1 });
  });
});

describe("a forged notification", () => {
  test.each([
    ["with a signature of another key", async (id: string) => signedBody(id, { signature_key: signatureOf(id, "200", "50000.00", "guessed") })],
    ["with another amount", async (id: string) => JSON.stringify({ ...JSON.parse(await shop.signedBody(id)), gross_amount: "1.00" })],
    ["with another order id", async (id: string) => JSON.stringify({ ...JSON.parse(await shop.signedBody(id)), order_id: `${id}B` })],
  ])("%s is refused and not stored", async (_what, forge) => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending" });
    const body = await forge(order.gatewayOrderId);
    await expect(receiveNotification(shop.app, body)).rejects.toMatchObject({ code: "INVALID_INPUT" });
    expect(await inbox(order.gatewayOrderId)).toEqual([]);
  });

  test.each([
    ["a signed pending that says settlement", { transaction_status: "settlement" }],
    ["one that says it was captured and accepted", { transaction_status: "capture", fraud_status: "accept" }],
    ["one with the transaction id of another payment", { transaction_status: "settlement", transaction_id: "swap" }],
    ["one from another merchant", { transaction_status: "settlement", merchant_id: "G000000000" }],
    ["one that says it was refunded", { transaction_status: "refund", refund_amount: "50000.00", refunds: [{ refund_amount: "50000.00" }] }],
    ["one that says it was denied", { transaction_status: "deny" }],
    ["one in dollars", { transaction_status: "settlement", currency: "USD" }],
  ])("(%s) is stored and believed in nothing", async (_what, tamper) => {
    const other = await paidAtGateway();
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending" });
    const { transaction_id } = (await shop.gatewayMoves(other.gatewayOrderId, { transaction_status: "settlement", force: true })) as { transaction_id: string };
    const swapped = "transaction_id" in tamper ? { ...tamper, transaction_id } : tamper;
    expect(await shop.notify(order.gatewayOrderId, { tamper: swapped })).toBe("stored");
    await shop.drain();
    expect(await standing(shop, order)).toEqual(UNPAID);
    expect(await cases(shop, order)).toEqual([]);
  });

  test.each([{ transaction_status: "refund" }, { transaction_status: "deny" }, { transaction_status: "cancel" }, { transaction_status: "expire" }])(
    "(%j out of a paid body) takes nothing back", async (tamper) => {
      const order = await paidAtGateway();
      await shop.notify(order.gatewayOrderId);
      await shop.drain();
      await shop.notify(order.gatewayOrderId, { tamper });
      await shop.drain();
      expect(await standing(shop, order)).toEqual(PAID);
    },
  );
});

describe("applying that fails", () => {
  test("three times and then works needs nobody", async () => {
    const order = await paidAtGateway();
    await shop.notify(order.gatewayOrderId);
    const app = broken(3);
    for (let tries = 0; tries < 4; tries++) {
      await runDue(app);
      shop.advance(5 * SECOND);
    }
    await shop.drain();
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await inbox(order.gatewayOrderId)).toMatchObject([{ state: "APPLIED", attempts: 4 }]);
    expect(await alerts(shop, order.gatewayOrderId)).toEqual({});
  });

  test("because the gateway is away waits for it, much longer than for a bug", async () => {
    const order = await paidAtGateway();
    await shop.notify(order.gatewayOrderId);
    await shop.gatewayFaults({ target: "midtrans.status", kind: "503", times: 12 });
    for (let tries = 0; tries < 12; tries++) {
      await runDue(shop.app);
      shop.advance(15 * MINUTE);
    }
    expect(await states(order.gatewayOrderId)).toEqual(["STORED"]);
    await shop.drain();
    expect(await standing(shop, order)).toEqual(PAID);
  });

  test("for good is parked with one alert, and staff's replay finishes it and clears the alert", async () => {
    const order = await paidAtGateway();
    const { gatewayOrderId } = order;
    await shop.notify(gatewayOrderId);
    const app = broken(1_000);
    for (let tries = 0; tries < 12; tries++) {
      await runDue(app);
      shop.advance(15 * MINUTE);
      await sweepNotifications(app);
    }
    expect(await inbox(gatewayOrderId)).toMatchObject([{ state: "PARKED", attempts: 8 }]);
    expect(await alerts(shop, gatewayOrderId)).toEqual({ NOTIFICATION_PARKED: 1 });
    const posted = () => count(shop, "outbox_messages m join alerts a on a.id::text = m.payload->>'alertId' where a.subject = $1 and m.name = $2", gatewayOrderId, "alert.raised");
    expect(await posted()).toBe(1);
    const breaches = (await shop.audit()).filter(({ subject }) => subject === gatewayOrderId || subject.startsWith("applyNotification"));
    expect(breaches).toEqual([]);
    const [row] = await inbox(gatewayOrderId);
    await replayNotification(shop.app, staff, { id: row?.id as string });
    await shop.drain();
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await states(gatewayOrderId)).toEqual(["APPLIED"]);
    expect(await alerts(shop, gatewayOrderId)).toEqual({});
    expect(await count(shop, "audit_logs where entity_id = $1", row?.id)).toBe(1);
    // Once more changes nothing.
    await replayNotification(shop.app, staff, { id: row?.id as string });
    await shop.drain();
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "PAID"]);
    expect(await posted()).toBe(1);
  });

  test("for good is ended by any later news too: the poll pays, and the next notification clears the alert", async () => {
    const order = await paidAtGateway();
    const { gatewayOrderId } = order;
    await shop.notify(gatewayOrderId);
    for (let tries = 0; tries < 9; tries++) {
      await runDue(broken(1));
      shop.advance(5 * MINUTE);
    }
    expect(await states(gatewayOrderId)).toEqual(["PARKED"]);
    await pollPayments(shop.app);
    expect(await standing(shop, order)).toEqual(PAID);
    await shop.notify(gatewayOrderId, { transaction_status: "pending" });
    await shop.drain();
    expect((await states(gatewayOrderId)).includes("PARKED")).toBe(false);
    expect(await alerts(shop, gatewayOrderId)).toEqual({});
  });

  test("for good about an order that the gateway has forgotten leaves no alert behind a replay", async () => {
    const id = "FORGOTTEN-0001";
    await receiveNotification(shop.app, signedBody(id));
    for (let tries = 0; tries < 9; tries++) {
      await runDue(broken(1));
      shop.advance(5 * MINUTE);
    }
    expect(await alerts(shop, id)).toEqual({ NOTIFICATION_PARKED: 1 });
    const [row] = await inbox(id);
    await replayNotification(shop.app, staff, { id: row?.id as string });
    await shop.drain();
    expect(await states(id)).toEqual(["REJECTED"]);
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
    await runDue(app);
    expect(await standing(shop, order)).toEqual(UNPAID);
    expect(await count(shop, "outbox_messages where handler = 'applyNotification' and key = $1 and done_at is null", gatewayOrderId)).toBe(1);
    shop.advance(SECOND);
    await shop.drain();
    expect(await standing(shop, order)).toEqual(PAID);
    expect((await states(gatewayOrderId)).includes("STORED")).toBe(false);
  });

  test("cannot end while an arrival that touches it is being written, and runs again after it", async () => {
    const order = await buyTwo(shop, buyer);
    const { gatewayOrderId } = order;
    await shop.gatewayMoves(gatewayOrderId, { transaction_status: "pending" });
    await shop.notify(gatewayOrderId);
    const [job] = (await takeDueJobs(shop.app.db, shop.app.clock.now(), 0)).filter(({ handler }) => handler === "applyNotification");
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
    const order = await paidAtGateway();
    await shop.notify(order.gatewayOrderId);
    await applyNotification(shop.app, { gatewayOrderId: order.gatewayOrderId });
    const logs = await count(shop, "payment_logs where payment_id = $1", order.paymentId);
    expect(await runDue(shop.app)).toBe(1);
    expect(await count(shop, "payment_logs where payment_id = $1", order.paymentId)).toBe(logs);
    expect(await standing(shop, order)).toEqual(PAID);
    await shop.drain();
  });
});

test("a stored notification whose job was lost is offered again by the sweep", async () => {
  const order = await paidAtGateway();
  await shop.notify(order.gatewayOrderId);
  await inTransaction(shop.app.db, (tx) => tx.sql("update outbox_messages set done_at = now() where key = $1", [order.gatewayOrderId]));
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
