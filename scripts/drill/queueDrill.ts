import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { type Sql, sqlOver, typeParsers } from "../../platform/sqlClient.ts";
import type { Undo } from "../launch.ts";
import { type AuditFinding, auditShop } from "./auditCommand.ts";
import { letHoursPass, readGatewayBooks, readSetAside, readShopBooks, readUnfinished } from "./books.ts";
import { startDatabaseServer } from "./databaseServer.ts";
import { cancelHeld, clearSandboxFaults, jumpingClock, repeatMessage, startOwnRedis } from "./faultActions.ts";
import { type Day, runFaultDay } from "./faultDay.ts";
import { FAULTS, type Ground } from "./faults.ts";
import { type FaultFinding, faultFindings, type KindFinding, kindFindings } from "./findings.ts";
import type { DrillOptions, QueueKind } from "./options.ts";
import { letCourierCallsEnd } from "./parcelBooks.ts";
import { refundTwice, stealPiece } from "./plantLoss.ts";
import { type Loss, reconcile, sumsOf } from "./reconcile.ts";
import { openShopFloor, type ShopFloor } from "./shopFloor.ts";
import { sendGraphql, startShop } from "./stack.ts";
import type { ShopperBook } from "./told.ts";

/** What one fault day on one queue showed. */
export interface QueueFinding {
  readonly queue: QueueKind;
  readonly shoppers: { readonly byStory: Readonly<Record<string, number>>; readonly turnedAway: number };
  readonly work: readonly KindFinding[];
  readonly faults: readonly FaultFinding[];
  /** From the end of the day until nothing was left to be done. */
  readonly quietAfterS: number;
  /** Alerts that are open at the end: a person would look at these. */
  readonly setAside: readonly string[];
  readonly audit: Omit<AuditFinding, "losses">;
  readonly sums: ReturnType<typeof sumsOf>;
  readonly losses: readonly Loss[];
}

export interface DrillRun {
  readonly options: DrillOptions;
  /** Everything that is begun and must end, also when the drill is broken off. */
  readonly undo: Undo;
  progress(line: string): void;
}

const JWT_SECRET = "a-secret-of-the-fault-drill-0000001";
const MINUTE_MS = 60_000;
const CLOCK_JUMP_MS = 30_000;
/** Scaled like the day: a customer has most of it to pay, and not so long that everybody waits for its end. */
const WINDOW_OF_DAY = 0.4;
const WINDOW_MS_MIN = 26_000; // a charge is made for no shorter life than 20 s
const WINDOW_MS_MAX = 60_000;
/** The longest that a job of a killed process stays locked in the queue (platform/queue.ts), and as much again. */
const QUIET_WITHIN_MS = 180_000;
const LOOK_EVERY_MS = 500;
/** Above GATEWAY_TIMEOUT. */
const CALL_MS_MAX = 5_000;
/** A message that arrives is applied within seconds. */
const TOLD_WITHIN_MS = 60_000;

const lengthOf = ({ minutes }: DrillOptions) => minutes * MINUTE_MS;
const windowMsOf = (options: DrillOptions) =>
  Math.round(Math.min(Math.max(lengthOf(options) * WINDOW_OF_DAY, WINDOW_MS_MIN), WINDOW_MS_MAX));

/** Everything that a day takes minutes for takes seconds here; no promise is weaker. */
const environmentOf = (options: DrillOptions, redisUrl: string | null) => ({
  JWT_SECRET,
  RATE_LIMIT_SCALE: "0",
  PAYMENT_WINDOW: `${windowMsOf(options)}ms`,
  PAYMENT_POLLS: "3s,8s,15s",
  TRACKING_INTERVAL: "2s",
  REVERSAL_HOLD: "5s",
  REFUND_BACKOFF: "1s",
  GATEWAY_TIMEOUT: "3s",
  JOB_LEASE: "20s",
  LOG_LEVEL: "warn",
  ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
});

/** A directory under the temporary one; it goes with the drill unless a person wants to read the logs. */
export function workplace({ options, undo, progress }: DrillRun, name: string): string {
  const dir = mkdtempSync(path.join(os.tmpdir(), `lunas-drill-${name}-`));
  if (options.keep) progress(`everything is kept in ${dir}`);
  else undo.add(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A PostgreSQL below `dir` with the drill's own connections to it. */
export async function openDatabase({ options, undo }: DrillRun, dir: string) {
  const database = await startDatabaseServer(dir, { leavesNothing: !options.keep });
  undo.add(() => database.end());
  const pool = new pg.Pool({ connectionString: database.url, max: 4, types: typeParsers });
  pool.on("error", () => undefined); // it is restarted under the pool
  undo.add(() => pool.end());
  return { database, pool, sql: sqlOver(pool) };
}

async function openGround(run: DrillRun, queue: QueueKind) {
  const { options, undo } = run;
  const dir = workplace(run, queue);
  const { database, pool, sql } = await openDatabase(run, dir);
  const redis = queue === "redis" ? await startOwnRedis() : null;
  if (redis) undo.add(() => redis.end());
  const clock = jumpingClock(CLOCK_JUMP_MS);
  const shop = await startShop({
    databaseUrl: database.url,
    dataDir: dir,
    apis: 2,
    workers: 2,
    migrate: true,
    nodeArgs: clock.nodeArgs,
    env: { ...environmentOf(options, redis?.url ?? null), ...clock.env },
  });
  undo.add(() => shop.stop());
  const ground: Ground = { shop, database, redis };
  return { ground, pool, sql };
}

async function waitFor(isDone: () => Promise<boolean>, withinMs: number): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await isDone()) && performance.now() < end) await delay(LOOK_EVERY_MS);
}

/** Numbers that took money after they had been closed. */
const lateOf = ({ books }: Day) => books.flatMap(({ paid, paidLate }) => (paid.length > 0 ? paidLate : []));

/** What was refunded in the gateway's dashboard: nothing but its notification tells of that. */
const dashboardOf = ({ books }: Day) => books.flatMap(({ dashboard }) => dashboard);

/** Whether the shop has heard of all that was paid late, and given back by others. */
async function areToldOf({ shop }: Ground, sql: Sql, day: Day): Promise<boolean> {
  const late = lateOf(day);
  for (const orderId of dashboardOf(day)) {
    const { transactions } = await readGatewayBooks(shop.sandboxUrl, [orderId]);
    const [row] = await sql<{ refunded: number }>(
      "select refunded_amount - refunded_by_hand as refunded from payment_transactions where gateway_order_id = $1",
      [orderId],
    );
    if (row?.refunded !== transactions.reduce((sum, { refunded }) => sum + refunded, 0)) return false;
  }
  const heard = await sql(
    "select 1 from payment_transactions where gateway_order_id = any($1::text[]) and captured_amount > 0",
    [late],
  );
  return heard.length >= new Set(late).size;
}

interface Place extends Pick<DrillRun, "progress"> {
  readonly ground: Ground;
  readonly sql: Sql;
  readonly floor: ShopFloor;
}

/** Whoever looks on is told what is waited for. */
const SAID_AFTER_MS = 40_000;
const LEFT_SHOWN = 8;

/**
 * Waits until the shop has nothing left to do by itself, also not in the hours to come. What is left when it takes too
 * long shows in the books.
 *
 * @returns how long the first of it took, ms
 */
async function waitUntilQuiet({ ground, sql, floor, progress }: Place, day: Day, withinMs: number): Promise<number> {
  const { shop } = ground;
  const start = performance.now();
  const isQuiet = async () => {
    await letCourierCallsEnd(sql, CALL_MS_MAX);
    return (await readUnfinished(sql)).length === 0;
  };
  await waitFor(isQuiet, SAID_AFTER_MS);
  const left = await readUnfinished(sql);
  if (left.length > 0) progress(`still to be done: ${left.slice(0, LEFT_SHOWN).join(", ")}`);
  await waitFor(isQuiet, withinMs);
  const quietMs = performance.now() - start;
  const countLooks = await letHoursPass(sql);
  await waitFor(async () => (await countLooks()) === 0, QUIET_WITHIN_MS);
  // The shop asks no more about a number that the gateway closed: of money on it only the gateway tells, repeatedly.
  for (const orderId of [...lateOf(day), ...dashboardOf(day)]) await repeatMessage(shop.sandboxUrl, orderId);
  await retryFailed(ground, sql, floor);
  await waitFor(async () => (await areToldOf(ground, sql, day)) && (await isQuiet()), TOLD_WITHIN_MS);
  return quietMs;
}

const RETRY = "mutation Drill($id: ID!) { retryRefund(refundId: $id) { id } }";

/** Staff tries again what the gateway refused for as long as something was broken. */
async function retryFailed({ shop }: Ground, sql: Sql, floor: ShopFloor): Promise<void> {
  const failed = await sql<{ id: string }>("select id from refunds where status = 'FAILED'");
  const headers = { authorization: `Bearer ${await floor.adminToken(0)}` };
  for (const { id } of failed) {
    await sendGraphql(shop.apiUrls[0] as string, { query: RETRY, variables: { id } }, headers);
  }
}

const storiesOf = (books: readonly ShopperBook[]) => {
  const byStory: Record<string, number> = {};
  for (const { story } of books) byStory[story] = (byStory[story] ?? 0) + 1;
  return byStory;
};

const errorsOf = ({ errors }: Day): Loss[] =>
  errors.map((detail) => ({ kind: "DRILL", subject: "a shopper's own process", detail }));

/** A process that ends by itself is a fault of ours, whatever it was met by. */
const deathsOf = ({ shop }: Ground): Loss[] =>
  shop.deaths().map(({ name, said }) => ({ kind: "PROCESS", subject: name, detail: `ended by itself:\n${said}` }));

/** The three books and the audit, once all processes of the shop but the gateways have ended and nothing moves. */
async function closeTheBooks({ options }: DrillRun, ground: Ground, sql: Sql, day: Day) {
  const { shop } = ground;
  await Promise.all(shop.names.filter((name) => name !== "sandbox").map((name) => shop.end(name)));
  if (options.plantLoss) await stealPiece(sql);
  if (options.plantRefund) await refundTwice(sql, shop.sandboxUrl);
  const shopBooks = await readShopBooks(sql);
  const orderIds = shopBooks.transactions.map(({ gatewayOrderId }) => gatewayOrderId);
  const gateway = await readGatewayBooks(shop.sandboxUrl, orderIds);
  const books = { shop: shopBooks, gateway, shoppers: day.books };
  const { losses, ...audit } = await auditShop(shop);
  return {
    sums: sumsOf(books),
    losses: [...reconcile(books), ...losses, ...deathsOf(ground), ...errorsOf(day)],
    audit,
  };
}

/** One fault day on one queue, from an empty directory to its reconciliation. Everything it began is in `run.undo`. */
export async function drillQueue(run: DrillRun, queue: QueueKind): Promise<QueueFinding> {
  const { options, progress } = run;
  progress(`== ${queue}: starting 2 API processes, 2 workers, PostgreSQL and the gateway sandbox`);
  const { ground, pool, sql } = await openGround(run, queue);
  const floor = await openShopFloor(pool, ground.shop, JWT_SECRET);
  const faults = FAULTS.filter(({ name }) => options.faults?.includes(name) ?? true);
  const { seed, rate } = options;
  const day = await runFaultDay(ground, floor, { seed, rate, lengthMs: lengthOf(options), faults, progress });
  progress("quiet: waiting until nothing is left to be done");
  await clearSandboxFaults(ground.shop.sandboxUrl);
  // What nobody answers the gateway cancels the next day.
  for (const orderId of day.books.flatMap(({ unanswered }) => unanswered)) {
    await cancelHeld(ground.shop.sandboxUrl, orderId);
  }
  const quietMs = await waitUntilQuiet({ ground, sql, floor, progress }, day, windowMsOf(options) + QUIET_WITHIN_MS);
  const { sums, losses, audit } = await closeTheBooks(run, ground, sql, day);
  return {
    queue,
    shoppers: { byStory: storiesOf(day.books), turnedAway: day.turnedAway },
    work: kindFindings(day),
    faults: faultFindings(day),
    quietAfterS: Math.round(quietMs / 100) / 10,
    setAside: await readSetAside(sql),
    audit,
    sums,
    losses,
  };
}
