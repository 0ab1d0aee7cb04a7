import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import pg from "pg";
import { createAccessTokens } from "../../api/http/accessTokens.ts";
import { CALL_LEASE_MS } from "../../domain/fulfilment/bookCourier.ts";
import { type UserId, uuidv7 } from "../../domain/kernel/ids.ts";
import type { KillPoint } from "../../domain/kernel/killPoint.ts";
import { systemClock } from "../../platform/clock.ts";
import { type Sql, sqlOver, typeParsers } from "../../platform/sqlClient.ts";
import { LEASE_MS } from "../../worker/relay.ts";
import { type Account, FIND_PLACE, type Goods, until } from "./killClient.ts";
import { type SavedCard, saveCard } from "./savedCard.ts";
import { type SmtpServer, startSmtpServer } from "./smtpServer.ts";
import { type RunningShop, type ShopPlan, sendGraphql, startShop } from "./stack.ts";

const JWT_SECRET = "a-secret-of-the-kill-points-00000001";
/** The gateway's first repetition of a notification comes within a second instead of some two minutes. */
const SANDBOX_TIME_SCALE = 200;

export type Victim = "api" | "worker";

/** The process of a part: the stage has one of each. */
export const processOf = (victim: Victim): string => (victim === "api" ? "api-0" : "worker");

/** What the gateway has of an order id: nothing of one that never arrived there. */
export interface AtGateway {
  readonly transactions: readonly { readonly transaction_status: string }[];
  readonly pages: readonly { readonly state: string }[];
}

/** A shop whose processes can be ended at named points, with all that its customers and its people would see. */
export interface KillStage {
  readonly shop: RunningShop;
  readonly mails: SmtpServer;
  /** The ids of alerts that were posted, in the order of their arrival. */
  readonly posted: readonly string[];
  readonly sql: Sql;
  accounts(count: number, role?: "CUSTOMER" | "STAFF" | "ADMIN"): Promise<Account[]>;
  /** A card of a customer's that the gateway keeps. */
  card(userId: string): Promise<SavedCard>;
  product(stock: number): Promise<Goods>;
  /** Speaks to the sandbox's control API. */
  control<T = Record<string, unknown>>(method: "GET" | "POST" | "DELETE", path: string, body?: object): Promise<T>;
  transactionsOf(gatewayOrderId: string): Promise<AtGateway>;
  /** From now on the process ends at the nth passing of the point. */
  arm(victim: Victim, point: KillPoint, nth: number): void;
  /** True when the order was still in force. */
  disarm(): boolean;
  stop(): Promise<void>;
}

/** Where alerts are posted: takes all of them. */
async function startAlertSink() {
  const posted: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString("utf8");
    });
    request.on("end", () => {
      posted.push((JSON.parse(body) as { id: string }).id);
      response.writeHead(204).end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { posted, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

const newId = () => uuidv7(Date.now(), Buffer.from(randomUUID().replaceAll("-", ""), "hex"));

/** People and goods, written as a shop's history would have left them. */
function populate(sql: Sql): Pick<KillStage, "accounts" | "product"> {
  const tokens = createAccessTokens(JWT_SECRET, systemClock);
  return {
    async accounts(count, role = "CUSTOMER") {
      const ids = Array.from({ length: count }, () => newId() as UserId);
      await sql(
        `insert into users (id, email, email_key, password_hash, name, phone, role, created_at, updated_at)
         select id, id || '@lunas.test', id || '@lunas.test', 'x', 'Pembeli', '+6281200000001', $2, now(), now()
           from unnest($1::uuid[]) as id`,
        [ids, role],
      );
      return Promise.all(ids.map(async (id) => ({ id, token: await tokens.forUser({ id, role }) })));
    },
    async product(stock) {
      const [row] = await sql<Goods>(
        `insert into products (id, store_id, slug, name, description, price, weight_grams, length_cm, width_cm,
                               height_cm, opening_stock, stock, created_at, updated_at)
         select $1::uuid, (select id from stores order by id limit 1), $1::text, 'Kopi Gayo 250 g', 'Biji kopi',
                25000, 300, 10, 8, 8, $2, $2, now(), now()
         returning id as "productId", store_id as "storeId"`,
        [newId(), stock],
      );
      return row as Goods;
    },
  };
}

/** Orders as killAt.mjs reads them. */
function ordersIn(file: string): Pick<KillStage, "arm" | "disarm"> {
  mkdirSync(path.dirname(file), { recursive: true });
  return {
    arm(part, point, nth) {
      // Whole at once: a process may read it at any moment.
      writeFileSync(`${file}.draft`, JSON.stringify({ id: randomUUID(), part, point, nth }));
      renameSync(`${file}.draft`, file);
    },
    disarm() {
      const isInForce = existsSync(file);
      rmSync(file, { force: true });
      return isInForce;
    },
  };
}

/** Starts the stage on a database of its own, which the caller brings and removes. */
export async function openKillStage(
  given: Pick<ShopPlan, "databaseUrl" | "dataDir" | "env" | "migrate" | "seed">,
): Promise<KillStage> {
  const mails = await startSmtpServer();
  const sink = await startAlertSink();
  const orderFile = path.join(given.dataDir, "kill", "order.json");
  const pool = new pg.Pool({ connectionString: given.databaseUrl, max: 4, types: typeParsers });
  pool.on("error", () => undefined);
  const shop = await startShop({
    ...given,
    timeScale: SANDBOX_TIME_SCALE,
    nodeArgs: [`--import=${path.resolve("scripts/drill/killAt.mjs")}`],
    env: {
      JWT_SECRET,
      RATE_LIMIT_SCALE: "0",
      PAYMENT_WINDOW: "7d",
      MIDTRANS_RATE: "1000",
      SMTP_URL: mails.url,
      ALERT_WEBHOOK_URL: sink.url,
      DRILL_KILL_FILE: orderFile,
      LOG_LEVEL: "warn",
      ...given.env,
    },
  });
  const sql = sqlOver(pool);
  await until("a place to send to", async () => {
    const { data } = await sendGraphql(shop.apiUrls[0] as string, { query: FIND_PLACE }, {});
    return data;
  });
  return {
    shop,
    mails,
    posted: sink.posted,
    sql,
    ...populate(sql),
    card: (userId) => saveCard(shop, sql, userId),
    async control<T>(method: string, where: string, body?: object) {
      const response = await fetch(`${shop.sandboxUrl}/sandbox/${where}`, {
        method,
        ...(body ? { headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {}),
      });
      if (!response.ok) throw new Error(`sandbox ${where}: ${response.status} ${await response.text()}`);
      return (await response.json()) as T;
    },
    async transactionsOf(id) {
      const response = await fetch(`${shop.sandboxUrl}/sandbox/transactions/${id}`);
      return response.status === 404 ? { transactions: [], pages: [] } : ((await response.json()) as AtGateway);
    },
    ...ordersIn(orderFile),
    async stop() {
      await shop.stop();
      await pool.end();
      await mails.stop();
      sink.server.close();
    },
  };
}

const QUEUE = "lunas";
/** Above BullMQ's lock of a job (platform/queue.ts), and above the pause between two looks for stalled jobs. */
const LATER_MS = 61_000;
const STALLED_MAX = 5;

/**
 * Looks for stalled jobs, as other workers would take them once the locks of the dead one are over: the first look
 * marks them, the second takes them back. A statement of the dead one may still hold a row for a moment.
 */
async function returnLockedJobs(stage: KillStage): Promise<void> {
  await until("the dead worker's jobs back in the queue", async () => {
    for (const at of [Date.now() + LATER_MS, Date.now() + 2 * LATER_MS]) {
      // Looks of other workers must not wait for the time that was made up here.
      await stage.sql("delete from bullmq.meta where queue = $1 and field = 'stalled-check'", [QUEUE]);
      await stage.sql("select bullmq.move_stalled_jobs_to_wait($1, $2, $3, $4)", [QUEUE, STALLED_MAX, at, 0]);
    }
    await stage.sql("delete from bullmq.meta where queue = $1 and field = 'stalled-check'", [QUEUE]);
    const active = await stage.sql("select from bullmq.job where queue = $1 and state = 'active'", [QUEUE]);
    return active.length === 0;
  });
}

/** Jobs that wait for the end of a call that another process makes; they have nothing to do once that was answered. */
const TAKING_OVER = ["finishStart", "finishSubscription", "finishCancelling", "bookCourier", "arrangePickup"];

/** Lets the time be over in which a call may still arrive: what the gateway does not know now was never made. */
export async function letCallsEnd(stage: Pick<KillStage, "sql">): Promise<void> {
  await stage.sql(
    `update payment_transactions set charge_sent_at = charge_sent_at - interval '1 minute'
      where state in ('STARTING', 'UNKNOWN') and charge_sent_at is not null`,
  );
  await stage.sql(
    `update shipments set store_sent_at = store_sent_at - make_interval(secs => $1),
            pickup_asked_at = pickup_asked_at - make_interval(secs => $1)
      where status in ('BOOKING', 'BOOKED')`,
    [CALL_LEASE_MS / 1000 + 1],
  );
  await stage.sql(
    "update outbox_messages set due_at = now() where handler = any($1::text[]) and done_at is null and due_at > now()",
    [TAKING_OVER],
  );
}

/**
 * Lets the leases of a dead process run out now instead of minutes later: nobody holds them any more, so that the time
 * between is only waiting. What a living process holds is left alone.
 */
export async function letLeasesEnd(stage: KillStage, dead: Victim): Promise<void> {
  if (dead === "api") {
    await letCallsEnd(stage);
    return;
  }
  await returnLockedJobs(stage);
  await stage.sql("update reconciliation_runs set claimed_until = now() where claimed_until > now()");
  await stage.sql(
    `update refunds set claimed_until = now(), next_attempt_at = now()
      where status = 'PROCESSING' and claimed_until is not null`,
  );
  await stage.sql(
    `update outbox_messages set offered_at = offered_at - make_interval(secs => $1)
      where done_at is null and offered_at is not null`,
    [LEASE_MS / 1000 + 1],
  );
}

/** True when nothing is left to be done by anybody: jobs, notifications, starts, subscriptions, accounts. */
export async function isQuiet(stage: KillStage): Promise<boolean> {
  const [row] = await stage.sql<{ left: number }>(
    `select ((select count(*) from outbox_messages
               where done_at is null and parked_at is null and due_at <= now() + interval '1 hour'
                 and not (handler = any($2::text[]) and due_at > now()))
           + (select count(*) from payment_notifications where state = 'STORED')
           + (select count(*) from payment_transactions where state in ('STARTING', 'UNKNOWN'))
           + (select count(*) from subscriptions where state in ('STARTING', 'UNKNOWN', 'CANCELLING'))
           + (select count(*) from refunds
               where status = 'PROCESSING' or (status = 'PENDING' and next_attempt_at <= now()))
           + (select count(*) from linked_accounts where state in ('LINKING', 'UNLINKING'))
           + (select count(*) from bullmq.job where queue = $1))::integer as left`,
    [QUEUE, TAKING_OVER],
  );
  return row?.left === 0;
}
