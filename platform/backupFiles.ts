import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === "ENOENT";

async function orWhenMissing<T>(work: Promise<T>, none: T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return none;
    throw error;
  }
}

/** What a rename or a new name needs to be there after a loss of power, besides the file's own bytes. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export const uploadsIn = (dataDir: string): string => path.join(dataDir, "uploads");
export const backupsIn = (dataDir: string): string => path.join(dataDir, "backups");

/** A whole upload (platform/uploads.ts), below its shelf; what is still being written has another name. */
const UPLOAD = /^[0-9a-f]{2}\/[0-9a-f-]{36}\.sealed$/;

/** The uploads by their paths below the folder, in order. */
export async function listUploads(folder: string): Promise<string[]> {
  const shelves = (await orWhenMissing(readdir(folder), [])).sort();
  const found: string[] = [];
  for (const shelf of shelves) {
    const names = await orWhenMissing(readdir(path.join(folder, shelf)), [] as string[]).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return [];
      throw error;
    });
    found.push(...names.map((name) => `${shelf}/${name}`).filter((name) => UPLOAD.test(name)));
  }
  return found.sort();
}

const READ_BYTES = 64 * 1024;

/** A file's bytes, a part at a time; null where it was removed since it was listed. */
export async function readParts(folder: string, name: string): Promise<AsyncGenerator<Buffer> | null> {
  const handle = await orWhenMissing(open(path.join(folder, name), "r"), null);
  if (handle === null) return null;
  return (async function* () {
    try {
      for await (const part of handle.createReadStream({ highWaterMark: READ_BYTES, autoClose: false })) {
        yield part as Buffer;
      }
    } finally {
      await handle.close();
    }
  })();
}

/**
 * Writes an upload whole and to the disk. One that is there is kept as it is: its name stands for one content, and may
 * have been sealed anew since.
 *
 * @returns false where it was there
 * @throws Error for a path that is no upload's
 */
export async function writeUpload(folder: string, name: string, parts: AsyncIterable<Buffer>): Promise<boolean> {
  if (!UPLOAD.test(name)) throw new Error(`${JSON.stringify(name)} is no upload's path`);
  const file = path.join(folder, name);
  const isThere = (await orWhenMissing(stat(file), null)) !== null;
  const draft = `${file}.${process.pid}`;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(draft, "w", 0o600);
  try {
    for await (const part of parts) await handle.writeFile(part);
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (isThere) await rm(draft);
  else await rename(draft, file);
  if (!isThere) await syncFolder(path.dirname(file));
  return !isThere;
}

const DRAFT_RANDOM_BYTES = 8;
const BACKUP = /^lunas-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z\.backup$/;

/** `lunas-20261121T020000000Z.backup`: a backup is named by its moment, in UTC, so that names sort by age. */
export const backupName = (snapshotAt: Date): string =>
  `lunas-${snapshotAt.toISOString().replace(/[-:.]/g, "")}.backup`;

export interface KeptBackup {
  readonly name: string;
  readonly snapshotAt: Date;
}

/** The backups in a folder, the newest first. A file has such a name only once it was read back and found good. */
export async function listBackups(folder: string): Promise<KeptBackup[]> {
  const names = await orWhenMissing(readdir(folder), []);
  const kept = names.flatMap((name) => {
    const [, y, mo, d, h, mi, s, ms] = BACKUP.exec(name) ?? [];
    return y === undefined ? [] : [{ name, snapshotAt: new Date(`${y}-${mo}-${d}T${h}:${mi}:${s}.${ms}Z`) }];
  });
  return kept.sort((a, b) => (a.name < b.name ? 1 : -1));
}

/** What a person may know of a shop's backups. */
export interface BackupShelf {
  /** The newest good one with the size of its file; null: there is none. */
  newest(): Promise<(KeptBackup & { readonly bytes: number }) | null>;
}

export function openBackups(dataDir: string): BackupShelf {
  const folder = backupsIn(dataDir);
  return {
    async newest() {
      const [kept] = await listBackups(folder);
      // One that goes away meanwhile is older than the one that came for it.
      const file = kept && (await orWhenMissing(stat(path.join(folder, kept.name)), null));
      return kept && file ? { ...kept, bytes: file.size } : null;
    },
  };
}

/** Where a backup is written until it is known to be good: a name that no other process has, on any machine. */
export async function draftIn(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return path.join(folder, `partial-${randomBytes(DRAFT_RANDOM_BYTES).toString("hex")}`);
}

/** Waits until the file's bytes are on the disk. */
export const syncFile = syncFolder;

/** Gives a proven backup its name; a loss of power leaves it there whole, or not at all. */
export async function publishBackup(draft: string, folder: string, snapshotAt: Date): Promise<string> {
  const file = path.join(folder, backupName(snapshotAt));
  await rename(draft, file);
  await syncFolder(folder);
  return file;
}

/** A draft this old belongs to nobody: the longest backup takes hours, not a day. */
const DRAFT_MS = 24 * 3_600_000;

/** Removes backups beyond the newest `keep`, and what crashed ones left. @returns the names of the removed backups */
export async function removeOld(folder: string, keep: number, now: Date): Promise<string[]> {
  const old = (await listBackups(folder)).slice(keep).map(({ name }) => name);
  for (const name of old) await rm(path.join(folder, name), { force: true });
  for (const name of await readdir(folder)) {
    const info = name.startsWith("partial-") ? await orWhenMissing(stat(path.join(folder, name)), null) : null;
    if (info && now.getTime() - info.mtimeMs > DRAFT_MS) await rm(path.join(folder, name), { force: true });
  }
  return old;
}
