import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "../../../domain/kernel/actor.ts";
import { cancelPayment } from "../../../domain/payment/cancelPayment.ts";
import { sweepPaymentWindows } from "../../../domain/payment/endPaymentWindow.ts";
import { receiveNotification } from "../../../domain/payment/receiveNotification.ts";
import { syncPayment } from "../../../domain/payment/syncPayment.ts";
import { requireMoneyCase } from "../../../domain/report/moneyCase.queries.ts";
import { resolveMoneyCase } from "../../../domain/report/resolveMoneyCase.ts";
import { takeMoneyCase } from "../../../domain/report/takeMoneyCase.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import {
  alerts,
  buyTwo,
  cases,
  count,
  happens,
  lyingGateway,
  newestTry,
  type Order,
  PAID,
  type Person,
  standing,
  tryAgain,
} from "../payment/facts.ts";
import { signedBody, statesOf } from "../payment/inboxFacts.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NOTE = "Sudah dibicarakan dengan pelanggan";

let shop: LiveShop;
let buyer: Person;
let staff: Person;
let second: Person;
let admin: Person;

beforeAll(async () => {
  shop = await openLiveShop({}, "unsent");
  buyer = await shop.addBuyer();
  [staff, second, admin] = [await shop.addStaff(), await shop.addStaff(), await shop.addStaff()];
  admin = { ...admin, role: "ADMIN" };
});
afterAll(async () => {
  // What staff notes of a case is for staff: an order's history is read by its customer.
  expect(await shop.app.db.sql("select from order_status_logs where reason = $1", [NOTE])).toEqual([]);
  await shop.close();
});

const take = (actor: Actor, id: string) => takeMoneyCase(shop.app, actor, { id });
const end = (actor: Actor, id: string, action: string, note = NOTE) =>
  resolveMoneyCase(shop.app, actor, { id, action, note });
const caseOf = async (subject: string): Promise<string> =>
  (await shop.one<{ id: string }>("select id from money_cases where subject = $1 order by opened_at desc", subject)).id;
const caseOfPayment = async ({ paymentId }: Order): Promise<string> =>
  (await shop.one<{ id: string }>("select id from money_cases where payment_id = $1", paymentId)).id;
const show = (id: string) => requireMoneyCase(shop.app, staff, id);
const audits = (id: string) => count(shop, "audit_logs where entity = 'moneyCase' and entity_id = $1", id);
const refundsOf = async ({ paymentId }: Order) => {
  const rows = await shop.app.db.sql<{ told: string }>(
    "select cause || ' ' || status || ' ' || amount as told from refunds where payment_id = $1",
    [paymentId],
  );
  return rows.map(({ told }) => told);
};

/** An order for which one rupiah came. */
async function underpaid(): Promise<Order> {
  const order = await buyTwo(shop, buyer);
  await happens(shop, order, { transaction_status: "settlement", gross_amount: 1, force: true });
  expect(await cases(shop, order)).toEqual(["AMOUNT_MISMATCH"]);
  return order;
}
const again = async (order: Order) => {
  await shop.notify(order.gatewayOrderId, { settlement_time: "2026-11-21 10:00:00" });
  await shop.drain();
  await syncPayment(shop.app, buyer, order);
};

/** Money that no payment of ours waits for. */
async function stray(id: string): Promise<string> {
  await shop.gatewayMoves(id, { transaction_status: "settlement", force: true, gross_amount: 75_000 });
  await shop.notify(id);
  await shop.drain();
  return caseOf(id);
}

describe("a money case", () => {
  test("has one owner: of two who take it at once one gets it, and the other is told whose it is", async () => {
    const id = await caseOfPayment(await underpaid());
    const ends = await Promise.allSettled([take(staff, id), take(second, id)]);
    const { ownerId, takenAt } = await show(id);
    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(takenAt).not.toBeNull();
    const refused = ends.find(({ status }) => status === "rejected") as PromiseRejectedResult;
    expect(refused.reason).toMatchObject({ code: "CONFLICT", details: { ownerId } });
    const owner = ownerId === staff.userId ? staff : second;
    await take(owner, id);
    expect(await audits(id)).toBe(1);
    await expect(end(owner === staff ? second : staff, id, "DISMISS")).rejects.toMatchObject({ code: "CONFLICT" });
    expect((await show(id)).resolvedAt).toBeNull();
  });

  test("is handed over to an admin on record alone", async () => {
    const id = await caseOfPayment(await underpaid());
    await take(staff, id);
    await take(admin, id);
    expect((await show(id)).ownerId).toBe(admin.userId);
    const { before } = await shop.one<{ before: object }>(
      "select before from audit_logs where entity_id = $1 and permission = 'moneyCase.takeOver'",
      id,
    );
    expect(before).toEqual({ ownerId: staff.userId });
  });

  test("is staff's alone, exists, and ends by what was prepared for it, with a word of what was done", async () => {
    const id = await caseOfPayment(await underpaid());
    const nowhere = "00000000-0000-7000-8000-000000000000";
    await expect(take(buyer, id)).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(end(buyer, id, "DISMISS")).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(take(staff, nowhere)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(end(staff, "none", "DISMISS")).rejects.toMatchObject({ code: "NOT_FOUND" });
    for (const [action, note] of [
      ["REPLAY", NOTE],
      ["PAY", NOTE],
      ["DISMISS", "  "],
      ["DISMISS", "x".repeat(501)],
    ] as const)
      await expect(end(staff, id, action, note)).rejects.toMatchObject({ code: "INVALID_INPUT" });
    expect(await show(id)).toMatchObject({ resolvedAt: null, ownerId: null });
    expect(await audits(id)).toBe(0);
  });

  test("ended twice alike is ended once; otherwise it is a conflict; its alert goes with it", async () => {
    const order = await underpaid();
    const id = await caseOfPayment(order);
    expect(await alerts(shop, order.gatewayOrderId)).toMatchObject({ MONEY_CASE_AMOUNT_MISMATCH: 1 });
    const ends = await Promise.allSettled([end(staff, id, "DISMISS"), end(second, id, "REFUND")]);
    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const ended = await show(id);
    const winner = ended.action === "DISMISS" ? staff : second;
    expect(ended).toMatchObject({ resolution: NOTE, resolvedBy: winner.userId, ownerId: winner.userId });
    await end(admin, id, ended.action as string, "noch einmal");
    expect(await show(id)).toEqual(ended);
    const other = ended.action === "DISMISS" ? "REFUND" : "DISMISS";
    await expect(end(staff, id, other)).rejects.toMatchObject({ code: "CONFLICT", details: { action: ended.action } });
    await expect(take(staff, id)).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await audits(id)).toBe(1);
    expect(await alerts(shop, order.gatewayOrderId)).toEqual({});
  });
});

describe("money of another amount, by the decision of a person,", () => {
  test("goes back: it is owed once, the customer may try anew, and the same news opens no second case", async () => {
    const order = await underpaid();
    await end(staff, await caseOfPayment(order), "REFUND");
    expect(await refundsOf(order)).toEqual(["ORPHAN PENDING 1"]);
    await again(order);
    expect(await cases(shop, order)).toEqual([]);
    expect(await refundsOf(order)).toEqual(["ORPHAN PENDING 1"]);
    await tryAgain(shop.app, buyer, order, `anew-${order.paymentId}`);
    const next = await newestTry(shop, order);
    await shop.gatewayMoves(next.gatewayOrderId, { transaction_status: "settlement", method: "gopay" });
    await shop.notify(next.gatewayOrderId);
    await shop.drain();
    expect(await standing(shop, order)).toEqual(PAID);
  });

  test("goes back after the window, too: then the order ends and its pieces are on the shelf", async () => {
    const order = await underpaid();
    shop.advance(DAY + MINUTE);
    await shop.drain();
    expect(await standing(shop, order)).toMatchObject({ payment: "PENDING", stock: 8 });
    await end(staff, await caseOfPayment(order), "REFUND");
    await shop.drain();
    expect(await standing(shop, order)).toMatchObject({ payment: "EXPIRED", order: "CANCELLED", stock: 10 });
    expect(await refundsOf(order)).toEqual(["ORPHAN PENDING 1"]);
  });

  test("stays where it is: the order is free to end by its customer, and nobody is asked again", async () => {
    const order = await underpaid();
    await expect(cancelPayment(shop.app, buyer, order)).rejects.toMatchObject({ code: "PAYMENT_IN_REVIEW" });
    await end(staff, await caseOfPayment(order), "DISMISS");
    await cancelPayment(shop.app, buyer, order);
    expect(await standing(shop, order)).toMatchObject({ payment: "CANCELLED", stock: 10 });
    await again(order);
    expect(await cases(shop, order)).toEqual([]);
    expect(await refundsOf(order)).toEqual([]);
  });

  test("or at the end of its window, and the sweep of windows has nothing left to do", async () => {
    const order = await underpaid();
    shop.advance(DAY + MINUTE);
    await shop.drain();
    await end(staff, await caseOfPayment(order), "DISMISS");
    await shop.drain();
    expect(await standing(shop, order)).toMatchObject({ payment: "EXPIRED", stock: 10 });
    shop.advance(10 * MINUTE);
    await sweepPaymentWindows(shop.app);
    expect(
      await count(
        shop,
        "outbox_messages where handler = 'endPaymentWindow' and key = $1 and done_at is null",
        order.paymentId,
      ),
    ).toBe(0);
  });

  test("is asked about again: the case ends only when the gateway says otherwise by then", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", method: "gopay" });
    const lying = lyingGateway(shop.app, { originalAmount: 1 as never, grossAmount: 1 as never });
    await syncPayment(lying, buyer, order);
    const id = await caseOfPayment(order);
    await expect(resolveMoneyCase(lying, staff, { id, action: "SYNC", note: NOTE })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    expect(await show(id)).toMatchObject({ resolvedAt: null });
    await end(staff, id, "SYNC");
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await show(id)).toMatchObject({ action: "SYNC" });
  });

  test("does not go back on a word that is not the gateway's any more", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "bca_va" });
    const lying = lyingGateway(shop.app, { status: "settlement", originalAmount: 1 as never });
    await syncPayment(lying, buyer, order);
    const id = await caseOfPayment(order);
    await expect(end(staff, id, "REFUND")).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
    expect(await refundsOf(order)).toEqual([]);
    await end(staff, id, "SYNC");
  });
});

describe("money that came too late", () => {
  async function paidLate(): Promise<Order> {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "permata_va" });
    await cancelPayment(shop.app, buyer, order);
    await happens(shop, order, { transaction_status: "settlement", force: true });
    return order;
  }

  test("is owed back once, however its case ends", async () => {
    const order = await paidLate();
    const before = await refundsOf(order);
    await end(staff, await caseOfPayment(order), "REFUND");
    expect(await refundsOf(order)).toEqual(before);
    const left = await paidLate();
    await end(staff, await caseOfPayment(left), "DISMISS");
    expect(await refundsOf(left)).toHaveLength(1);
  });

  test("and was taken back by the bank meanwhile is not owed any more", async () => {
    const order = await paidLate();
    await happens(shop, order, { transaction_status: "deny", force: true });
    await expect(end(staff, await caseOfPayment(order), "REFUND")).rejects.toMatchObject({
      code: "ILLEGAL_TRANSITION",
    });
    await end(staff, await caseOfPayment(order), "DISMISS");
  });
});

describe("money that is nobody's", () => {
  test("is looked up again, twice without harm", async () => {
    const subject = "STATIC-QR-0101";
    const id = await stray(subject);
    await end(staff, id, "REPLAY");
    await shop.drain();
    expect(await statesOf(shop, subject)).toEqual(["PARKED"]);
    const [next] = [await caseOf(subject)];
    expect(next).not.toBe(id);
    await end(staff, next, "REPLAY");
    await shop.drain();
    expect(await count(shop, "money_cases where subject = $1 and resolved_at is null", subject)).toBe(1);
    expect(await count(shop, "payments")).toBe(await count(shop, "checkout_sessions"));
  });

  test("is left: what was put aside is over, and its repetition opens nothing", async () => {
    const subject = "STATIC-QR-0102";
    const id = await stray(subject);
    await end(staff, id, "DISMISS");
    expect(await statesOf(shop, subject)).toEqual(["REJECTED"]);
    expect(await alerts(shop, subject)).toEqual({});
    await receiveNotification(shop.app, signedBody(subject));
    await shop.drain();
    expect(await count(shop, "money_cases where subject = $1 and resolved_at is null", subject)).toBe(0);
  });
});

test("after all of it every invariant holds", async () => {
  await shop.drain();
  expect(await shop.audit()).toEqual([]);
});
