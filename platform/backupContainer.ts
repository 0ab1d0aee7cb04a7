import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import type { DataKey } from "./secrets.ts";

/** Why a backup is not taken, or not restored; its message is a line that a person reads. */
export class BackupRefused extends Error {
  override readonly name = "BackupRefused";
  constructor(
    readonly code:
      | "NOT_A_BACKUP"
      | "BACKUP_DAMAGED"
      | "BACKUP_CUT_OFF"
      | "KEY_UNKNOWN"
      | "KEY_WRONG"
      | "NOTHING_TO_BACK_UP"
      | "BACKUP_RUNNING"
      | "DATABASE_NOT_EMPTY"
      | "BACKUP_NEWER"
      | "SCHEMA_DIFFERS"
      | "SUMS_DIFFER",
    message: string,
  ) {
    super(`${code}: ${message}`);
  }
}

const MAGIC = Buffer.from("LUNASBK1");
const HEADER_BYTES_MAX = 1_024; // a key's id of 16 characters, a salt and a check
/** Plain bytes of a chunk. Nothing of a chunk is used before all of it is proven, so this much is held in memory. */
export const CHUNK_BYTES = 256 * 1024;
const LENGTH_BYTES = 4;
const SALT_BYTES = 32;
const CHECK_BYTES = 16;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

interface Header {
  readonly version: 1;
  readonly keyId: string;
  readonly salt: string;
  /** Tells another key at once from an altered file. */
  readonly check: string;
}

const derive = (key: DataKey, salt: Buffer, use: string, bytes: number): Buffer =>
  Buffer.from(hkdfSync("sha256", key.key, salt, `lunas backup 1 ${use}`, bytes));

/**
 * A nonce is a chunk's place and whether it is the last one, so that a chunk opens at its own place only and a file
 * without its end is known for one. No key is used for a second file: each has a salt of its own.
 */
function nonceOf(place: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeBigUInt64BE(BigInt(place));
  nonce.writeUInt32BE(isLast ? 1 : 0, NONCE_BYTES - 4);
  return nonce;
}

const lengthOf = (bytes: number): Buffer => {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(bytes);
  return length;
};

/** Cuts a stream into pieces of `size`, the last one shorter or empty. */
async function* pieces(
  source: AsyncIterable<Buffer>,
  size: number,
): AsyncGenerator<{ piece: Buffer; isLast: boolean }> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const part of source) {
    held.push(part);
    bytes += part.length;
    // A full piece is given only once something follows it: the last one must be known as such.
    while (bytes > size) {
      const all = Buffer.concat(held);
      yield { piece: all.subarray(0, size), isLast: false };
      held = [all.subarray(size)];
      bytes -= size;
    }
  }
  yield { piece: Buffer.concat(held), isLast: true };
}

/** Seals a stream under the newest key: AES-256-GCM in chunks, each proven by itself, at its place. */
export async function* sealChunks(
  source: AsyncIterable<Buffer>,
  keys: readonly DataKey[],
  chunkBytes = CHUNK_BYTES,
): AsyncGenerator<Buffer> {
  const key = keys[0];
  if (!key) throw new Error("a backup needs a data key");
  const salt = randomBytes(SALT_BYTES);
  const check = derive(key, salt, "check", CHECK_BYTES).toString("base64");
  const header: Header = { version: 1, keyId: key.id, salt: salt.toString("base64"), check };
  const words = Buffer.from(JSON.stringify(header));
  const head = Buffer.concat([MAGIC, lengthOf(words.length), words]);
  yield head;
  const [fileKey, bound] = [derive(key, salt, "chunks", KEY_BYTES), createHash("sha256").update(head).digest()];
  let place = 0;
  for await (const { piece, isLast } of pieces(source, chunkBytes)) {
    const cipher = createCipheriv("aes-256-gcm", fileKey, nonceOf(place++, isLast)).setAAD(bound);
    const sealed = Buffer.concat([cipher.update(piece), cipher.final()]);
    yield Buffer.concat([lengthOf(sealed.length), sealed, cipher.getAuthTag()]);
  }
}

/** Reads exact numbers of bytes from a stream of parts. */
function createByteReader(source: AsyncIterable<Buffer>) {
  const parts = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  /** @returns `bytes` of them, fewer only at the end */
  async function take(bytes: number): Promise<Buffer> {
    const waiting = [held];
    let has = held.length;
    while (has < bytes) {
      const next = await parts.next();
      if (next.done) break;
      waiting.push(next.value);
      has += next.value.length;
    }
    const all = waiting.length === 1 ? held : Buffer.concat(waiting);
    held = all.subarray(Math.min(bytes, all.length));
    return all.subarray(0, Math.min(bytes, all.length));
  }
  const end = async () => {
    await parts.return?.();
  };
  return { take, end };
}

type ByteReader = ReturnType<typeof createByteReader>;

async function readHeader(reader: ByteReader): Promise<{ header: Header; head: Buffer }> {
  const start = await reader.take(MAGIC.length + LENGTH_BYTES);
  const isOurs = start.length === MAGIC.length + LENGTH_BYTES && start.subarray(0, MAGIC.length).equals(MAGIC);
  const bytes = isOurs ? start.readUInt32BE(MAGIC.length) : 0;
  if (!isOurs) throw new BackupRefused("NOT_A_BACKUP", "the file does not begin as a backup of this shop does");
  const words = bytes > HEADER_BYTES_MAX ? Buffer.alloc(0) : await reader.take(bytes);
  try {
    const header = JSON.parse(words.toString()) as Header;
    if (header.version === 1 && typeof header.keyId === "string" && typeof header.salt === "string") {
      return { header, head: Buffer.concat([start, words]) };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new BackupRefused("BACKUP_DAMAGED", "the file's first lines cannot be read");
}

function keyFor(header: Header, keys: readonly DataKey[]): { key: DataKey; salt: Buffer } {
  const key = keys.find(({ id }) => id === header.keyId);
  if (!key) {
    const known = keys.map(({ id }) => id).join(", ");
    throw new BackupRefused("KEY_UNKNOWN", `it is sealed under the key "${header.keyId}", and DATA_KEY has ${known}`);
  }
  const salt = Buffer.from(header.salt, "base64");
  const check = Buffer.from(String(header.check), "base64");
  const own = derive(key, salt, "check", CHECK_BYTES);
  if (check.length === CHECK_BYTES && timingSafeEqual(check, own)) return { key, salt };
  throw new BackupRefused("KEY_WRONG", `DATA_KEY's "${key.id}" is another key than the one that sealed it`);
}

/** One chunk's text, or null where it does not open as `isLast` says. */
function openChunk(sealed: Buffer, fileKey: Buffer, nonce: Buffer, bound: Buffer): Buffer | null {
  const split = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv("aes-256-gcm", fileKey, nonce, { authTagLength: TAG_BYTES }).setAAD(bound);
  decipher.setAuthTag(sealed.subarray(split));
  const text = decipher.update(sealed.subarray(0, split));
  try {
    decipher.final();
    return text;
  } catch {
    return null; // the tag does not fit: that is what is asked
  }
}

async function readChunk(reader: ByteReader, chunkBytes: number): Promise<Buffer> {
  const length = await reader.take(LENGTH_BYTES);
  if (length.length < LENGTH_BYTES) throw new BackupRefused("BACKUP_CUT_OFF", "the file ends before its last part");
  const bytes = length.readUInt32BE();
  if (bytes > chunkBytes) throw new BackupRefused("BACKUP_DAMAGED", "a part of the file is longer than any can be");
  const sealed = await reader.take(bytes + TAG_BYTES);
  if (sealed.length === bytes + TAG_BYTES) return sealed;
  throw new BackupRefused("BACKUP_CUT_OFF", "the file ends within one of its parts");
}

/**
 * Opens what sealChunks made. Every byte that comes out is proven; that the end was reached is known only when this
 * ends without an error.
 *
 * @throws BackupRefused for another key, and for a file that was altered, reordered, cut off or prolonged
 */
export async function* openChunks(
  source: AsyncIterable<Buffer>,
  keys: readonly DataKey[],
  chunkBytes = CHUNK_BYTES,
): AsyncGenerator<Buffer> {
  const reader = createByteReader(source);
  try {
    const { header, head } = await readHeader(reader);
    const { key, salt } = keyFor(header, keys);
    const [fileKey, bound] = [derive(key, salt, "chunks", KEY_BYTES), createHash("sha256").update(head).digest()];
    for (let place = 0; ; place++) {
      const sealed = await readChunk(reader, chunkBytes);
      const between = openChunk(sealed, fileKey, nonceOf(place, false), bound);
      const text = between ?? openChunk(sealed, fileKey, nonceOf(place, true), bound);
      if (text === null) throw new BackupRefused("BACKUP_DAMAGED", `part ${place + 1} of the file was altered`);
      if (text.length > 0) yield text;
      if (between === null) break;
    }
    if ((await reader.take(1)).length > 0) throw new BackupRefused("BACKUP_DAMAGED", "something follows its last part");
  } finally {
    await reader.end();
  }
}
