import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Actor } from "../../../domain/kernel/actor.ts";
import type { UserId } from "../../../domain/kernel/ids.ts";
import type { Page } from "../../../domain/kernel/page.ts";
import { countMyOrders, listMyOrders, type OrderFilter, type OrderView } from "../../../domain/order/order.queries.ts";
import { ORDER_PAYMENT_STATUSES } from "../../../domain/order/order.rules.ts";
import { ORDER_STATUSES } from "../../../domain/order/order.states.ts";
import { type AdminOrderFilter, countAllOrders, listAllOrders } from "../../../domain/order/orderDesk.queries.ts";
import { countAllPayments, listAllPayments } from "../../../domain/payment/payment.queries.ts";
import type { Db } from "../../../platform/db.ts";
import { inTransaction } from "../../../platform/db.ts";
import { addCustomer, addOrder, addStore, type OrderRow, openTestShop, type TestShop } from "../../support/shopRows.ts";

const ORDERS = 12_000; // enough for the planner to shun a scan, and made in a second
const BUYERS = 40;
const STAFF: Actor = { role: "STAFF", userId: null };

let shop: TestShop;
let buyer: Actor;
let one: OrderRow;
let statements: { text: string; values: readonly unknown[] }[] = [];
/** The database, which keeps what it is asked. */
let watched: Pick<Db, "sql">;

const asked = () => ({ db: watched as Db });
const desk = (filter: Partial<AdminOrderFilter>, after: string | null = null, first = 20) =>
  listAllOrders(asked(), STAFF, { includeArchived: true, ...filter }, { first, after });
const counted = (filter: Partial<AdminOrderFilter>) =>
  countAllOrders(asked(), STAFF, { includeArchived: true, ...filter });

/** Copies of one order: of many buyers, of every status, one in eleven archived, one a minute and two at the same. */
async function copyOrder(order: OrderRow): Promise<void> {
  const like = (table: string, id: string, change: string) => `
    insert into ${table} select (jsonb_populate_record(t, jsonb_build_object(${change}))).*
      from w, ${table} t where t.id = '${id}'`;
  await inTransaction(shop.db, async (tx) => {
    await tx.sql("set local session_replication_role = replica");
    await tx.sql(`
      create temporary table w on commit drop as
        select n, gen_random_uuid() as session, gen_random_uuid() as "order", gen_random_uuid() as payment,
               gen_random_uuid() as try,
               (select array_agg(id order by id) from users where name = 'Banyak')[n % ${BUYERS} + 1] as buyer,
               '2026-11-19T00:00:00Z'::timestamptz - (n / 2) * interval '1 minute' as at
          from generate_series(1, ${ORDERS}) n`);
    const dated = "'created_at', w.at, 'user_id', w.buyer";
    await tx.sql(like("checkout_sessions", order.sessionId, `'id', w.session, ${dated}`));
    await tx.sql(
      like(
        "orders",
        order.orderId,
        `'id', w.order, 'number', 'ORD-' || w.n, 'session_id', w.session, ${dated}, 'is_archived', w.n % 11 = 0,
         'status', case when w.n % 4000 = 0 then 'RETURNED'
                        else ('{COMPLETED,SHIPPED,PAID,CANCELLED}'::text[])[w.n / 7 % 4 + 1] end,
         'payment_status', case when w.n % 3000 = 0 then 'CHARGEBACK'
                                when w.n / 7 % 4 = 3 then 'EXPIRED' else 'PAID' end`,
      ),
    );
    await tx.sql(
      like("payments", order.paymentId, `'id', w.payment, 'number', 'LNS-' || w.n, 'session_id', w.session, ${dated}`),
    );
    await tx.sql(
      like(
        "payment_transactions",
        order.transactionId,
        `'id', w.try, 'payment_id', w.payment, 'gateway_order_id', 'LNS-' || w.n || '-01A',
         'gateway_transaction_id', 'trx-' || w.n`,
      ),
    );
    await tx.sql(`
      insert into shipments (id, order_id, status, courier, service, shipping, shipping_type, airway_bill,
                             weight_grams, quoted_cost, pickup_at, vehicle, phone_suffix_sealed, booked_by, created_at,
                             updated_at)
      select gen_random_uuid(), "order", 'TRANSIT', 'jne', 'REG', 'JNE', 'REG23', 'JNE' || n, 300, 18000, at, 'Motor',
             'x', buyer, at, at from w where n <= 500`);
  });
  const tables = ["orders", "payments", "payment_transactions", "shipments", "users"];
  await inTransaction(shop.db, (tx) => tx.sql(`analyze ${tables.join(", ")}`));
}

beforeAll(async () => {
  shop = await openTestShop();
  const shelf = await addStore(shop.db);
  const buyers = [];
  for (let n = 0; n < BUYERS; n++) buyers.push(await addCustomer(shop.db, "Banyak"));
  buyer = { role: "CUSTOMER", userId: buyers[0] as UserId };
  one = await addOrder(shop.db, await addCustomer(shop.db), shelf);
  await copyOrder(one);
  watched = {
    sql: (text, values = []) => {
      statements.push({ text, values });
      return shop.db.sql(text, values);
    },
  };
}, 60_000);
beforeEach(() => {
  statements = [];
});
afterAll(() => shop?.drop());

interface Plan {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly Plans?: readonly Plan[];
}
const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** What grows with the shop. Payments besides, but a page's own may be joined by a scan while there are this few. */
const GROWING = ["orders", "payment_transactions", "shipments"];

/** Those that the statements so far read from one end to the other. */
async function scanned(): Promise<string[]> {
  const found: string[] = [];
  for (const { text, values } of statements) {
    const [row] = await shop.db.sql<{ "QUERY PLAN": [{ Plan: Plan }] }>(`explain (format json) ${text}`, values);
    const plan = row?.["QUERY PLAN"][0].Plan;
    if (!plan) throw new Error("no plan");
    for (const node of nodesOf(plan)) {
      const name = node["Relation Name"] ?? "";
      if (node["Node Type"] === "Seq Scan" && GROWING.includes(name)) found.push(`${name}: ${text}`);
    }
  }
  return found;
}

/** All pages of a list, in its order. */
async function walk(list: (after: string | null) => Promise<Page<OrderView>>, pagesMax: number): Promise<OrderView[]> {
  const seen: OrderView[] = [];
  let after: string | null = null;
  for (let n = 0; n < pagesMax; n++) {
    const page = await list(after);
    seen.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  return seen;
}

const FILTERS: readonly [string, Partial<AdminOrderFilter>][] = [
  ["all", {}],
  ["those in sight", { includeArchived: false }],
  ["one status", { filter: { status: ["SHIPPED"] } }],
  ["a rare status", { filter: { status: ["RETURNED"] } }],
  ["a status that none has", { filter: { status: ["CANCEL_REQUESTED"] } }],
  ["two statuses, one of them twice", { filter: { status: ["RETURNED", "PAID", "PAID"] } }],
  ["a rare payment status", { filter: { paymentStatus: ["CHARGEBACK"] } }],
  ["both statuses", { filter: { status: ["CANCELLED"], paymentStatus: ["EXPIRED", "CHARGEBACK"] } }],
  ["every status", { filter: { status: [...ORDER_STATUSES], paymentStatus: [...ORDER_PAYMENT_STATUSES] } }],
  ["a day", { filter: { from: "2026-11-17", to: "2026-11-17" } }],
  ["a status of some days in sight", { filter: { status: ["PAID"], from: "2026-11-15" }, includeArchived: false }],
];

describe("staff's list of orders", () => {
  test.each(FILTERS)(
    "by %s reads no table from end to end, at any depth, in one statement a page",
    async (_what, filter) => {
      const first = await desk(filter);
      await desk(filter, first.pageInfo.endCursor);
      const [deep] = (await desk({}, null, 100)).edges.slice(-1);
      await desk(filter, deep?.cursor);
      expect(statements).toHaveLength(4);
      expect(await scanned()).toEqual([]);
    },
  );

  // Without a filter it stops at its limit, which this shop hardly reaches.
  test.each(FILTERS.filter(([, { filter }]) => filter))(
    "by %s is counted in one such statement",
    async (_what, filter) => {
      await counted(filter);
      expect(statements).toHaveLength(1);
      expect(await scanned()).toEqual([]);
    },
  );

  test.each(FILTERS)("by %s holds what a plain reading of the table holds, in order", async (_what, filter) => {
    const { status, paymentStatus, from, to } = filter.filter ?? {};
    const expected = await shop.db.sql<{ id: string }>(
      `select id from orders
        where ($1::text[] is null or status = any($1)) and ($2::text[] is null or payment_status = any($2))
          and ($3::date is null or (created_at at time zone 'Asia/Jakarta')::date >= $3)
          and ($4::date is null or (created_at at time zone 'Asia/Jakarta')::date <= $4)
          and ($5 or not is_archived)
        order by created_at desc, id desc`,
      [status ?? null, paymentStatus ?? null, from ?? null, to ?? null, filter.includeArchived ?? true],
    );
    const pages = 4;
    const seen = await walk((after) => desk(filter, after, 100), pages);
    expect(seen.map(({ id }) => id)).toEqual(expected.slice(0, pages * 100).map(({ id }) => id));
    expect(await counted(filter)).toBe(Math.min(expected.length, 10_000));
  });

  test.each([
    ["an order's number", "ORD-77", 1],
    ["an order's number in small letters", "ord-77", 1],
    ["a payment's number", "lns-78", 1],
    ["an order id at the gateway", "LNS-79-01A", 1],
    ["a transaction's id at the gateway", "trx-80", 1],
    ["a waybill", "JNE81", 1],
    ["a waybill in small letters", " jne81 ", 1],
    ["words that nothing has", "JNE", 0],
    ["a percent sign", "%", 0],
    ["a statement", "' or true --", 0],
  ])("is searched by %s without a scan", async (_what, search, found) => {
    const page = await desk({ search });
    expect([page.nodes.length, await counted({ search })]).toEqual([found, found]);
    expect(await scanned()).toEqual([]);
  });

  test("is searched by an e-mail address, page by page, with a filter besides", async () => {
    const search = `${buyer.userId}@LUNAS.test`;
    const all = await walk((after) => desk({ search }, after, 100), 10);
    expect([all.length, new Set(all.map(({ id }) => id)).size]).toEqual([ORDERS / BUYERS, ORDERS / BUYERS]);
    expect(await counted({ search })).toBe(ORDERS / BUYERS);
    const paid = await desk({ search, filter: { status: ["COMPLETED"], from: "2026-11-15" }, includeArchived: false });
    expect(new Set(paid.nodes.map(({ status, userId, isArchived }) => `${status} ${userId} ${isArchived}`))).toEqual(
      new Set([`COMPLETED ${buyer.userId} false`]),
    );
    expect(await scanned()).toEqual([]);
  });

  test("keeps its place while orders come in", async () => {
    const filter = { filter: { status: ["SHIPPED"] } } as const;
    const first = await desk(filter, null, 10);
    const rest = await desk(filter, first.pageInfo.endCursor, 10);
    await shop.db.sql("update orders set created_at = now() where id = $1", [one.orderId]);
    await inTransaction(shop.db, async (tx) => {
      await tx.sql("update orders set status = 'SHIPPED' where id = $1", [one.orderId]);
    });
    expect((await desk(filter, first.pageInfo.endCursor, 10)).nodes).toEqual(rest.nodes);
    expect((await desk(filter, null, 10)).nodes[0]?.id).toBe(one.orderId);
  });

  test("is staff's alone", async () => {
    await expect(listAllOrders(asked(), buyer, { includeArchived: true }, { first: 1 })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    await expect(countAllOrders(asked(), buyer, { includeArchived: true })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
  });
});

test("a payment is searched by its number, its order's, its customer and the gateway's words: no scan", async () => {
  const [{ gatewayOrderId } = { gatewayOrderId: "" }] = await shop.db.sql<{ gatewayOrderId: string }>(
    "select gateway_order_id from payment_transactions where id = $1",
    [one.transactionId],
  );
  for (const search of [one.paymentNumber.toLowerCase(), one.orderNumber, gatewayOrderId]) {
    const { nodes } = await listAllPayments(asked(), STAFF, { search }, { first: 20, after: null });
    expect(nodes.map(({ id }) => id)).toEqual([one.paymentId]);
    expect(await countAllPayments(asked(), STAFF, { search })).toBe(1);
  }
  expect(await countAllPayments(asked(), STAFF, { search: `${buyer.userId}@lunas.test` })).toBe(ORDERS / BUYERS);
  expect(await scanned()).toEqual([]);
});

describe("a customer's list of orders", () => {
  const mine = (filter: OrderFilter | null, after: string | null = null, first = 100) =>
    listMyOrders(asked(), buyer, filter, { first, after });

  test.each<[string, OrderFilter | null]>([
    ["all", null],
    ["a status", { status: ["COMPLETED", "SHIPPED"] }],
    ["a payment status", { paymentStatus: ["PAID"] }],
    ["Jakarta days", { from: "2026-11-16", to: "2026-11-18" }],
    ["all three", { status: ["COMPLETED"], paymentStatus: ["PAID"], from: "2026-11-12" }],
  ])("by %s holds his own in sight, without a scan", async (_what, filter) => {
    const expected = await shop.db.sql<{ id: string }>(
      `select id from orders
        where user_id = $1 and not is_archived
          and ($2::text[] is null or status = any($2)) and ($3::text[] is null or payment_status = any($3))
          and ($4::date is null or (created_at at time zone 'Asia/Jakarta')::date >= $4)
          and ($5::date is null or (created_at at time zone 'Asia/Jakarta')::date <= $5)
        order by created_at desc, id desc`,
      [buyer.userId, filter?.status ?? null, filter?.paymentStatus ?? null, filter?.from ?? null, filter?.to ?? null],
    );
    const seen = await walk((after) => mine(filter, after), 10);
    expect(seen.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    expect(seen.length).toBeGreaterThan(0);
    expect(await countMyOrders(asked(), buyer, filter)).toBe(expected.length);
    expect(await scanned()).toEqual([]);
  });
});
