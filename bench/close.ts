import pg from "pg";
import { renderReport } from "../domain/reconciliation/runReport.queries.ts";
import { tables } from "../domain/tables.ts";
import { openDb } from "../platform/db.ts";
import type { Sql } from "../platform/sqlClient.ts";
import { DAY, sellers } from "../tests/support/closeShop.ts";
import { closeInProcess, closeWithDeaths } from "../tests/support/killedClose.ts";
import { MISMATCHES } from "../tests/support/mismatches.ts";
import { addCustomer, addStore, NOW } from "../tests/support/shopRows.ts";
import { type StatusBooks, settled, startStatusBooks } from "../tests/support/statusBooks.ts";
import { type Bench, type Benchmark, type Row, rowOf } from "./harness/benchmark.ts";
import { Breached, openShop, type Shop } from "./harness/shop.ts";
import { addCatalogue } from "./rows/catalogue.ts";
import { addManyOrders } from "./rows/manyOrders.ts";

/** A large shop's day. */
const TRANSACTIONS_MAX = 100_000;
const ORDERS_OF_A_CUSTOMER = 200;
/** The most that MIDTRANS_RATE may be: slower, and the time is the number of calls by the rate. */
const RATE = 1_000;
const DEATHS = 10;
const COPY_TRIES_MAX = 20;

// All of them in the day that is closed, and charged by one method: one call to the gateway each.
const MOVE_TRANSACTIONS = `
  update payment_transactions
     set method = 'QRIS', gateway_order_id = gateway_order_id || 'Z',
         created_at = $1::timestamptz, updated_at = $1::timestamptz,
         settled_at = case when captured_amount > 0 then $1::timestamptz end,
         captured_at = case when captured_amount > 0 then $1::timestamptz end,
         gateway_transaction_id = coalesce(gateway_transaction_id, id::text),
         gateway_status = coalesce(gateway_status, 'expire')`;
const MOVE_PAYMENTS = "update payments set created_at = $1, method = 'QRIS', number = number || 'Z'";
/** Those that are planted have numbers of the same form. */
const MOVE_ORDERS = "update orders set number = number || 'Z'";

/** Fills the day, here and at the gateway. */
async function fill(shop: Shop, books: StatusBooks, count: number): Promise<void> {
  await addCatalogue(shop.sql, Math.max(10, Math.floor(count / ORDERS_OF_A_CUSTOMER)));
  await addManyOrders(shop.databaseUrl, count, "OLD");
  await shop.sql(MOVE_TRANSACTIONS, [NOW]);
  await shop.sql(MOVE_PAYMENTS, [NOW]);
  await shop.sql(MOVE_ORDERS);
  await shop.sql("vacuum analyze payment_transactions");
  const rows = await shop.sql<{ orderId: string; id: string; amount: number; isPaid: boolean }>(
    `select gateway_order_id as "orderId", gateway_transaction_id as id, amount, captured_amount > 0 as "isPaid"
       from payment_transactions`,
  );
  for (const { orderId, id, amount, isPaid } of rows) {
    const answer = settled(orderId, id, amount);
    books.put(isPaid ? answer : { ...answer, transaction_status: "expire", status_code: "202" });
  }
}

/** Hides one of each mismatch among them. @returns their subjects with the kind that each must have */
async function plant(shop: Shop, books: StatusBooks): Promise<string[]> {
  const db = openDb(shop.databaseUrl, tables);
  const ground = { db, books, ...sellers(db, books, await addCustomer(db), await addStore(db)) };
  const planted: string[] = [];
  for (const mismatch of MISMATCHES) planted.push(`${mismatch.kind} ${await mismatch.plant(ground)}`);
  await db.close();
  return planted.sort();
}

/** Another database with the same rows; whoever is connected to the first is sent away. */
async function copyOf(bench: Bench, shop: Shop, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: bench.cluster.url });
  await client.connect();
  const from = new URL(shop.databaseUrl).pathname.slice(1);
  try {
    for (let tries = 1; ; tries++) {
      await client.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [from]);
      const made = await client.query(`create database ${name} template ${from}`).then(
        () => null,
        (error: Error) => error,
      );
      if (made === null) break;
      if (tries === COPY_TRIES_MAX) throw made;
    }
  } finally {
    await client.end();
  }
  const url = new URL(shop.databaseUrl);
  url.pathname = `/${name}`;
  return url.href;
}

const found = async (sql: Sql): Promise<string[]> =>
  (await sql<{ name: string }>("select kind || ' ' || subject as name from discrepancies"))
    .map(({ name }) => name)
    .sort();

function hold(what: string, is: unknown, expected: unknown): void {
  if (JSON.stringify(is) !== JSON.stringify(expected))
    throw new Breached(
      `${what}: ${JSON.stringify(is).slice(0, 2_000)}, not ${JSON.stringify(expected).slice(0, 2_000)}`,
    );
}

interface Closed {
  readonly seconds: number;
  readonly calls: number;
  readonly report: string | null;
  readonly found: string[];
}

/** Closes the day of a database, with deaths or without. */
async function close(shop: Shop, books: StatusBooks, databaseUrl: string, after: readonly number[]): Promise<Closed> {
  const db = openDb(databaseUrl, tables);
  const plan = { databaseUrl, dataDir: shop.config.dataDir, day: DAY, books, rate: RATE, sql: db.sql };
  try {
    const [begun, before] = [performance.now(), books.calls()];
    if (after.length === 0) await closeInProcess(plan);
    else hold("deaths", await closeWithDeaths(plan, after), after.length);
    const seconds = (performance.now() - begun) / 1000;
    const report = await renderReport(db, DAY, "json");
    return { seconds, calls: books.calls() - before, report, found: await found(db.sql) };
  } finally {
    await db.close();
  }
}

const rowFor = (name: string, count: number, { seconds }: Closed): Row =>
  rowOf(name, 1, {
    operations: count,
    seconds,
    perSecond: count / seconds,
    p50Ms: seconds * 1000,
    p95Ms: seconds * 1000,
    p99Ms: seconds * 1000,
    cpuMs: null,
    statements: 0,
  });

async function run(bench: Bench): Promise<{ notes: string[]; rows: Row[]; isAudited: false }> {
  const count = Math.min(bench.options.operationsMax, TRANSACTIONS_MAX);
  const label = count.toLocaleString("en");
  const shop = await openShop(bench, "close");
  const books = await startStatusBooks();
  bench.undo.add(() => books.stop());
  bench.progress(`filling a day with ${label} transactions`);
  await fill(shop, books, count);
  const planted = await plant(shop, books);
  const copy = await copyOf(bench, shop, "bench_close_killed");
  bench.progress("closing it");
  const whole = await close(shop, books, shop.databaseUrl, []);
  hold("what was found", whole.found, planted);
  bench.progress(`closing a copy of it, killed ${DEATHS} times`);
  const share = Math.floor(whole.calls / (DEATHS + 1));
  const after = Array.from({ length: DEATHS }, () => 1 + Math.floor(Math.random() * share));
  const killed = await close(shop, books, copy, after);
  hold("the report of the killed close", killed.report, whole.report);
  await bench.cluster.dropDatabase("bench_close_killed");
  await shop.close();
  const notes = [
    `${label} transactions that agree and ${MISMATCHES.length} kinds of mismatch, each found and rightly called, and ` +
      `nothing else; ${whole.calls.toLocaleString("en")} calls to the gateway, ${RATE} a second at most ` +
      `(${books.mostInASecond()} in the busiest). At MIDTRANS_RATE=5 the same takes ` +
      `${Math.ceil(whole.calls / 5 / 60)} min.`,
    `Killed with SIGKILL ${DEATHS} times at random moments and begun again, it made ` +
      `${(killed.calls - whole.calls).toLocaleString("en")} calls more, and the same report to the byte.`,
  ];
  const rows = [
    rowFor(`${label} transactions closed`, count, whole),
    rowFor(`the same, killed ${DEATHS} times`, count, killed),
  ];
  return { notes, rows, isAudited: false };
}

export const dayClose: Benchmark = { name: "close", title: "The close of a day", run };
