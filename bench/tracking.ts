import { setTimeout as delay } from "node:timers/promises";
import { createSealer } from "../platform/secrets.ts";
import { type Bench, type Benchmark, type Row, rowOf } from "./harness/benchmark.ts";
import { cpuTimeMs } from "./harness/cpu.ts";
import { percentile } from "./harness/load.ts";
import { cpuOf } from "./harness/measure.ts";
import { openShop, type Shop, type Worker } from "./harness/shop.ts";
import { addParcels, FOREIGN_EVERY } from "./rows/parcels.ts";

const PARCELS_MAX = 10_000;
const WORKERS = 2;
const LOOK_EVERY_MS = 50;
const DRAINED_WITHIN_MS = 300_000;

interface Counted {
  /** Parcels that were asked about, and those of them that were asked about once. */
  readonly parcels: number;
  readonly once: number;
  readonly quotaCalls: number;
}

async function untilNone({ sql }: Shop, condition: string): Promise<void> {
  const end = performance.now() + DRAINED_WITHIN_MS;
  for (;;) {
    const [row] = await sql<{ left: boolean }>(`select exists (select from ${condition}) as left`);
    if (!row?.left) return;
    if (performance.now() > end) throw new Error(`still there after ${DRAINED_WITHIN_MS} ms: ${condition}`);
    await delay(LOOK_EVERY_MS);
  }
}

const DUE = "shipments where next_check_at <= now()";
const JOBS = "outbox_messages where done_at is null and parked_at is null and due_at <= now()";

/** Makes every parcel due at once, and measures the workers until none is. */
async function drain(bench: Bench, shop: Shop, count: number, quota: number): Promise<{ row: Row; counted: Counted }> {
  const courier = await shop.startServer("bench/courierServer", {});
  const env = { KOMERCE_URL: courier.url, RAJAONGKIR_URL: courier.url, RAJAONGKIR_DAILY_QUOTA: String(quota) };
  const workers: Worker[] = [];
  for (let n = 0; n < WORKERS; n += 1) workers.push(await shop.startWorker(env));
  const pids = [...workers.map(({ pid }) => pid), bench.cluster.pid];
  const sent = async () =>
    (await Promise.all(workers.map((worker) => worker.statementsSent()))).reduce((sum, n) => sum + n, 0);
  const cpu = () => {
    const [one, other, postgres] = pids.map(cpuTimeMs);
    return [one === null || other === null ? null : (one ?? 0) + (other ?? 0), postgres ?? null];
  };
  const before = { cpu: cpu(), sent: await sent(), at: performance.now() };
  const [released] = await shop.sql<{ at: Date }>(
    "with released as (update shipments set next_check_at = clock_timestamp() returning next_check_at)" +
      " select max(next_check_at) as at from released",
  );
  await untilNone(shop, DUE);
  const after = { cpu: cpu(), sent: await sent(), at: performance.now() };
  const waits = await shop.sql<{ ms: number }>(
    `select extract(epoch from checked_at - $1::timestamptz) * 1000 as ms from shipments
      where checked_at is not null order by 1`,
    [released?.at],
  );
  const times = waits.map(({ ms }) => ms);
  const counted = JSON.parse((await courier.client.get("/counts")).text) as Counted;
  await untilNone(shop, JOBS);
  const row = rowOf(`${count.toLocaleString("en")} due at once, ${WORKERS} workers`, WORKERS, {
    operations: times.length,
    seconds: (after.at - before.at) / 1000,
    perSecond: (1000 * times.length) / (after.at - before.at),
    p50Ms: percentile(times, 50),
    p95Ms: percentile(times, 95),
    p99Ms: percentile(times, 99),
    cpuMs: cpuOf(before.cpu, after.cpu, times.length),
    statements: (after.sent - before.sent) / times.length,
  });
  return { row, counted };
}

/** @throws Error where one was asked about twice, too few were, or the quota was not kept */
function hold({ parcels, once, quotaCalls }: Counted, expected: number, quota: number): void {
  if (parcels !== once) throw new Error(`${parcels - once} parcels were asked about more than once`);
  if (quotaCalls > quota) throw new Error(`${quotaCalls} calls of a quota of ${quota} were made`);
  if (parcels !== expected) throw new Error(`${parcels} of ${expected} parcels were asked about`);
}

async function run(bench: Bench): Promise<{ notes: string[]; rows: Row[] }> {
  const count = Math.min(bench.options.operationsMax, PARCELS_MAX);
  const foreign = Math.floor(count / FOREIGN_EVERY);
  const quota = Math.max(1, Math.floor(foreign / 2));
  const shop = await openShop(bench, "tracking");
  bench.progress(`filling a shop with ${count} parcels`);
  await addParcels(shop, count, createSealer(shop.config.dataKeys).seal("00001", "shipments.phone_suffix"));
  bench.progress(`${WORKERS} workers look at all of them`);
  const { row, counted } = await drain(bench, shop, count, quota);
  hold(counted, count - foreign + Math.min(quota, foreign), quota);
  await shop.audit();
  await shop.close();
  const notes = [
    `${count - foreign} parcels of our own (detail and history: two calls each) and ${foreign} foreign waybills with ` +
      `a quota of ${quota} calls for the day; all due in one moment.`,
    `Asked about: ${counted.parcels}, each once; calls of the quota: ${counted.quotaCalls}.`,
    "A wait is counted until what was found is committed. Each look moves its parcel and its order and writes a mail.",
  ];
  return { notes, rows: [row] };
}

export const tracking: Benchmark = { name: "tracking", title: "Parcels looked at by two workers", run };
