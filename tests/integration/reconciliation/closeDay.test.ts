import { type CloseShop, DAY, openCloseShop } from "../../support/closeShop.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

let database: TestDatabase;
let shop: CloseShop;

beforeAll(async () => {
  database = await createTestDatabase();
  shop = await openCloseShop(database.url);
});
afterAll(async () => {
  await shop.stop();
  await database.drop();
});

test("a day on which all agrees has no discrepancy", async () => {
  for (let i = 0; i < 3; i++) {
    await shop.waiting();
    await shop.paid();
    await shop.ended("EXPIRED");
    await shop.ended("CANCELLED");
  }
  const run = await shop.close(DAY);
  expect(await shop.db.sql("select kind, subject, ours, theirs, evidence from discrepancies")).toEqual([]);
  expect(run).toMatchObject({ state: "OPEN", total: 12, checked: 12, matched: 12, healed: 0, open: 0 });
  expect(run).toMatchObject({ sales: 3 * 318_000, settled: 0, pending: 3 * 318_000, refunded: 0, fees: 0, inDoubt: 0 });
});
