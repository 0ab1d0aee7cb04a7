import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "../../../domain/kernel/actor.ts";
import type { UserId } from "../../../domain/kernel/ids.ts";
import { listAdjustments } from "../../../domain/ledger/adjustment.queries.ts";
import type { AdjustmentInput } from "../../../domain/ledger/adjustment.rules.ts";
import { approveAdjustment } from "../../../domain/ledger/approveAdjustment.ts";
import { listEntries, readBalances } from "../../../domain/ledger/ledger.queries.ts";
import { rejectAdjustment } from "../../../domain/ledger/rejectAdjustment.ts";
import { requestAdjustment } from "../../../domain/ledger/requestAdjustment.ts";
import { runAudit } from "../../../domain/report/runAudit.ts";
import { inTransaction } from "../../../platform/db.ts";
import {
  addCustomer,
  addOrder,
  addStore,
  clock,
  ids,
  NOW,
  type OrderRow,
  openTestShop,
  payOrder,
  type ShelfRow,
  type TestShop,
} from "../../support/shopRows.ts";

let shop: TestShop;
let shelf: ShelfRow;
let order: OrderRow;
let first: Actor;
let second: Actor;
let staff: Actor;

const person = async (role: "ADMIN" | "STAFF"): Promise<Actor> => ({
  role,
  userId: (await addCustomer(shop.db, role)) as UserId,
});

beforeAll(async () => {
  shop = await openTestShop();
  [first, second, staff] = [await person("ADMIN"), await person("ADMIN"), await person("STAFF")];
  shelf = await addStore(shop.db);
  order = await addOrder(shop.db, await addCustomer(shop.db), shelf);
  await payOrder(shop.db, order);
});

afterAll(async () => {
  // The order was paid past the shop and has no invoice: the books are what is looked at here.
  const found = await runAudit(shop.db, { now: NOW });
  expect(found.filter(({ invariant }) => invariant.startsWith("LEDGER_"))).toEqual([]);
  await shop.drop();
});

const app = () => ({ db: shop.db, clock, ids });
let keys = 0;

const wish = (more: Partial<AdjustmentInput> = {}): AdjustmentInput => ({
  postings: [
    { account: "FEES", amount: 4_000 },
    { account: "RECEIVABLE", method: "SNAP", amount: -4_000 },
  ],
  reason: "A fee that no file told of",
  idempotencyKey: `adjustment-${++keys}`,
  ...more,
});

const amountOf = async (account: string): Promise<number | undefined> =>
  (await readBalances(app(), staff, {})).find((each) => each.account === account)?.amount;

const request = (more?: Partial<AdjustmentInput>) => requestAdjustment(app(), first, wish(more));

describe("an adjustment of the books", () => {
  test("is booked when a second person approves it, and once", async () => {
    const id = await request();
    expect(await amountOf("FEES")).toBe(0);
    await Promise.allSettled(Array.from({ length: 8 }, () => approveAdjustment(app(), second, { id })));
    expect([await amountOf("FEES"), await amountOf("RECEIVABLE")]).toEqual([4_000, order.total - 4_000]);
  });

  test("is not approved by whoever asked for it", async () => {
    const id = await request();
    await expect(approveAdjustment(app(), first, { id })).rejects.toMatchObject({ code: "SECOND_PERSON_NEEDED" });
    const alone = "update ledger_adjustments set approved_by = requested_by, approved_at = now() where id = $1";
    await expect(inTransaction(shop.db, (tx) => tx.sql(alone, [id]))).rejects.toMatchObject({
      constraint: "ledger_adjustments_two_people",
    });
    await rejectAdjustment(app(), first, { id, reason: "My mistake" });
  });

  test("that was rejected is never booked, and one that is booked is not rejected", async () => {
    const [before, id] = [await amountOf("FEES"), await request()];
    await rejectAdjustment(app(), second, { id, reason: "Wrong account" });
    await rejectAdjustment(app(), second, { id, reason: "Wrong account" });
    await expect(approveAdjustment(app(), second, { id })).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
    expect(await amountOf("FEES")).toBe(before);
    const booked = await request();
    await approveAdjustment(app(), second, { id: booked });
    await expect(rejectAdjustment(app(), second, { id: booked, reason: "Late" })).rejects.toMatchObject({
      code: "ILLEGAL_TRANSITION",
    });
  });

  test("approved and rejected at once by two people has one end", async () => {
    const [before, id] = [await amountOf("FEES"), await request()];
    const third = await person("ADMIN");
    const ends = await Promise.allSettled([
      approveAdjustment(app(), second, { id }),
      rejectAdjustment(app(), third, { id, reason: "No" }),
    ]);
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const isBooked = ends[0]?.status === "fulfilled";
    expect(await amountOf("FEES")).toBe((before as number) + (isBooked ? 4_000 : 0));
  });

  test("with the same key is one, and leaves one row on the audit log", async () => {
    const input = wish();
    const made = await Promise.all(Array.from({ length: 4 }, () => requestAdjustment(app(), first, input)));
    expect(new Set(made).size).toBe(1);
    const [row] = await shop.db.sql<{ count: number }>(
      "select count(*)::int as count from audit_logs where entity = 'adjustment' and entity_id = $1",
      [made[0]],
    );
    expect(row?.count).toBe(1);
    await expect(requestAdjustment(app(), first, { ...input, reason: "Another" })).rejects.toMatchObject({
      code: "IDEMPOTENCY_KEY_REUSED",
    });
    await rejectAdjustment(app(), second, { id: made[0] as string, reason: "A test" });
  });

  test.each<[string, Partial<AdjustmentInput>]>([
    ["one line", { postings: [{ account: "FEES", amount: 1 }] }],
    ["lines that differ", { postings: [...wish().postings, { account: "CASH", amount: 1 }] }],
    ["no reason", { reason: " " }],
    [
      "a receivable of no method",
      {
        postings: [
          { account: "RECEIVABLE", amount: 1 },
          { account: "CASH", amount: -1 },
        ],
      },
    ],
    [
      "a store that is not there",
      {
        postings: [
          { account: "SALES", storeId: ids.next(), amount: 1 },
          { account: "CASH", amount: -1 },
        ],
      },
    ],
  ])("with %s is refused", async (_what, more) => {
    await expect(request(more)).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });

  test("is an admin's to ask for and to approve", async () => {
    await expect(requestAdjustment(app(), staff, wish())).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(approveAdjustment(app(), staff, { id: ids.next() })).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("the ledger, read by staff", () => {
  test("has accounts that together are 0, by store and by method", async () => {
    const balances = await readBalances(app(), staff, {});
    expect(balances).toHaveLength(14);
    expect(balances.reduce((sum, { amount }) => sum + amount, 0)).toBe(0);
    expect(balances.find(({ account }) => account === "RECEIVABLE")?.parts).toMatchObject([{ method: "SNAP" }]);
    expect(balances.find(({ account }) => account === "SALES")?.parts).toMatchObject([{ storeId: shelf.storeId }]);
  });

  test("tells of a day what had come by its end, and what came in some days", async () => {
    const sales = async (days: { from?: string; to?: string }) =>
      (await readBalances(app(), staff, days)).find(({ account }) => account === "SALES")?.amount;
    const booked = await sales({});
    expect(await sales({ to: "2026-11-19" })).toBe(0);
    expect(await sales({ to: "2026-11-20" })).toBe(booked);
    expect(await sales({ from: "2026-11-21" })).toBe(0);
  });

  test("pages through entries by their numbers, and through those of a payment", async () => {
    const all = await listEntries(app(), staff, { first: 100 });
    const paged: number[] = [];
    for (let after: string | null = null; ; ) {
      const page: Awaited<ReturnType<typeof listEntries>> = await listEntries(app(), staff, { first: 2, after });
      paged.push(...page.nodes.map(({ id }) => id));
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor;
    }
    expect(paged).toEqual(all.nodes.map(({ id }) => id));
    const ofPayment = await listEntries(app(), staff, { first: 100, paymentId: order.paymentId });
    expect(ofPayment.nodes.map(({ kind }) => kind).sort()).toEqual(["CAPTURED", "SOLD"]);
    expect(ofPayment.nodes.flatMap(({ postings }) => postings).reduce((sum, { amount }) => sum + amount, 0)).toBe(0);
    await expect(listEntries(app(), staff, { first: 1, after: "nonsense" })).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
  });

  test("shows adjustments that wait apart from those that were decided", async () => {
    const id = await request();
    const open = await listAdjustments(app(), staff, { first: 100, open: true });
    expect(open.nodes.map((each) => each.id)).toEqual([id]);
    await approveAdjustment(app(), second, { id });
    const decided = await listAdjustments(app(), staff, { first: 100, open: false });
    expect(decided.nodes.find((each) => each.id === id)?.entryId).toEqual(expect.any(Number));
  });
});
