import { fileURLToPath } from "node:url";
import pg from "pg";
import { type TakenBackup, takeBackup } from "../platform/takeBackup.ts";
import { lastLines, startChild } from "../scripts/childProcess.ts";
import { type Bench, type Benchmark, type Row, rowOf } from "./harness/benchmark.ts";
import { cpuTimeMs } from "./harness/cpu.ts";
import { cpuOf } from "./harness/measure.ts";
import { openShop, type Shop } from "./harness/shop.ts";
import { addCatalogue } from "./rows/catalogue.ts";
import { addManyOrders } from "./rows/manyOrders.ts";

/** Enough to see what a row costs; a million of orders is five times this. */
const ORDERS_MAX = 200_000;
const ORDERS_OF_A_CUSTOMER = 200;
/** Of each table: its rows, and their sum. */
const STATEMENTS_A_TABLE = 2;
const MEBIBYTE = 1024 * 1024;
const LINES_SHOWN = 20;

const rowsOf = ({ end }: TakenBackup): number => end.tables.reduce((sum, { rows }) => sum + rows, 0);

async function measureBackup(bench: Bench, shop: Shop, orders: number): Promise<{ row: Row; taken: TakenBackup }> {
  const { databaseUrl, dataDir, dataKeys } = shop.config;
  const cpu = () => [process.pid, bench.cluster.pid].map(cpuTimeMs);
  const [before, begun] = [cpu(), performance.now()];
  const taken = await takeBackup({ databaseUrl, dataDir, dataKeys, keep: 1 });
  const ms = performance.now() - begun;
  const row = rowOf(`backup of ${orders.toLocaleString("en")} orders`, 1, {
    operations: 1,
    seconds: ms / 1000,
    perSecond: 1000 / ms,
    p50Ms: ms,
    p95Ms: ms,
    p99Ms: ms,
    cpuMs: cpuOf(before, cpu(), 1),
    statements: STATEMENTS_A_TABLE * taken.end.tables.length,
  });
  return { row, taken };
}

/** Runs the command on a new database, the audit included; answers its seconds. */
async function restoreElsewhere(bench: Bench, shop: Shop, file: string): Promise<number> {
  const client = new pg.Client({ connectionString: bench.cluster.url });
  await client.connect();
  await client.query("create database bench_restored");
  await client.end();
  const target = new URL(bench.cluster.url);
  target.pathname = "/bench_restored";
  const { dataDir } = shop.config;
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], DATABASE_URL: target.href, DATA_DIR: dataDir };
  const script = fileURLToPath(new URL("../scripts/restore.js", import.meta.url));
  const logFile = `${dataDir}/logs/restore.log`;
  const begun = performance.now();
  const child = startChild({ name: "restore", args: [script, file, "--no-ask"], env, logFile });
  bench.undo.add(() => child.stop());
  if ((await child.exited) !== 0) throw new Error(`the restore failed:\n${lastLines(logFile, LINES_SHOWN)}`);
  const seconds = (performance.now() - begun) / 1000;
  await bench.cluster.dropDatabase("bench_restored");
  return seconds;
}

async function run(bench: Bench): Promise<{ notes: string[]; rows: Row[] }> {
  const orders = Math.min(ORDERS_MAX, Math.max(...bench.options.sizes));
  bench.progress(`filling a shop with ${orders.toLocaleString("en")} orders`);
  const shop = await openShop(bench, "backup");
  await addCatalogue(shop.sql, Math.max(10, Math.floor(orders / ORDERS_OF_A_CUSTOMER)));
  await addManyOrders(shop.databaseUrl, orders, "OLD");
  const { row, taken } = await measureBackup(bench, shop, orders);
  bench.progress("restoring it into a new database");
  const seconds = await restoreElsewhere(bench, shop, taken.file);
  await shop.close();
  const rows = rowsOf(taken);
  const copied = taken.end.tables.reduce((sum, { bytes }) => sum + bytes, 0);
  const perSecond = (of: number) => Math.round(rows / of).toLocaleString("en");
  const notes = [
    `${rows.toLocaleString("en")} rows, ${(copied / MEBIBYTE).toFixed(1)} MiB of text: a file of ` +
      `${(taken.bytes / MEBIBYTE).toFixed(1)} MiB, written, read back and proven; ` +
      `${perSecond(row.seconds)} rows a second.`,
    `The restore of it, proof, sums, foreign keys and audit included: ${seconds.toFixed(1)} s, ` +
      `${perSecond(seconds)} rows a second.`,
  ];
  return { notes, rows: [row] };
}

export const backup: Benchmark = { name: "backup", title: "A backup and its restore", run };
