import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "../../../domain/kernel/actor.ts";
import type { TransactionId } from "../../../domain/kernel/ids.ts";
import { approveAdjustment } from "../../../domain/ledger/approveAdjustment.ts";
import { requestAdjustment } from "../../../domain/ledger/requestAdjustment.ts";
import { actionsOf, type DiscrepancyKind } from "../../../domain/reconciliation/discrepancy.rules.ts";
import { openDiscrepancy } from "../../../domain/reconciliation/openDiscrepancy.ts";
import { resolveDiscrepancy } from "../../../domain/reconciliation/resolveDiscrepancy.ts";
import { inTransaction } from "../../../platform/db.ts";
import { type CloseShop, NIGHT, openCloseShop, type Sold } from "../../support/closeShop.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { DAY_MS, PART, refundHere } from "../../support/mismatchGround.ts";

const MUCH = 50_000_000;

let database: TestDatabase;
let shop: CloseShop;
let [admin, second, staff]: Actor[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  shop = await openCloseShop(database.url);
  [admin, second] = [await shop.addPerson("ADMIN"), await shop.addPerson("ADMIN")];
  staff = await shop.addPerson("STAFF");
});
afterAll(async () => {
  await shop.stop();
  await database.drop();
});

/** Something of a sale is found. @returns its number */
async function found(kind: DiscrepancyKind, sold: Sold, amount: number, day = "2026-11-19"): Promise<string> {
  const subject = sold.gatewayOrderId;
  await inTransaction(shop.db, (tx) =>
    openDiscrepancy(
      tx,
      { ids: shop.app.ids, now: shop.app.clock.now() },
      {
        ...{ day, kind, subject, ours: "ours", theirs: "theirs", amount, evidence: {}, actions: actionsOf(kind) },
        ...{ transactionId: sold.transactionId as TransactionId },
      },
    ),
  );
  const [row] = await shop.db.sql<{ id: string }>("select id from discrepancies where subject = $1", [subject]);
  return row?.id as string;
}

const end = (actor: Actor | undefined, id: string, action: string) =>
  resolveDiscrepancy(shop.app, actor as Actor, { id, action, note: "seen" });

/** A money case of the sale that somebody has dismissed. */
const dismissed = (sold: Sold, kind: string, subject: string, ageMs: number) =>
  shop.db.sql(
    `insert into money_cases (id, kind, subject, transaction_id, amount, summary, evidence, actions, opened_at,
                              resolved_at, action, resolution)
     values ($1, $2, $3, $4, 1, 'x', '{}', '{DISMISS}', $5, $5, 'DISMISS', 'x')`,
    [randomUUID(), kind, subject, sold.transactionId, new Date(NIGHT.getTime() - ageMs)],
  );

/** Two people move so much for a discrepancy. */
async function adjust(discrepancyId: string, amount: number): Promise<void> {
  const id = await requestAdjustment(shop.app, admin as Actor, {
    postings: [
      { account: "SUSPENSE", amount },
      { account: "RECEIVABLE", method: "SNAP", amount: 0 - amount },
    ],
    reason: "seen",
    discrepancyId,
    idempotencyKey: randomUUID(),
  });
  await approveAdjustment(shop.app, second as Actor, { id });
}

describe("a discrepancy that is said to be decided", () => {
  test("needs a money case that fits it, and not one that ended long before it", async () => {
    const sold = await shop.paid();
    const id = await found("AMOUNT", sold, MUCH);
    await dismissed(sold, "CHARGEBACK", sold.gatewayOrderId, 0);
    await dismissed(sold, "AMOUNT_MISMATCH", `${sold.gatewayOrderId}:another`, 90 * DAY_MS);
    const refusal = { code: "CONFLICT", details: { open: 0, wanted: ["AMOUNT_MISMATCH"] } };
    await expect(end(staff, id, "DECIDED")).rejects.toMatchObject(refusal);
    await dismissed(sold, "AMOUNT_MISMATCH", "its new sum", 0);
    await end(staff, id, "DECIDED");
  });

  test("is so by a decision about the very same matter that came before it", async () => {
    const sold = await shop.paid();
    const id = await found("AMOUNT", sold, MUCH);
    await dismissed(sold, "AMOUNT_MISMATCH", sold.gatewayOrderId, 90 * DAY_MS);
    await end(staff, id, "DECIDED");
  });
});

describe("a discrepancy that is said to be adjusted", () => {
  test("needs what two people approved for it to move its sum, and no other", async () => {
    const id = await found("AMOUNT", await shop.paid(), -MUCH);
    await expect(end(staff, id, "ADJUST")).rejects.toMatchObject({ code: "SECOND_PERSON_NEEDED" });
    await adjust(id, 1);
    const refusal = { code: "CONFLICT", details: { amount: -MUCH, moved: 1 } };
    await expect(end(staff, id, "ADJUST")).rejects.toMatchObject(refusal);
    await adjust(id, -1); // what was moved and taken back is moved no more
    await expect(end(staff, id, "ADJUST")).rejects.toMatchObject({ details: { moved: 0 } });
    await adjust(id, MUCH);
    await end(staff, id, "ADJUST");
  });

  test("is one that is there", async () => {
    await expect(adjust(randomUUID(), 1)).rejects.toMatchObject({ code: "INVALID_INPUT" });
    const cheat = shop.db.sql(
      `insert into ledger_adjustments (id, postings, reason, discrepancy_id, requested_by, requested_at)
       values ($1, '[]', 'x', $1, $2, now())`,
      [randomUUID(), admin?.userId],
    );
    await expect(cheat).rejects.toMatchObject({ code: "23503" });
  });
});

describe("staff let be no more than a trifle", () => {
  test("also where no sum changes by it, and money is behind it", async () => {
    const ageMs = 9 * DAY_MS;
    const large = await refundHere(shop, await shop.paid(), "FAILED", { ageMs });
    const small = await refundHere(shop, await shop.paid(), "FAILED", { ageMs });
    await shop.db.sql("update refunds set amount = 1000 where id = $1", [small]);
    await shop.close();
    const part = await found("CHARGEBACK", await shop.paid(), 0);
    const of = async (refundId: string) => {
      const rows = await shop.db.sql<{ id: string }>("select id from discrepancies where refund_id = $1", [refundId]);
      return rows[0]?.id as string;
    };
    const refusal = { code: "FORBIDDEN", details: { amount: PART } };
    await expect(end(staff, await of(large), "ACCEPT")).rejects.toMatchObject(refusal);
    await expect(end(staff, part, "ACCEPT")).rejects.toMatchObject({ code: "FORBIDDEN" });
    await end(admin, await of(large), "ACCEPT");
    await end(staff, await of(small), "ACCEPT");
  });

  test("nor a payment whose courses are not open, or money that is not rupiah", async () => {
    const { paymentId, gatewayOrderId } = await shop.paid();
    const open = async (kind: DiscrepancyKind, subject: string, about: object): Promise<string> => {
      const what = { day: "2026-11-19", kind, subject, ours: "ours", theirs: null, amount: 0, evidence: {} };
      const input = { ...what, actions: ["DISMISS"] as const, ...about };
      await inTransaction(shop.db, (tx) => openDiscrepancy(tx, { ids: shop.app.ids, now: NIGHT }, input));
      const rows = await shop.db.sql<{ id: string }>("select id from discrepancies where subject = $1", [subject]);
      return rows[0]?.id as string;
    };
    const unopened = await open("STATUS", `enrolment:${gatewayOrderId}`, { paymentId });
    await expect(end(staff, unopened, "DISMISS")).rejects.toMatchObject({ code: "FORBIDDEN" });
    const foreign = await open("CURRENCY", `line:${randomUUID()}`, {});
    await expect(end(staff, foreign, "DISMISS")).rejects.toMatchObject({ code: "FORBIDDEN" });
    await end(admin, foreign, "DISMISS");
  });
});
