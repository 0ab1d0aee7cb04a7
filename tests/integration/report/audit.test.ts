import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PaymentId } from "../../../domain/kernel/ids.ts";
import { bookPayments } from "../../../domain/ledger/bookPayments.ts";
import { INVARIANTS } from "../../../domain/report/invariants.queries.ts";
import { runAudit } from "../../../domain/report/runAudit.ts";
import { inTransaction } from "../../../platform/db.ts";
import { ids, NOW } from "../../support/shopRows.ts";
import { PLANTED, type Write } from "./plantedBreaches.ts";
import { HEALTHY_REFUNDS } from "./plantedRefunds.ts";
import {
  addAlert,
  addCase,
  addNotice,
  addNotification,
  addTold,
  JOB,
  LONG_AGO,
  openPlantedShop,
  type PlantedShop,
} from "./plantedShop.ts";

let planted: PlantedShop;

beforeAll(async () => {
  planted = await openPlantedShop();
});

afterAll(() => planted?.shop.drop());

class Planted extends Error {}

/** What the audit says of a shop with a breach in it: past every trigger and foreign key, and rolled back. */
async function breachesAfter(plant: (sql: Write) => Promise<unknown>, books: "kept" | "left" = "left") {
  let found: { invariant: string; subject: string; detail: string }[] = [];
  await inTransaction(planted.shop.db, async (tx) => {
    await tx.sql("set local session_replication_role = replica");
    await plant((text, values) => tx.sql(text, values));
    if (books === "kept") await bookPayments(tx, NOW, [planted.paid.paymentId as PaymentId]);
    found = await runAudit({ sql: tx.sql }, { now: NOW });
    throw new Planted();
  }).catch((error: unknown) => {
    if (!(error instanceof Planted)) throw error;
  });
  // A job's number is the sequence's.
  return found.map(({ invariant, subject }) => `${invariant} ${subject.replace(/:\d+$/, "")}`);
}

const isOfLedger = (breach: string): boolean => breach.startsWith("LEDGER_");

describe("the audit", () => {
  test("finds nothing in a shop with an unpaid, a paid and an expired order", async () => {
    expect(await runAudit(planted.shop.db, { now: NOW })).toEqual([]);
  });

  test("finds nothing where every unfinished piece of work has its job or its alert", async () => {
    const inDoubt = ids.next();
    const { open, over } = planted;
    const found = await breachesAfter(async (sql) => {
      await sql(...addNotification("LNS-A", "STORED"));
      await sql(JOB, ["applyNotification", { gatewayOrderId: "LNS-A" }, "LNS-A", NOW, null]);
      await sql(...addNotification("LNS-B", "PARKED"));
      await sql(JOB, ["applyNotification", { gatewayOrderId: "LNS-B" }, "LNS-B", LONG_AGO, NOW]);
      await sql(...addAlert("NOTIFICATION_PARKED", "LNS-B"));
      await sql(...addNotice(inDoubt, "IN_DOUBT"));
      await sql(...addAlert("NOTICE_IN_DOUBT", inDoubt));
      await sql(...addTold(open, "capture", "challenge"));
      await sql(...addTold(over, "settlement", null));
      await sql(...addCase(over, "DISMISS"));
      await sql(...addAlert("MONEY_CASE_LATE_PAYMENT", over.gatewayOrderId));
      await sql("update payment_transactions set next_poll_at = null where id = $1", [open.transactionId]);
      await sql(JOB, ["endPaymentWindow", {}, open.paymentId, NOW, null]);
      await sql("update outbox_messages set name = 'payment.windowOver' where handler = 'endPaymentWindow'");
    });
    expect(found).toEqual([]);
  });

  test("finds nothing in refunds by the gateway, by hand, and under way", async () => {
    for (const plant of HEALTHY_REFUNDS) expect(await breachesAfter((sql) => plant(sql, planted), "kept")).toEqual([]);
  });

  test.each(PLANTED)("catches $breach", async ({ sql, says }) => {
    const expected = says(planted);
    const found = await breachesAfter((q) => sql(q, planted));
    // Rows that were written past the shop are in no book: the ledger's own breaches are planted by themselves.
    const isOfBooks = expected.some(isOfLedger);
    expect(found.filter((each) => isOfBooks || !isOfLedger(each))).toEqual(expected);
  });

  test("has a planted breach for each of its invariants, and an invariant for each planted breach", () => {
    const caught = new Set(PLANTED.flatMap(({ says }) => says(planted).map((breach) => breach.split(" ")[0])));
    expect([...caught].sort()).toEqual(INVARIANTS.map(({ id }) => id).sort());
  });
});
