import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Actor } from "../../../domain/kernel/actor.ts";
import { closeDays } from "../../../domain/reconciliation/closeDays.ts";
import { actionsOf } from "../../../domain/reconciliation/discrepancy.rules.ts";
import { openDiscrepancy } from "../../../domain/reconciliation/openDiscrepancy.ts";
import { readRun } from "../../../domain/reconciliation/reconciliation.queries.ts";
import { resolveDiscrepancy } from "../../../domain/reconciliation/resolveDiscrepancy.ts";
import { runReconciliation } from "../../../domain/reconciliation/runReconciliation.ts";
import { renderReport } from "../../../domain/reconciliation/runReport.queries.ts";
import { signOffReconciliation } from "../../../domain/reconciliation/signOffReconciliation.ts";
import { takeDiscrepancy } from "../../../domain/reconciliation/takeDiscrepancy.ts";
import { inTransaction } from "../../../platform/db.ts";
import { type CloseShop, DAY, NIGHT, openCloseShop, type Sold, walk } from "../../support/closeShop.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { TOTAL } from "../../support/mismatchGround.ts";
import type { StatusAnswer } from "../../support/statusBooks.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const RATE = 100;

let database: TestDatabase;
let shop: CloseShop;
let [admin, staff, other]: Actor[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  shop = await openCloseShop(database.url, { MIDTRANS_RATE: String(RATE) });
  [admin, staff, other] = [await shop.addPerson("ADMIN"), await shop.addPerson("STAFF"), await shop.addPerson("STAFF")];
});
afterEach(async () => {
  await shop.stop();
  await database.drop();
});

const later = (ms: number) => shop.setNow(new Date(NIGHT.getTime() + ms));
const begin = () => runReconciliation(shop.app, staff as Actor, { day: DAY });
const run = () => readRun(shop.db, DAY);
const alerts = async () =>
  (await shop.db.sql<{ kind: string }>("select kind from alerts where cleared_at is null order by kind, subject")).map(
    ({ kind }) => kind,
  );
const open = () =>
  shop.db.sql<{ id: string; kind: string; subject: string }>(
    "select id, kind, subject from discrepancies where resolved_at is null order by subject",
  );

/** A payout and the bank's line of it differ by so much. */
const tellPayout = (amount: number) =>
  inTransaction(shop.db, (tx) =>
    openDiscrepancy(
      tx,
      { ids: shop.app.ids, now: shop.app.clock.now() },
      {
        ...{
          day: DAY,
          kind: "PAYOUT",
          subject: "payout:P-1",
          ours: "IDR 9000000",
          theirs: `IDR ${9_000_000 - amount}`,
        },
        ...{ amount, evidence: {}, actions: actionsOf("PAYOUT") },
      },
    ),
  );

/** The gateway says less than was captured here. */
function shrink({ gatewayOrderId }: Sold, by = 10_000): void {
  const answer = shop.books.find(gatewayOrderId);
  if (answer) shop.books.put({ ...answer, gross_amount: `${TOTAL - by}.00` });
}

async function someDay(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await shop.waiting();
    await shop.paid();
    await shop.ended("EXPIRED");
    await shop.ended("CANCELLED");
  }
}

describe("a signed day", () => {
  test("is locked, and what is found of it later opens it again before everybody's eyes", async () => {
    const sold = await shop.paid();
    await shop.close();
    await signOffReconciliation(shop.app, admin as Actor, { day: DAY });
    const change = "update reconciliation_methods set sales = 1, pending = 1 where day = $1";
    await expect(shop.db.sql(change, [DAY])).rejects.toThrow(/signed off/);
    shrink(sold);
    later(DAY_MS);
    await closeDays(shop.app);
    await walk(shop.app, "2026-11-21");
    expect(await run()).toMatchObject({ state: "REOPENED", open: 1, inDoubt: 10_000, signedOffAt: null });
    expect(await alerts()).toEqual(["MONEY_CASE_AMOUNT_MISMATCH", "RECONCILIATION_OPEN", "RECONCILIATION_REOPENED"]);
  });

  test("that is looked at again stays as it was signed, and is open again only by what is found", async () => {
    const sold = await shop.paid();
    await shop.close();
    await signOffReconciliation(shop.app, admin as Actor, { day: DAY });
    await begin();
    expect(await run()).toMatchObject({ state: "SIGNED_OFF", round: 2 });
    expect(await walk(shop.app, DAY)).toMatchObject({ state: "SIGNED_OFF", matched: 1, open: 0, sales: TOTAL });
    shrink(sold);
    await begin();
    expect(await walk(shop.app, DAY)).toMatchObject({ state: "REOPENED", open: 1, inDoubt: 10_000, signedOffAt: null });
  });

  test("that was signed before it was over is open again by the close of the whole of it", async () => {
    await shop.paid();
    later(-10 * HOUR_MS);
    await shop.close();
    await signOffReconciliation(shop.app, admin as Actor, { day: DAY });
    later(0);
    await closeDays(shop.app);
    expect(await walk(shop.app, DAY)).toMatchObject({ state: "REOPENED", round: 2, signedOffAt: null });
    expect(await alerts()).toContain("RECONCILIATION_REOPENED");
    await signOffReconciliation(shop.app, admin as Actor, { day: DAY });
    await closeDays(shop.app);
    expect(await run()).toMatchObject({ state: "SIGNED_OFF", round: 2 });
  });

  test("signed before it was over is open again, too, where somebody looks at it as the schedule comes", async () => {
    await shop.paid();
    later(-10 * HOUR_MS);
    await shop.close();
    await signOffReconciliation(shop.app, admin as Actor, { day: DAY });
    later(-HOUR_MS);
    await begin();
    later(0);
    await closeDays(shop.app); // what runs comes to its end
    await closeDays(shop.app);
    expect(await walk(shop.app, DAY)).toMatchObject({ state: "REOPENED", round: 3, signedOffAt: null });
    expect(await alerts()).toContain("RECONCILIATION_REOPENED");
  });

  test("is open again when a trifle that was left grows, and told of at once", async () => {
    await shop.close();
    await tellPayout(500);
    await signOffReconciliation(shop.app, admin as Actor, { day: DAY });
    expect(await tellPayout(500)).toBe("known");
    expect(await run()).toMatchObject({ state: "SIGNED_OFF" });
    await tellPayout(5_000_000);
    expect(await run()).toMatchObject({ state: "REOPENED", signedOffAt: null });
    expect(await alerts()).toEqual(["RECONCILIATION_DISCREPANCY", "RECONCILIATION_OPEN", "RECONCILIATION_REOPENED"]);
    const sign = signOffReconciliation(shop.app, admin as Actor, { day: DAY });
    await expect(sign).rejects.toMatchObject({ code: "CONFLICT", details: { open: 1, amount: 5_000_000 } });
  });

  test("is told of as open no more when the trifle that was left has ended", async () => {
    const sold = await shop.paid();
    shrink(sold, 500);
    await shop.close();
    await signOffReconciliation(shop.app, admin as Actor, { day: DAY });
    expect(await alerts()).toContain("RECONCILIATION_OPEN");
    shrink(sold, 0);
    expect(await shop.close()).toMatchObject({ state: "SIGNED_OFF" });
    expect(await open()).toEqual([]);
    expect(await alerts()).not.toContain("RECONCILIATION_OPEN");
  });

  test("needs a run that is done, and no more than a trifle open", async () => {
    const sold = await shop.paid();
    const sign = () => signOffReconciliation(shop.app, admin as Actor, { day: DAY });
    await expect(sign()).rejects.toMatchObject({ code: "NOT_FOUND" });
    await begin();
    await expect(sign()).rejects.toMatchObject({ code: "IN_PROGRESS" });
    await walk(shop.app, DAY);
    shrink(sold, 1_001);
    await shop.close();
    await expect(sign()).rejects.toMatchObject({ code: "CONFLICT", details: { open: 1, amount: 1_001 } });
    await expect(signOffReconciliation(shop.app, staff as Actor, { day: DAY })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
  });
});

describe("a discrepancy", () => {
  test("is let be by an admin alone where it is more than a trifle", async () => {
    shrink(await shop.paid(), 1_001);
    await shop.close();
    const [one] = await open();
    const how = { id: one?.id ?? "", action: "DISMISS", note: "seen" };
    await expect(resolveDiscrepancy(shop.app, staff as Actor, how)).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(resolveDiscrepancy(shop.app, staff as Actor, { ...how, note: " " })).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
    await resolveDiscrepancy(shop.app, admin as Actor, how);
    await resolveDiscrepancy(shop.app, admin as Actor, how); // the same again is answered by the first
    const again = resolveDiscrepancy(shop.app, admin as Actor, { ...how, action: "SYNC" });
    await expect(again).rejects.toMatchObject({ code: "CONFLICT", details: { action: "DISMISS" } });
    expect(await run()).toMatchObject({ open: 0, inDoubt: 0, adjusted: 1_001, sales: TOTAL - 1_001 });
  });

  test("that somebody took is his", async () => {
    shrink(await shop.paid());
    await shop.close();
    const [one] = await open();
    await takeDiscrepancy(shop.app, staff as Actor, { id: one?.id ?? "" });
    const taking = takeDiscrepancy(shop.app, other as Actor, { id: one?.id ?? "" });
    await expect(taking).rejects.toMatchObject({ code: "CONFLICT", details: { ownerId: staff?.userId } });
  });

  test("of a million is told of at once, and each that is left open after days again, and louder", async () => {
    const [large, small] = [await shop.paid(), await shop.paid()];
    await shop.db.sql(
      "update payment_transactions set amount = 1200000, item_total = 1200000, captured_amount = 1200000 where id = $1",
      [large.transactionId],
    );
    shrink(small);
    await shop.close();
    const told = ["MONEY_CASE_AMOUNT_MISMATCH", "MONEY_CASE_AMOUNT_MISMATCH"];
    expect(await alerts()).toEqual([...told, "RECONCILIATION_OPEN"]);
    const answer = shop.books.find(large.gatewayOrderId);
    if (!answer) throw new Error("the gateway does not know it");
    shop.books.put({ ...answer, gross_amount: "100000.00" });
    await shop.db.sql("update discrepancies set resolved_at = now(), action = 'HEALED', resolution = 'x'");
    await shop.close();
    expect(await alerts()).toEqual([...told, "RECONCILIATION_DISCREPANCY", "RECONCILIATION_OPEN"]);
    later(4 * DAY_MS);
    await shop.close();
    // What came beyond its order's sum is money without a purpose besides.
    expect((await alerts()).filter((kind) => kind === "RECONCILIATION_AGED")).toHaveLength(3);
    later(8 * DAY_MS);
    await shop.close();
    expect((await alerts()).filter((kind) => kind === "RECONCILIATION_OVERDUE")).toHaveLength(3);
    shop.books.put({ ...answer, gross_amount: "1200000.00" });
    await shop.close();
    const left = await alerts();
    expect(left.filter((kind) => kind.startsWith("RECONCILIATION_OVERDUE"))).toHaveLength(2);
    expect(left.filter((kind) => kind === "RECONCILIATION_DISCREPANCY")).toHaveLength(0);
  });
});

test("the day's page, its JSON, its CSV and the tables say the same", async () => {
  await someDay();
  shrink(await shop.paid());
  const lost = await shop.waiting();
  const answer = shop.books.find(lost.gatewayOrderId) as StatusAnswer;
  shop.books.put({ ...answer, transaction_status: "settlement", fraud_status: "accept" });
  const page = await shop.close();
  const json = JSON.parse((await renderReport(shop.db, DAY, "json")) as string);
  const { sales, settled, pending, refunded, fees, inDoubt } = page;
  expect(json.sums).toMatchObject({ sales, settled, pending, refunded, fees, inDoubt, owedBack: 0 });
  expect(json.counts).toMatchObject({ total: page.total, matched: page.matched, healed: 1, differing: 1, open: 1 });
  const lines = ((await renderReport(shop.db, DAY, "csv")) as string).trim().split("\r\n");
  const cells = lines.map((line) => line.split(","));
  const sum = (name: string) => Number(cells.find((row) => row[0] === "sum" && row[2] === name)?.[6]);
  const byMethod = (name: string) =>
    cells.filter((row) => row[0] === "method" && row[2] === name).reduce((all, row) => all + Number(row[6]), 0);
  const [table] = await shop.db.sql<Record<string, number>>(
    `select sum(sales) as sales, sum(settled) as settled, sum(pending) as pending, sum(refunded) as refunded,
            sum(fees) as fees, sum(in_doubt) as "inDoubt" from reconciliation_methods where day = $1`,
    [DAY],
  );
  for (const name of ["sales", "settled", "pending", "refunded", "fees", "inDoubt"] as const) {
    expect([name, sum(name), byMethod(name), table?.[name]]).toEqual([name, page[name], page[name], page[name]]);
  }
  expect(sales).toBe(settled + pending + refunded + fees + inDoubt);
  expect(cells.filter((row) => row[0] === "discrepancy")).toHaveLength(json.discrepancies.length);
});

test("the database refuses sums that do not add up", async () => {
  await shop.paid();
  await shop.close();
  const cheat = () =>
    inTransaction(shop.db, (tx) =>
      tx.sql("update reconciliation_methods set settled = settled + 1 where day = $1", [DAY]),
    );
  await expect(cheat()).rejects.toMatchObject({ code: "23514" });
});
