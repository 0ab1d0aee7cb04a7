import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { inTransaction } from "../../../platform/db.ts";
import { takeDueJobs, writeOutbox } from "../../../platform/outbox.ts";
import { runJob } from "../../../worker/runJob.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";

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
