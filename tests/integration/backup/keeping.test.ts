import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readBackupState } from "../../../domain/report/backup.queries.ts";
import { listBackups, openBackups } from "../../../platform/backupFiles.ts";
import { BACKUP_OLD, createBackupRound } from "../../../worker/backups.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DATA_KEYS = [{ id: "k1", key: Buffer.alloc(32, 7) }];

let shop: LiveShop;
let dataDir: string;
const folder = () => path.join(dataDir, "backups");

const settings = () => ({
  databaseUrl: shop.app.db.pool.options.connectionString as string,
  dataDir,
  dataKeys: DATA_KEYS,
  backupCron: "0 2 * * *",
  backupKeep: 14,
});
const round = () => createBackupRound(shop.app, settings());
const alerts = () =>
  shop.app.db.sql<{ isOpen: boolean; raises: number }>(
    "select cleared_at is null as is_open, raises from alerts where kind = $1 order by raised_at",
    [BACKUP_OLD],
  );

beforeEach(async () => {
  shop = await openLiveShop();
  dataDir = mkdtempSync(path.join(os.tmpdir(), "lunas-keeping-"));
});
afterEach(async () => {
  await shop.close();
  rmSync(dataDir, { recursive: true, force: true });
});

describe("backups by BACKUP_CRON", () => {
  test("begin with one at once, and none is taken before the next is due", async () => {
    const keep = round();
    await keep();
    const [first] = await listBackups(folder());
    expect(first).toBeDefined();
    await keep();
    expect(await listBackups(folder())).toHaveLength(1);
    expect(await alerts()).toEqual([]);
  });

  test("come as often as the time table says", async () => {
    const keep = createBackupRound(shop.app, { ...settings(), backupCron: "* * * * *" });
    await keep();
    shop.advance(2 * MINUTE_MS);
    await keep();
    expect(await listBackups(folder())).toHaveLength(2);
  });

  test("of several workers are one", async () => {
    await Promise.all([round()(), round()(), round()()]);
    expect(await listBackups(folder())).toHaveLength(1);
    expect(await alerts()).toEqual([]);
  });

  test("are told about by one alert while the newest good one is over 26 hours old", async () => {
    await round()();
    const broken = { ...settings(), databaseUrl: "postgres://nobody:x@127.0.0.1:9/none" };
    const keepBroken = createBackupRound(shop.app, broken);
    shop.advance(25 * HOUR_MS);
    await keepBroken();
    expect(await alerts()).toEqual([]);
    shop.advance(2 * HOUR_MS);
    await keepBroken();
    await keepBroken();
    expect(await alerts()).toEqual([{ isOpen: true, raises: 1 }]);
  });

  test("are known to staff by the newest good one, and to no customer", async () => {
    const [staff, buyer] = [await shop.addStaff(), await shop.addBuyer()];
    const read = () => readBackupState({ ...shop.app, backups: openBackups(dataDir) }, staff);
    expect(await read()).toMatchObject({ takenAt: null, bytes: null, isOld: true });
    await round()();
    const [kept] = await listBackups(folder());
    const { takenAt, bytes, isOld } = await read();
    expect([takenAt, isOld]).toEqual([kept?.snapshotAt, false]);
    expect(bytes).toBe(statSync(path.join(folder(), kept?.name as string)).size);
    writeFileSync(path.join(folder(), "partial-0123456789abcdef"), "begun, and not known to be good");
    shop.advance(27 * HOUR_MS);
    expect(await read()).toMatchObject({ takenAt, isOld: true });
    await expect(readBackupState(shop.app, buyer)).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  test("clear their alert when one is good again", async () => {
    mkdirSync(folder(), { recursive: true });
    const broken = { ...settings(), databaseUrl: "postgres://nobody:x@127.0.0.1:9/none" };
    await createBackupRound(shop.app, broken)();
    expect(await alerts()).toEqual([{ isOpen: true, raises: 1 }]);
    await round()();
    expect(await alerts()).toEqual([{ isOpen: false, raises: 1 }]);
  });

  test("are not looked after where BACKUP_CRON is not set", async () => {
    await createBackupRound(shop.app, { ...settings(), backupCron: null })();
    expect(await listBackups(folder())).toEqual([]);
    expect(await alerts()).toEqual([]);
  });
});
