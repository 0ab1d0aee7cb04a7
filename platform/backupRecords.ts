import { createReadStream } from "node:fs";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { BackupRefused, CHUNK_BYTES, openChunks } from "./backupContainer.ts";
import type { DataKey } from "./secrets.ts";

/** A table's rows as they were copied: the columns that are stored, and not those that PostgreSQL computes. */
export interface TableShape {
  readonly name: string;
  readonly columns: readonly string[];
}

/** What a table held at the moment of the backup. */
export interface TableSum extends TableShape {
  readonly rows: number;
  /** The sum of 60 bits of each row's SHA-256: the same rows have the same sum in any order. */
  readonly rowSum: string;
  /** Of the copied text: its bytes and their SHA-256. */
  readonly bytes: number;
  readonly sha256: string;
}

/** The first thing of a backup. */
export interface BackupStart {
  readonly format: 1;
  /** Everything that was committed before is in the backup. */
  readonly snapshotAt: string;
  /** The migrations that had run, by name. */
  readonly level: readonly string[];
  /** How far each sequence was, at the latest when the snapshot was taken; null where it was never asked. */
  readonly sequences: readonly { readonly name: string; readonly last: number | null }[];
  readonly postgres: string;
}

/** The last thing of a backup: what it holds, by which a copy of it is proven. */
export interface BackupEnd {
  readonly tables: readonly TableSum[];
  readonly files: { readonly count: number; readonly bytes: number; readonly sha256: string };
}

/** What a backup is made of, in this order: start, tables with their rows, files with their bytes, end. */
export type BackupRecord =
  | { readonly type: "start"; readonly start: BackupStart }
  | { readonly type: "table"; readonly table: TableShape }
  | { readonly type: "file"; readonly path: string }
  | { readonly type: "data"; readonly data: Buffer }
  | { readonly type: "end"; readonly end: BackupEnd };

const TYPES = ["start", "table", "file", "data", "end"] as const;
const HEAD_BYTES = 5; // a type, and the length of what follows
/** A piece of copied rows, of a file, or a list of some hundred tables. */
const RECORD_BYTES_MAX = 8 * 1024 * 1024;

/** A record as bytes. */
export function encodeRecord(record: BackupRecord): Buffer {
  const { type, ...content } = record;
  const payload = record.type === "data" ? record.data : Buffer.from(JSON.stringify(content));
  if (payload.length > RECORD_BYTES_MAX) throw new RangeError(`a ${type} record of ${payload.length} bytes`);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(TYPES.indexOf(type));
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

function decodeRecord(code: number, payload: Buffer): BackupRecord {
  const type = TYPES[code];
  if (type === "data") return { type, data: payload };
  if (type === undefined) throw new BackupRefused("BACKUP_DAMAGED", `it holds a record of the unknown kind ${code}`);
  return { type, ...JSON.parse(payload.toString()) } as BackupRecord;
}

async function* decodeRecords(source: AsyncIterable<Buffer>): AsyncGenerator<BackupRecord> {
  let held: Buffer = Buffer.alloc(0);
  for await (const part of source) {
    held = held.length === 0 ? part : Buffer.concat([held, part]);
    while (held.length >= HEAD_BYTES) {
      const bytes = held.readUInt32BE(1);
      if (bytes > RECORD_BYTES_MAX) throw new BackupRefused("BACKUP_DAMAGED", "one of its records is too long");
      if (held.length < HEAD_BYTES + bytes) break;
      yield decodeRecord(held.readUInt8(), held.subarray(HEAD_BYTES, HEAD_BYTES + bytes));
      held = held.subarray(HEAD_BYTES + bytes);
    }
  }
  if (held.length > 0) throw new BackupRefused("BACKUP_CUT_OFF", "it ends within a record");
}

/**
 * Reads a backup from its file, record by record, in bounded memory. What comes out is proven piece by piece, but only
 * a reader that reached the end knows that nothing is missing.
 *
 * @throws BackupRefused
 */
export async function* readRecords(file: string, keys: readonly DataKey[]): AsyncGenerator<BackupRecord> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // An error on the way destroys the last stream with it, so that the loop below throws it.
  pipeline(Readable.from(openChunks(createReadStream(file), keys)), gunzip, () => undefined);
  yield* decodeRecords(gunzip);
}

/** Walks over records; what belongs to one table or file is read as one stream of parts. */
export function createRecordWalk(records: AsyncGenerator<BackupRecord>) {
  let ahead: BackupRecord | null = null;
  const read = async (): Promise<BackupRecord> => {
    const { value, done } = await records.next();
    if (done) throw new BackupRefused("BACKUP_CUT_OFF", "it ends before its list of what it holds");
    return value;
  };
  return {
    async next(): Promise<BackupRecord> {
      const record = ahead ?? (await read());
      ahead = null;
      return record;
    },
    /** The data records up to the next of another kind. */
    async *data(): AsyncGenerator<Buffer> {
      for (let record = await read(); ; record = await read()) {
        if (record.type !== "data") {
          ahead = record;
          return;
        }
        yield record.data;
      }
    },
    /** Reads on to the file's end, which proves that nothing is missing. */
    async finish(): Promise<void> {
      const { done } = await records.next();
      if (!done) throw new BackupRefused("BACKUP_DAMAGED", "it goes on after its list of what it holds");
    },
    close: () => records.return(undefined),
  };
}

export type RecordWalk = ReturnType<typeof createRecordWalk>;
