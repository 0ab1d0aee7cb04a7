import { HOUR_MS } from "../kernel/time.ts";

/** A day, and the hours that a nightly backup may take or wait. */
const OLD_AFTER_MS = 26 * HOUR_MS;

/** Whether the newest backup is so old that somebody must look. */
export const isOldBackup = (snapshotAt: Date, now: Date): boolean =>
  now.getTime() - snapshotAt.getTime() > OLD_AFTER_MS;
