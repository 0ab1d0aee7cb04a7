import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Actor } from "../../../domain/kernel/actor.ts";
import { GatewayUnavailable } from "../../../domain/kernel/errors.ts";
import { claimRun } from "../../../domain/reconciliation/claimRun.ts";
import { closeDays } from "../../../domain/reconciliation/closeDays.ts";
import { actionsOf } from "../../../domain/reconciliation/discrepancy.rules.ts";
import { lockSettlements } from "../../../domain/reconciliation/lockSettlements.ts";
import { openDiscrepancy } from "../../../domain/reconciliation/openDiscrepancy.ts";
import { readRun } from "../../../domain/reconciliation/reconciliation.queries.ts";
import { runReconciliation } from "../../../domain/reconciliation/runReconciliation.ts";
import { signOffReconciliation } from "../../../domain/reconciliation/signOffReconciliation.ts";
import { inTransaction } from "../../../platform/db.ts";
import { type CloseShop, DAY, NIGHT, openCloseShop, walk } from "../../support/closeShop.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { TOTAL } from "../../support/mismatchGround.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const RATE = 100;

let database: TestDatabase;
let shop: CloseShop;
let [admin, staff]: Actor[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  shop = await openCloseShop(database.url, { MIDTRANS_RATE: String(RATE) });
  [admin, staff] = [await shop.addPerson("ADMIN"), await shop.addPerson("STAFF")];
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

/** The shop while the gateway is away. */
const cutOff = (): CloseShop["app"] => {
  const fetchStatus = () => Promise.reject(new GatewayUnavailable("midtrans", "is away", "none"));
  return { ...shop.app, payments: { ...shop.app.payments, fetchStatus } };
};

/** Until somebody waits for an advisory lock. */
async function waiting(): Promise<void> {
  for (let looks = 0; looks < 1_000; looks++) {
    const rows = await shop.db.sql("select from pg_locks where locktype = 'advisory' and not granted");
    if (rows.length > 0) return;
  }
  throw new Error("nobody waits");
}

async function someDay(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await shop.waiting();
    await shop.paid();
    await shop.ended("EXPIRED");
    await shop.ended("CANCELLED");
  }
}

describe("a day's close", () => {
  test("finds nothing where all agrees, and never asks faster than it may", async () => {
    await someDay();
    const closed = await shop.close();
    expect(await shop.db.sql("select kind, subject, ours, theirs, evidence from discrepancies")).toEqual([]);
    expect(closed).toMatchObject({ state: "OPEN", total: 12, checked: 12, matched: 12, healed: 0, open: 0 });
    const nothing = { settled: 0, refunded: 0, fees: 0, inDoubt: 0 };
    expect(closed).toMatchObject({ sales: 3 * TOTAL, pending: 3 * TOTAL, ...nothing });
    // The first call of a second and the last of the one before may be a hair's breadth closer.
    expect(shop.books.mostInASecond()).toBeLessThanOrEqual(RATE + 1);
    expect(await alerts()).toEqual([]);
  });

  test("waits for a gateway that is away, and then goes on where it was", async () => {
    await someDay();
    await begin();
    expect(await closeDays(cutOff())).toBe(1);
    expect(await run()).toMatchObject({ state: "RUNNING", checked: 0, unanswered: 0 });
    expect(await closeDays(shop.app)).toBe(0); // it is not asked without a pause
    later(5 * MINUTE_MS);
    expect(await walk(shop.app, DAY)).toMatchObject({ state: "OPEN", matched: 12, unanswered: 0 });
  });

  test("counts what the gateway kept silent about for most of a day, never as matched", async () => {
    await someDay();
    await begin();
    await closeDays(cutOff());
    later(9 * HOUR_MS);
    await closeDays(cutOff());
    expect(await alerts()).toEqual(["RECONCILIATION_LATE"]);
    later(21 * HOUR_MS);
    await closeDays(cutOff());
    later(22 * HOUR_MS);
    expect(await walk(cutOff(), DAY)).toMatchObject({ state: "OPEN", matched: 0, checked: 0, unanswered: 12 });
    expect(await alerts()).toEqual(["RECONCILIATION_UNANSWERED"]);
    later(2 * DAY_MS);
    const signing = signOffReconciliation(shop.app, admin as Actor, { day: DAY });
    await expect(signing).rejects.toMatchObject({ code: "CONFLICT", details: { unanswered: 12 } });
    later(3 * DAY_MS);
    expect(await shop.close()).toMatchObject({ matched: 12, unanswered: 0 });
    expect(await alerts()).toEqual([]);
  });

  test("does not stop at one answer that nobody can read", async () => {
    await someDay();
    const sold = await shop.paid();
    shop.books.garble(sold.gatewayOrderId, sold.gatewayId);
    expect(await shop.close()).toMatchObject({ total: 13, matched: 12, unanswered: 1 });
  });

  test("is one worker's at a time, and another's when that one is dead", async () => {
    await someDay();
    await begin();
    const claim = `update reconciliation_runs set claimed_by = gen_random_uuid(), claimed_until = $1 where day = $2`;
    await shop.db.sql(claim, [new Date(NIGHT.getTime() + MINUTE_MS), DAY]);
    expect(await closeDays(shop.app)).toBe(0);
    expect(shop.books.calls()).toBe(0);
    later(2 * MINUTE_MS);
    expect(await walk(shop.app, DAY)).toMatchObject({ matched: 12 });
  });

  test("whose end takes longer than a claim lasts is left to the worker that makes it", async () => {
    await shop.paid();
    await begin();
    const file = await shop.db.pool.connect();
    await file.query("begin");
    await lockSettlements({ sql: file.query.bind(file) } as never); // it is matched: the close's end waits for it
    const ending = closeDays(shop.app);
    await waiting();
    later(10 * MINUTE_MS);
    const taken = await claimRun(shop.app, null);
    await file.query("commit");
    file.release();
    expect(taken).toBeNull();
    await ending;
    expect(await run()).toMatchObject({ state: "OPEN", matched: 1 });
  });

  test("is not signed while something is being found of it: the sign-off waits, and sees it", async () => {
    await shop.close();
    const [told, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const telling = inTransaction(shop.db, async (tx) => {
      const about = { day: DAY, kind: "PAYOUT", subject: "payout:P-1", ours: "IDR 5000000", theirs: null } as const;
      const found = { ...about, amount: 5_000_000, evidence: {}, actions: actionsOf("PAYOUT") };
      await openDiscrepancy(tx, { ids: shop.app.ids, now: NIGHT }, found);
      told.resolve();
      await mayEnd.promise;
    });
    await told.promise;
    const signing = signOffReconciliation(shop.app, admin as Actor, { day: DAY }).catch((error: unknown) => error);
    await Promise.race([signing, waiting()]);
    mayEnd.resolve();
    await telling;
    expect(await signing).toMatchObject({ code: "CONFLICT", details: { open: 1, amount: 5_000_000 } });
    expect(await run()).toMatchObject({ state: "OPEN", signedOffAt: null });
  });

  test("that is done once more for an old day looks at all of it, whatever is begun meanwhile", async () => {
    await shop.paid();
    later(40 * DAY_MS);
    await begin();
    await runReconciliation(shop.app, staff as Actor, { day: "2026-12-30" });
    expect(await walk(shop.app, DAY)).toMatchObject({ total: 1, checked: 1, matched: 1 });
  });

  test("that is slow is told of, though the gateway answers", async () => {
    await shop.waiting();
    await begin();
    const { fetchStatus } = shop.app.payments;
    const slow: CloseShop["app"]["payments"] = {
      ...shop.app.payments,
      fetchStatus(id) {
        later(9 * HOUR_MS);
        return fetchStatus(id);
      },
    };
    const app = { ...shop.app, payments: slow };
    expect(await walk(app, DAY)).toMatchObject({ state: "OPEN", matched: 1 });
    const told = await shop.db.sql("select kind, cleared_at is null as is_open from alerts");
    expect(told).toEqual([{ kind: "RECONCILIATION_LATE", isOpen: false }]);
  });

  test("walked by several at once asks about each transaction once", async () => {
    await someDay();
    await begin();
    await Promise.all([closeDays(shop.app), closeDays(shop.app), closeDays(shop.app)]);
    expect(await walk(shop.app, DAY)).toMatchObject({ checked: 12, matched: 12 });
    const asked = shop.books.calls();
    expect(asked).toBe(15); // the three that were paid are asked by their own id and by their page's
  });

  test("leaves what the living shop has just ended by itself", async () => {
    const sold = await shop.waiting();
    const { fetchStatus } = shop.app.payments;
    let isFirst = true;
    const crossed: CloseShop["app"] = {
      ...shop.app,
      payments: {
        ...shop.app.payments,
        async fetchStatus(id) {
          const report = await fetchStatus(id);
          if (isFirst) {
            const answer = shop.books.find(sold.gatewayOrderId);
            if (answer) shop.books.put({ ...answer, transaction_status: "settlement", fraud_status: "accept" });
            await shop.db.sql("update payments set version = version + 1 where id = $1", [sold.paymentId]);
          }
          isFirst = false;
          return report;
        },
      },
    };
    await begin();
    await closeDays(crossed);
    expect(await run()).toMatchObject({ checked: 1, matched: 1, healed: 0, open: 0 });
  });
});

describe("the schedule", () => {
  const days = () => shop.db.sql<{ day: string }>("select day from reconciliation_runs order by day");

  test("closes a day once, over any number of workers", async () => {
    await someDay();
    await Promise.all([closeDays(shop.app), closeDays(shop.app)]);
    await walk(shop.app, DAY);
    later(HOUR_MS);
    await closeDays(shop.app);
    expect(await run()).toMatchObject({ state: "OPEN", round: 1, matched: 12 });
    expect(await days()).toEqual([{ day: DAY }]);
  });

  test("does not begin before its time", async () => {
    await someDay();
    later(-HOUR_MS); // 01.05 WIB
    await closeDays(shop.app);
    expect(await days()).toEqual([]);
  });

  test("catches up the days that a shop which was down has missed, oldest first", async () => {
    await someDay();
    later(3 * DAY_MS);
    for (let round = 0; round < 8; round++) await closeDays(shop.app);
    expect(await days()).toEqual([DAY, "2026-11-21", "2026-11-22", "2026-11-23"].map((day) => ({ day })));
    const [left] = await shop.db.sql("select count(*) as many from reconciliation_runs where state = 'RUNNING'");
    expect(left).toEqual({ many: 0 });
  });

  test("closes a day again that somebody had looked at before it was over", async () => {
    await someDay();
    later(-10 * HOUR_MS);
    await shop.close();
    later(0);
    await closeDays(shop.app);
    expect(await walk(shop.app, DAY)).toMatchObject({ round: 2 });
  });

  test("closes the whole of a day that somebody began to close before it was over, when that has ended", async () => {
    await shop.paid();
    later(-3 * HOUR_MS); // 23.05 WIB
    await begin();
    later(-2 * HOUR_MS);
    await shop.paid();
    later(0);
    await closeDays(shop.app);
    await closeDays(shop.app);
    expect(await run()).toMatchObject({ state: "OPEN", round: 2, matched: 2, sales: 2 * TOTAL });
    expect(await days()).toEqual([{ day: DAY }]);
  });
});
