import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { isOldBackup } from "./backup.rules.ts";

/** How things stand with the shop's backups. */
export interface BackupState {
  /** Whether a worker takes them by itself. */
  readonly isScheduled: boolean;
  /** The moment that the newest one holds; null: there is none here. */
  readonly takenAt: Date | null;
  /** Of its file. */
  readonly bytes: number | null;
  /** Over 26 hours old, or none. */
  readonly isOld: boolean;
}

/**
 * The newest backup below this process's DATA_DIR. A file has a backup's name only after it was read back and found
 * good, so one that failed is not taken for the newest.
 *
 * @throws Refusal FORBIDDEN without alert.read
 */
export async function readBackupState(
  app: Pick<App, "backups" | "clock" | "settings">,
  actor: Actor,
): Promise<BackupState> {
  requireRight(actor, "alert.read");
  const newest = await app.backups.newest();
  return {
    isScheduled: app.settings.backupCron !== null,
    takenAt: newest?.snapshotAt ?? null,
    bytes: newest?.bytes ?? null,
    isOld: newest === null || isOldBackup(newest.snapshotAt, app.clock.now()),
  };
}
