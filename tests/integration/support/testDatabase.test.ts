import pg from "pg";
import { expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { describeWithRedis } from "../../support/describeWithRedis.ts";
import { redisUrl } from "../../support/redis.ts";

/** When a database was migrated, and whether it has the shop's tables. */
async function standing({ url }: TestDatabase): Promise<object> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(
    `select to_regclass('public.orders') is not null as has_orders,
            (select max(executed_at)::text from mikro_orm_migrations) as migrated_at`,
  );
  await client.end();
  return rows[0] as object;
}

test("gives every test file a database of its own: migrated once for all of them, and copied", async () => {
  const [one, other] = [await createTestDatabase(), await createTestDatabase()];
  expect(one.url).not.toBe(other.url);
  const first = await standing(one);
  expect(first).toEqual({ has_orders: true, migrated_at: expect.any(String) });
  expect(await standing(other)).toEqual(first);
  await Promise.all([one.drop(), other.drop()]);
});

describeWithRedis("redis for the queue's tests", () => {
  test("has an address", () => {
    expect(redisUrl()).toMatch(/^redis:\/\//);
  });
});
