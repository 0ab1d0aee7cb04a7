import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "../../../domain/kernel/actor.ts";
import { approveAdjustment } from "../../../domain/ledger/approveAdjustment.ts";
import { requestAdjustment } from "../../../domain/ledger/requestAdjustment.ts";
import type { RunView } from "../../../domain/reconciliation/reconciliation.queries.ts";
import { resolveDiscrepancy } from "../../../domain/reconciliation/resolveDiscrepancy.ts";
import { signOffReconciliation } from "../../../domain/reconciliation/signOffReconciliation.ts";
import { resolveMoneyCase } from "../../../domain/report/resolveMoneyCase.ts";
import { type CloseShop, DAY, openCloseShop } from "../../support/closeShop.ts";
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
let [admin, second]: Actor[] = [];
const subjects = new Map<string, string>();

beforeAll(async () => {
  database = await createTestDatabase();
  shop = await openCloseShop(database.url);
  for (let i = 0; i < CLEAN; i++)
    await (i % 3 === 0 ? shop.waiting() : i % 3 === 1 ? shop.paid() : shop.ended("EXPIRED"));
  for (const mismatch of MISMATCHES) subjects.set(mismatch.name, await mismatch.plant(shop));
  run = await shop.close();
  [admin, second] = [await shop.addPerson("ADMIN"), await shop.addPerson("ADMIN")];
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

const NOTE = "looked into";

async function openOne(name: string): Promise<{ id: string; subject: string; transactionId: string | null }> {
  const subject = subjects.get(name) as string;
  const [row] = await shop.db.sql<{ id: string; subject: string; transactionId: string | null }>(
    "select id, subject, transaction_id from discrepancies where subject = $1 and resolved_at is null",
    [subject],
  );
  if (!row) throw new Error(`${name} is not open`);
  return row;
}

const end = (id: string, action: string) => resolveDiscrepancy(shop.app, admin as Actor, { id, action, note: NOTE });

/** What must have happened before an action is true. */
const BEFORE: Readonly<Record<string, (name: string) => Promise<unknown>>> = {
  async DECIDED(name) {
    const { transactionId, subject } = await openOne(name);
    const cases = await shop.db.sql<{ id: string }>(
      "select id from money_cases where resolved_at is null and (transaction_id = $1 or 'case:' || subject = $2)",
      [transactionId, subject],
    );
    expect(cases.length).toBeGreaterThan(0);
    const how = { action: "DISMISS", note: NOTE };
    for (const { id } of cases) await resolveMoneyCase(shop.app, admin as Actor, { id, ...how });
  },
  async ADJUST(name) {
    const { id: discrepancyId } = await openOne(name);
    const amount = Math.abs(MISMATCHES.find((each) => each.name === name)?.amount ?? 0);
    const id = await requestAdjustment(shop.app, admin as Actor, {
      postings: [
        { account: "SUSPENSE", amount },
        { account: "RECEIVABLE", method: "SNAP", amount: -amount },
      ] as never,
      reason: NOTE,
      discrepancyId,
      idempotencyKey: `adjust-${discrepancyId}`,
    });
    await approveAdjustment(shop.app, second as Actor, { id } as never);
  },
};

describe("each that is open is ended by its path, and by nothing less", () => {
  test.each(MISMATCHES.filter((each) => each.end !== "HEALED"))(
    "$name: $end",
    async ({ name, end: action, repair }) => {
      const { id, subject } = await openOne(name);
      await expect(end(id, "GUESS")).rejects.toMatchObject({ code: "INVALID_INPUT" });
      if (action === "SYNC" || action === "RECHECK" || action === "DECIDED")
        await expect(end(id, action)).rejects.toMatchObject({ code: "CONFLICT" });
      if (action === "ADJUST") await expect(end(id, action)).rejects.toMatchObject({ code: "SECOND_PERSON_NEEDED" });
      await repair?.(shop, subject);
      await BEFORE[action]?.(name);
      await end(id, action);
      const [row] = await shop.db.sql("select action, resolved_by, resolution from discrepancies where id = $1", [id]);
      expect(row).toEqual({ action, resolvedBy: admin?.userId, resolution: NOTE });
    },
  );

  test("and what was decided is not told again by the next close", async () => {
    run = await shop.close();
    const open = await shop.db.sql("select kind, subject, ours, theirs from discrepancies where resolved_at is null");
    expect(open).toEqual([]);
    expect(run).toMatchObject({ state: "OPEN", open: 0 });
  });

  test("so that the day can be signed off", async () => {
    await signOffReconciliation(shop.app, admin as Actor, { day: DAY });
    const [signed] = await shop.db.sql("select state, sales, in_doubt from reconciliation_runs where day = $1", [DAY]);
    expect(signed).toMatchObject({ state: "SIGNED_OFF", inDoubt: 0 });
  });
});
