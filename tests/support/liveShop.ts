import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createApp } from "../../api/app.ts";
import type { App } from "../../domain/app.ts";
import { type CheckoutInput, checkout } from "../../domain/checkout/checkout.ts";
import type { Actor } from "../../domain/kernel/actor.ts";
import type { PaymentId, ProductId, SessionId, StoreId, UserId } from "../../domain/kernel/ids.ts";
import { receiveNotification } from "../../domain/payment/receiveNotification.ts";
import { type Breach, runAudit } from "../../domain/report/runAudit.ts";
import { searchDestinations } from "../../domain/shipping/searchDestinations.ts";
import { loadConfig } from "../../platform/config.ts";
import { inTransaction } from "../../platform/db.ts";
import { takeDueJobs } from "../../platform/outbox.ts";
import { type RunningSandbox, startSandbox } from "../../sandbox/server.ts";
import { runJob } from "../../worker/runJob.ts";
import { createTestDatabase } from "./database.ts";

/** The place that test parcels go to; the sandbox knows it. */
export const GAMBIR = 900101;
const ORIGIN = 900103;

export interface Bought {
  readonly sessionId: SessionId;
  readonly paymentId: PaymentId;
  readonly paymentToken: string;
  readonly gatewayOrderId: string | null;
}

/** The shop in this process: its own database, the real gateway sandbox over HTTP, and a clock that tests move. */
export interface LiveShop {
  readonly app: App;
  readonly sandbox: RunningSandbox;
  /** Moves the shop's clock on; the gateway's stays. */
  advance(ms: number): void;
  addBuyer(): Promise<Actor & { userId: UserId }>;
  addStaff(): Promise<Actor & { userId: UserId }>;
  addProduct(options?: {
    stock?: number;
    price?: number;
    storeId?: StoreId;
    isPkp?: boolean;
  }): Promise<{ productId: ProductId; storeId: StoreId }>;
  /** The input of a checkout of these lines, shipped by JNE. */
  order(
    lines: readonly { productId: ProductId; storeId: StoreId; quantity: number }[],
    more?: Partial<CheckoutInput>,
  ): CheckoutInput;
  buy(buyer: Actor, input: CheckoutInput): Promise<Bought>;
  /** Runs every due job of the outbox until none is left. */
  drain(): Promise<void>;
  /** The sandbox's own control: moves a transaction; no notification unless asked for. */
  gatewayMoves(gatewayOrderId: string, move: object): Promise<Record<string, unknown>>;
  gatewayFaults(fault: object): Promise<void>;
  /** The signed body that the gateway would send now, delivered to the shop's use case. */
  notify(gatewayOrderId: string, change?: object): Promise<string>;
  signedBody(gatewayOrderId: string, change?: object): Promise<string>;
  one<T extends object>(sql: string, ...values: unknown[]): Promise<T>;
  audit(): Promise<Breach[]>;
  close(): Promise<void>;
}

const DROP_SENDING = "update outbox_messages set done_at = now() where id = $1 and handler = 'sendRefund'";

let keys = 0;
const newKey = () => `key-${process.pid}-${++keys}`;

async function post(url: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

function people(app: App) {
  return async (role: "CUSTOMER" | "STAFF"): Promise<Actor & { userId: UserId }> => {
    const userId = app.ids.next<"user">();
    await inTransaction(app.db, (tx) =>
      tx.sql(
        `insert into users (id, email, email_key, password_hash, name, phone, role, created_at, updated_at)
         values ($1, $2, $2, 'x', 'Pembeli Uji', '+6281200000001', $3, now(), now())`,
        [userId, `${userId}@lunas.test`, role],
      ),
    );
    return { role, userId };
  };
}

function goods(app: App): LiveShop["addProduct"] {
  return async ({ stock = 100, price = 25_000, storeId: given, isPkp = true } = {}) => {
    const [storeId, productId] = [given ?? app.ids.next<"store">(), app.ids.next<"product">()];
    await inTransaction(app.db, async (tx) => {
      if (!given) {
        await tx.sql(
          `insert into stores (id, slug, name, legal_name, npwp, origin_id, phone, email, address,
                               is_pkp, pkp_since, created_at)
           values ($1::uuid, $1::uuid::text, 'Toko Uji', 'PT Toko Uji', '0012345678901000', $2, '0215550123',
                   'toko@lunas.test', 'Jl. Uji 1', $3, $4, now())`,
          [storeId, ORIGIN, isPkp, isPkp ? "2024-01-01" : null],
        );
      }
      await tx.sql(
        `insert into products (id, store_id, slug, name, description, price, weight_grams, length_cm,
                               width_cm, height_cm,
                               opening_stock, stock, created_at, updated_at)
         values ($1::uuid, $2, $1::uuid::text, 'Kopi Gayo 250 g', 'Biji kopi', $3, 300, 10, 8, 8, $4, $4,
                 now(), now())`,
        [productId, storeId, price, stock],
      );
    });
    return { productId, storeId };
  };
}

/**
 * Opens one; close() drops all of it.
 *
 * One thing: everything that a test may do with a shop, each in a line or two.
 */
/**
 * @param env besides what every test shop has
 * @param refunds whether what is owed back is sent: left unsent, tests see what is owed
 */
export async function openLiveShop(
  env: Readonly<Record<string, string>> = {},
  refunds: "sent" | "unsent" = "sent",
): Promise<LiveShop> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(path.join(os.tmpdir(), "lunas-live-"));
  // Notifications are delivered by the tests themselves, so that their order is the test's.
  const sandbox = await startSandbox({
    port: 0,
    dataDir: path.join(dataDir, "sandbox"),
    logLevel: "silent",
    notificationUrl: "http://127.0.0.1:9/none",
    shipmentUrl: "http://127.0.0.1:9/none",
  });
  const config = loadConfig(
    {
      DATABASE_URL: database.url,
      DATA_DIR: dataDir,
      SANDBOX_PORT: String(sandbox.port),
      LOG_LEVEL: "silent",
      // One buyer of a test starts more payments in a second than a person does in a day.
      RATE_LIMIT_SCALE: "0",
      ...env,
    },
    dataDir,
  );
  let offsetMs = 0;
  const app = createApp(config, "test", { now: () => new Date(Date.now() + offsetMs) });
  await searchDestinations(app, "GAMBIR");
  const addPerson = people(app);
  const one: LiveShop["one"] = async <T extends object>(sql: string, ...values: unknown[]) =>
    (await app.db.sql<T>(sql, values))[0] as T;
  const signedBody = async (id: string, change: object = {}) => {
    const { notifications } = await post(`${sandbox.url}/sandbox/transactions/${id}/notify`, change);
    return JSON.stringify((notifications as { body: object }[])[0]?.body);
  };
  return {
    app,
    sandbox,
    one,
    signedBody,
    advance: (ms) => {
      offsetMs += ms;
    },
    addBuyer: () => addPerson("CUSTOMER"),
    addStaff: () => addPerson("STAFF"),
    addProduct: goods(app),
    order: (lines, more = {}) => ({
      lines: lines.map(({ productId, quantity }) => ({ productId, quantity })),
      address: { recipient: "Pembeli Uji", phone: "081200000001", line: "Jl. Melati 5", destinationId: GAMBIR },
      shipping: [...new Set(lines.map(({ storeId }) => storeId))].map((storeId) => ({
        storeId,
        courier: "jne",
        service: "REG",
      })),
      method: "SNAP",
      idempotencyKey: newKey(),
      ...more,
    }),
    async buy(buyer, input) {
      const { sessionId, paymentToken } = await checkout(app, buyer, input);
      const row = await one<{ paymentId: PaymentId; gatewayOrderId: string | null }>(
        `select p.id as payment_id,
                (select gateway_order_id from payment_transactions t
                  where t.payment_id = p.id limit 1) as gateway_order_id
           from payments p where p.session_id = $1`,
        sessionId,
      );
      return { sessionId, paymentToken: paymentToken as string, ...row };
    },
    async drain() {
      for (;;) {
        const jobs = await takeDueJobs(app.db, app.clock.now(), 0);
        if (jobs.length === 0) return;
        for (const job of jobs) {
          if (refunds === "unsent") await app.db.sql(DROP_SENDING, [job.id]);
          await runJob(app, job.id);
        }
      }
    },
    gatewayMoves: (id, move) => post(`${sandbox.url}/sandbox/transactions/${id}`, { notify: false, ...move }),
    async gatewayFaults(fault) {
      await post(`${sandbox.url}/sandbox/faults`, fault);
    },
    notify: async (id, change) => receiveNotification(app, await signedBody(id, change)),
    audit: async () => {
      const breaches = await runAudit(app.db, { now: app.clock.now() });
      // Where nobody sends them, refunds are due for as long as the test's clock says.
      return refunds === "sent" ? breaches : breaches.filter(({ invariant }) => invariant !== "REFUND_DUE");
    },
    async close() {
      await app.limits.close();
      await app.db.close();
      await sandbox.close();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
