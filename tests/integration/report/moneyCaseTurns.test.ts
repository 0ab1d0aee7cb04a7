import { afterAll, beforeAll, expect, test } from "vitest";
import { cancelPayment } from "../../../domain/payment/cancelPayment.ts";
import { sweepUnknownTries } from "../../../domain/payment/sweepUnknownTries.ts";
import { syncPayment } from "../../../domain/payment/syncPayment.ts";
import { requireMoneyCase } from "../../../domain/report/moneyCase.queries.ts";
import { resolveMoneyCase } from "../../../domain/report/resolveMoneyCase.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { HANG_LIMIT } from "../../support/until.ts";
import { order as buyUnstarted, choose, newest } from "../payment/chargeFacts.ts";
import { buyTwo, count, happens, lyingGateway, type Order, type Person } from "../payment/facts.ts";

const AT_ONCE = 16;
const MINUTE = 60_000;

let shop: LiveShop;
let buyer: Person;
let staff: Person;
beforeAll(async () => {
  shop = await openLiveShop({ GATEWAY_TIMEOUT: HANG_LIMIT }, "unsent");
  buyer = await shop.addBuyer();
  staff = await shop.addStaff();
});
afterAll(() => shop.close());

const caseAbout = async (kind: string, column: "payment_id" | "subject", value: string) =>
  (
    await shop.one<{ id: string }>(
      `select id from money_cases where kind = $1 and ${column}::text = $2 and resolved_at is null`,
      kind,
      value,
    )
  ).id;

/** What the gateway said once, and does not say any more. */
async function told(kind: string, lie: object): Promise<string> {
  const order = await buyTwo(shop, buyer);
  await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", method: "gopay" });
  await syncPayment(lyingGateway(shop.app, lie), buyer, order);
  return caseAbout(kind, "payment_id", order.paymentId);
}
async function paid(): Promise<Order> {
  const order = await buyTwo(shop, buyer);
  await happens(shop, order, { transaction_status: "settlement", method: "gopay" });
  return order;
}
async function wrongSum(): Promise<string> {
  const order = await buyTwo(shop, buyer);
  await happens(shop, order, { transaction_status: "settlement", gross_amount: 1, force: true });
  return caseAbout("AMOUNT_MISMATCH", "payment_id", order.paymentId);
}
async function besides(kind: string, move: object): Promise<string> {
  const order = await paid();
  await happens(shop, order, move);
  return caseAbout(kind, "payment_id", order.paymentId);
}
async function late(): Promise<string> {
  const order = await buyTwo(shop, buyer);
  await cancelPayment(shop.app, buyer, order);
  await happens(shop, order, { transaction_status: "settlement", force: true });
  return caseAbout("LATE_PAYMENT", "payment_id", order.paymentId);
}
let strays = 0;
async function unmatched(): Promise<string> {
  const subject = `STATIC-QR-${++strays}`;
  await shop.gatewayMoves(subject, { transaction_status: "settlement", force: true, gross_amount: 75_000 });
  await shop.notify(subject);
  await shop.drain();
  return caseAbout("UNMATCHED", "subject", subject);
}
async function unknown(): Promise<string> {
  const bought = await buyUnstarted(shop, buyer);
  await shop.gatewayFaults({ target: "midtrans.status", kind: "half", times: 50 });
  await shop.gatewayFaults({ target: "midtrans.charge", kind: "reset_after", times: 1 });
  await choose(shop.app, buyer, bought, "VA_BCA");
  shop.advance(13 * MINUTE);
  await sweepUnknownTries(shop.app);
  await fetch(`${shop.sandbox.url}/sandbox/faults`, { method: "DELETE" });
  return caseAbout("UNKNOWN_OUTCOME", "subject", (await newest(shop, bought)).gatewayOrderId);
}
/** A case that only parcels or refunds open. */
async function written(kind: string): Promise<string> {
  const { paymentId } = await paid();
  await shop.app.db.sql(
    `insert into money_cases (id, kind, subject, payment_id, amount, summary, evidence, actions, opened_at)
     values (gen_random_uuid(), $2, $1::uuid::text, $1::uuid, 1, 'x', '{}', '{DISMISS}', now())`,
    [paymentId, kind],
  );
  return caseAbout(kind, "subject", paymentId);
}

const TOO_LITTLE = { originalAmount: 1 as never, grossAmount: 1 as never };
const CASES: readonly (readonly [kind: string, action: string, open: () => Promise<string>])[] = [
  ["AMOUNT_MISMATCH", "REFUND", wrongSum],
  ["AMOUNT_MISMATCH", "SYNC", () => told("AMOUNT_MISMATCH", TOO_LITTLE)],
  ["AMOUNT_MISMATCH", "DISMISS", wrongSum],
  ["STRANGE_STATUS", "SYNC", () => told("STRANGE_STATUS", { status: "unknown", statusText: "on_hold" })],
  ["STRANGE_STATUS", "DISMISS", () => told("STRANGE_STATUS", { status: "unknown", statusText: "on_hold" })],
  ["UNMATCHED", "SYNC", () => told("UNMATCHED", { merchantId: "G-another" })],
  ["UNMATCHED", "DISMISS", () => told("UNMATCHED", { merchantId: "G-another" })],
  ["UNMATCHED", "REPLAY", unmatched],
  ["UNMATCHED", "DISMISS", unmatched],
  ["LATE_PAYMENT", "REFUND", late],
  ["LATE_PAYMENT", "DISMISS", late],
  ["PAID_TWICE", "REFUND", () => besides("PAID_TWICE", { transaction_status: "settlement", new: true })],
  ["PAID_TWICE", "DISMISS", () => besides("PAID_TWICE", { transaction_status: "settlement", new: true })],
  ["REFUNDED_OUTSIDE", "DISMISS", () => besides("REFUNDED_OUTSIDE", { transaction_status: "refund", force: true })],
  ["CHARGEBACK", "DISMISS", () => besides("CHARGEBACK", { transaction_status: "chargeback", force: true })],
  ["UNKNOWN_OUTCOME", "SYNC", unknown],
  ["UNKNOWN_OUTCOME", "DISMISS", unknown],
  ["REVERSED_AFTER_SHIPPING", "DISMISS", () => written("REVERSED_AFTER_SHIPPING")],
  ["REFUND_AND_REVERSAL", "DISMISS", () => written("REFUND_AND_REVERSAL")],
];

const end = (id: string, action: string) => resolveMoneyCase(shop.app, staff, { id, action, note: "Selesai" });
const shown = (id: string) =>
  shop.one<{ action: string; actions: string[]; refunds: number; ends: number; paymentId: string | null }>(
    `select c.action, c.actions, c.payment_id,
            (select count(*) from refunds r where r.payment_id = c.payment_id and r.cause = 'ORPHAN') as refunds,
            (select count(*) from payment_logs l where l.payment_id = c.payment_id and l.step = 'caseResolved') as ends
       from money_cases c where c.id = $1`,
    id,
  );

test.each(CASES)("%s is ended by %s once, though sixteen do it at once", async (_, action, open) => {
  const id = await open();
  const before = await shown(id);
  expect(before.actions).toContain(action);
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => end(id, action)));
  expect(ends.filter(({ status }) => status === "rejected")).toEqual([]);
  const after = await shown(id);
  expect(after).toMatchObject({ action, ends: before.paymentId ? 1 : 0 });
  expect(after.refunds).toBe(before.refunds === 0 && action === "REFUND" ? 1 : before.refunds);
  expect(await count(shop, "audit_logs where entity = 'moneyCase' and entity_id = $1", id)).toBe(1);
});

test.each(CASES.filter(([, action]) => action === "DISMISS"))(
  "%s is ended by one of its actions where people choose different ones at once (against %s)",
  async (_kind, _action, open) => {
    const id = await open();
    const { actions } = await shown(id);
    const wanted = Array.from({ length: AT_ONCE }, (_, i) => actions[i % actions.length] as string);
    const ends = await Promise.allSettled(wanted.map((action) => end(id, action)));
    const { action, refunds, ends: logged } = await shown(id);
    expect(actions).toContain(action);
    for (const [i, one] of ends.entries()) {
      if (one.status === "rejected")
        expect(one.reason).toMatchObject({ code: expect.stringMatching(/^(CONFLICT|ILLEGAL)/) });
      else expect(wanted[i]).toBe(action);
    }
    expect(refunds).toBeLessThanOrEqual(1);
    expect(logged).toBeLessThanOrEqual(1);
    expect(await count(shop, "audit_logs where entity = 'moneyCase' and entity_id = $1", id)).toBe(1);
  },
);

test.each([
  ["AMOUNT_MISMATCH", "REFUND", wrongSum],
  ["AMOUNT_MISMATCH", "SYNC", wrongSum],
  ["STRANGE_STATUS", "SYNC", () => told("STRANGE_STATUS", { status: "unknown", statusText: "on_hold" })],
] as const)("%s stays open when %s fails at the gateway, and says why", async (_, action, open) => {
  const id = await open();
  await shop.gatewayFaults({ target: "midtrans.status", kind: "503", times: 20 });
  await expect(end(id, action)).rejects.toMatchObject({ name: "GatewayUnavailable", message: expect.any(String) });
  await fetch(`${shop.sandbox.url}/sandbox/faults`, { method: "DELETE" });
  expect(await shown(id)).toMatchObject({ action: null, refunds: 0, ends: 0 });
});

test("a case about money that is to go back shows what of it is here still, whoever gave a part back", async () => {
  const order = await buyTwo(shop, buyer);
  await cancelPayment(shop.app, buyer, order);
  await happens(shop, order, { transaction_status: "settlement", method: "gopay", force: true });
  const id = await caseAbout("LATE_PAYMENT", "payment_id", order.paymentId);
  const open = async () => (await requireMoneyCase(shop.app, staff, id)).amount;
  const amount = await open();
  await happens(shop, order, { transaction_status: "partial_refund", refund_amount: 5_000 });
  expect(await open()).toBe(amount - 5_000);
  await happens(shop, order, { transaction_status: "refund" });
  expect(await open()).toBe(0);
  await end(id, "DISMISS");
  expect(await open()).toBe(amount);
});

test("after all of it every invariant holds", async () => {
  await shop.drain();
  expect(await shop.audit()).toEqual([]);
});
