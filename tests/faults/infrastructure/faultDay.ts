import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Breach } from "../../../domain/report/runAudit.ts";
import { type DatabaseServer, startDatabaseServer } from "../../../scripts/drill/databaseServer.ts";
import { type RunningShop, type ShopPlan, sendGraphql, startShop } from "../../../scripts/drill/stack.ts";
import {
  CHECKOUT,
  type CheckoutAnswer,
  type Counter,
  type Customer,
  checkoutInput,
  type Goods,
  JWT_SECRET,
  openCounter,
  payOnPage,
} from "../../e2e/api/shopper.ts";
import { createShopDatabase } from "../../support/database.ts";
import { until } from "../../support/until.ts";

/** A job whose worker died or whose queue was lost is another's after this: the real shop waits longer. */
const JOB_LEASE_MS = 4_000;

/** A page whose opening was cut off is opened by the worker when this and some slack are over. */
const GATEWAY_TIMEOUT = "4s";

const SHOPPERS = 6;
const STOCK = 10_000;

/** What one request met: the HTTP status (null: no answer at all), and the shop's own word for it. */
export interface Told {
  readonly status: number | null;
  readonly code: string;
  readonly retryable: boolean | null;
  readonly retryAfter: string | null;
  /** The answer holds some of what was asked for. */
  readonly isPartial: boolean;
  readonly ms: number;
}

export interface Placed {
  readonly paymentId: string;
  /** What was said before it worked, in the order of the tries. */
  readonly told: readonly Told[];
}

export interface Opened extends Placed {
  readonly page: string;
}

/** A shop of real processes that is open while something breaks. */
export interface FaultDay {
  readonly shop: RunningShop;
  readonly counter: Counter;
  /** Set where the day has a PostgreSQL of its own. */
  readonly database: DatabaseServer | null;
  /** Checks out, with the same key until it works, as the web client does. Answers what it was told on the way. */
  checkOut(): Promise<Placed>;
  /** Places orders, and opens their pages: what is left is to pay. */
  waiting(shoppers: number): Promise<readonly Opened[]>;
  /** A placed order whose page is there. */
  opened(order: Placed): Promise<Opened>;
  /** Pays on the gateway's page; the shop is not asked. */
  pay(order: Opened): Promise<void>;
  /** Several shoppers at once, each from checkout to payment. */
  shopping(shoppers: number): Promise<readonly Placed[]>;
  /** One checkout without a second try. */
  tryOnce(): Promise<Told>;
  /** HTTP statuses that the shop answered to the gateway's notifications; null: no answer. */
  notificationAnswers(): Promise<readonly (number | null)[]>;
  /** The answer of a path of an API process, the first unless said; status 0: nobody listens. */
  probe(path: string, api?: number): Promise<{ readonly status: number; readonly body: Record<string, unknown> }>;
  /**
   * Waits until everything that was paid at the gateway is PAID here and nothing is due any more; then holds the shop
   * against the gateway's books and every invariant.
   *
   * @returns the seconds that it took
   */
  isWhole(): Promise<number>;
  close(): Promise<void>;
}

export interface DayPlan extends Pick<ShopPlan, "apis" | "workers" | "timeScale" | "env"> {
  /** A PostgreSQL of its own, which waits for the disk at every commit; else a database of the run's. */
  readonly ownDatabase?: boolean;
}

let keys = 0;

async function ask<T>(url: string, token: string, query: string, variables: object) {
  const began = performance.now();
  const body = JSON.stringify({ query, variables });
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/graphql`, { method: "POST", headers, body }).catch(() => null);
  const ms = performance.now() - began;
  if (!response)
    return {
      data: null,
      told: { status: null, code: "NO_ANSWER", retryable: null, retryAfter: null, isPartial: false, ms },
    };
  const answer = (await response.json()) as {
    data?: T | null;
    errors?: { extensions: { code: string; retryable: boolean } }[];
  };
  const error = answer.errors?.[0]?.extensions;
  const told: Told = {
    status: response.status,
    code: error?.code ?? "OK",
    retryable: error?.retryable ?? null,
    retryAfter: response.headers.get("retry-after"),
    isPartial: Object.values(answer.data ?? {}).some((value) => value !== null),
    ms,
  };
  return { data: error ? null : (answer.data ?? null), told };
}

async function openPlace(plan: DayPlan) {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), "lunas-faults-"));
  const database = plan.ownDatabase ? await startDatabaseServer(dataDir) : null;
  const shared = database ? null : await createShopDatabase();
  return {
    dataDir,
    database,
    databaseUrl: (database ?? shared)?.url as string,
    async close() {
      await database?.end();
      await shared?.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

interface Notified {
  readonly notifications: readonly { readonly attempts: readonly { readonly status: number | null }[] }[];
}

interface Books {
  readonly captured: number;
  readonly count: number;
}

/** What is not well yet, in words; null where all is. */
async function unrest(shop: RunningShop, { sql }: Counter, paid: ReadonlySet<string>): Promise<string | null> {
  const [due] = await sql<{ jobs: string | null }>(
    `select string_agg(distinct handler || coalesce(': ' || error, ''), ', ') as jobs from outbox_messages
      where done_at is null and parked_at is null and (due_at <= now() or error is not null)`,
  );
  if (due?.jobs) return `jobs are due: ${due.jobs}`;
  const waiting = await sql<{ id: string; status: string }>(
    "select id, status from payments where id = any($1::uuid[]) and status <> 'PAID'",
    [[...paid]],
  );
  if (waiting.length > 0) return `${waiting.length} paid orders are ${waiting[0]?.status} here`;
  const { captured } = (await (await fetch(`${shop.sandboxUrl}/sandbox/books`)).json()) as Books;
  const [here] = await sql<{ captured: number }>(
    "select coalesce(sum(captured_amount), 0)::float8 as captured from payment_transactions",
  );
  return here?.captured === captured ? null : `the gateway took ${captured}, here stand ${here?.captured}`;
}

function shoppersOf(shop: RunningShop, customers: readonly Customer[], goods: Goods, paid: Set<string>) {
  const url = shop.apiUrls[0] as string;
  const next = () => {
    keys += 1;
    const customer = customers[keys % customers.length] as Customer;
    return { customer, input: checkoutInput(goods, { method: "SNAP" }) };
  };
  const checkOut = async (): Promise<Placed> => {
    const { customer, input } = next();
    const told: Told[] = [];
    return until("a checkout", async () => {
      const answer = await ask<CheckoutAnswer>(url, customer.token, CHECKOUT, { input });
      if (answer.data) return { paymentId: answer.data.checkout.payment.id, told };
      told.push(answer.told);
      return null;
    });
  };
  return {
    checkOut,
    tryOnce: async () => {
      const { customer, input } = next();
      return (await ask(url, customer.token, CHECKOUT, { input })).told;
    },
    pageOf: (order: Placed, counter: Counter) =>
      until("a page", async () => {
        const [row] = await counter
          .sql<{ url: string | null }>(
            `select instructions->>'redirectUrl' as url from payment_transactions
              where payment_id = $1 and state = 'LIVE'`,
            [order.paymentId],
          )
          .catch(() => []); // the database may be what is away
        return row?.url;
      }),
    pay: async ({ paymentId, page }: Opened) => {
      await payOnPage(page);
      paid.add(paymentId);
    },
  };
}

/** What is seen of the shop from outside, and whether it is whole. */
function looksAt(shop: RunningShop, counter: Counter, paid: ReadonlySet<string>) {
  return {
    async probe(where: string, api = 0) {
      const response = await fetch(`${shop.apiUrls[api]}${where}`).catch(() => null);
      const body = (await response?.json()) as Record<string, unknown> | undefined;
      return { status: response?.status ?? 0, body: body ?? {} };
    },
    async notificationAnswers() {
      const response = await fetch(`${shop.sandboxUrl}/sandbox/transactions?limit=1000`);
      const { transactions } = (await response.json()) as { transactions: Notified[] };
      return transactions.flatMap(({ notifications }) =>
        notifications.flatMap(({ attempts }) => attempts.map(({ status }) => status)),
      );
    },
    async isWhole() {
      const began = performance.now();
      let why: string | null = null;
      await until("a shop at rest", async () => {
        why = await unrest(shop, counter, paid).catch((error: Error) => error.message);
        return why === null;
      }).catch((error: unknown) => {
        throw new Error(why ?? "it is not known what is left", { cause: error });
      });
      const seconds = (performance.now() - began) / 1000;
      const breaches: Breach[] = await counter.audit();
      if (breaches.length > 0) throw new Error(`the audit found: ${JSON.stringify(breaches)}`);
      return seconds;
    },
  };
}

/** Opens the shop, with its customers signed in and one product on the shelf. */
export async function openFaultDay(plan: DayPlan = {}): Promise<FaultDay> {
  const place = await openPlace(plan);
  const env = {
    JWT_SECRET,
    RATE_LIMIT_SCALE: "0",
    JOB_LEASE: `${JOB_LEASE_MS}ms`,
    GATEWAY_TIMEOUT,
    PAYMENT_POLLS: "10m",
    ...plan.env,
  };
  const { dataDir, databaseUrl, database } = place;
  let shop: RunningShop;
  try {
    shop = await startShop({ ...plan, env, dataDir, databaseUrl, migrate: database !== null, seed: database !== null });
  } catch (error) {
    await place.close();
    throw error;
  }
  const counter = openCounter({ databaseUrl });
  const customers = await counter.people(SHOPPERS);
  const goods = await counter.product(STOCK);
  await sendGraphql(shop.apiUrls[0] as string, { query: '{ destinations(search: "GAMBIR") { id } }' }, {});
  const paid = new Set<string>();
  const { checkOut, tryOnce, pageOf, pay } = shoppersOf(shop, customers, goods, paid);
  const opened = async (order: Placed): Promise<Opened> => ({ ...order, page: await pageOf(order, counter) });
  const open = async () => opened(await checkOut());
  const all = <T>(count: number, act: () => Promise<T>) => Promise.all(Array.from({ length: count }, act));
  return {
    shop,
    counter,
    database,
    checkOut,
    tryOnce,
    opened,
    pay,
    waiting: (shoppers) => all(shoppers, open),
    shopping: (shoppers) =>
      all(shoppers, async () => {
        const order = await open();
        await pay(order);
        return order;
      }),
    ...looksAt(shop, counter, paid),
    async close() {
      await counter.close();
      await shop.stop();
      await place.close();
    },
  };
}
