import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { backupName, listBackups } from "../../../platform/backupFiles.ts";
import { restoreBackup } from "../../../platform/restoreBackup.ts";
import { createSealer, type DataKey } from "../../../platform/secrets.ts";
import { type TakenBackup, takeBackup, verifyBackup } from "../../../platform/takeBackup.ts";
import { openUploads } from "../../../platform/uploads.ts";
import { knownMigrations, migrate } from "../../../scripts/migrate.ts";
import type { TestDatabase } from "../../support/database.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { createEmptyDatabase, restoreInto } from "./emptyDatabase.ts";

const KEY: DataKey = { id: "k1", key: randomBytes(32) };
const KEYS = [KEY];
const DATA_KEY = `${KEY.id}:${KEY.key.toString("base64")}`;
/** A restore needs some two seconds; on a machine that runs other tests too, more. */
const WHOLE_WITHIN_MS = 60_000;
const UPLOAD = "0198aa00-0000-7000-8000-0000000000ab";

let shop: LiveShop;
let dir: string;
let backup: TakenBackup;

const pools = new Map<string, pg.Pool>();

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  if (!pools.has(url)) {
    // Its database is dropped at the end.
    pools.set(
      url,
      new pg.Pool({ connectionString: url, max: 1 }).on("error", () => undefined),
    );
  }
  return (await (pools.get(url) as pg.Pool).query<T>(sql)).rows;
}

const shopUrl = (): string => shop.app.db.pool.options.connectionString as string;

async function restore(url: string, more: { file?: string; dataDir?: string; keys?: readonly DataKey[] } = {}) {
  const { file = backup.file, keys = KEYS } = more;
  const dataDir = more.dataDir ?? mkdtempSync(path.join(dir, "restored-"));
  await restoreInto({ file, databaseUrl: url, dataDir, dataKeys: keys });
  return dataDir;
}

beforeAll(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), "lunas-backup-"));
  shop = await openLiveShop({ DATA_KEY });
  const [buyer, goods] = [await shop.addBuyer(), await shop.addProduct()];
  for (let i = 0; i < 3; i++) {
    const { gatewayOrderId } = await shop.buy(buyer, shop.order([{ ...goods, quantity: 1 }], { method: "VA_BCA" }));
    if (i === 0 || gatewayOrderId === null) continue;
    await shop.gatewayMoves(gatewayOrderId, { transaction_status: "settlement" });
    await shop.notify(gatewayOrderId);
  }
  await shop.drain();
  await openUploads(path.join(dir, "uploads"), createSealer(KEYS)).write(UPLOAD, Buffer.from("a proof"));
  writeFileSync(path.join(dir, "uploads", UPLOAD.slice(-2), `${UPLOAD}.sealed.77`), "half a draft");
  backup = await takeBackup({ databaseUrl: shopUrl(), dataDir: dir, dataKeys: KEYS, keep: 3 });
});

afterAll(async () => {
  await Promise.all([...pools.values()].map((pool) => pool.end()));
  await shop.close();
  rmSync(dir, { recursive: true, force: true });
});

describe("a backup that is restored", () => {
  let url: string;
  let restoredDir: string;
  let drop: () => Promise<void>;

  beforeAll(async () => {
    const database = await createEmptyDatabase();
    [url, drop] = [database.url, database.drop];
    restoredDir = await restore(url);
  });
  afterAll(() => drop());

  test("has every row of every table as it was", async () => {
    expect(backup.end.tables.find(({ name }) => name === "orders")?.rows).toBe(3);
    for (const { name } of backup.end.tables) {
      const all = `select coalesce(jsonb_agg(to_jsonb(t) order by to_jsonb(t)::text), '[]') as rows from "${name}" t`;
      expect([name, await query(url, all)]).toEqual([name, await query(shopUrl(), all)]);
    }
  });

  test("has the same constraints, triggers and indexes", async () => {
    const shape = `
      select conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid) as it from pg_constraint
       where connamespace = 'public'::regnamespace
      union all select pg_get_triggerdef(oid) || tgenabled::text from pg_trigger where not tgisinternal
      union all select indexdef from pg_indexes where schemaname = 'public' order by 1`;
    const now = await query<{ it: string }>(url, shape);
    expect(now.length).toBeGreaterThan(100);
    expect(now).toEqual(await query(shopUrl(), shape));
  });

  test("opens under the same key what was sealed, in the database and among the uploads", async () => {
    const sealer = createSealer(KEYS);
    const [row] = await query<{ body: string }>(url, "select body_sealed as body from payment_notifications limit 1");
    expect(sealer.open(row?.body as string, "payment_notifications.body")).toContain("settlement");
    const uploads = openUploads(path.join(restoredDir, "uploads"), sealer);
    expect((await uploads.read(UPLOAD))?.toString()).toBe("a proof");
    expect(readdirSync(path.join(restoredDir, "uploads", UPLOAD.slice(-2)))).toEqual([`${UPLOAD}.sealed`]);
  });

  test("gives out no number that the lost window may have given out", async () => {
    const [before] = await query<{ last: string }>(shopUrl(), "select last_value as last from payment_numbers");
    const [after] = await query<{ n: string }>(url, "select nextval('payment_numbers') as n");
    expect(Number(after?.n)).toBeGreaterThan(Number(before?.last) + 999_000);
  });

  test("is not restored into twice", async () => {
    await expect(restore(url)).rejects.toMatchObject({ code: "DATABASE_NOT_EMPTY" });
    expect(await query(url, "select count(*)::integer as orders from orders")).toEqual([{ orders: 3 }]);
  });
});

describe("a restore", () => {
  let database: TestDatabase;
  const tables = () => query(database.url, "select relname from pg_class where relnamespace = 'public'::regnamespace");

  beforeAll(async () => {
    database = await createEmptyDatabase();
  });
  afterAll(() => database.drop());

  test.each([
    ["cut off", "BACKUP_CUT_OFF", (bytes: Buffer) => bytes.subarray(0, bytes.length - 100)],
    [
      "altered",
      "BACKUP_DAMAGED",
      (bytes: Buffer) => Buffer.from(bytes.map((byte, i) => (i === 5_000 ? byte ^ 1 : byte))),
    ],
  ])("of a file that was %s writes nothing into the database", async (_, code, change) => {
    const file = path.join(dir, "changed");
    writeFileSync(file, change(readFileSync(backup.file)));
    await expect(restore(database.url, { file })).rejects.toMatchObject({ code });
    expect(await tables()).toEqual([]);
  });

  test("under another key writes nothing into the database", async () => {
    const keys = [{ id: "k1", key: randomBytes(32) }];
    await expect(restore(database.url, { keys })).rejects.toMatchObject({ code: "KEY_WRONG" });
    expect(await tables()).toEqual([]);
  });

  test("of a newer version's backup is refused", async () => {
    const found = await verifyBackup(backup.file, KEYS);
    const known = knownMigrations().slice(0, -1);
    const plan = { file: backup.file, databaseUrl: database.url, dataDir: dir, dataKeys: KEYS, found, known };
    const never = () => Promise.reject(new Error("nothing is migrated"));
    await expect(restoreBackup({ ...plan, migrateTo: never })).rejects.toMatchObject({ code: "BACKUP_NEWER" });
    expect(await tables()).toEqual([]);
  });

  test("of an older version's backup has the schema of then, and is migrated from there", async () => {
    const [older, newer] = [await createEmptyDatabase(), await createEmptyDatabase()];
    try {
      const level = knownMigrations().slice(0, -1);
      await migrate(older.url, level);
      const dataDir = mkdtempSync(path.join(dir, "older-"));
      const { file } = await takeBackup({ databaseUrl: older.url, dataDir, dataKeys: KEYS, keep: 1 });
      const { start } = await restoreInto({ file, databaseUrl: newer.url, dataDir, dataKeys: KEYS });
      expect(start.level).toEqual(level);
      expect(await migrate(newer.url)).toEqual(knownMigrations().slice(-1));
    } finally {
      await older.drop();
      await newer.drop();
    }
  });

  test("that was cut off while it loaded is begun again, and is whole", async () => {
    const found = await verifyBackup(backup.file, KEYS);
    const plan = {
      file: backup.file,
      databaseUrl: database.url,
      dataDir: dir,
      dataKeys: KEYS,
      known: knownMigrations(),
    };
    const end = { ...found.end, tables: found.end.tables.map((table) => ({ ...table, rowSum: "1" })) };
    const migrateTo = async (names: readonly string[]) => void (await migrate(database.url, names));
    // What it finds to be wrong at its very end: all was copied, and none of it is committed.
    await expect(restoreBackup({ ...plan, found: { ...found, end }, migrateTo })).rejects.toMatchObject({
      code: "SUMS_DIFFER",
    });
    expect(await query(database.url, "select count(*)::integer as orders from orders")).toEqual([{ orders: 0 }]);
    await restore(database.url);
    expect(await query(database.url, "select count(*)::integer as orders from orders")).toEqual([{ orders: 3 }]);
    expect((await tables()).map(({ relname }) => relname)).not.toContain("restore_under_way");
  });

  test("never goes over a shop that was started on what a cut-off restore had left", async () => {
    const started = await createEmptyDatabase();
    try {
      await migrate(started.url, knownMigrations());
      await query(started.url, "create table restore_under_way ()");
      await query(
        started.url,
        `insert into users (id, email, email_key, name, role, password_hash, created_at, updated_at)
         values (gen_random_uuid(), 'new@lunas.test', 'new@lunas.test', 'Baru', 'CUSTOMER', 'none', now(), now())`,
      );
      await expect(restore(started.url)).rejects.toMatchObject({ code: "DATABASE_NOT_EMPTY" });
      expect(await query(started.url, "select email from users")).toEqual([{ email: "new@lunas.test" }]);
    } finally {
      await started.drop();
    }
  });
});

describe("the command that restores", () => {
  test("is killed at any moment and begun again, until the shop is whole", async () => {
    const database = await createEmptyDatabase();
    const dataDir = mkdtempSync(path.join(dir, "killed-restore-"));
    const env = { PATH: process.env["PATH"], DATABASE_URL: database.url, DATA_DIR: dataDir, DATA_KEY };
    const args = ["dist/scripts/restore.js", backup.file, "--no-ask"];
    const orders = async () => {
      const [found] = await query<{ isThere: boolean }>(
        database.url,
        `select to_regclass('orders') is not null as "isThere"`,
      );
      return found?.isThere ? (await query(database.url, "select 1 from orders")).length : 0;
    };
    try {
      for (let ms = 400; (await orders()) === 0 && ms < WHOLE_WITHIN_MS; ms *= 1.7) {
        const child = spawn(process.execPath, args, { env, stdio: "ignore" });
        const timer = setTimeout(() => child.kill("SIGKILL"), ms);
        await once(child, "exit");
        clearTimeout(timer);
        // All of it, or nothing of it.
        expect([0, 3]).toContain(await orders());
      }
      expect(await orders()).toBe(3);
      expect(await query(database.url, "select to_regclass('restore_under_way') as marker")).toEqual([
        { marker: null },
      ]);
    } finally {
      await database.drop();
    }
  }, 300_000);
});

describe("backups", () => {
  test("beyond the newest ones that are kept go, once the new one is good", async () => {
    const dataDir = mkdtempSync(path.join(dir, "kept-"));
    const folder = path.join(dataDir, "backups");
    mkdirSync(folder);
    const old = [1, 2, 3].map((day) => backupName(new Date(Date.UTC(2026, 0, day))));
    for (const name of old) copyFileSync(backup.file, path.join(folder, name));
    const taken = await takeBackup({ databaseUrl: shopUrl(), dataDir, dataKeys: KEYS, keep: 2 });
    expect(taken.removed).toEqual([old[1], old[0]]);
    expect((await listBackups(folder)).map(({ name }) => name)).toEqual([path.basename(taken.file), old[2]]);
  });

  test("that fail leave the older ones, and nothing that looks like a new one", async () => {
    const dataDir = mkdtempSync(path.join(dir, "failed-"));
    const folder = path.join(dataDir, "backups");
    mkdirSync(folder);
    const old = backupName(new Date(Date.UTC(2026, 0, 1)));
    copyFileSync(backup.file, path.join(folder, old));
    const signal = AbortSignal.timeout(5);
    await expect(
      takeBackup({ databaseUrl: shopUrl(), dataDir, dataKeys: KEYS, keep: 1, signal }),
    ).rejects.toMatchObject({ name: "AbortError" });
    expect(readdirSync(folder)).toEqual([old]);
  });

  test("killed at any moment leave no file that looks good and is not", async () => {
    const dataDir = mkdtempSync(path.join(dir, "killed-"));
    const env = { PATH: process.env["PATH"], DATABASE_URL: shopUrl(), DATA_DIR: dataDir, DATA_KEY };
    const times: number[] = [];
    const begun = performance.now();
    for (let killAfterMs: number | null = null, i = 0; i < 5; i++) {
      const child = spawn(process.execPath, ["dist/scripts/backup.js"], { env, stdio: "ignore" });
      const timer = killAfterMs === null ? null : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
      await once(child, "exit");
      if (timer) clearTimeout(timer);
      if (killAfterMs === null) times.push(performance.now() - begun);
      // The last half of its time is when it writes, proves and names the file.
      killAfterMs = (times[0] as number) * (0.55 + i * 0.1);
    }
    const kept = await listBackups(path.join(dataDir, "backups"));
    expect(kept.length).toBeGreaterThan(0);
    for (const { name } of kept) await verifyBackup(path.join(dataDir, "backups", name), KEYS);
  });
});
