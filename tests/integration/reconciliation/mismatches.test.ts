import type { RunView } from "../../../domain/reconciliation/reconciliation.queries.ts";
import { type CloseShop, openCloseShop } from "../../support/closeShop.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { MISMATCHES } from "../../support/mismatches.ts";

/** Days among which they hide; the benchmark hides them among ten thousand. */
const CLEAN = 12;

interface Row {
  readonly kind: string;
  readonly subject: string;
  readonly amount: number;
  readonly action: string | null;
}

let database: TestDatabase;
let shop: CloseShop;
let run: RunView;
const subjects = new Map<string, string>();

beforeAll(async () => {
  database = await createTestDatabase();
  shop = await openCloseShop(database.url);
  for (let i = 0; i < CLEAN; i++)
    await (i % 3 === 0 ? shop.waiting() : i % 3 === 1 ? shop.paid() : shop.ended("EXPIRED"));
  for (const mismatch of MISMATCHES) subjects.set(mismatch.name, await mismatch.plant(shop));
  run = await shop.close();
});
afterAll(async () => {
  await shop.stop();
  await database.drop();
});

const found = () => shop.db.sql<Row>("select kind, subject, amount, action from discrepancies order by kind, subject");
const key = ({ kind, subject }: { kind: string; subject: string }) => `${kind} ${subject}`;

test("more than thirty kinds of mismatch are planted", () => {
  expect(MISMATCHES.length).toBeGreaterThanOrEqual(30);
});

test.each(MISMATCHES)("$name is found, and rightly called", async ({ name, kind, amount, end }) => {
  const subject = subjects.get(name) as string;
  const rows = (await found()).filter((row) => row.subject === subject);
  expect(rows).toEqual([{ kind, subject, amount, action: end === "HEALED" ? "HEALED" : null }]);
});

test("nothing else is", async () => {
  const planted = MISMATCHES.map(({ name, kind }) => key({ kind, subject: subjects.get(name) as string }));
  const more = (await found()).filter((row) => !planted.includes(key(row)));
  expect(more).toEqual([]);
});

test("the run counts them", () => {
  expect(run).toMatchObject({ state: "OPEN", unanswered: 0, checked: run.total });
  expect(run.checked).toBe(run.matched + run.healed + run.differing);
});
