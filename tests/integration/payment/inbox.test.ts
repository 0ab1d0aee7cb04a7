import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { App } from "../../../domain/app.ts";
import { applyNotification } from "../../../domain/payment/applyNotification.ts";
import { pollPayments } from "../../../domain/payment/pollPayments.ts";
import { receiveNotification } from "../../../domain/payment/receiveNotification.ts";
import { replayNotification } from "../../../domain/payment/replayNotification.ts";
import { syncPayment } from "../../../domain/payment/syncPayment.ts";
import { signatureOf } from "../../../gateways/midtrans/wire.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { alerts, buyTwo, cases, count, PAID, type Person, path, standing, UNPAID } from "./facts.ts";
import { inboxOf, paidAtGateway, signedBody, statesOf } from "./inboxFacts.ts";

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

describe("50 copies of one notification at once, with a late pending among them", () => {
  test("are one row each, one PAID in the log, one invoice and one mail", async () => {
    const order = await paidAtGateway(shop, buyer);
    const settled = await shop.signedBody(order.gatewayOrderId);
    const late = await shop.signedBody(order.gatewayOrderId, { transaction_status: "pending" });
    const bodies = Array.from({ length: 50 }, (_, i) => (i % 10 === 7 ? late : settled));
    const arriving = bodies.map((body) => receiveNotification(shop.app, body));
    const applying = Array.from({ length: 4 }, () =>
      applyNotification(shop.app, { gatewayOrderId: order.gatewayOrderId }),
    );
    const outcomes = await Promise.all(arriving);
    await Promise.all(applying);
    await shop.drain();
    expect(outcomes.filter((outcome) => outcome === "stored")).toHaveLength(2);
    expect(outcomes.filter((outcome) => outcome === "duplicate")).toHaveLength(48);
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "PAID"]);
    expect(
      await count(shop, "invoices i join orders o on o.id = i.order_id where o.session_id = $1", order.sessionId),
    ).toBe(1);
    expect(await count(shop, "notices where event = $1", `payment.paid:${order.paymentId}`)).toBe(1);
    expect((await statesOf(shop, order.gatewayOrderId)).every((state) => state === "APPLIED" || state === "SAME")).toBe(
      true,
    );
  });

  test("and the poll and the customer's own question at the same time, still pay once", async () => {
    const order = await paidAtGateway(shop, buyer);
    shop.advance(11 * MINUTE);
    const { gatewayOrderId, paymentId } = order;
    await shop.notify(gatewayOrderId);
    const ask = () => syncPayment(shop.app, buyer, { paymentId });
    await Promise.all([
      pollPayments(shop.app),
      ask(),
      ask(),
      applyNotification(shop.app, { gatewayOrderId }),
      applyNotification(shop.app, { gatewayOrderId }),
    ]);
    await shop.drain();
    expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "PAID"]);
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await count(shop, "payment_logs where payment_id = $1 and to_status = 'PAID'", paymentId)).toBe(1);
  });
});

describe("a flood of signed bodies about one order", () => {
  test("adds 20 rows an hour at most, however many come at once, and the rest is folded into the newest", async () => {
    const order = await paidAtGateway(shop, buyer);
    const body = JSON.parse(await shop.signedBody(order.gatewayOrderId)) as object;
    const different = Array.from({ length: 60 }, () => JSON.stringify({ ...body, transaction_id: randomUUID() }));
    const outcomes = await Promise.all(different.map((text) => receiveNotification(shop.app, text)));
    const rows = await inboxOf(shop, order.gatewayOrderId);
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
    for (let n = 0; n < 20; n++)
      await receiveNotification(shop.app, JSON.stringify({ ...body, transaction_id: `noise-${n}` }));
    await shop.drain();
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement" });
    expect(await shop.notify(order.gatewayOrderId)).toBe("folded");
    await shop.drain();
    expect(await standing(shop, order)).toEqual(PAID);
    shop.advance(HOUR + MINUTE);
    expect(await receiveNotification(shop.app, JSON.stringify({ ...body, transaction_id: "an hour later" }))).toBe(
      "stored",
    );
    await shop.drain();
  });
});

describe("a notification about nothing of ours", () => {
  test("from the dashboard's test button is kept once and never applied, not even by a replay", async () => {
    const response = await fetch(`${shop.sandbox.url}/sandbox/notifications/test`, { method: "POST" });
    const { notifications } = (await response.json()) as { notifications: { body: { order_id: string } }[] };
    const body = notifications[0]?.body as { order_id: string };
    for (let copy = 0; copy < 3; copy++) expect(await receiveNotification(shop.app, JSON.stringify(body))).toBe("test");
    const [row, ...more] = await inboxOf(shop, body.order_id);
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
    expect(await statesOf(shop, id)).toEqual(["PARKED", "PARKED"]);
    expect(await alerts(shop, id)).toMatchObject({ NOTIFICATION_PARKED: expect.any(Number), MONEY_CASE_UNMATCHED: 1 });
    expect(await shop.one("select amount, actions from money_cases where subject = $1", id)).toEqual({
      amount: 75_000,
      actions: ["REPLAY", "DISMISS"],
    });
  });

  test("that the gateway does not know either is rejected and moves nothing", async () => {
    await receiveNotification(shop.app, signedBody("SOMETHING-ELSE-01"));
    await shop.drain();
    expect(await statesOf(shop, "SOMETHING-ELSE-01")).toEqual(["REJECTED"]);
  });

  test.each(["a/b", "../v2/charge", "x y", "#1", "?", "%2e%2e"])(
    "with an order id (%s) that no path can hold is set aside for a person",
    async (id) => {
      await receiveNotification(shop.app, signedBody(id));
      await shop.drain();
      expect(await statesOf(shop, id)).toEqual(["PARKED"]);
      expect(await alerts(shop, id)).toEqual({ NOTIFICATION_PARKED: 1 });
    },
  );
});

describe("a forged notification", () => {
  test.each([
    [
      "with a signature of another key",
      async (id: string) => signedBody(id, { signature_key: signatureOf(id, "200", "50000.00", "guessed") }),
    ],
    [
      "with another amount",
      async (id: string) => JSON.stringify({ ...JSON.parse(await shop.signedBody(id)), gross_amount: "1.00" }),
    ],
    [
      "with another order id",
      async (id: string) => JSON.stringify({ ...JSON.parse(await shop.signedBody(id)), order_id: `${id}B` }),
    ],
  ])("%s is refused and not stored", async (_what, forge) => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending" });
    const body = await forge(order.gatewayOrderId);
    await expect(receiveNotification(shop.app, body)).rejects.toMatchObject({ code: "INVALID_INPUT" });
    expect(await inboxOf(shop, order.gatewayOrderId)).toEqual([]);
  });

  test.each([
    ["a signed pending that says settlement", { transaction_status: "settlement" }],
    ["one that says it was captured and accepted", { transaction_status: "capture", fraud_status: "accept" }],
    ["one with the transaction id of another payment", { transaction_status: "settlement", transaction_id: "swap" }],
    ["one from another merchant", { transaction_status: "settlement", merchant_id: "G000000000" }],
    [
      "one that says it was refunded",
      { transaction_status: "refund", refund_amount: "50000.00", refunds: [{ refund_amount: "50000.00" }] },
    ],
    ["one that says it was denied", { transaction_status: "deny" }],
    ["one in dollars", { transaction_status: "settlement", currency: "USD" }],
  ])("(%s) is stored and believed in nothing", async (_what, tamper) => {
    const other = await paidAtGateway(shop, buyer);
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending" });
    const { transaction_id } = (await shop.gatewayMoves(other.gatewayOrderId, {
      transaction_status: "settlement",
      force: true,
    })) as { transaction_id: string };
    const swapped = "transaction_id" in tamper ? { ...tamper, transaction_id } : tamper;
    expect(await shop.notify(order.gatewayOrderId, { tamper: swapped })).toBe("stored");
    await shop.drain();
    expect(await standing(shop, order)).toEqual(UNPAID);
    expect(await cases(shop, order)).toEqual([]);
  });

  test.each([
    { transaction_status: "refund" },
    { transaction_status: "deny" },
    { transaction_status: "cancel" },
    { transaction_status: "expire" },
  ])("(%j out of a paid body) takes nothing back", async (tamper) => {
    const order = await paidAtGateway(shop, buyer);
    await shop.notify(order.gatewayOrderId);
    await shop.drain();
    await shop.notify(order.gatewayOrderId, { tamper });
    await shop.drain();
    expect(await standing(shop, order)).toEqual(PAID);
  });
});

describe("a wallet that the gateway knows by its transaction's own id alone", () => {
  /** The status of an order id is unknown, that of its transaction is not. */
  const byIdAlone = (...orderIds: string[]): App => {
    const fetchStatus: App["payments"]["fetchStatus"] = async (id) =>
      orderIds.includes(id) ? null : shop.app.payments.fetchStatus(id);
    return { ...shop.app, payments: { ...shop.app.payments, fetchStatus } };
  };

  test("pays by its notification, which names it", async () => {
    const order = await paidAtGateway(shop, buyer);
    await shop.notify(order.gatewayOrderId);
    await applyNotification(byIdAlone(order.gatewayOrderId), order);
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await statesOf(shop, order.gatewayOrderId)).toEqual(["APPLIED"]);
  });

  test("and that is nobody's is a case, not a notification that is thrown away", async () => {
    const subject = "STATIC-WALLET-01";
    await shop.gatewayMoves(subject, { transaction_status: "settlement", force: true, gross_amount: 75_000 });
    await shop.notify(subject);
    await applyNotification(byIdAlone(subject), { gatewayOrderId: subject });
    expect(await statesOf(shop, subject)).toEqual(["PARKED"]);
    expect(await count(shop, "money_cases where kind = 'UNMATCHED' and subject = $1", subject)).toBe(1);
  });
});

describe("tests of the gateway's dashboard", () => {
  const testId = () => `payment_notif_test_G100200300_${randomUUID()}`;
  const kept = () =>
    shop.app.db.sql<{ id: string; folded: number; state: string }>(
      `select gateway_order_id as id, folded, state from payment_notifications where is_test
        order by received_at desc, id desc`,
    );

  test("are each one by itself, once however often it is repeated, and never applied", async () => {
    const before = (await kept()).length;
    const bodies = [testId(), testId(), testId()].map((id) => signedBody(id));
    for (const body of [...bodies, ...bodies]) expect(await receiveNotification(shop.app, body)).toBe("test");
    const rows = await kept();
    expect(rows).toHaveLength(before + 3);
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(["SAME"]));
    expect(await count(shop, "outbox_messages where payload->>'gatewayOrderId' like 'payment_notif_test_%'")).toBe(0);
  });

  test("that nobody has signed share one row, which shows the newest: nobody fills the inbox with them", async () => {
    const unsigned = (id: string) => signedBody(id, { signature_key: "0".repeat(128) });
    await receiveNotification(shop.app, unsigned(testId()));
    const before = (await kept()).length;
    await Promise.all(Array.from({ length: 20 }, () => receiveNotification(shop.app, unsigned(testId()))));
    expect(await kept()).toHaveLength(before);
    shop.advance(2 * SECOND);
    const newest = testId();
    await receiveNotification(shop.app, unsigned(newest));
    const rows = await kept();
    expect(rows).toHaveLength(before);
    expect(rows[0]).toMatchObject({ id: newest, state: "SAME" });
  });
});

test("after all of it every invariant holds", async () => {
  await shop.drain();
  expect(await shop.audit()).toEqual([]);
});
