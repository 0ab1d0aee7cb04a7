import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { App } from "../../../domain/app.ts";
import { raiseAlert } from "../../../domain/kernel/raiseAlert.ts";
import { createAlertWebhook } from "../../../gateways/alertWebhook/http.ts";
import { inTransaction } from "../../../platform/db.ts";
import { returnOfferedJobs, takeDueJobs, writeOutbox } from "../../../platform/outbox.ts";
import type { JobQueue } from "../../../platform/queue.ts";
import { freePort } from "../../../scripts/postgresProcess.ts";
import { createRelay, LEASE_MS, relayOnce } from "../../../worker/relay.ts";
import { runJob, runJobs } from "../../../worker/runJob.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { until } from "../../support/until.ts";

const SECOND = 1000;
const LEASE = LEASE_MS;

let shop: LiveShop;
beforeAll(async () => {
  shop = await openLiveShop();
});
afterAll(() => shop.close());

type Offered = { readonly id: string; readonly outboxIds: readonly number[] };
/** A queue that keeps what it is offered in a list, or loses it. */
function listQueue(offered: Offered[], offer?: JobQueue["offer"]): JobQueue {
  return {
    offer: offer ?? (async (tickets) => void offered.push(...tickets)),
    consume: () => ({ close: async () => undefined }),
    generation: async () => "the first",
    ping: async () => undefined,
    close: async () => undefined,
  };
}
const write = (job: { handler?: string; key?: string; dueAt?: Date } = {}): Promise<number> =>
  inTransaction(shop.app.db, async (tx) => {
    const { handler = "finishStart", ...more } = job;
    await writeOutbox(tx, shop.app.clock.now(), [
      { name: "payment.starting", handler, payload: { transactionId: shop.app.ids.next() }, ...more },
    ]);
    const [row] = await tx.sql<{ id: number }>("select max(id) as id from outbox_messages");
    return row?.id as number;
  });
const stored = (id: number) =>
  shop.one<{ done: boolean; parked: boolean; attempts: number; error: string | null; offered: boolean }>(
    `select done_at is not null as done, parked_at is not null as parked, attempts, error,
            offered_at is not null as offered
       from outbox_messages where id = $1`,
    id,
  );
const later = (ms: number) => new Date(shop.app.clock.now().getTime() + ms);

describe("the relay", () => {
  test("offers what a lost queue took with it again when the lease is over, and not before", async () => {
    const id = await write();
    const lost: Offered[] = [];
    await relayOnce(shop.app, listQueue(lost));
    expect(lost.flatMap(({ outboxIds }) => outboxIds)).toContain(id);
    const found: Offered[] = [];
    shop.advance(LEASE - SECOND);
    await relayOnce(shop.app, listQueue(found));
    expect(found).toEqual([]);
    shop.advance(2 * SECOND);
    await relayOnce(shop.app, listQueue(found));
    expect(found.flatMap(({ outboxIds }) => outboxIds)).toContain(id);
    await runJob(shop.app, id);
    expect(await stored(id)).toMatchObject({ done: true });
  });

  test("offers all of it again at its start, and as soon as the queue lost what it held", async () => {
    const id = await write();
    const offered: Offered[] = [];
    let generation = "the first";
    const queue: JobQueue = { ...listQueue(offered), generation: async () => generation };
    const times = () => offered.filter(({ outboxIds }) => outboxIds.includes(id)).length;
    const round = createRelay(shop.app, queue, null);
    await round();
    expect(times()).toBe(1);
    generation = "the second";
    await until("a look at the queue", async () => {
      await round();
      return times() === 2;
    });
    await createRelay(shop.app, queue, null)();
    expect(times()).toBe(3);
    await runJob(shop.app, id);
  });

  test("gives back at once what the queue would not take", async () => {
    const id = await write();
    const away = listQueue([], async () => {
      throw new Error("the queue is away");
    });
    await expect(relayOnce(shop.app, away)).rejects.toThrow("the queue is away");
    expect(await stored(id)).toMatchObject({ offered: false });
    const found: Offered[] = [];
    await relayOnce(shop.app, listQueue(found));
    expect(found.flatMap(({ outboxIds }) => outboxIds)).toEqual([id]);
    await runJob(shop.app, id);
  });

  test("offers each of 1,000 jobs once when four relays run at once, under an id of its own", async () => {
    const jobs = Array.from({ length: 1_000 }, () => ({
      name: "payment.starting",
      handler: "finishStart",
      payload: { transactionId: shop.app.ids.next() },
    }));
    await inTransaction(shop.app.db, (tx) => writeOutbox(tx, shop.app.clock.now(), jobs));
    const offered: Offered[] = [];
    const counts = await Promise.all(Array.from({ length: 4 }, () => relayOnce(shop.app, listQueue(offered))));
    expect(counts.reduce((sum, count) => sum + count)).toBe(1_000);
    expect(new Set(offered.map(({ id }) => id)).size).toBe(1_000);
    await inTransaction(shop.app.db, (tx) =>
      tx.sql("update outbox_messages set done_at = now() where done_at is null"),
    );
  });

  test("hands notifications over together, the same under one id, and alone when their lease is over", async () => {
    const jobs = Array.from({ length: 40 }, (_, n) => ({
      name: "payment.notified",
      handler: "applyNotification",
      payload: { gatewayOrderId: `NOBODY-${n}` },
    }));
    await inTransaction(shop.app.db, (tx) => writeOutbox(tx, shop.app.clock.now(), jobs));
    const [first, again, overdue]: Offered[][] = [[], [], []];
    await relayOnce(shop.app, listQueue(first as Offered[]));
    expect(first?.map(({ outboxIds }) => outboxIds.length)).toEqual([32, 8]);
    await returnOfferedJobs(shop.app.db);
    await relayOnce(shop.app, listQueue(again as Offered[]));
    expect(again).toEqual(first);
    shop.advance(LEASE + SECOND);
    await relayOnce(shop.app, listQueue(overdue as Offered[]));
    expect(overdue?.every(({ outboxIds }) => outboxIds.length === 1)).toBe(true);
    await runJobs(shop.app, overdue?.flatMap(({ outboxIds }) => outboxIds) ?? []);
    expect(
      await shop.one("select count(*) as open from outbox_messages where key is null and done_at is null"),
    ).toEqual({
      open: 0,
    });
  });

  test("leaves a job alone that is not due yet", async () => {
    const id = await write({ dueAt: later(60 * SECOND) });
    const offered: Offered[] = [];
    await relayOnce(shop.app, listQueue(offered));
    expect(offered).toEqual([]);
    await runJob(shop.app, id);
    expect(await stored(id)).toMatchObject({ done: false });
    shop.advance(61 * SECOND);
    await shop.drain();
    expect(await stored(id)).toMatchObject({ done: true });
  });
});

describe("a job with a key", () => {
  test("is written once while it is unfinished, comes earlier when asked to, and anew once it is done", async () => {
    const first = await write({ key: "one-thing", dueAt: later(60 * SECOND) });
    expect(await write({ key: "one-thing" })).toBe(first);
    await shop.drain();
    expect(await stored(first)).toMatchObject({ done: true });
    expect(await write({ key: "one-thing" })).toBeGreaterThan(first);
    await shop.drain();
  });

  test("written by 50 at once is one", async () => {
    await Promise.all(Array.from({ length: 50 }, () => write({ key: "asked-by-many" })));
    expect(
      await shop.one(
        "select count(*) as jobs, max(touches) as touches from outbox_messages where key = 'asked-by-many'",
      ),
    ).toEqual({ jobs: 1, touches: 49 });
    await shop.drain();
  });
});

describe("a job that fails", () => {
  const alertJob = async (): Promise<number> => {
    const subject = String(await write({ dueAt: later(3_600 * SECOND) }));
    await inTransaction(shop.app.db, (tx) =>
      raiseAlert(
        tx,
        { ids: shop.app.ids, now: shop.app.clock.now() },
        { kind: "TEST", subject, severity: "INFO", message: "for the test" },
      ),
    );
    const [job] = (await takeDueJobs(shop.app.db, shop.app.clock.now(), 0)).filter(
      ({ handler }) => handler === "postAlert",
    );
    return job?.id as number;
  };

  test("because another company refuses the connection is a failure: the database is not what is away", async () => {
    const id = await alertJob();
    const alertSink = createAlertWebhook(`http://127.0.0.1:${await freePort()}/nobody-listens`);
    await runJob({ ...shop.app, alertSink }, id);
    expect(await stored(id)).toMatchObject({
      done: false,
      attempts: 1,
      offered: false,
      error: expect.stringContaining("no answer"),
    });
    shop.advance(5 * SECOND);
    await runJob(shop.app, id);
    expect(await stored(id)).toMatchObject({ done: true, error: null });
  });

  const cutAt = (...words: string[]): App => {
    const sql: App["db"]["sql"] = async (text, values) => {
      if (words.some((word) => text.includes(word)))
        throw Object.assign(new Error("the database shuts down"), { code: "57P01" });
      return shop.app.db.sql(text, values);
    };
    return { ...shop.app, db: { ...shop.app.db, sql } };
  };

  test("because its connection is cut counts nothing, and it is offered again a moment later", async () => {
    const id = await write();
    await takeDueJobs(shop.app.db, shop.app.clock.now(), LEASE);
    shop.advance(10 * SECOND); // it ran for a while: even then the queue holds its id for another moment
    await runJob(cutAt("from payment_transactions"), id);
    expect(await stored(id)).toMatchObject({ done: false, attempts: 0, error: null });
    const offered = async () => (await takeDueJobs(shop.app.db, shop.app.clock.now(), LEASE)).map((job) => job.id);
    expect(await offered()).toEqual([]);
    shop.advance(2 * SECOND);
    expect(await offered()).toEqual([id]);
    await runJob(shop.app, id);
    expect(await stored(id)).toMatchObject({ done: true });
  });

  test("because the database is away counts nothing: its lease ends and it is offered again", async () => {
    const id = await write();
    await takeDueJobs(shop.app.db, shop.app.clock.now(), 0);
    await runJob(cutAt("from payment_transactions", "update outbox_messages"), id);
    expect(await stored(id)).toMatchObject({ done: false, attempts: 0, offered: true });
    shop.advance(LEASE + SECOND);
    await shop.drain();
    expect(await stored(id)).toMatchObject({ done: true });
  });

  test("for good is parked with an alert of its own, and everything else goes on", async () => {
    const id = await write({ handler: "noSuchHandler" });
    const other = await write();
    await shop.drain();
    expect(await stored(id)).toMatchObject({ done: false, parked: true });
    expect(await stored(other)).toMatchObject({ done: true });
    expect(
      await shop.one(
        "select count(*) as alerts from alerts where kind = 'JOB_PARKED' and subject = $1",
        `noSuchHandler:${id}`,
      ),
    ).toEqual({ alerts: 1 });
  });

  test("keeps what went wrong without a key or a token in it", async () => {
    const id = await write();
    const db = {
      ...shop.app.db,
      sql: (async () => {
        throw new Error("Basic U0ItTWlkLXNlcnZlcjo= failed for SB-Mid-server-lunas-demo-key-0001");
      }) as App["db"]["sql"],
    };
    const reading: App["db"]["sql"] = async (text, values) =>
      text.includes("outbox_messages") ? shop.app.db.sql(text, values) : db.sql(text, values);
    await runJob({ ...shop.app, db: { ...db, sql: reading } }, id);
    expect((await stored(id)).error).not.toMatch(/SB-Mid-server-lunas|U0ItTWlk/);
    shop.advance(60 * SECOND);
    await shop.drain();
  });
});

test("after all of it every invariant holds, and the audit names the job that nobody can do", async () => {
  shop.advance(3_700 * SECOND);
  await shop.drain();
  expect(await shop.audit()).toEqual([
    { invariant: "OUTBOX", subject: expect.stringMatching(/^noSuchHandler:/), detail: "handles no payment.starting" },
  ]);
});
