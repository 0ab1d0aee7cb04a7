import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createApp } from "../../api/app.ts";
import type { App } from "../../domain/app.ts";
import type { Actor } from "../../domain/kernel/actor.ts";
import type { UserId } from "../../domain/kernel/ids.ts";
import { closeDays } from "../../domain/reconciliation/closeDays.ts";
import { type RunView, readRun } from "../../domain/reconciliation/reconciliation.queries.ts";
import { runReconciliation } from "../../domain/reconciliation/runReconciliation.ts";
import { loadConfig } from "../../platform/config.ts";
import type { Db } from "../../platform/db.ts";
import { addCustomer, addOrder, addStore, endOrder, type OrderRow, payOrder, type ShelfRow } from "./shopRows.ts";
import { type StatusBooks, settled, startStatusBooks } from "./statusBooks.ts";

/** The day that these tests close: NOW's, in Asia/Jakarta. */
export const DAY = "2026-11-20";
/** 02.05 WIB of the day after: the schedule's time has come. */
export const NIGHT = new Date("2026-11-20T19:05:00.000Z");

export interface Sold extends OrderRow {
  /** The gateway's own of what paid it, or may. */
  readonly gatewayId: string;
}

/** A shop with the books of its gateway on the other side. */
export interface CloseShop {
  readonly app: App;
  readonly db: Db;
  readonly books: StatusBooks;
  /** Moves the clock of the shop to an instant. */
  setNow(now: Date): void;
  addPerson(role: "STAFF" | "ADMIN"): Promise<Actor & { userId: UserId }>;
  /** An order whose payment waits, or was paid, here and there alike; each has a gateway transaction of its own. */
  waiting(): Promise<Sold>;
  paid(): Promise<Sold>;
  /** One that ended without money, here and there. */
  ended(as: "EXPIRED" | "CANCELLED" | "FAILED"): Promise<Sold>;
  /** Has the day closed by somebody of staff and walks it to its end. */
  close(day?: string): Promise<RunView>;
  stop(): Promise<void>;
}

/** Walks until nothing is due, or the run does not come to an end. */
export async function walk(app: App, day: string): Promise<RunView> {
  for (let rounds = 0; rounds < ROUNDS_MAX; rounds++) {
    await closeDays(app);
    const run = await readRun(app.db, day);
    if (run && run.state !== "RUNNING") return run;
  }
  throw new Error(`the close of ${day} comes to no end`);
}
const ROUNDS_MAX = 200;

const person = (app: App) => async (role: "STAFF" | "ADMIN") => {
  const userId = app.ids.next<"user">();
  await app.db.sql(
    `insert into users (id, email, email_key, password_hash, name, phone, role, created_at, updated_at)
     values ($1, $2, $2, 'x', 'Petugas', '+6281200000001', $3, now(), now())`,
    [userId, `${userId}@lunas.test`, role],
  );
  return { role, userId };
};

/** Orders in the shop of a database, with the gateway's side of them. */
export function sellers(db: Db, books: StatusBooks, userId: string, shelf: ShelfRow) {
  const begin = async (state: "pending" | "expire" | "cancel" | "deny"): Promise<Sold> => {
    const order = await addOrder(db, userId, shelf);
    const gatewayId = randomUUID();
    await db.sql(
      `update payment_transactions set gateway_transaction_id = $2, gateway_status = $3, gateway_payment_type = 'qris',
              next_poll_at = null
        where id = $1`,
      [order.transactionId, gatewayId, state],
    );
    const { settlement_time: _, fraud_status: __, ...answer } = settled(order.gatewayOrderId, gatewayId, order.total);
    const isOpen = state === "pending";
    books.put({
      ...answer,
      transaction_status: state,
      ...(isOpen ? { expiry_time: "2026-11-21 14:05:00", status_code: "201" } : {}),
    });
    return { ...order, gatewayId };
  };
  return {
    waiting: () => begin("pending"),
    async ended(as: "EXPIRED" | "CANCELLED" | "FAILED") {
      const order = await begin(as === "EXPIRED" ? "expire" : as === "CANCELLED" ? "cancel" : "deny");
      await endOrder(db, order, as);
      return order;
    },
    async paid(): Promise<Sold> {
      const order = await addOrder(db, userId, shelf);
      await payOrder(db, order);
      const gatewayId = randomUUID();
      await db.sql(
        "update payment_transactions set gateway_transaction_id = $2, fraud_status = 'accept' where id = $1",
        [order.transactionId, gatewayId],
      );
      books.put(settled(order.gatewayOrderId, gatewayId, order.total));
      return { ...order, gatewayId };
    },
  };
}

/** Opens one on a database that the caller brings and drops. */
export async function openCloseShop(
  databaseUrl: string,
  env: Readonly<Record<string, string>> = {},
): Promise<CloseShop> {
  const books = await startStatusBooks();
  const dataDir = mkdtempSync(path.join(os.tmpdir(), "lunas-close-"));
  const config = loadConfig(
    {
      DATABASE_URL: databaseUrl,
      DATA_DIR: dataDir,
      MIDTRANS_CORE_URL: books.url,
      MIDTRANS_RATE: "1000",
      LOG_LEVEL: "silent",
      RATE_LIMIT_SCALE: "0",
      ...env,
    },
    dataDir,
  );
  let now = NIGHT;
  const app = createApp(config, "test", { now: () => now });
  const shelf = await addStore(app.db);
  const selling = sellers(app.db, books, await addCustomer(app.db), shelf);
  const addPerson = person(app);
  const staff = await addPerson("STAFF");
  return {
    app,
    db: app.db,
    books,
    ...selling,
    addPerson,
    setNow: (at) => {
      now = at;
    },
    async close(day = DAY) {
      await runReconciliation(app, staff, { day });
      return walk(app, day);
    },
    async stop() {
      await app.limits.close();
      await app.db.close();
      await books.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
