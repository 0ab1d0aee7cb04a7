import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

const TABLES = [
  "idempotency_keys",
  "checkout_sessions",
  "orders",
  "order_items",
  "order_status_logs",
  "products",
  "stock_movements",
  "payments",
  "payment_tokens",
  "payment_logs",
  "outbox_messages",
];

describe("what a column may hold", () => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  test("is said by its type in the tables of a checkout, not by a CHECK that is parsed each time", async () => {
    const { rows } = await client.query(
      `select conrelid::regclass || ' ' || conname as name from pg_constraint
        where contype = 'c' and array_length(conkey, 1) = 1
          and conrelid::regclass::text = any($1)`,
      [TABLES],
    );
    expect(rows).toEqual([]);
  });

  test.each([
    ["payment_status", "DONE"],
    ["order_status", "PENDING"],
    ["order_payment_status", "SETTLED"],
    ["checkout_status", "DONE"],
    ["status_source", "NOBODY"],
    ["stock_movement_kind", "TAKE"],
    ["stock_change", "0"],
    ["stock_level", "-1"],
    ["piece_count", "1000"],
    ["tries_count", "100"],
    ["money_price", "0"],
    ["money_amount", "-1"],
    ["currency_code", "USD"],
    ["idempotency_key", "short"],
  ])("%s refuses %s", async (type, value) => {
    await expect(client.query(`select '${value}'::${type}`)).rejects.toMatchObject({ code: "23514" });
  });

  test("a movement out is negative, one back is positive, and a correction is either", async () => {
    const isRefused = (kind: string, quantity: number) =>
      client
        .query(
          "insert into stock_movements (product_id, order_item_id, kind, quantity, at) values ($1, $2, $3, $4, now())",
          [
            "00000000-0000-7000-8000-000000000000",
            kind === "ADJUST" ? null : "00000000-0000-7000-8000-000000000000",
            kind,
            quantity,
          ],
        )
        .then(
          () => "taken",
          ({ code }: { code: string }) => code === "23514",
        );
    const wrong = [
      ["RESERVE", 1],
      ["RELEASE", -1],
      ["RESTOCK", -1],
    ] as const;
    const right = [
      ["RESERVE", -1],
      ["RELEASE", 1],
      ["RESTOCK", 1],
      ["ADJUST", 1],
      ["ADJUST", -1],
    ] as const;
    for (const [kind, quantity] of wrong) expect([kind, await isRefused(kind, quantity)]).toEqual([kind, true]);
    // No such product: a foreign key refuses these, and no check does.
    for (const [kind, quantity] of right) expect([kind, await isRefused(kind, quantity)]).toEqual([kind, false]);
  });
});
