import { afterEach, beforeEach, expect, test } from "vitest";
import type { Actor } from "../../../domain/kernel/actor.ts";
import type { TransactionId } from "../../../domain/kernel/ids.ts";
import { actionsOf, type DiscrepancyKind } from "../../../domain/reconciliation/discrepancy.rules.ts";
import { closeDiscrepancy, openDiscrepancy } from "../../../domain/reconciliation/openDiscrepancy.ts";
import { readRun } from "../../../domain/reconciliation/reconciliation.queries.ts";
import { resolveDiscrepancy } from "../../../domain/reconciliation/resolveDiscrepancy.ts";
import { sumDay } from "../../../domain/reconciliation/sumDay.ts";
import { inTransaction, type Tx } from "../../../platform/db.ts";
import { type CloseShop, DAY, openCloseShop, type Sold } from "../../support/closeShop.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { TOTAL } from "../../support/mismatchGround.ts";

const MUCH = 10_000_000;

let database: TestDatabase;
let shop: CloseShop;
let admin: Actor;

beforeEach(async () => {
  database = await createTestDatabase();
  shop = await openCloseShop(database.url);
  admin = await shop.addPerson("ADMIN");
});
afterEach(async () => {
  await shop.stop();
  await database.drop();
});

const at = () => ({ ids: shop.app.ids, now: shop.app.clock.now() });

/** Does something to what is found of the day, and brings its sums up to date. */
async function summed(work: (tx: Tx) => Promise<unknown>) {
  await inTransaction(shop.db, async (tx) => {
    await work(tx);
    await sumDay(tx, at(), DAY);
  });
  return readRun(shop.db, DAY);
}

const found =
  (kind: DiscrepancyKind, { transactionId }: Sold, amount: number) =>
  (tx: Tx) =>
    openDiscrepancy(tx, at(), {
      ...{ day: DAY, kind, subject: `file:${transactionId}`, ours: "ours", theirs: "theirs", amount, evidence: {} },
      ...{ actions: actionsOf(kind), transactionId: transactionId as TransactionId },
    });

async function decided(kind: DiscrepancyKind, sold: Sold, amount: number): Promise<void> {
  await summed(found(kind, sold, amount));
  const [row] = await shop.db.sql<{ id: string }>("select id from discrepancies where kind = $1 and amount = $2", [
    kind,
    amount,
  ]);
  await resolveDiscrepancy(shop.app, admin, { id: row?.id as string, action: "DISMISS", note: "seen" });
}

/** What the gateway would have paid out too much. */
const excesses = () =>
  shop.db.sql("select amount from discrepancies where subject like 'equation:%' and resolved_at is null");

test("what was decided of a sale stays decided, whatever else is found of it", async () => {
  const sold = await shop.paid();
  await shop.close();
  await decided("AMOUNT", sold, -MUCH);
  const change = { adjusted: -MUCH, sales: TOTAL + MUCH };
  expect(await summed(found("REFUND", sold, 1))).toMatchObject({ ...change, inDoubt: 1 });
  expect(await summed(found("REFUND", sold, -1))).toMatchObject({ ...change, inDoubt: -1 });
});

test("the same difference seen anew, and more of it, counts once", async () => {
  const sold = await shop.paid();
  await shop.close();
  await decided("AMOUNT", sold, -MUCH);
  const change = { adjusted: -MUCH, sales: TOTAL + MUCH };
  expect(await summed(found("STATUS", sold, -MUCH))).toMatchObject({ ...change, inDoubt: 0 });
  expect(await summed(found("STATUS", sold, -MUCH - 5_000))).toMatchObject({ ...change, inDoubt: -5_000 });
});

test("a rupiah in doubt hides nothing of what is beyond it", async () => {
  const [sold, other] = [await shop.paid(), await shop.paid()];
  await shop.close();
  await decided("AMOUNT", sold, 2 * TOTAL + 50_000); // 50.000 less than nothing were sold
  expect(await excesses()).toEqual([{ amount: -50_000 }]);
  await summed(found("REFUND", other, -1));
  expect(await excesses()).toEqual([{ amount: -49_999 }]);
  expect(await summed(found("REFUND", other, -20_000))).toMatchObject({ inDoubt: -50_000, pending: 0 });
  expect(await excesses()).toEqual([{ amount: -30_000 }]);
  await summed(found("REFUND", other, -50_000));
  expect(await excesses()).toEqual([]);
  const subject = `file:${other.transactionId}`;
  await summed((tx) => closeDiscrepancy(tx, at().now, { kind: "REFUND", subject, resolution: "it has come" }));
  expect(await excesses()).toEqual([{ amount: -50_000 }]);
});
