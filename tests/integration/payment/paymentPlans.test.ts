import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { App } from "../../../domain/app.ts";
import type { Actor } from "../../../domain/kernel/actor.ts";
import type { UserId } from "../../../domain/kernel/ids.ts";
import {
  countAllPayments,
  countNotifications,
  listAllPayments,
  listNotifications,
} from "../../../domain/payment/payment.queries.ts";
import type { PaymentStatus } from "../../../domain/payment/payment.states.ts";
import { addCustomer, openTestShop } from "../../support/shopRows.ts";

/** The planner of so many does as of a million: all of them are read by whoever walks the list. */
const PAYMENTS = Number(process.env["LUNAS_PLAN_ROWS"] ?? 20_000);
const RARE = 30; // payments of each rare status, the oldest of all
const VAIN_MAX = 100; // rows beside those that a page shows; of a status that most have the list itself is walked

let shop: Awaited<ReturnType<typeof openTestShop>>;
let client: pg.Client;
let staff: Actor;
beforeAll(async () => {
  shop = await openTestShop();
  const userId = await addCustomer(shop.db);
  staff = { role: "STAFF", userId: userId as UserId };
  client = new pg.Client({ connectionString: shop.url });
  await client.connect();
  await client.query("set session_replication_role = replica");
  await client.query(
    `insert into payments (id, number, purpose, channel, status, user_id, session_id, amount, expires_at, created_at,
                           updated_at)
     select gen_random_uuid(), 'OLD-' || n, 'ORDER', 'MIDTRANS',
            case when n <= $3 then 'CHARGEBACK' when n <= 2 * $3 then 'REFUNDED' when n % 3 = 0 then 'EXPIRED'
                 when n % 7 = 0 then 'CANCELLED' else 'PAID' end,
            $2::uuid, gen_random_uuid(), 10000, t.at, t.at, t.at
       from generate_series(1, $1::integer) n,
            lateral (select timestamptz '2020-01-01' + n * interval '1 minute' as at) t`,
    [PAYMENTS, userId, RARE],
  );
  await client.query(
    `insert into payment_notifications (id, digest, gateway_order_id, body_sealed, state, received_at)
     select gen_random_uuid(), n::text, 'LNS-' || n, '', case when n <= $2 then 'PARKED' else 'APPLIED' end,
            timestamptz '2020-01-01' + n * interval '1 minute'
       from generate_series(1, $1::integer) n`,
    [PAYMENTS, RARE],
  );
  await client.query("analyze payments, payment_notifications");
});
afterAll(async () => {
  await client?.end();
  await shop?.drop();
});

interface Asked {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The shop's database, and what it was asked. */
function listened(): { app: Pick<App, "db">; asked: Asked[] } {
  const asked: Asked[] = [];
  const sql = (text: string, values: readonly unknown[] = []) => {
    asked.push({ text, values });
    return shop.db.sql(text, values);
  };
  return { app: { db: { ...shop.db, sql } as unknown as App["db"] }, asked };
}

/** What a list asks the database: two pages of it, and how many it has. */
async function askedOf(status: readonly PaymentStatus[]): Promise<Asked[]> {
  const { app, asked } = listened();
  const { nodes, pageInfo } = await listAllPayments(app, staff, { filter: { status } }, { first: 20 });
  expect(nodes).toHaveLength(20);
  const rest = await listAllPayments(app, staff, { filter: { status } }, { first: 20, after: pageInfo.endCursor });
  const all = [...nodes, ...rest.nodes].map(({ createdAt }) => createdAt.getTime());
  expect(all).toEqual([...all].sort((a, b) => b - a));
  expect(await countAllPayments(app, staff, { filter: { status } })).toBeGreaterThanOrEqual(RARE);
  return asked;
}

const literal = (value: unknown): string =>
  Array.isArray(value)
    ? `array[${value.map(literal).join(", ")}]`
    : client.escapeLiteral(value instanceof Date ? value.toISOString() : String(value));

/** Rows that a prepared statement looked at in vain, as it is planned for these values or for whatever is asked. */
async function inVain({ text, values }: Asked, mode: "force_custom_plan" | "force_generic_plan"): Promise<number> {
  await client.query(`set plan_cache_mode = ${mode}`);
  await client.query(`prepare asked as ${text}`);
  const { rows } = await client.query(`explain (analyze, timing off) execute asked(${values.map(literal).join(", ")})`);
  await client.query("deallocate asked");
  const plan = rows.map((row: Record<string, string>) => row["QUERY PLAN"]).join("\n");
  return [...plan.matchAll(/Rows Removed by Filter: (\d+)/g)].reduce((sum, [, n]) => sum + Number(n), 0);
}

const isPage = ({ text }: Asked): boolean => text.includes("order by");

test.each([
  ["CHARGEBACK", () => true],
  ["PAID", isPage], // so many are counted by reading them
] as const)(
  "staff's payments that are %s are found without a walk through all others, page after page",
  async (status, isLookedAt) => {
    for (const each of (await askedOf([status])).filter(isLookedAt)) {
      expect(await inVain(each, "force_custom_plan")).toBeLessThan(VAIN_MAX);
      expect(await inVain(each, "force_generic_plan")).toBeLessThan(VAIN_MAX);
    }
  },
);

test("staff's payments of some rare statuses are found without a walk through all others", async () => {
  for (const each of await askedOf(["CHARGEBACK", "REFUNDED"]))
    expect(await inVain(each, "force_custom_plan")).toBeLessThan(VAIN_MAX);
});

test("notifications that wait for a person are listed and counted without a walk through all others", async () => {
  const { app, asked } = listened();
  const page = await listNotifications(app, staff, { state: ["PARKED"] }, { first: 20 });
  const rest = await listNotifications(
    app,
    staff,
    { state: ["PARKED"] },
    { first: 20, after: page.pageInfo.endCursor },
  );
  expect([page.nodes.length, rest.nodes.length]).toEqual([20, RARE - 20]);
  expect(await countNotifications(app, staff, { state: ["PARKED"] })).toBe(RARE);
  expect(asked).toHaveLength(3);
  for (const each of asked)
    for (const mode of ["force_custom_plan", "force_generic_plan"] as const) expect(await inVain(each, mode)).toBe(0);
});
