import type pg from "pg";
import type { UserId } from "../domain/kernel/ids.ts";
import { type Bench, type Benchmark, besideBare, type Row, rowOf } from "./harness/benchmark.ts";
import { askGraphql } from "./harness/httpClient.ts";
import { measure, planOf } from "./harness/measure.ts";
import { type Api, openShop, POOL_SIZE, type Shop } from "./harness/shop.ts";
import { addCatalogue } from "./rows/catalogue.ts";
import { addManyOrders } from "./rows/manyOrders.ts";

const AT_ONCE = [1, 8, 32];
const PAGE = 10;
const ORDERS_OF_A_CUSTOMER = 200;
/** Callers take turns, in a shop of any size the same number of them. */
const CALLERS = 10;

const FIELDS = `
  id number status paymentStatus subtotal shippingCost tax total createdAt
  store { id name slug }
  payment { id number status method amount paidAt expiresAt }`;

const PLAIN = `
  query MyOrders {
    orders(first: ${PAGE}) {
      edges { cursor node { ${FIELDS} items { id productName unitPrice quantity total } } }
      pageInfo { hasNextPage endCursor }
    }
  }`;

const WITH_MORE = `
  query MyOrders {
    orders(first: ${PAGE}) {
      totalCount
      edges { cursor node { ${FIELDS} items { id productName unitPrice quantity total product { id slug imageUrl } } } }
      pageInfo { hasNextPage endCursor }
    }
  }`;

interface Answer {
  readonly orders: { readonly edges: readonly { readonly node: { readonly items: readonly unknown[] } }[] };
}

const LIST = `
  select o.id, o.number, o.session_id, o.store_id, p.id as payment_id, o.status, o.payment_status, o.subtotal,
         o.shipping_cost, o.tax, o.total, o.created_at
    from orders o join payments p on p.session_id = o.session_id
   where not o.is_archived and o.user_id = $1 order by o.created_at desc, o.id desc limit ${PAGE + 1}`;
const ITEMS = `
  select id, order_id, product_name, unit_price, quantity, total from order_items
   where order_id = any($1::uuid[]) order by id`;
const PAYMENTS = `
  select id, number, status, method, amount, paid_at, expires_at from payments where id = any($1::uuid[])`;
const STORES = "select id, name, slug from stores where id = any($1::uuid[])";
const BARE_STATEMENTS = 4;

/** The rows of a page by prepared statements: the list, then what hangs from it, all three at once. */
async function readBare(pool: pg.Pool, userId: UserId): Promise<{ orders: number; items: number }> {
  const list = await pool.query({ name: "bare list", text: LIST, values: [userId] });
  const page = (list.rows as { id: string; payment_id: string; store_id: string }[]).slice(0, PAGE);
  const [items] = await Promise.all([
    pool.query({ name: "bare items", text: ITEMS, values: [page.map(({ id }) => id)] }),
    pool.query({ name: "bare payments", text: PAYMENTS, values: [page.map(({ payment_id }) => payment_id)] }),
    pool.query({ name: "bare stores", text: STORES, values: [[...new Set(page.map(({ store_id }) => store_id))]] }),
  ]);
  return { orders: page.length, items: items.rows.length };
}

interface Setting {
  readonly bench: Bench;
  readonly shop: Shop;
  readonly callers: readonly { readonly id: UserId; readonly bearer: string }[];
  /** How many orders the page of a caller has. */
  readonly page: number;
}

/** The next caller, in turn. */
function inTurn<T>(list: readonly T[]): () => T {
  let n = 0;
  return () => list[n++ % list.length] as T;
}

async function measureShop(setting: Setting, api: Api, name: string, atOnce: number, query = PLAIN): Promise<Row> {
  const { bench, callers, page } = setting;
  bench.progress(`${name}, ${atOnce} at once`);
  const next = inTurn(callers);
  const operate = async () => {
    const { orders } = await askGraphql<Answer>(api.client, next().bearer, { query });
    const isWhole = orders.edges.length === page && orders.edges.every(({ node }) => node.items.length === 2);
    if (!isWhole) throw new Error(`a page that is not whole: ${JSON.stringify(orders)}`);
  };
  return rowOf(name, atOnce, await measure(bench, { ...api, operate }, planOf(bench, atOnce)));
}

async function measureBare({ bench, shop, callers, page }: Setting, atOnce: number): Promise<Row> {
  const name = "  bare, prepared";
  bench.progress(`${name}, ${atOnce} at once`);
  const next = inTurn(callers);
  let sent = 0;
  const operate = async () => {
    const read = await readBare(shop.pool, next().id);
    if (read.orders !== page || read.items !== 2 * page)
      throw new Error(`a page that is not whole: ${JSON.stringify(read)}`);
    sent += BARE_STATEMENTS;
  };
  const subject = { operate, pid: process.pid, statementsSent: async () => sent };
  return rowOf(name, atOnce, await measure(bench, subject, planOf(bench, atOnce)));
}

async function runSize(bench: Bench, size: number): Promise<Row[]> {
  const label = `${size.toLocaleString("en")} orders`;
  bench.progress(`filling a shop with ${label}`);
  const shop = await openShop(bench, `orders_${size}`);
  const customers = Math.max(CALLERS, Math.floor(size / ORDERS_OF_A_CUSTOMER));
  const { users } = await addCatalogue(shop.sql, customers);
  await addManyOrders(shop.databaseUrl, size, "OLD");
  const ids = users.slice(0, CALLERS);
  const callers = await Promise.all(ids.map(async (id) => ({ id, bearer: await shop.bearerOf(id) })));
  const setting = { bench, shop, callers, page: Math.min(PAGE, Math.floor(size / customers)) };
  const api = await shop.startApi();
  await measureShop(setting, api, "warming up", 8);
  const rows: Row[] = [];
  for (const atOnce of AT_ONCE) {
    const row = await measureShop(setting, api, label, atOnce);
    const bare = await measureBare(setting, atOnce);
    rows.push(besideBare(row, { prepared: bare }), bare);
  }
  rows.push(await measureShop(setting, api, `${label}, counted, with products`, 8, WITH_MORE));
  bench.progress(`the audit of ${label}`);
  await shop.audit();
  await shop.close();
  return rows;
}

async function run(bench: Bench): Promise<{ notes: string[]; rows: Row[] }> {
  const rows: Row[] = [];
  for (const size of bench.options.sizes) rows.push(...(await runSize(bench, size)));
  const notes = [
    `orders(first: ${PAGE}) with items, payment and store, signed in; ` +
      `the callers have some ${ORDERS_OF_A_CUSTOMER} orders each and ` +
      `${CALLERS} of them take turns. "counted": totalCount is asked for too.`,
    `Bare: the same rows by ${BARE_STATEMENTS} prepared statements, from a pool of ${POOL_SIZE} here, over no HTTP.`,
  ];
  return { notes, rows };
}

export const orders: Benchmark = { name: "orders", title: "My orders", run };
