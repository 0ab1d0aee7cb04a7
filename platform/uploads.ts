import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Sealer } from "./secrets.ts";

/**
 * Files that people sent, sealed, below DATA_DIR: no web server looks there, and no part of a path is a word of
 * theirs.
 */
export interface UploadStore {
  /** Written whole and to the disk, or not at all. */
  write(id: string, content: Uint8Array): Promise<void>;
  /** @returns null where there is no such file. @throws Error when it was changed or moved */
  read(id: string): Promise<Buffer | null>;
  /** No error where it is gone already. */
  remove(id: string): Promise<void>;
  /** The ids in one of SHELVES shelves whose files were last written before `before`, unfinished ones too. */
  listOlder(shelf: number, before: Date): Promise<string[]>;
  /** Seals what another key than the newest sealed, one file at a time. @returns how many */
  reseal(): Promise<number>;
}

/** Folders by the last two letters of an id, so that none grows too long to be read. */
export const SHELVES = 256;
const shelfName = (shelf: number) => shelf.toString(16).padStart(2, "0");

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const FILE = /^([0-9a-f-]{36})\.sealed(\.[0-9a-z]+)?$/;
/** A key's id and the dot behind it (platform/secrets.ts). */
const KEY_ID_BYTES_MAX = 17;
const contextOf = (id: string) => `uploads.${id}`;

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === "ENOENT";

/** A name in a folder is on the disk only when the folder is. Windows keeps names by itself and opens no folders. */
async function syncFolder(dir: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(dir, "r");
  await handle.sync().finally(() => handle.close());
}

async function orWhenMissing<T>(work: Promise<T>, none: T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return none;
    throw error;
  }
}

/** Where they are below DATA_DIR. */
export const uploadsDir = (dataDir: string): string => path.join(dataDir, "uploads");

/**
 * Opens the store; its folders are made when something is first written.
 *
 * One thing: what can be done with the files of one folder, each in a few lines.
 */
export function openUploads(dir: string, sealer: Sealer): UploadStore {
  const fileOf = (id: string) => {
    if (!UUID.test(id)) throw new Error("an upload is named by its id alone");
    return path.join(dir, id.slice(-2), `${id}.sealed`);
  };

  async function write(id: string, content: Uint8Array): Promise<void> {
    const file = fileOf(id);
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const draft = `${file}.${process.pid}`;
    try {
      const handle = await open(draft, "wx", 0o600);
      try {
        await handle.writeFile(sealer.sealBytes(content, contextOf(id)));
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, file);
      await syncFolder(path.dirname(file));
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  async function read(id: string): Promise<Buffer | null> {
    const sealed = await orWhenMissing(readFile(fileOf(id)), null);
    return sealed && sealer.openBytes(sealed, contextOf(id));
  }

  const names = (shelf: number) => orWhenMissing(readdir(path.join(dir, shelfName(shelf))), []);

  return {
    write,
    read,
    async remove(id) {
      await rm(fileOf(id), { force: true });
    },

    async listOlder(shelf, before) {
      const found = new Set<string>();
      for (const name of await names(shelf)) {
        const id = FILE.exec(name)?.[1];
        const info = id && (await orWhenMissing(stat(path.join(dir, shelfName(shelf), name)), null));
        if (!id || !info || info.mtime >= before) continue;
        found.add(id);
        // A write that was cut off: nobody finishes it.
        if (name !== `${id}.sealed`) await rm(path.join(dir, shelfName(shelf), name), { force: true });
      }
      return [...found];
    },

    async reseal() {
      let moved = 0;
      for (let shelf = 0; shelf < SHELVES; shelf += 1) {
        for (const name of await names(shelf)) {
          const id = FILE.exec(name)?.[1];
          if (!id || name !== `${id}.sealed`) continue;
          const sealed = await orWhenMissing(readFile(fileOf(id)), null);
          if (!sealed || !sealer.isStale(sealed.subarray(0, KEY_ID_BYTES_MAX).toString("latin1"))) continue;
          await write(id, sealer.openBytes(sealed, contextOf(id)));
          moved += 1;
        }
      }
      return moved;
    },
  };
}
