import { afterAll, beforeAll, expect, test } from "vitest";
import { reserveSerials } from "../../../domain/checkout/reserveSerials.ts";
import { openTestShop, type TestShop } from "../../support/shopRows.ts";

let shop: TestShop;
beforeAll(async () => {
  shop = await openTestShop();
});
afterAll(() => shop.drop());

const CHECKOUTS = 200;
const STORES = 3;
/** Numbers that a process may hold: what one taking brings. */
const HELD_MAX = 64;

const last = async (sequence: string) =>
  (await shop.db.sql<{ last: number }>(`select last_value as last from ${sequence}`))[0]?.last ?? 0;

test("a process holds few numbers beyond those that it uses, however many stores its checkouts have", async () => {
  for (let n = 0; n < CHECKOUTS; n++) await reserveSerials(shop.db, STORES);
  expect(await last("payment_numbers")).toBeLessThanOrEqual(CHECKOUTS + HELD_MAX);
  expect(await last("order_numbers")).toBeLessThanOrEqual(CHECKOUTS * STORES + HELD_MAX);
});

test("no number is given twice: at once, for more stores than a taking has, or after a failure", async () => {
  const away = { pool: shop.db.pool, sql: () => Promise.reject(new Error("away")) };
  const sizes = Array.from({ length: CHECKOUTS }, (_, n) => (n % 50 === 0 ? HELD_MAX + 6 : (n % STORES) + 1));
  const taken = await Promise.all(
    sizes.map((size, n) => reserveSerials(n % 7 === 0 ? away : shop.db, size).catch(() => null)),
  );
  const given = taken.filter((one) => one !== null);
  const [payments, orders] = [given.map(({ payment }) => payment), given.flatMap((one) => one.orders)];
  expect(new Set(payments).size).toBe(given.length);
  expect(new Set(orders).size).toBe(orders.length);
  expect([...payments, ...orders].every(Number.isSafeInteger)).toBe(true);
  for (const [n, one] of taken.entries()) if (one) expect(one.orders).toHaveLength(sizes[n] as number);
});
