import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { isDeepStrictEqual } from "node:util";
import { createGzip } from "node:zlib";
import type pg from "pg";
import { BackupRefused, CHUNK_BYTES, sealChunks } from "./backupContainer.ts";
import {
  backupsIn,
  draftIn,
  listBackups,
  listUploads,
  publishBackup,
  readParts,
  removeOld,
  syncFile,
  uploadsIn,
} from "./backupFiles.ts";
import {
  type BackupEnd,
  type BackupRecord,
  type BackupStart,
  createRecordWalk,
  encodeRecord,
  readRecords,
  type TableShape,
  type TableSum,
} from "./backupRecords.ts";
import {
  connectForCopy,
  copyOut,
  createTally,
  listTables,
  lockTables,
  readLevel,
  readSequences,
  sumTable,
} from "./backupTables.ts";
import { MIGRATION_LOCK } from "./migrationLock.ts";
import type { DataKey } from "./secrets.ts";

/** Most of the rows are identifiers and sealed texts, which a higher level makes no smaller but much slower. */
const GZIP_LEVEL = 1;

/**
 * Opens the one snapshot that all tables are read from. What other sessions do meanwhile neither waits for it nor shows
 * in it; only migrations wait.
 */
async function openSnapshot(client: pg.Client): Promise<{ start: BackupStart; tables: TableShape[] }> {
  await client.query("select pg_advisory_lock_shared($1)", [MIGRATION_LOCK]);
  // Before the snapshot: what is given out between the two is then seen twice, and never missed.
  const sequences = await readSequences(client);
  const tables = await listTables(client);
  if (tables.length === 0) throw new BackupRefused("NOTHING_TO_BACK_UP", "the database has no tables");
  await client.query("begin isolation level repeatable read read only");
  await lockTables(client, tables);
  const { rows } = await client.query<{ at: string; postgres: string }>(
    `select to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, current_setting('server_version') as postgres`,
  );
  const { at: snapshotAt, postgres } = rows[0] as { at: string; postgres: string };
  const level = await readLevel(client);
  return { start: { format: 1, snapshotAt, level, sequences, postgres }, tables };
}

async function* readTable(client: pg.Client, table: TableShape): AsyncGenerator<BackupRecord, TableSum> {
  yield { type: "table", table };
  const tally = createTally();
  for await (const data of copyOut(client, table)) {
    tally.add(data);
    yield { type: "data", data };
  }
  return { ...table, ...(await sumTable(client, table)), ...tally.end() };
}

/** The digest over all files: their paths and own digests, in order. */
export function createFilesTally() {
  const hash = createHash("sha256");
  let [count, bytes] = [0, 0];
  return {
    add(name: string, file: { bytes: number; sha256: string }) {
      hash.update(`${name} ${file.bytes} ${file.sha256}\n`);
      count += 1;
      bytes += file.bytes;
    },
    end: () => ({ count, bytes, sha256: hash.digest("hex") }),
  };
}

/** Uploads are written before the row that names them, so that those of the snapshot are there by now. */
async function* readUploads(folder: string): AsyncGenerator<BackupRecord, BackupEnd["files"]> {
  const files = createFilesTally();
  for (const name of await listUploads(folder)) {
    const parts = await readParts(folder, name);
    if (parts === null) continue;
    yield { type: "file", path: name };
    const tally = createTally();
    for await (const data of parts) {
      tally.add(data);
      yield { type: "data", data };
    }
    files.add(name, tally.end());
  }
  return files.end();
}

interface Written {
  start: BackupStart;
  end: BackupEnd;
}

async function* readShop(client: pg.Client, uploads: string, tell: (written: Written) => void) {
  const { start, tables } = await openSnapshot(client);
  yield { type: "start", start } as const;
  const sums: TableSum[] = [];
  for (const table of tables) sums.push(yield* readTable(client, table));
  await client.query("commit");
  const end: BackupEnd = { tables: sums, files: yield* readUploads(uploads) };
  yield { type: "end", end } as const;
  tell({ start, end });
}

async function* encoded(records: AsyncIterable<BackupRecord>): AsyncGenerator<Buffer> {
  for await (const record of records) yield encodeRecord(record);
}

/**
 * Reads a backup to its end and counts what it holds: every part is proven by the key, and the whole by its own list.
 *
 * @throws BackupRefused
 */
export async function verifyBackup(file: string, keys: readonly DataKey[]): Promise<Written> {
  const walk = createRecordWalk(readRecords(file, keys));
  try {
    const first = await walk.next();
    if (first.type !== "start") throw new BackupRefused("BACKUP_DAMAGED", "it does not begin with what it is");
    const [tables, files] = [new Map<string, { bytes: number; sha256: string }>(), createFilesTally()];
    for (let record = await walk.next(); ; record = await walk.next()) {
      if (record.type === "end") {
        await walk.finish();
        const { end } = record;
        const own = end.tables.map(({ name, bytes, sha256 }) => [name, { bytes, sha256 }] as const);
        if (isDeepStrictEqual(new Map(own), tables) && isDeepStrictEqual(end.files, files.end())) {
          return { start: first.start, end };
        }
        throw new BackupRefused("BACKUP_DAMAGED", "it does not hold what its list says");
      }
      if (record.type !== "table" && record.type !== "file") {
        throw new BackupRefused("BACKUP_DAMAGED", `a ${record.type} record stands where none may`);
      }
      const tally = createTally();
      for await (const data of walk.data()) tally.add(data);
      if (record.type === "table") tables.set(record.table.name, tally.end());
      else files.add(record.path, tally.end());
    }
  } finally {
    await walk.close();
  }
}

export interface BackupPlan {
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly dataKeys: readonly DataKey[];
  /** Backups that stay, the new one included. */
  readonly keep: number;
  /** Where another has taken one as of then or later, none is needed. */
  readonly dueSince?: Date;
  /** Ends it on the way; nothing of it stays. */
  readonly signal?: AbortSignal;
}

export interface TakenBackup extends Written {
  readonly file: string;
  readonly bytes: number;
  readonly removed: readonly string[];
}

async function writeDraft(client: pg.Client, plan: BackupPlan, draft: string): Promise<Written> {
  let written: Written | null = null;
  const records = readShop(client, uploadsIn(plan.dataDir), (what) => {
    written = what;
  });
  await pipeline(
    encoded(records),
    createGzip({ level: GZIP_LEVEL, chunkSize: CHUNK_BYTES }),
    (compressed: AsyncIterable<Buffer>) => sealChunks(compressed, plan.dataKeys),
    createWriteStream(draft, { flags: "wx", mode: 0o600 }),
    plan.signal ? { signal: plan.signal } : {},
  );
  if (written === null) throw new Error("a backup ended before its end");
  return written;
}

/** Any number that no other tool of ours uses. */
const BACKUP_LOCK = 7_246_302;

async function lockBackups(client: pg.Client, folder: string, dueSince: Date | undefined): Promise<void> {
  const { rows } = await client.query("select pg_try_advisory_lock($1) as is_mine", [BACKUP_LOCK]);
  if (!rows[0]?.is_mine) throw new BackupRefused("BACKUP_RUNNING", "another backup of this database is being taken");
  const [newest] = dueSince ? await listBackups(folder) : [];
  const isTaken = newest !== undefined && dueSince !== undefined && newest.snapshotAt >= dueSince;
  if (isTaken) throw new BackupRefused("BACKUP_RUNNING", "another has taken it meanwhile");
}

/**
 * Takes a backup of database and uploads under DATA_DIR/backups: one snapshot, compressed and sealed while it streams.
 * It has its name only after it was read back and found to hold what was read; older ones beyond `keep` are removed
 * after that. Whatever ends it on the way leaves at most a draft, which nothing takes for a backup, so it may be run
 * again at any time.
 *
 * @throws BackupRefused; Error where the disk is full or the database goes away
 */
export async function takeBackup(plan: BackupPlan): Promise<TakenBackup> {
  const folder = backupsIn(plan.dataDir);
  const client = await connectForCopy(plan.databaseUrl);
  const draft = await draftIn(folder);
  try {
    await lockBackups(client, folder, plan.dueSince);
    const written = await writeDraft(client, plan, draft);
    await syncFile(draft);
    const found = await verifyBackup(draft, plan.dataKeys);
    if (!isDeepStrictEqual(found, written)) throw new BackupRefused("BACKUP_DAMAGED", "it reads back as another one");
    const { size: bytes } = await stat(draft);
    const snapshotAt = new Date(written.start.snapshotAt);
    const file = await publishBackup(draft, folder, snapshotAt);
    return { ...written, file, bytes, removed: await removeOld(folder, plan.keep, snapshotAt) };
  } finally {
    await rm(draft, { force: true });
    await client.end();
  }
}
