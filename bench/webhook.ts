import { randomUUID } from "node:crypto";
import { type Bench, type Benchmark, besideBare, type Row, rowOf } from "./harness/benchmark.ts";
import type { HttpClient } from "./harness/httpClient.ts";
import type { LoadPlan } from "./harness/load.ts";
import { measure, operationsOf, planOf } from "./harness/measure.ts";
import { openShop, type Served, type Shop } from "./harness/shop.ts";
import { signedSettlement } from "./rows/notifications.ts";
import { addPayables } from "./rows/payables.ts";

const AT_ONCE = [1, 8, 32];
const SHIM = "/api/webhooks/midtrans/payment-notification";
/** The rate at which notifications must be taken while workers run. */
const PACED_PER_SECOND = 500;
/** Each of these needs an order of its own, settled at the gateway sandbox. */
const WITH_WORKER_MAX = 1_500;

/** A body that no other call has had. */
type NextBody = () => string;

interface Target extends Pick<Served, "pid"> {
  readonly client: HttpClient;
  readonly path: string;
  statementsSent(): Promise<number>;
}

async function post({ client, path }: Target, body: string): Promise<void> {
  const { status, text } = await client.post(path, body);
  if (status !== 200 || !text.includes('"stored"')) throw new Error(`answered ${status}: ${text}`);
}

async function measureTarget(
  bench: Bench,
  target: Target,
  next: NextBody,
  { name, ...plan }: LoadPlan & { readonly name: string },
): Promise<Row> {
  bench.progress(`${name}, ${plan.atOnce} at once`);
  const subject = { ...target, operate: () => post(target, next()) };
  return rowOf(name, plan.atOnce, await measure(bench, subject, plan));
}

/** Settlements of payments that nobody made: the shim takes them all the same, and no worker looks at them. */
function bodiesFromNowhere({ config }: Shop): NextBody {
  let n = 0;
  return () => {
    const number = String(n++).padStart(6, "0");
    const payable = {
      gatewayOrderId: `LNS-20261120-${number}-01A`,
      gatewayTransactionId: randomUUID(),
      amount: 168_000,
    };
    return signedSettlement(payable, config.midtrans);
  };
}

/** Its rows lie in a database of their own: the audit would miss the jobs that it does not write. */
async function startBare(bench: Bench): Promise<{ target: Target; shop: Shop }> {
  const shop = await openShop(bench, "webhook_bare");
  const server = await shop.startServer("bench/bareWebhookServer", {});
  let sent = 0;
  const client: HttpClient = {
    ...server.client,
    post: (...request) => {
      sent += 1;
      return server.client.post(...request);
    },
  };
  return { shop, target: { pid: server.pid, client, path: "/", statementsSent: async () => sent } };
}

async function withoutWorker(bench: Bench): Promise<Row[]> {
  const shop = await openShop(bench, "webhook");
  const target = { ...(await shop.startApi()), path: SHIM };
  const bare = await startBare(bench);
  const [next, nextBare] = [bodiesFromNowhere(shop), bodiesFromNowhere(bare.shop)];
  await measureTarget(bench, target, next, { name: "warming up", ...planOf(bench, 8) });
  await measureTarget(bench, bare.target, nextBare, { name: "warming up", ...planOf(bench, 8) });
  const rows: Row[] = [];
  for (const atOnce of AT_ONCE) {
    const row = await measureTarget(bench, target, next, { name: "no worker", ...planOf(bench, atOnce) });
    const least = await measureTarget(bench, bare.target, nextBare, {
      name: "  bare insert over HTTP",
      ...planOf(bench, atOnce),
    });
    rows.push(besideBare(row, { insert: least }), least);
  }
  await shop.audit();
  await shop.close();
  await bare.shop.close();
  return rows;
}

async function appliedSoFar({ sql }: Shop): Promise<number> {
  const [row] = await sql<{ count: number }>(
    "select count(*) as count from payment_notifications where state = 'APPLIED'",
  );
  return row?.count ?? 0;
}

async function withWorker(bench: Bench): Promise<{ rows: Row[]; note: string }> {
  const shop = await openShop(bench, "webhook_worker");
  const sandbox = await shop.startSandbox();
  const operations = Math.min(bench.options.operationsMax, WITH_WORKER_MAX);
  const plans = [planOf(bench, 8, { operations }), planOf(bench, 32, { operations, perSecond: PACED_PER_SECOND })];
  const needed = plans.reduce((sum, plan) => sum + operationsOf(plan), 0);
  const settled = await addPayables(bench, shop, sandbox.client, needed);
  const bodies = settled.map((payable) => signedSettlement(payable, shop.config.midtrans));
  const next = () => {
    const body = bodies.pop();
    if (body === undefined) throw new Error("there are too few payments for so many notifications");
    return body;
  };
  const target = { ...(await shop.startApi()), path: SHIM };
  await shop.startWorker();
  const rows: Row[] = [];
  for (const plan of plans) {
    const pace = plan.perSecond === null ? "" : `, ${plan.perSecond} a second`;
    rows.push(await measureTarget(bench, target, next, { name: `a worker beside it${pace}`, ...plan }));
  }
  const [applied, taken] = [await appliedSoFar(shop), settled.length - bodies.length];
  await shop.audit();
  await shop.close();
  return {
    rows,
    note: `The worker had applied ${applied} of the ${taken} notifications of its cases when the last was taken.`,
  };
}

async function run(bench: Bench): Promise<{ notes: string[]; rows: Row[] }> {
  const quiet = await withoutWorker(bench);
  const busy = await withWorker(bench);
  const notes = [
    "Distinct notifications, rightly signed, posted to the shim; an operation ends with the answer, after the commit.",
    "With a worker, each is of an order that the sandbox has settled: the worker asks for it and marks it paid. " +
      "Sandbox and worker share the machine's cores, and the worker's share is in the CPU of PostgreSQL.",
    busy.note,
    "Bare: a node:http server that checks nothing, inserts the inbox's row alone, and answers.",
  ];
  return { notes, rows: [...quiet, ...busy.rows] };
}

export const webhook: Benchmark = { name: "webhook", title: "Webhook acknowledgement", run };
