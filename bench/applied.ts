import { setTimeout as delay } from "node:timers/promises";
import { type Bench, type Benchmark, besideBare, type Row, rowOf } from "./harness/benchmark.ts";
import { cpuTimeMs } from "./harness/cpu.ts";
import { percentile, runLoad } from "./harness/load.ts";
import { cpuOf, type Figures, measure, operationsOf, planOf } from "./harness/measure.ts";
import { startRedis } from "./harness/redis.ts";
import { openShop, POOL_SIZE, type Shop } from "./harness/shop.ts";
import { addBarePaid, markPaid, PAID_STATEMENTS } from "./rows/barePaid.ts";
import { signedSettlement } from "./rows/notifications.ts";
import { addPayables } from "./rows/payables.ts";

const SHIM = "/api/webhooks/midtrans/payment-notification";
const AT_ONCE = 8;
/** Each needs an order of its own, settled at the gateway sandbox. */
const NOTIFICATIONS_MAX = 1_500;
/** Notifications that the worker applies before it is measured: a fifth of those that are. */
const WARM_UP_SHARE = 5;
const LOOK_EVERY_MS = 25;
const DRAINED_WITHIN_MS = 180_000;

interface Drained {
  readonly applied: Figures;
  /** As applied, until the last job that followed from it was done, too. */
  readonly quiet: Figures;
  readonly httpCalls: number;
}

const countOf = async ({ sql }: Shop, from: string): Promise<number> =>
  (await sql<{ count: number }>(`select count(*) as count from ${from}`))[0]?.count ?? 0;

async function untilNone(shop: Shop, from: string): Promise<void> {
  const end = performance.now() + DRAINED_WITHIN_MS;
  while ((await countOf(shop, from)) > 0) {
    if (performance.now() > end) throw new Error(`still there after ${DRAINED_WITHIN_MS} ms: ${from}`);
    await delay(LOOK_EVERY_MS);
  }
}

const STORED = "payment_notifications where state = 'STORED'";
const DUE = "outbox_messages where done_at is null and parked_at is null and due_at <= now()";

/** Makes the jobs of the oldest notifications that are held back due. Answers when that was. */
async function release({ sql }: Shop, count: number): Promise<Date> {
  const [row] = await sql<{ at: Date }>(
    `with released as (
       update outbox_messages set due_at = clock_timestamp()
        where id in (select id from outbox_messages where done_at is null and handler = 'applyNotification'
                        and due_at > now() order by id limit $1) returning due_at)
     select max(due_at) as at from released`,
    [count],
  );
  return row?.at as Date;
}

/** What was applied since then, of each the time since its job was due, ms. */
async function waitsSince({ sql }: Shop, since: Date): Promise<number[]> {
  const rows = await sql<{ ms: number }>(
    `select extract(epoch from applied_at - $1::timestamptz) * 1000 as ms from payment_notifications
      where state = 'APPLIED' and applied_at > $1 order by 1`,
    [since],
  );
  return rows.map(({ ms }) => ms);
}

/** Lets one worker process apply `count` notifications that stand stored, and measures it. */
async function drain(bench: Bench, shop: Shop, count: number, env: Readonly<Record<string, string>>): Promise<Drained> {
  const worker = await shop.startWorker(env);
  const held = await countOf(shop, STORED);
  await release(shop, held - count);
  await untilNone(shop, `${STORED} and gateway_order_id in (select key from ${DUE})`);
  await untilNone(shop, DUE);
  const pids = [worker.pid, bench.cluster.pid];
  const read = async () => ({ cpu: pids.map(cpuTimeMs), sent: await worker.statementsSent(), at: performance.now() });
  const before = await read();
  const calls = await countOf(shop, "gateway_calls");
  const since = await release(shop, count);
  await untilNone(shop, STORED);
  const after = await read();
  await untilNone(shop, DUE);
  const last = await read();
  const waits = await waitsSince(shop, since);
  if (waits.length !== count) throw new Error(`${waits.length} of ${count} notifications were applied`);
  const figures = (end: typeof before): Figures => ({
    operations: count,
    seconds: (end.at - before.at) / 1000,
    perSecond: (1000 * count) / (end.at - before.at),
    p50Ms: percentile(waits, 50),
    p95Ms: percentile(waits, 95),
    p99Ms: percentile(waits, 99),
    cpuMs: cpuOf(before.cpu, end.cpu, count),
    statements: (end.sent - before.sent) / count,
  });
  const httpCalls = ((await countOf(shop, "gateway_calls")) - calls) / count;
  return { applied: figures(after), quiet: figures(last), httpCalls };
}

/** Stores a notification of every payment through the shim, and holds their jobs back. */
async function storeAll(bench: Bench, shop: Shop, count: number): Promise<void> {
  const sandbox = await shop.startSandbox();
  const payables = await addPayables(bench, shop, sandbox.client, count);
  const bodies = payables.map((payable) => signedSettlement(payable, shop.config.midtrans));
  const api = await shop.startApi();
  const store = async () => {
    const { status, text } = await api.client.post(SHIM, bodies.pop() as string);
    if (status !== 200 || !text.includes('"stored"')) throw new Error(`answered ${status}: ${text}`);
  };
  await runLoad({ atOnce: AT_ONCE, operations: count, withinMs: DRAINED_WITHIN_MS, perSecond: null }, store);
  await api.stop();
  await shop.sql("update outbox_messages set due_at = now() + interval '1 hour'");
  await shop.sql("vacuum (analyze) outbox_messages, payment_notifications");
}

async function measureQueue(
  bench: Bench,
  queue: string,
  env: Readonly<Record<string, string>>,
): Promise<{
  rows: Row[];
  note: string;
}> {
  const shop = await openShop(bench, `applied_${queue.toLowerCase()}`);
  const count = Math.min(bench.options.operationsMax, NOTIFICATIONS_MAX);
  await storeAll(bench, shop, count + Math.ceil(count / WARM_UP_SHARE));
  bench.progress(`a worker applies ${count} notifications, the queue on ${queue}`);
  const { applied, quiet, httpCalls } = await drain(bench, shop, count, env);
  await shop.audit();
  await shop.close();
  return {
    rows: [rowOf(`queue on ${queue}`, 1, applied), rowOf("  until its mails are written, too", 1, quiet)],
    note: `HTTP calls to the gateway for each notification, the queue on ${queue}: ${httpCalls.toFixed(2)}.`,
  };
}

async function measureBare(bench: Bench): Promise<Row> {
  const shop = await openShop(bench, "applied_bare");
  const plan = planOf(bench, AT_ONCE, { operations: Math.min(bench.options.operationsMax, NOTIFICATIONS_MAX) });
  const waiting = await addBarePaid(shop, operationsOf(plan));
  bench.progress(`bare mark-paid, ${AT_ONCE} at once`);
  let sent = 0;
  const operate = async () => {
    const paid = waiting.pop();
    if (!paid) throw new Error("there are too few payments for so many notifications");
    await markPaid(shop.pool, paid);
    sent += PAID_STATEMENTS;
  };
  const subject = { operate, pid: process.pid, statementsSent: async () => sent };
  const row = rowOf("bare mark-paid, prepared", AT_ONCE, await measure(bench, subject, plan));
  await shop.audit();
  await shop.close();
  return row;
}

async function run(bench: Bench): Promise<{ notes: string[]; rows: Row[] }> {
  const redis = await startRedis(bench);
  const bare = await measureBare(bench);
  const queues = [await measureQueue(bench, "PostgreSQL", {})];
  if (redis !== null) queues.push(await measureQueue(bench, "Redis", { REDIS_URL: redis }));
  const rows = queues.flatMap((queue) => queue.rows.map((row) => besideBare(row, { paid: bare })));
  const notes = [
    "One worker process drains notifications that stand stored, each of an order that the gateway sandbox has settled.",
    "Measured from when their jobs fall due until the last one is applied; a wait is counted from there, too. The " +
      "second line ends when the jobs that follow (the mail to the customer) are done.",
    "SQL: statements of the worker, without those of the queue's library. CPU ms: of the worker.",
    ...queues.map(({ note }) => note),
    ...(redis === null ? ["The queue on Redis was not measured: there is neither redis-server nor REDIS_URL."] : []),
    `Bare: the same rows by node-postgres in this process, from a pool of ${POOL_SIZE}, asking no gateway.`,
  ];
  return { notes, rows: [...rows, bare] };
}

export const applied: Benchmark = { name: "applied", title: "Notification applied by the worker", run };
