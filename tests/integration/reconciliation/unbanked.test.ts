import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Actor } from "../../../domain/kernel/actor.ts";
import type { PaymentId, UserId } from "../../../domain/kernel/ids.ts";
import { captureProof } from "../../../domain/payment/captureProof.ts";
import { importFile } from "../../../domain/reconciliation/importFile.ts";
import { matchSettlements } from "../../../domain/reconciliation/matchSettlements.ts";
import { readRun } from "../../../domain/reconciliation/reconciliation.queries.ts";
import { resolveDiscrepancy } from "../../../domain/reconciliation/resolveDiscrepancy.ts";
import type { FileKind } from "../../../domain/reconciliation/settlement.queries.ts";
import { signOffReconciliation } from "../../../domain/reconciliation/signOffReconciliation.ts";
import { inTransaction } from "../../../platform/db.ts";
import { type CloseShop, DAY, NIGHT, openCloseShop } from "../../support/closeShop.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { DAY_MS, openCase, refundHere, TOTAL } from "../../support/mismatchGround.ts";
import { ids, NOW } from "../../support/shopRows.ts";

let database: TestDatabase;
let shop: CloseShop;
let staff: Actor & { userId: UserId };

beforeEach(async () => {
  database = await createTestDatabase();
  shop = await openCloseShop(database.url);
  staff = await shop.addPerson("STAFF");
});
afterEach(async () => {
  await shop.stop();
  await database.drop();
});

/** A transfer that staff believed, of the day that is closed, a Friday. @returns the payment's number */
async function proof(amount: number): Promise<string> {
  const id = ids.next<"payment">() as PaymentId;
  const number = `LNS-20261120-${id.slice(-6).toUpperCase()}`;
  await shop.db.sql(
    `insert into payments (id, number, purpose, channel, status, user_id, amount, paid_at, expires_at, created_at,
                           updated_at)
     select $1, $2, 'ENROLLMENT', 'MANUAL_TRANSFER', 'APPROVED', id, $4, $3, $3, $3, $3 from users limit 1`,
    [id, number, NOW, amount],
  );
  await inTransaction(shop.db, (tx) => captureProof(tx, { ids, now: NOW }, id));
  return number;
}

/** A refund of the same day that two people of staff transferred. */
async function transferred(reference: string): Promise<{ id: string; amount: number }> {
  const id = await refundHere(shop as never, await shop.paid(), "SUCCEEDED");
  const [row] = await shop.db.sql<{ amount: number }>(
    `update refunds set settled_by = $2, approved_by = $3, approved_at = $4, bank_reference = $5,
            gateway_refund_id = null
      where id = $1 returning amount`,
    [id, staff.userId, (await shop.addPerson("ADMIN")).userId, NOW, reference],
  );
  await shop.db.sql("update payment_transactions set refunded_by_hand = refunded_amount where refunded_amount > 0");
  return { id, amount: row?.amount ?? 0 };
}

async function imported(kind: FileKind, name: string, lines: readonly string[]): Promise<void> {
  await importFile(shop.app, staff, { kind, name, bytes: Buffer.from(lines.join("\n")) });
  while ((await matchSettlements(shop.app)) > 0);
}

/** A settlement file, all of it one payout of its name. */
const settlement = (name: string, ...lines: readonly (readonly [orderId: string, day: string])[]) =>
  imported("SETTLEMENT", name, [
    "Order ID,Settlement Date,Gross Amount,Net Amount,Payout Reference",
    ...lines.map(([orderId, day]) => `${orderId},${day},${TOTAL}.00,${TOTAL}.00,${name}`),
  ]);

type Line = readonly [day: string, amount: number, words: string];

/** The bank's statement, which has small change on its first and last day besides. */
async function statement(from: string, to: string, ...lines: readonly Line[]): Promise<void> {
  const all = [[from, 11, "BUNGA"], ...lines, [to, 12, "BUNGA"]];
  await imported("BANK", "bank.csv", ["Date,Amount,Description", ...all.map((line) => line.join(","))]);
}

const closeAfter = async (days: number): Promise<void> => {
  shop.setNow(new Date(NIGHT.getTime() + days * DAY_MS));
  await shop.close();
};
const open = () =>
  shop.db.sql<{ id: string; kind: string; subject: string; amount: number; day: string }>(
    `select id, kind, subject, amount, to_char(day, 'YYYY-MM-DD') as day from discrepancies
      where resolved_at is null and subject like 'unbanked%' order by subject`,
  );

describe("a proof that was approved", () => {
  test("and is on no line of the bank is told of when the days around it are stated, and not before", async () => {
    const number = await proof(150_000);
    await closeAfter(0);
    expect(await open()).toEqual([]); // no statement at all
    await statement("2026-11-18", "2026-11-25");
    await closeAfter(5);
    expect(await open()).toEqual([]); // one that begins too late: Tuesday's is not there
    await statement("2026-11-16", "2026-11-17");
    await closeAfter(6);
    expect(await open()).toMatchObject([
      { kind: "MISSING_THERE", subject: `unbanked-proof:${number}`, amount: 150_000, day: DAY },
    ]);
    await closeAfter(7);
    expect(await open()).toHaveLength(1);
  });

  test("is looked for beyond its weekend", async () => {
    await proof(150_000);
    await statement("2026-11-16", "2026-11-20");
    await closeAfter(5);
    expect(await open()).toEqual([]);
    await statement("2026-11-24", "2026-11-25");
    await closeAfter(5);
    expect(await open()).toEqual([]); // Monday's is not there
    await statement("2026-11-23", "2026-11-23");
    await closeAfter(5);
    expect(await open()).toHaveLength(1);
  });

  test("is over when its line comes after all, and a look again finds that out", async () => {
    await proof(150_000);
    await statement("2026-11-16", "2026-11-25");
    await closeAfter(5);
    const [told] = await open();
    const end = () =>
      resolveDiscrepancy(shop.app, staff, { id: told?.id as string, action: "RECHECK", note: "a new export" });
    await expect(end()).rejects.toMatchObject({ code: "CONFLICT" });
    await statement("2026-11-20", "2026-11-20", ["2026-11-20", 150_000, "SETORAN"]);
    await end();
    expect(await open()).toEqual([]);
  });

  test("as others of its sum has its line by its number or in turn, and one without any is told of", async () => {
    const numbers = [await proof(150_000), await proof(150_000), await proof(150_000)];
    await statement(
      ...(["2026-11-16", "2026-11-25"] as const),
      ["2026-11-19", 150_000, `TRF ${numbers[1]?.replaceAll("-", "")}`],
      ["2026-11-20", 150_000, "TRF"],
    );
    await closeAfter(5);
    expect(await open()).toHaveLength(1);
    const [shown] = await shop.db.sql<{ alike: string[] }>(
      "select evidence->'alike' as alike from discrepancies where subject like 'unbanked%'",
    );
    expect(shown?.alike).toHaveLength(2);
    const lines = await shop.db.sql<{ number: string; matchedBy: string }>(
      `select p.number, b.matched_by from bank_lines b join payments p on p.id = b.payment_id order by b.booked_on`,
    );
    expect(lines).toMatchObject([{ number: numbers[1], matchedBy: "payment_number" }, { matchedBy: "amount_and_day" }]);
    const unmatched = await shop.db.sql("select from bank_lines where state = 'UNMATCHED' and amount > 100");
    expect(unmatched).toEqual([]);
  });
});

test("a line that names a proof is its, though a payout has its sum", async () => {
  const number = await proof(TOTAL);
  await settlement("PO-1", ["X-1", "2026-11-20"]);
  await statement("2026-11-16", "2026-11-25", ["2026-11-20", TOTAL, `TRF ${number}`], ["2026-11-23", TOTAL, "TRF"]);
  const lines = await shop.db.sql("select matched_by from bank_lines where amount > 100 order by booked_on");
  expect(lines).toEqual([{ matchedBy: "payment_number" }, { matchedBy: "amount_and_day" }]);
});

test("a refund by hand that the bank does not have is told of, and one that it has is not", async () => {
  const [sent, lost] = [await transferred("BCA778812"), await transferred("BCA778899")];
  await statement("2026-11-16", "2026-11-25", ["2026-11-20", -sent.amount, "TRF BCA778812"]);
  await closeAfter(5);
  expect(await open()).toMatchObject([
    { kind: "REFUND", subject: `unbanked-refund:${lost.id}`, amount: -lost.amount, day: DAY },
  ]);
});

describe("what our own books tell", () => {
  test("is not over because it is old", async () => {
    const sold = await shop.paid();
    await shop.db.sql("update orders set status = 'CANCELLED' where id = $1", [sold.orderId]);
    const told = () => shop.db.sql("select action from discrepancies where kind = 'ORPHAN_MONEY'");
    await closeAfter(0);
    expect(await told()).toEqual([{ action: null }]);
    await closeAfter(120);
    expect(await told()).toEqual([{ action: null }]);
    await shop.db.sql("update orders set status = 'PAID' where id = $1", [sold.orderId]);
    await closeAfter(121);
    expect(await told()).toEqual([{ action: "HEALED" }]);
  });

  test("and is of no day opens none that is signed, where that is looked at again", async () => {
    await openCase(shop as never, "LOST_PARCEL", randomUUID());
    await closeAfter(0);
    await signOffReconciliation(shop.app, await shop.addPerson("ADMIN"), { day: DAY });
    await closeAfter(10);
    const told = await shop.db.sql("select to_char(day, 'YYYY-MM-DD') as day from discrepancies where kind = 'AGED'");
    expect(told).toEqual([{ day: "2026-12-01" }]);
    expect(await readRun(shop.db, DAY)).toMatchObject({ state: "SIGNED_OFF", round: 2 });
  });
});

describe("a settlement file", () => {
  const UNKNOWN = "LNS-20261120-ZZZZZZ-01A";
  test("is waited for by what was given back by hand, and not by what the gateway gave back", async () => {
    const sold = await shop.paid();
    const back =
      "update payment_transactions set refunded_amount = captured_amount, refunded_by_hand = $2 where id = $1";
    await shop.db.sql(back, [sold.transactionId, TOTAL]);
    await settlement("PO-1", ["X-1", "2026-11-20"], ["X-2", "2026-12-10"]);
    await closeAfter(30);
    const late = () => shop.db.sql("select amount, action from discrepancies where kind = 'LATE_SETTLEMENT'");
    expect(await late()).toEqual([{ amount: TOTAL, action: null }]);
    await shop.db.sql(back, [sold.transactionId, 0]);
    await closeAfter(31);
    expect(await late()).toEqual([{ amount: TOTAL, action: "HEALED" }]);
  });

  test("by which an older file's line is known at last changes the sums of that line's day, too", async () => {
    const sold = await shop.paid();
    await settlement("PO-1", [UNKNOWN, "2026-11-24"]);
    await closeAfter(5);
    expect(await readRun(shop.db, DAY)).toMatchObject({ settled: 0, pending: TOTAL });
    await shop.db.sql("update payment_transactions set gateway_order_id = $2 where id = $1", [
      sold.transactionId,
      UNKNOWN,
    ]);
    await settlement("PO-2", ["X-1", "2026-11-25"]);
    expect(await readRun(shop.db, DAY)).toMatchObject({ settled: TOTAL, pending: 0 });
  });

  test("that is not matched after an hour is told of, until it is", async () => {
    const bytes = Buffer.from("Order ID,Settlement Date,Gross Amount,Net Amount\nX-1,2026-11-20,1,1");
    await importFile(shop.app, staff, { kind: "SETTLEMENT", name: "PO-1", bytes });
    shop.setNow(new Date(NIGHT.getTime() + DAY_MS));
    while ((await matchSettlements(shop.app)) > 0);
    const told = await shop.db.sql(
      "select message, cleared_at is null as is_open from alerts where kind like '%_FILE'",
    );
    expect(told).toEqual([{ message: expect.stringContaining("PO-1"), isOpen: false }]);
  });
});
