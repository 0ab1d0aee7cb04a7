import type { App } from "../domain/app.ts";
import { clearAlertOf, raiseAlert } from "../domain/kernel/raiseAlert.ts";
import { later, MINUTE_MS } from "../domain/kernel/time.ts";
import { isOldBackup } from "../domain/report/backup.rules.ts";
import { BackupRefused } from "../platform/backupContainer.ts";
import { backupsIn, type KeptBackup, listBackups } from "../platform/backupFiles.ts";
import type { Config } from "../platform/config.ts";
import { lastDue } from "../platform/cron.ts";
import { inTransaction } from "../platform/db.ts";
import { takeBackup } from "../platform/takeBackup.ts";
import { type Loop, startLoop } from "./loop.ts";

const LOOK_EVERY_MS = MINUTE_MS; // a time table has no finer step
/** A backup that failed is tried again after this: a full disk is not helped by trying each minute. */
const TRY_AGAIN_MS = 10 * MINUTE_MS;

export const BACKUP_OLD = "BACKUP_OLD";
const SUBJECT = "backups";

type BackupSettings = Pick<Config, "databaseUrl" | "dataDir" | "dataKeys" | "backupCron" | "backupKeep">;
type BackupApp = Pick<App, "db" | "clock" | "ids" | "log">;

/** Says by an alert how things stand with the newest good one; a good one clears it. */
async function tellAge(app: BackupApp, newest: KeptBackup | undefined): Promise<void> {
  const now = app.clock.now();
  const isFresh = newest !== undefined && !isOldBackup(newest.snapshotAt, now);
  const since = newest ? `of ${newest.snapshotAt.toISOString()}` : "missing: there is none yet";
  await inTransaction(app.db, async (tx) => {
    if (isFresh) return clearAlertOf(tx, now, BACKUP_OLD, SUBJECT);
    const [open] = await tx.sql("select 1 from alerts where kind = $1 and subject = $2 and cleared_at is null", [
      BACKUP_OLD,
      SUBJECT,
    ]);
    if (open) return;
    const message = `The newest good backup is ${since}`;
    await raiseAlert(tx, { ids: app.ids, now }, { kind: BACKUP_OLD, subject: SUBJECT, severity: "CRITICAL", message });
  });
}

/**
 * One look at whether a backup is due by BACKUP_CRON, and the backup itself. The first is due at once. Harmless beside
 * another worker that does the same: one backup of a database is taken at a time, and who comes late finds it done.
 */
export function createBackupRound(app: BackupApp, settings: BackupSettings, signal?: AbortSignal) {
  const { databaseUrl, dataDir, dataKeys, backupCron, backupKeep: keep } = settings;
  const folder = backupsIn(dataDir);
  let triedAt: Date | null = null;
  const take = async (dueSince: Date) => {
    const plan = { databaseUrl, dataDir, dataKeys, keep, dueSince, ...(signal ? { signal } : {}) };
    const { file, bytes } = await takeBackup(plan);
    app.log.info({ file, bytes }, "a backup was taken and verified");
  };
  return async function keepBackups(): Promise<void> {
    if (backupCron === null) return;
    const now = app.clock.now();
    const [before] = await listBackups(folder);
    const due = lastDue(backupCron, now);
    const isMissing = due !== null && (before === undefined || before.snapshotAt < due);
    if (isMissing && (triedAt === null || later(triedAt, TRY_AGAIN_MS) <= now)) {
      triedAt = now;
      try {
        await take(due);
        triedAt = null;
      } catch (error) {
        if (signal?.aborted) return;
        // Another worker is at it: the next look tells how that ended.
        if (error instanceof BackupRefused && error.code === "BACKUP_RUNNING") {
          triedAt = null;
          return;
        }
        app.log.warn({ err: error }, "a backup failed and is tried again");
      }
    }
    await tellAge(app, (await listBackups(folder))[0]);
  };
}

/** Keeps backups for as long as the worker runs; stop() ends one that is being taken. */
export function startBackups(app: App, settings: BackupSettings): Loop {
  const stopping = new AbortController();
  const loop = startLoop(app.log, "keepBackups", LOOK_EVERY_MS, createBackupRound(app, settings, stopping.signal));
  return {
    async stop() {
      stopping.abort();
      await loop.stop();
    },
  };
}
