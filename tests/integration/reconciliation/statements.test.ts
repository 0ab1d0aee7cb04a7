import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { approveAdjustment } from "../../../domain/ledger/approveAdjustment.ts";
import { requestAdjustment } from "../../../domain/ledger/requestAdjustment.ts";
import { listShippingCosts } from "../../../domain/reconciliation/shippingCost.queries.ts";
import { findStatement, listStatements } from "../../../domain/reconciliation/statement.queries.ts";
import type { StoreStatement } from "../../../domain/reconciliation/statement.rules.ts";
import { refundPayment } from "../../../domain/refund/refundPayment.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { dayIsLongEnough } from "../../support/wholeDay.ts";
import { exported, imports, paid, today } from "./settlementFacts.ts";

let shop: LiveShop;
let buyer: Awaited<ReturnType<LiveShop["addBuyer"]>>;
let staff: Awaited<ReturnType<LiveShop["addStaff"]>>;
let keys = 0;

beforeAll(async () => {
  await dayIsLongEnough(60_000);
  shop = await openLiveShop();
  [buyer, staff] = [await shop.addBuyer(), await shop.addStaff()];
});
afterAll(async () => {
  await shop.drain();
  // The parcel below has a row and no history.
  expect((await shop.audit()).filter(({ invariant }) => invariant !== "SHIPMENT_LOG")).toEqual([]);
  await shop.close();
});

const refund = async (paymentId: string, amount: number) => {
  const admin = { ...staff, role: "ADMIN" as const };
  const [order] = await shop.app.db.sql<{ id: string }>(
    `select o.id from orders o join payments p on p.session_id = o.session_id where p.id = $1
      order by o.total desc limit 1`,
    [paymentId],
  );
  const orderId = order?.id as string;
  const idempotencyKey = `statement-${++keys}`;
  await refundPayment(shop.app, admin, { paymentId, orderId, amount, reason: "rusak", idempotencyKey });
  await shop.drain();
};

/** Two people put an account right against suspense. */
async function adjust(account: "FEES" | "ROUNDING", storeId: string | null, amount: number): Promise<void> {
  const admin = { ...staff, role: "ADMIN" as const };
  const postings = [
    { account, storeId, amount },
    { account: "SUSPENSE" as const, amount: 0 - amount },
  ];
  const asked = { postings, reason: "kontrak", idempotencyKey: `adjust-${account}` };
  const id = await requestAdjustment(shop.app, admin, asked);
  await approveAdjustment(shop.app, { ...(await shop.addStaff()), role: "ADMIN" as const }, { id });
}

/** The day's balances in the ledger, of the accounts that statements are made of. */
async function ledger(day: string): Promise<Record<string, number>> {
  const rows = await shop.app.db.sql<{ account: string; sum: number }>(
    `select l.account, sum(l.amount) as sum from ledger_postings l join ledger_entries e on e.id = l.entry_id
      where e.day = $1 group by 1`,
    [day],
  );
  return Object.fromEntries(rows.map(({ account, sum }) => [account, sum]));
}

const total = (statements: readonly StoreStatement[], of: (statement: StoreStatement) => number): number =>
  statements.reduce((sum, statement) => sum + of(statement), 0);

describe("store statements of a day", () => {
  test("together are what the ledger has of it, with refunds of all kinds and fees of shared payments", async () => {
    const one = await shop.addProduct({ price: 33_333 });
    const two = await shop.addProduct({ price: 77_777, isPkp: false });
    const three = await shop.addProduct({ price: 1_001 });
    const all = [one, two, three].map((product) => ({ ...product, quantity: 1 }));
    const shared = await paid(shop, buyer, all, "QR");
    const single = await paid(shop, buyer, [{ ...two, quantity: 3 }], "WALLET");
    await paid(shop, buyer, [{ ...one, quantity: 2 }], "VA");
    await refund(single.paymentId, 10_000);
    await refund(single.paymentId, 7);
    await refund(shared.paymentId, 1_000);
    await shop.gatewayMoves(shared.gatewayOrderId, { transaction_status: "partial_refund", refund_amount: 500 });
    await shop.notify(shared.gatewayOrderId);
    await shop.drain();
    await imports(shop, staff, await exported(shop, "SETTLEMENT"));
    const taken = await paid(shop, buyer, all, "VA");
    await shop.gatewayMoves(taken.gatewayOrderId, { transaction_status: "chargeback", force: true });
    await shop.notify(taken.gatewayOrderId);
    await shop.drain();
    await adjust("FEES", one.storeId, 300);
    await adjust("ROUNDING", null, -7);

    const day = today(shop);
    const statements = await listStatements(shop.app, staff, day);
    const books = await ledger(day);
    const booked = (...accounts: string[]) => accounts.reduce((sum, account) => sum + (books[account] ?? 0), 0);
    expect(statements.filter(({ storeId }) => storeId !== null)).toHaveLength(3);
    expect(total(statements, ({ sales }) => sales)).toBe(0 - booked("SALES"));
    expect(total(statements, ({ shipping }) => shipping)).toBe(0 - booked("SHIPPING"));
    expect(total(statements, ({ ppn }) => ppn)).toBe(0 - booked("PPN_PAYABLE"));
    expect(booked("CHARGEBACKS")).toBeGreaterThan(0);
    expect(total(statements, ({ refunds }) => refunds)).toBe(booked("RETURNS", "CHARGEBACKS"));
    expect(total(statements, ({ refunds }) => refunds)).toBeGreaterThan(0);
    expect(total(statements, ({ fees }) => fees)).toBe(booked("FEES", "FEE_TAX", "ROUNDING"));
    const returned = booked("RETURNS", "CHARGEBACKS");
    expect(total(statements, ({ net }) => net)).toBe(
      0 - booked("SALES", "SHIPPING", "DISCOUNTS", "PPN_PAYABLE", "FEES", "FEE_TAX", "ROUNDING") - returned,
    );
    expect(statements.find(({ storeId }) => storeId === null)).toMatchObject({ fees: -7, net: 7 });
    for (const { fees, storeId } of statements) if (storeId !== null) expect(fees).toBeGreaterThan(0);
    const own = statements.find(({ storeId }) => storeId === two.storeId);
    expect(own?.ppn).toBe(0);
    expect(await findStatement(shop.app, staff, two.storeId, day)).toEqual(own);
  });

  test("are of zeros where nothing was booked, and nobody's but staff's", async () => {
    const { storeId } = await shop.addProduct();
    expect(await findStatement(shop.app, staff, storeId, "2026-01-01")).toMatchObject({ sales: 0, fees: 0, net: 0 });
    expect(await findStatement(shop.app, staff, "no-store", "2026-01-01")).toBeNull();
    expect(await listStatements(shop.app, staff, "2026-01-01")).toEqual([]);
    await expect(listStatements(shop.app, buyer, "2026-01-01")).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("what parcels cost", () => {
  test("is summed by store, quoted against real", async () => {
    const product = await shop.addProduct();
    const { paymentId } = await paid(shop, buyer, [{ ...product, quantity: 1 }]);
    await shop.app.db.sql(
      `insert into shipments (id, order_id, status, courier, service, shipping, shipping_type, booking_no,
                              store_sent_at,
                              weight_grams, quoted_cost, cost, cashback, pickup_at, vehicle, phone_suffix_sealed,
                              booked_by, created_at, updated_at)
       select gen_random_uuid(), o.id, 'CANCELLED', 'jne', 'REG', 'JNE', 'REG', gen_random_uuid()::text, now(), 300,
              o.shipping_cost, 10000, 500, now(), 'Motor', 'x', $2, now(), now()
         from orders o join payments p on p.session_id = o.session_id where p.id = $1`,
      [paymentId, staff.userId],
    );
    const days = { from: today(shop), to: today(shop) };
    expect(await listShippingCosts(shop.app, staff, days)).toEqual([]);
    await shop.app.db.sql("update shipments set status = 'UNKNOWN'");
    expect(await listShippingCosts(shop.app, staff, days)).toEqual([]); // whether it was booked nobody knows yet
    await shop.app.db.sql("update shipments set status = 'BOOKED'");
    const [row] = await listShippingCosts(shop.app, staff, days);
    expect(row).toMatchObject({ storeId: product.storeId, parcels: 1, cost: 10_000, cashback: 500 });
    expect(row?.difference).toBe(9_500 - (row?.quoted ?? 0));
    await shop.app.db.sql("update shipments set status = 'CANCELLED'");
    await expect(listShippingCosts(shop.app, staff, { from: "2026-02-01", to: "2026-01-01" })).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
  });
});
