import { randomUUID } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lastLines, type RunningChild, startChild } from "../../../scripts/childProcess.ts";
import { auditShop } from "../../../scripts/drill/auditCommand.ts";
import { type DatabaseServer, startDatabaseServer } from "../../../scripts/drill/databaseServer.ts";
import { type RunningShop, sendGraphql, startShop } from "../../../scripts/drill/stack.ts";
import { until as waitUntil } from "../../support/until.ts";
import {
  CHECKOUT,
  type CheckoutAnswer,
  type Counter,
  type Customer,
  checkoutInput,
  type Goods,
  JWT_SECRET,
  openCounter,
} from "./shopper.ts";

/** Checkouts before the backup begins, at least, and after it. */
const BEFORE = Number(process.env["BACKUP_CHECKOUTS"] ?? 15);
const AFTER = 8;
const LANES = 4;
const LINES = 40;

interface Purchase {
  readonly gatewayOrderId: string;
  readonly isPaid: boolean;
  readonly at: number;
}

let home: string;
let first: DatabaseServer;
let second: DatabaseServer;
let shop: RunningShop;
let counter: Counter;
let people: Customer[];
let goods: Goods;

const dirOf = (name: string): string => {
  const dir = path.join(home, name);
  mkdirSync(dir, { recursive: true });
  return dir;
};

/** Has the customer pay at the gateway, which then notifies the shop, or tries to. */
async function settle(gatewayOrderId: string): Promise<void> {
  const response = await fetch(`${shop.sandboxUrl}/sandbox/transactions/${gatewayOrderId}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ transaction_status: "settlement" }),
  });
  if (!response.ok) throw new Error(`the gateway answers ${response.status} to a payment`);
}

/** Shoppers who buy one thing after another, every other of them paying at once, until the shop is gone. */
function startLoad(bought: Purchase[]) {
  let isOver = false;
  const lane = async (customer: Customer, place: number) => {
    for (let n = place; !isOver; n++) {
      try {
        const input = checkoutInput(goods, { method: "VA_BCA", idempotencyKey: randomUUID() });
        const headers = { authorization: `Bearer ${customer.token}` };
        const operation = { query: CHECKOUT, variables: { input } };
        const { data } = await sendGraphql<CheckoutAnswer>(shop.apiUrls[0] as string, operation, headers);
        const id = data?.checkout.payment.currentTransaction?.gatewayOrderId;
        if (id === undefined) continue;
        if (n % 2 === 0) await settle(id);
        bought.push({ gatewayOrderId: id, isPaid: n % 2 === 0, at: Date.now() });
      } catch (error) {
        if (!isOver) throw error;
      }
    }
  };
  const done = Promise.all(people.map(lane));
  return {
    end() {
      isOver = true;
      return done;
    },
  };
}

async function runScript(name: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<[number, string]> {
  const logFile = path.join(home, `${name}-${randomUUID()}.log`);
  const child = startChild({ name, args: ["--enable-source-maps", `dist/scripts/${name}.js`, ...args], env, logFile });
  const code = await child.exited;
  return [Number(code), lastLines(logFile, LINES)];
}

/** As a machine that is gone: nobody flushes, closes or says anything. */
async function killEverything(): Promise<void> {
  const postmaster = Number.parseInt(readFileSync(path.join(home, "first", "postgres", "postmaster.pid"), "utf8"), 10);
  process.kill(postmaster, "SIGKILL");
  await Promise.all(["api-0", "worker"].map((name) => shop.end(name, "SIGKILL")));
}

beforeAll(async () => {
  home = mkdtempSync(path.join(os.tmpdir(), "lunas-restore-"));
  first = await startDatabaseServer(dirOf("first"), { leavesNothing: true });
  const env = { JWT_SECRET, RATE_LIMIT_SCALE: "0", FRAUD_RULES: "off", MIDTRANS_RATE: "1000", LOG_LEVEL: "warn" };
  shop = await startShop({ databaseUrl: first.url, dataDir: dirOf("first"), migrate: true, env });
  counter = openCounter(shop);
  people = await counter.people(LANES);
  goods = await counter.product(10_000);
  await sendGraphql(shop.apiUrls[0] as string, { query: '{ destinations(search: "GAMBIR") { id } }' }, {});
});

afterAll(async () => {
  await counter?.close();
  await shop?.stop();
  await first?.end();
  await second?.end();
  rmSync(home, { recursive: true, force: true });
});

describe("a machine that is lost while people buy", () => {
  const bought: Purchase[] = [];
  let file: string;
  let snapshotAt: Date;
  let crashedAt: Date;

  test("leaves the backup that was taken meanwhile", async () => {
    const load = startLoad(bought);
    await waitUntil("people buy", async () => bought.length >= BEFORE);
    const [code, said] = await runScript("backup", [], shop.env);
    expect([code, said]).toEqual([0, expect.stringContaining("verified")]);
    file = /^\/.*\.backup$/m.exec(said)?.[0] as string;
    snapshotAt = new Date(/as of ([^;]+);/.exec(said)?.[1] as string);
    const then = bought.length;
    await waitUntil("people buy on", async () => bought.length >= then + AFTER);
    crashedAt = new Date();
    const ended = load.end();
    await killEverything();
    await ended;
    expect(bought.filter(({ at }) => at < snapshotAt.getTime()).length).toBeGreaterThan(0);
  });

  test("is a shop again elsewhere: the gateway asked, the lost seconds told, its books without a breach", async () => {
    // Customers pay while there is no shop that could be told.
    for (const { gatewayOrderId, isPaid } of bought) if (!isPaid) await settle(gatewayOrderId);
    second = await startDatabaseServer(dirOf("second"), { leavesNothing: true });
    copyFileSync(path.join(home, "first", "keys.json"), path.join(home, "second", "keys.json"));
    const env = { ...shop.env, DATABASE_URL: second.url, DATA_DIR: dirOf("second") };
    const seconds = Math.ceil((crashedAt.getTime() - snapshotAt.getTime()) / 1000);
    const whole = [0, expect.stringContaining(`${seconds} seconds are lost`)];
    const until = ["--until", crashedAt.toISOString()];
    expect(await runScript("restore", [file, ...until, "--no-ask"], env)).toEqual(whole);
    // The gateway may be away at that moment: it is asked as soon as it is there.
    const [code, said] = await runScript("restore", [file, ...until, "--ask-again"], env);
    expect([code, said]).toEqual(whole);
    expect(said).toContain("audit: 0 breaches");

    // Jobs that were due at the backup, and those of what was found out since.
    let worker: RunningChild | null = null;
    const restored = openCounter({ databaseUrl: second.url });
    try {
      const logFile = path.join(home, "worker.log");
      worker = startChild({ name: "worker", args: ["dist/worker/main.js"], env, logFile });
      await waitUntil("the outbox is empty", async () => {
        const [row] = await restored.sql<{ due: number }>(
          "select count(*)::integer as due from outbox_messages where done_at is null and due_at <= now()",
        );
        return row?.due === 0;
      });
      expect(await restored.audit()).toEqual([]);
      const { losses } = await auditShop({ env, dataDir: dirOf("second") });
      expect(losses).toEqual([]);

      // Every purchase of before is paid; every later one is known as lost, with a case. None is forgotten.
      const stands = await restored.sql<{ id: string; state: string }>(
        `select gateway_order_id as id, state from payment_transactions
           union all select subject, 'CASE' from money_cases where kind = 'UNMATCHED' and resolved_at is null`,
      );
      const stateOf = new Map(stands.map(({ id, state }) => [id, state]));
      const states = bought.map(({ gatewayOrderId, at }) => [stateOf.get(gatewayOrderId), at] as const);
      expect(new Set(states.map(([state]) => state))).toEqual(new Set(["PAID", "CASE"]));
      expect(states.filter(([state, at]) => state !== "PAID" && at < snapshotAt.getTime())).toEqual([]);
    } finally {
      await worker?.stop();
      await restored.close();
    }
  });
});
