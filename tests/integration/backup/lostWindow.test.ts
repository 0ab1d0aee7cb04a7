import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../../../api/app.ts";
import type { App } from "../../../domain/app.ts";
import { askAllAgain, findLostPayments, type LostWindow } from "../../../domain/payment/findLostPayments.ts";
import { runAudit } from "../../../domain/report/runAudit.ts";
import { loadConfig } from "../../../platform/config.ts";
import { takeBackup } from "../../../platform/takeBackup.ts";
import type { TestDatabase } from "../../support/database.ts";
import { type Bought, type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { choose } from "../payment/chargeFacts.ts";
import { createEmptyDatabase, restoreInto } from "./emptyDatabase.ts";

const DATA_KEY = `k1:${Buffer.alloc(32, 9).toString("base64")}`;

let shop: LiveShop;
let dir: string;
let database: TestDatabase;
/** The shop as it was restored, which asks the same gateway, and as it is where that does not answer. */
let restored: App;
let cutOff: App;
let window: LostWindow;
let known: Bought;
let lost: Bought;

beforeAll(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), "lunas-lost-"));
  shop = await openLiveShop({ DATA_KEY });
  const [buyer, goods] = [await shop.addBuyer(), await shop.addProduct()];
  const order = () => shop.order([{ ...goods, quantity: 1 }], { method: "VA_BCA" });
  known = await shop.buy(buyer, order());
  await shop.drain();
  const databaseUrl = shop.app.db.pool.options.connectionString as string;
  const { dataKeys } = loadConfig({ DATABASE_URL: databaseUrl, DATA_DIR: dir, DATA_KEY });
  const { file } = await takeBackup({ databaseUrl, dataDir: dir, dataKeys, keep: 1 });

  // What follows is in no backup.
  await choose(shop.app, buyer, known, "VA_BNI");
  lost = await shop.buy(buyer, order());
  await shop.drain();
  for (const id of [`${known.gatewayOrderId?.slice(0, -3)}02A`, lost.gatewayOrderId as string]) {
    await shop.gatewayMoves(id, { transaction_status: "settlement" });
  }

  database = await createEmptyDatabase();
  const { start } = await restoreInto({ file, databaseUrl: database.url, dataDir: dir, dataKeys });
  const env = { DATABASE_URL: database.url, DATA_DIR: dir, DATA_KEY, SANDBOX_PORT: String(shop.sandbox.port) };
  restored = createApp(loadConfig({ ...env, LOG_LEVEL: "silent" }), "test");
  const config = loadConfig({ ...env, LOG_LEVEL: "silent", MIDTRANS_CORE_URL: "http://127.0.0.1:9" });
  cutOff = createApp(config, "test");
  const last = start.sequences.find(({ name }) => name === "payment_numbers")?.last as number;
  window = { from: new Date(start.snapshotAt), to: new Date(), firstSerial: last + 1, ratePerSecond: 1000 };
});

afterAll(async () => {
  for (const app of [restored, cutOff]) {
    await app.limits.close();
    await app.db.close();
  }
  await shop.close();
  await database.drop();
  rmSync(dir, { recursive: true, force: true });
});

const statusOf = async (bought: Bought) =>
  (await restored.db.sql<{ status: string }>("select status from payments where id = $1", [bought.paymentId]))[0]
    ?.status;
const cases = () =>
  restored.db.sql("select kind, subject, amount::integer from money_cases where resolved_at is null order by subject");

describe("after a restore the gateway is asked for what the backup does not know", () => {
  test("and one that is away is not taken for one that knows nothing", async () => {
    const { notAsked, adopted, unmatched } = await findLostPayments(cutOff, window);
    expect(notAsked).toBeGreaterThan(0);
    expect([adopted, unmatched]).toEqual([[], []]);
    expect(await statusOf(known)).toBe("PENDING");
  });

  test("and a lost try of a known payment pays for it, a lost payment is a case, each once", async () => {
    expect(await statusOf(lost)).toBeUndefined();
    for (const round of [1, 2]) {
      const { notAsked, adopted, unmatched } = await findLostPayments(restored, window);
      expect(notAsked).toBe(0);
      // Paid by then, it is not open any more.
      expect(adopted).toEqual(round === 1 ? [`${known.gatewayOrderId?.slice(0, -3)}02A`] : []);
      expect(unmatched).toEqual([lost.gatewayOrderId]);
      expect(await statusOf(known)).toBe("PAID");
      expect(await cases()).toEqual([{ kind: "UNMATCHED", subject: lost.gatewayOrderId, amount: expect.any(Number) }]);
    }
    expect(await runAudit(restored.db, { now: new Date() })).toEqual([]);
  });

  test("and every try that may have moved is due, at the gateway's rate", async () => {
    const due = await askAllAgain(restored, { ...window, ratePerSecond: 2 });
    const rows = await restored.db.sql<{ ms: number }>(
      `select extract(epoch from next_poll_at - min(next_poll_at) over ())::float8 * 1000 as ms
         from payment_transactions where next_poll_at is not null order by 1`,
    );
    expect(rows.map(({ ms }) => Math.round(ms))).toEqual(Array.from({ length: due }, (_, i) => i * 500));
    expect(due).toBe(2);
  });
});
