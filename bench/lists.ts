import type { Actor } from "../domain/kernel/actor.ts";
import type { UserId } from "../domain/kernel/ids.ts";
import { countMyOrders, listMyOrders, type OrderFilter } from "../domain/order/order.queries.ts";
import { countAllOrders, listAllOrders } from "../domain/order/orderDesk.queries.ts";
import type { Db } from "../platform/db.ts";
import type { Sql, SqlValue } from "../platform/sqlClient.ts";
import { type Bench, type Benchmark, type Row, rowOf } from "./harness/benchmark.ts";
import { askGraphql } from "./harness/httpClient.ts";
import { measure, planOf } from "./harness/measure.ts";
import { type Api, openShop, type Shop } from "./harness/shop.ts";
import { addCatalogue, ids } from "./rows/catalogue.ts";
import { addManyOrders } from "./rows/manyOrders.ts";

const PAGE = 25;
const ORDERS_OF_A_CUSTOMER = 200;
const AT_ONCE = 2;
/** In a smaller shop reading all of a table is right, and the planner does so. */
const PLANNED_FROM = 10_000;
/** Waiting for payment, among all the others: a status that is rare. */
const RARE_ONE_IN = 1_000;

/** One page that somebody asks for. */
interface Case {
  readonly name: string;
  /** True: a customer's own orders; false: staff's list. */
  readonly isOwn: boolean;
  readonly filter?: OrderFilter;
  readonly search?: string;
  readonly includeArchived?: boolean;
  /** The page after this one. */
  readonly after?: string | null;
  readonly isCounted?: boolean;
}

const FIELDS = `
  edges { cursor node { id number status paymentStatus total createdAt store { id name }
                        payment { id number status method } items { id productName quantity } } }
  pageInfo { hasNextPage endCursor }`;

function queryOf({ isOwn, isCounted }: Case): string {
  const count = isCounted ? "totalCount" : "";
  return isOwn
    ? `query Mine($filter: OrderFilter, $after: String) {
         orders(first: ${PAGE}, filter: $filter, after: $after) { ${count} ${FIELDS} } }`
    : `query All($filter: OrderFilter, $after: String, $search: String, $includeArchived: Boolean) {
         adminOrders(first: ${PAGE}, filter: $filter, after: $after, search: $search,
                     includeArchived: $includeArchived) { ${count} ${FIELDS} } }`;
}

const STAFF: Actor = { role: "STAFF", userId: null };

/** What somebody has in hand, of an order in the middle of the table. */
interface InHand {
  readonly number: string;
  readonly paymentNumber: string;
  readonly gatewayOrderId: string;
  readonly gatewayTransactionId: string;
  readonly email: string;
  readonly day: string;
  readonly userId: UserId;
}

async function pickInHand({ sql }: Shop, size: number): Promise<InHand> {
  const [row] = await sql<InHand>(
    `select o.number, p.number as payment_number, t.gateway_order_id, t.gateway_transaction_id, u.email, o.user_id,
            to_char(o.created_at at time zone 'Asia/Jakarta', 'YYYY-MM-DD') as day
       from orders o join payments p on p.session_id = o.session_id
       join payment_transactions t on t.payment_id = p.id join users u on u.id = o.user_id
      where o.status = 'PAID' order by o.created_at offset $1 limit 1`,
    [Math.floor(size / 2)],
  );
  if (!row) throw new Error("no order in the middle");
  return row;
}

/** The cursor in the middle of a list, which no page number could reach as fast. */
async function middleOf(db: Db, actor: Actor | null, day: string): Promise<string | null> {
  const page = { first: PAGE, after: null };
  const filter = { to: day };
  const list = actor
    ? await listMyOrders({ db }, actor, filter, page)
    : await listAllOrders({ db }, STAFF, { filter, includeArchived: true }, page);
  return list.pageInfo.endCursor;
}

function casesOf(inHand: InHand, mine: string | null, all: string | null): Case[] {
  const paid: OrderFilter = { status: ["PAID"] };
  const own: Case[] = [
    { name: "my orders", isOwn: true },
    { name: "my orders, from their middle", isOwn: true, after: mine },
    { name: "my orders, counted", isOwn: true, isCounted: true },
    { name: "my orders of a status", isOwn: true, filter: paid },
    { name: "my orders of a rare status", isOwn: true, filter: { status: ["PENDING_PAYMENT"] }, isCounted: true },
    { name: "my orders of a payment status", isOwn: true, filter: { paymentStatus: ["EXPIRED"] } },
    { name: "my orders of a day", isOwn: true, filter: { from: inHand.day, to: inHand.day } },
  ];
  const searches = [
    ["an order's number", inHand.number],
    ["a payment's number", inHand.paymentNumber],
    ["an e-mail address", inHand.email],
    ["an order id of the gateway", inHand.gatewayOrderId],
    ["a transaction id of the gateway", inHand.gatewayTransactionId],
    ["a waybill that none has", "JNE0000000000"],
  ] as const;
  const staffs: Case[] = [
    { name: "all orders", isOwn: false },
    { name: "all orders, from their middle", isOwn: false, after: all },
    { name: "all orders, counted", isOwn: false, isCounted: true },
    { name: "all but archived, counted", isOwn: false, includeArchived: false, isCounted: true },
    { name: "of a common status, counted", isOwn: false, filter: paid, isCounted: true },
    { name: "of a common status, from its middle", isOwn: false, filter: paid, after: all },
    { name: "of a rare status, counted", isOwn: false, filter: { status: ["PENDING_PAYMENT"] }, isCounted: true },
    { name: "of a status that none has", isOwn: false, filter: { status: ["RETURNED"] }, isCounted: true },
    { name: "of a payment status, counted", isOwn: false, filter: { paymentStatus: ["EXPIRED"] }, isCounted: true },
    {
      name: "of both statuses and a day, counted",
      isOwn: false,
      filter: { ...paid, paymentStatus: ["PAID"], from: inHand.day, to: inHand.day },
      isCounted: true,
    },
    { name: "of a day, counted", isOwn: false, filter: { from: inHand.day, to: inHand.day }, isCounted: true },
    ...searches.map(([what, search]) => ({ name: `search for ${what}`, isOwn: false, search, isCounted: true })),
  ];
  return [...own, ...staffs];
}

interface Plan {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly Plans?: readonly Plan[];
}
const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
const GROWING = ["orders", "payments", "payment_transactions", "shipments"];

/** @throws Error when a statement of the case reads a table that grows from one end to the other */
async function requireNoScan(sql: Sql, one: Case, buyer: Actor): Promise<void> {
  const asked: { text: string; values: readonly SqlValue[] }[] = [];
  const watched: Sql = (text, values = []) => {
    asked.push({ text, values });
    return sql(text, values);
  };
  const app = { db: { sql: watched } as Db };
  const page = { first: PAGE, after: one.after ?? null };
  const all = { filter: one.filter ?? null, search: one.search ?? null, includeArchived: one.includeArchived ?? true };
  if (one.isOwn) await listMyOrders(app, buyer, one.filter, page);
  else await listAllOrders(app, STAFF, all, page);
  if (one.isCounted) await (one.isOwn ? countMyOrders(app, buyer, one.filter) : countAllOrders(app, STAFF, all));
  for (const { text, values } of asked) {
    const [row] = await sql<{ "QUERY PLAN": [{ Plan: Plan }] }>(`explain (format json) ${text}`, values);
    const plan = row?.["QUERY PLAN"][0].Plan;
    const scan = plan && nodesOf(plan).find((node) => node["Node Type"] === "Seq Scan" && isGrowing(node));
    if (!plan || scan) throw new Error(`${one.name} reads all of ${scan?.["Relation Name"]}: ${text}`);
  }
}
const isGrowing = (node: Plan): boolean => GROWING.includes(node["Relation Name"] ?? "");

async function measureCase(bench: Bench, api: Api, one: Case, bearer: string): Promise<Row> {
  bench.progress(one.name);
  const { filter = null, search = null, after = null, includeArchived = true } = one;
  const variables = one.isOwn ? { filter, after } : { filter, after, search, includeArchived };
  const body = { query: queryOf(one), variables };
  const operate = () => askGraphql(api.client, bearer, body);
  return rowOf(one.name, AT_ONCE, await measure(bench, { ...api, operate }, planOf(bench, AT_ONCE)));
}

async function addStaff({ sql }: Shop): Promise<UserId> {
  const id = ids.next<"user">();
  await sql(
    `insert into users (id, email, email_key, name, role, password_hash, created_at, updated_at)
     values ($1, 'staf@lunas.test', 'staf@lunas.test', 'Staf Uji', 'STAFF', 'none', now(), now())`,
    [id],
  );
  return id;
}

async function run(bench: Bench): Promise<{ notes: string[]; rows: Row[] }> {
  const size = Math.max(...bench.options.sizes);
  bench.progress(`filling a shop with ${size.toLocaleString("en")} orders`);
  const shop = await openShop(bench, "lists");
  await addCatalogue(shop.sql, Math.max(10, Math.floor(size / ORDERS_OF_A_CUSTOMER)));
  await addManyOrders(shop.databaseUrl, size, "OLD");
  await addManyOrders(shop.databaseUrl, Math.ceil(size / RARE_ONE_IN), "PENDING");
  const inHand = await pickInHand(shop, size);
  const buyer: Actor = { role: "CUSTOMER", userId: inHand.userId };
  const db = { sql: shop.sql } as Db;
  const cases = casesOf(inHand, await middleOf(db, buyer, inHand.day), await middleOf(db, null, inHand.day));
  const bearers = [await shop.bearerOf(inHand.userId), await shop.bearerOf(await addStaff(shop), "STAFF")] as const;
  const api = await shop.startApi();
  const rows: Row[] = [];
  for (const one of cases) {
    if (size >= PLANNED_FROM) await requireNoScan(shop.sql, one, buyer);
    rows.push(await measureCase(bench, api, one, one.isOwn ? bearers[0] : bearers[1]));
  }
  await shop.audit();
  await shop.close();
  const notes = [
    `${size.toLocaleString("en")} orders; pages of ${PAGE} with items, payment and store, ` +
      "of a customer who has some 200 and of staff.",
    size >= PLANNED_FROM
      ? "No case reads orders, payments, transactions or shipments from one end to the other: its plan was looked at."
      : "Plans were not looked at: in so small a shop reading all of a table is right.",
  ];
  return { notes, rows };
}

export const lists: Benchmark = { name: "lists", title: "Lists of orders", run };
