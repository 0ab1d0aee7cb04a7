import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAY_MS, later } from "../../../domain/kernel/time.ts";
import { purgeOld } from "../../../domain/report/purgeOld.ts";
import { inTransaction } from "../../../platform/db.ts";
import { addCustomer, clock, NOW, openTestShop, type TestShop } from "../../support/shopRows.ts";

let shop: TestShop;
beforeAll(async () => {
  shop = await openTestShop();
});
afterAll(() => shop.drop());

/** A row of each kind that was written so many days ago, named by that number. */
const addRows = (days: number) =>
  inTransaction(shop.db, async (tx) => {
    const at = later(NOW, -days * DAY_MS);
    await tx.sql(
      `insert into gateway_calls (id, gateway, operation, method, path, status, outcome, duration_ms, request_sealed,
                                  at)
       values (gen_random_uuid(), 'midtrans', $1, 'GET', '/', 200, 'ok', 1, 'k1.x', $2)`,
      [String(days), at],
    );
    await tx.sql("insert into destination_searches (search, destination_ids, fetched_at) values ($1, '{}', $2)", [
      String(days),
      at,
    ]);
    await tx.sql(
      `insert into shipping_quotes (origin_id, destination_id, weight_grams, rates, quoted_at)
       values (1, 1, $1, '[]', $2)`,
      [days, at],
    );
    await tx.sql(
      `insert into notices (id, event, template, recipient, subject, body_text, body_html, state, created_at)
       values (gen_random_uuid(), $1, 'paid', 'a@lunas.test', 'x', 'x', 'x', 'STORED', $2)`,
      [String(days), at],
    );
  });
const left = async (table: string, column: string) =>
  (await shop.db.sql<{ days: number }>(`select ${column}::integer as days from ${table} order by 1`)).map(
    ({ days }) => days,
  );

describe("what is past its time", () => {
  test("goes no sooner than it is needed: a sign-in tells for 90 days that an address is its owner's", async () => {
    const userId = await addCustomer(shop.db);
    for (const days of [1, 89, 200]) {
      const at = later(NOW, -days * DAY_MS);
      await shop.db.sql(
        `insert into refresh_tokens (id, user_id, family_id, token_hash, address_key, expires_at, created_at)
         values (gen_random_uuid(), $1, gen_random_uuid(), $2, $2, $3, $4)`,
        [userId, String(days), later(at, 30 * DAY_MS), at],
      );
    }
    await purgeOld({ db: shop.db, clock });
    expect(await left("refresh_tokens", "address_key")).toEqual([1, 89]);
  });

  test("goes, and what people were told stays", async () => {
    for (const days of [1, 29, 31, 89, 91, 400]) await addRows(days);
    await purgeOld({ db: shop.db, clock });
    expect(await left("gateway_calls", "operation")).toEqual([1, 29, 31, 89]);
    expect(await left("destination_searches", "search")).toEqual([1, 29]);
    expect(await left("shipping_quotes", "weight_grams")).toEqual([1, 29]);
    expect(await left("notices", "event")).toEqual([1, 29, 31, 89, 91, 400]);
  });
});
