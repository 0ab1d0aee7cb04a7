import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inTransaction } from "../../../platform/db.ts";
import { returnJobs, returnOfferedJobs, takeDueJobs, writeOutbox } from "../../../platform/outbox.ts";
import { runJob } from "../../../worker/runJob.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { until } from "../../support/until.ts";

const SECOND = 1_000;
const LEASE = 60 * 60 * SECOND; // nothing in these tests may need the end of a lease

let shop: LiveShop;
beforeAll(async () => {
  shop = await openLiveShop();
});
afterAll(() => shop.close());

describe("a job that is taken by a machine whose clock is behind the relay's", () => {
  test("is offered again a moment later and runs, without waiting for its lease to end", async () => {
    const { db, clock } = shop.app;
    const now = clock.now();
    const ahead = (ms: number) => new Date(now.getTime() + ms);
    await inTransaction(db, (tx) =>
      writeOutbox(tx, now, [
        {
          name: "payment.starting",
          handler: "finishStart",
          payload: { transactionId: shop.app.ids.next() },
          dueAt: ahead(3 * SECOND),
        },
      ]),
    );
    const [job] = await takeDueJobs(db, ahead(3 * SECOND), LEASE);
    const id = job?.id as number;
    await runJob(shop.app, id);
    // The queue may hold the id for another moment, so the very next round of the relay leaves it alone.
    expect(await takeDueJobs(db, ahead(3 * SECOND + 50), LEASE)).toEqual([]);
    expect(await takeDueJobs(db, ahead(5 * SECOND), LEASE)).toEqual([{ id, handler: "finishStart", isOverdue: false }]);
    shop.advance(5 * SECOND);
    await runJob(shop.app, id);
    expect(await shop.one("select done_at is not null as done from outbox_messages where id = $1", id)).toEqual({
      done: true,
    });
  });
});

describe("jobs that are given back while others end them", () => {
  /** Three jobs that a relay has taken; the first one's row was written last, so that it lies behind the others. */
  async function taken(): Promise<number[]> {
    const { db, clock } = shop.app;
    const now = clock.now();
    await inTransaction(db, (tx) =>
      writeOutbox(
        tx,
        now,
        Array.from({ length: 3 }, () => ({
          name: "payment.starting",
          handler: "finishStart",
          payload: { transactionId: shop.app.ids.next() },
        })),
      ),
    );
    const jobs = await takeDueJobs(db, now, LEASE);
    const ids = jobs.map(({ id }) => id).sort((a, b) => a - b);
    await shop.one("update outbox_messages set due_at = due_at + interval '1 ms' where id = $1", ids[0]);
    return ids;
  }

  test.each<[string, (ids: number[]) => Promise<void>]>([
    ["when the queue lost them", () => returnOfferedJobs(shop.app.db)],
    ["when the queue would not take them", (ids) => returnJobs(shop.app.db, ids.toReversed())],
  ])("are locked in the order of their ids, as those do, %s", async (_when, giveBack) => {
    const ids = await taken();
    const [first, ...others] = ids;
    let giving: Promise<void> | null = null;
    await inTransaction(shop.app.db, async (tx) => {
      await tx.sql("select from outbox_messages where id = $1 for update", [first]);
      giving = giveBack(ids);
      await until("it waits for the first one", async () =>
        shop.one<{ yes: true }>(
          `select true as yes from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock' limit 1`,
        ),
      );
      const free = await tx.sql("select id from outbox_messages where id = any($1::bigint[]) for update nowait", [
        others,
      ]);
      expect(free).toHaveLength(2);
    });
    await giving;
    await shop.drain();
  });
});
