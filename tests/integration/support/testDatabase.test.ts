import pg from "pg";
import { createTestDatabase } from "../../support/database.ts";
import { describeWithRedis, redisUrl } from "../../support/redis.ts";

/** Far above the usual 60 ms, so that a busy machine does not fail it; far below a run of the migrations. */
const CLONE_WITHIN_MS = 1_000;

test("gives every test file a migrated database of its own, fast", async () => {
  const started = performance.now();
  const [one, other] = [await createTestDatabase(), await createTestDatabase()];
  expect((performance.now() - started) / 2).toBeLessThan(CLONE_WITHIN_MS);
  const client = new pg.Client({ connectionString: one.url });
  await client.connect();
  const { rows } = await client.query("select to_regclass('public.orders') is not null as has_orders");
  expect(rows).toEqual([{ has_orders: true }]);
  await client.end();
  expect(one.url).not.toBe(other.url);
  await Promise.all([one.drop(), other.drop()]);
});

describeWithRedis("redis for the queue's tests", () => {
  test("has an address", () => {
    expect(redisUrl()).toMatch(/^redis:\/\//);
  });
});
