import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

/** One line of the file: the newest value of an entity, or null where it was removed. */
export interface JournalRecord {
  kind: string;
  id: string;
  value: unknown;
}

export interface Journal {
  /** Takes a record into the next batch; it is safe on disk only after `commit`. */
  append(record: JournalRecord): void;
  /**
   * Resolves when everything appended so far is on disk. Rejects while the disk takes nothing: then nobody may be told
   * what was appended, and it is written by the first commit that the disk takes again.
   *
   * @throws Error with `status` 503, for whoever answers a request
   */
  commit(): Promise<void>;
  close(): Promise<void>;
}

/** Characters of one write: large enough for a busy second, small enough to keep memory flat while compacting. */
const WRITE_CHUNK = 1_000_000;

async function readRecords(path: string): Promise<Map<string, JournalRecord>> {
  const newest = new Map<string, JournalRecord>();
  const handle = await open(path, "a+");
  try {
    const lines = createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Number.POSITIVE_INFINITY });
    for await (const line of lines) {
      const record = parseLine(line);
      if (!record) continue;
      const key = `${record.kind}\n${record.id}`;
      if (record.value === null) newest.delete(key);
      else newest.set(key, record);
    }
  } finally {
    await handle.close();
  }
  return newest;
}

/** A process killed in mid-write leaves half a line at the end; its caller was never answered, so it is dropped. */
function parseLine(line: string): JournalRecord | null {
  try {
    return JSON.parse(line) as JournalRecord;
  } catch {
    return null;
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  await directory.sync();
  await directory.close();
}

async function compact(path: string, records: Iterable<JournalRecord>): Promise<void> {
  const fresh = await open(`${path}.new`, "w");
  let text = "";
  for (const record of records) {
    text += `${JSON.stringify(record)}\n`;
    if (text.length < WRITE_CHUNK) continue;
    await fresh.appendFile(text);
    text = "";
  }
  await fresh.appendFile(text);
  await fresh.sync();
  await fresh.close();
  await rename(`${path}.new`, path);
  await syncDirectory(dirname(path));
}

/** @param length bytes of the file, all of them whole lines */
function writer(handle: FileHandle, length: number): Journal {
  let batch = "";
  let running: Promise<void> | null = null;
  let safe = length;

  async function write(text: string): Promise<void> {
    try {
      await handle.appendFile(text);
      await handle.datasync();
      safe += Buffer.byteLength(text);
    } catch (cause) {
      batch = text + batch;
      // What went halfway must not become the beginning of another line.
      await handle.truncate(safe);
      throw Object.assign(new Error("the journal cannot be written", { cause }), { status: 503 });
    }
  }

  async function drain(): Promise<void> {
    while (batch !== "") {
      const text = batch;
      batch = "";
      await write(text);
    }
  }

  /** Joins the drain that is under way: a batch taken before its write ends is written by the same loop. */
  async function commit(): Promise<void> {
    running ??= drain().finally(() => {
      running = null;
    });
    await running;
    if (batch !== "") await commit();
  }

  return {
    append: (record) => {
      batch += `${JSON.stringify(record)}\n`;
    },
    commit,
    close: async () => {
      await commit();
      await handle.close();
    },
  };
}

/**
 * Opens the append-only file under `dir`, gives every living record to `load` in the order of first appearance, and
 * writes the file anew without the dead ones. What was committed survives a kill at any moment.
 */
export async function openJournal(dir: string, load: (record: JournalRecord) => void): Promise<Journal> {
  await mkdir(dir, { recursive: true });
  const path = join(dir, "journal.jsonl");
  const records = await readRecords(path);
  for (const record of records.values()) load(record);
  await compact(path, records.values());
  const handle = await open(path, "a");
  return writer(handle, (await handle.stat()).size);
}
