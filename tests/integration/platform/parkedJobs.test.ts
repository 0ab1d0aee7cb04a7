import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { App } from "../../../domain/app.ts";
import { raiseAlert } from "../../../domain/kernel/raiseAlert.ts";
import { inTransaction } from "../../../platform/db.ts";
import { parkJob, writeOutbox } from "../../../platform/outbox.ts";
import { listParked, replayParked } from "../../../worker/parkedJobs.ts";
import { runJob } from "../../../worker/runJob.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";

let shop: LiveShop;
beforeAll(async () => {
  shop = await openLiveShop();
});
afterAll(() => shop.close());

const HOUR = 3_600_000;

/** A job that does nothing when it may: there is no such transaction. */
const write = (key: string | null, handler = "finishStart"): Promise<number> =>
  inTransaction(shop.app.db, async (tx) => {
    const payload = { transactionId: shop.app.ids.next() };
    await writeOutbox(tx, shop.app.clock.now(), [{ name: "payment.starting", handler, payload, key }]);
    const [row] = await tx.sql<{ id: number }>("select max(id) as id from outbox_messages");
    return row?.id as number;
  });
/** Runs it against a database that fails whatever its handler asks, until it is given up. */
async function park(id: number): Promise<void> {
  const sql: App["db"]["sql"] = async (text, values) => {
    if (!text.includes("outbox_messages")) throw new Error("broken");
    return shop.app.db.sql(text, values);
  };
  for (let tries = 0; tries < 8; tries++) {
    await runJob({ ...shop.app, db: { ...shop.app.db, sql } }, id);
    shop.advance(HOUR);
  }
}
const alerts = (subject: string) =>
  shop.app.db.sql<{ raises: number; isOpen: boolean }>(
    "select raises, cleared_at is null as is_open from alerts where kind = 'JOB_PARKED' and subject = $1 order by id",
    [subject],
  );
const stateOf = (id: number) =>
  shop.one<{ state: string; attempts: number }>(
    `select case when done_at is not null then 'done' when parked_at is not null then 'parked' else 'due' end as state,
            attempts from outbox_messages where id = $1`,
    id,
  );

describe("the alert of a job that was given up", () => {
  test("is one for the same matter, however often it is given up", async () => {
    await park(await write("matter-1"));
    await park(await write("matter-1"));
    expect(await alerts("finishStart:matter-1")).toEqual([{ raises: 2, isOpen: true }]);
  });

  test("is cleared when the same work is done, which ends the parked job too", async () => {
    const parked = await write("matter-2");
    await park(parked);
    expect(await alerts("finishStart:matter-2")).toEqual([{ raises: 1, isOpen: true }]);
    const newer = await write("matter-2");
    await runJob(shop.app, newer);
    expect(await alerts("finishStart:matter-2")).toEqual([{ raises: 1, isOpen: false }]);
    expect([await stateOf(parked), await stateOf(newer)]).toMatchObject([{ state: "done" }, { state: "done" }]);
  });

  test("stays while only other work is done", async () => {
    await park(await write("matter-3"));
    await runJob(shop.app, await write("matter-4"));
    expect(await alerts("finishStart:matter-3")).toEqual([{ raises: 1, isOpen: true }]);
  });

  test("costs the jobs that never failed no statement", async () => {
    const id = await write("matter-5");
    const texts: string[] = [];
    const sql: App["db"]["sql"] = (text, values) => {
      texts.push(text);
      return shop.app.db.sql(text, values);
    };
    const pool = new Proxy(shop.app.db.pool, {
      get: (target, name) => {
        if (name === "connect") throw new Error("a transaction");
        return Reflect.get(target, name);
      },
    });
    await runJob({ ...shop.app, db: { ...shop.app.db, sql, pool } }, id);
    expect(await stateOf(id)).toMatchObject({ state: "done" });
    expect(texts.filter((text) => text.includes("outbox_messages"))).toHaveLength(2);
  });
});

describe("replaying what was given up", () => {
  test("makes one job due again with all its tries and clears its alert at once", async () => {
    const [id, other] = [await write(null), await write(null)];
    await park(id);
    await park(other);
    expect((await listParked(shop.app)).map((job) => job.id)).toEqual(expect.arrayContaining([id, other]));
    expect((await replayParked(shop.app, { id })).map((job) => job.id)).toEqual([id]);
    expect(await stateOf(id)).toEqual({ state: "due", attempts: 0 });
    expect(await alerts(`finishStart:${id}`)).toEqual([{ raises: 1, isOpen: false }]);
    expect(await stateOf(other)).toMatchObject({ state: "parked" });
    expect(await replayParked(shop.app, { id })).toEqual([]);
    await runJob(shop.app, id);
    expect(await stateOf(id)).toMatchObject({ state: "done" });
  });

  test("of a handler takes one job a key, and leaves work alone that a newer job has already", async () => {
    const twins = [await write("twin")];
    await park(twins[0] as number);
    twins.push(await write("twin"));
    await park(twins[1] as number);
    const waiting = await write("waiting");
    await park(waiting);
    const newer = await write("waiting");
    const replayed = (await replayParked(shop.app, { handler: "finishStart" })).map((job) => job.id);
    expect(replayed).toContain(twins[1]);
    expect(replayed).not.toContain(twins[0]);
    expect(replayed).not.toContain(waiting);
    await shop.drain();
    expect(await stateOf(newer)).toMatchObject({ state: "done" });
    expect(await listParked(shop.app)).toEqual([]);
    expect(await shop.one("select count(*) as n from alerts where kind = 'JOB_PARKED' and cleared_at is null")).toEqual(
      { n: 0 },
    );
  });

  test("of a notification lets it be applied", async () => {
    const buyer = await shop.addBuyer();
    const { productId, storeId } = await shop.addProduct();
    const { gatewayOrderId, paymentId } = await shop.buy(buyer, shop.order([{ productId, storeId, quantity: 1 }]));
    await shop.gatewayMoves(gatewayOrderId as string, { transaction_status: "settlement" });
    await shop.notify(gatewayOrderId as string);
    const { id } = await shop.one<{ id: number }>(
      "select id from outbox_messages where handler = 'applyNotification' and key = $1",
      gatewayOrderId,
    );
    await inTransaction(shop.app.db, async (tx) => {
      await parkJob(tx, id, "given up", shop.app.clock.now());
      await tx.sql("update payment_notifications set state = 'PARKED' where gateway_order_id = $1", [gatewayOrderId]);
      const alert = { kind: "NOTIFICATION_PARKED", subject: gatewayOrderId as string, severity: "CRITICAL" } as const;
      await raiseAlert(tx, { ids: shop.app.ids, now: shop.app.clock.now() }, { ...alert, message: "given up" });
    });
    await replayParked(shop.app, { handler: "applyNotification" });
    await runJob(shop.app, id);
    expect(await shop.one("select status from payments where id = $1", paymentId)).toEqual({ status: "PAID" });
    expect(
      await shop.one("select count(*) as n from alerts where subject = $1 and cleared_at is null", gatewayOrderId),
    ).toEqual({ n: 0 });
  });
});

test("what was given up stands in the audit's eyes with its alert", async () => {
  await park(await write("audited"));
  shop.advance(HOUR);
  await shop.drain();
  expect((await shop.audit()).filter(({ invariant }) => invariant === "OUTBOX")).toEqual([]);
});
