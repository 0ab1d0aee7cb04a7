import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";

export interface DataKey {
  readonly id: string;
  readonly key: Buffer;
}

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Reads DATA_KEY: `id:base64` of 32 bytes, several separated by commas while a rotation is under way. The first seals.
 * A key without an id has the id `k1`.
 */
export function parseDataKeys(text: string, fail: (expected: string) => void): DataKey[] {
  const keys = text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const match = /^(?:([A-Za-z0-9_-]{1,16}):)?([A-Za-z0-9+/_-]{43}=?)$/.exec(part);
      return match ? { id: match[1] ?? "k1", key: Buffer.from(match[2] ?? "", "base64") } : null;
    });
  const isRight = keys.length > 0 && keys.every((key) => key?.key.length === KEY_BYTES);
  if (isRight && new Set(keys.map((key) => key?.id)).size === keys.length) return keys as DataKey[];
  if (text !== "") fail("expected id:base64 of 32 bytes, the newest first, separated by commas");
  return [];
}

/** Seals and opens what must not be read in the database or a backup of it. */
export interface Sealer {
  /** AES-256-GCM under the newest key: `<key id>.<base64url of iv, tag, text>`. `context` is bound to it. */
  seal(plain: string, context: string): string;
  /** @throws Error when the key is unknown, the text was changed or belongs to another context */
  open(sealed: string, context: string): string;
  /** As seal, for a file: the key's id and a dot, then iv, tag and text as they are. */
  sealBytes(plain: Uint8Array, context: string): Buffer;
  /** @throws Error as open does */
  openBytes(sealed: Uint8Array, context: string): Buffer;
  /**
   * A keyed hash (hex) by which something sealed can be looked up. It depends on the oldest key, which rotation keeps.
   */
  lookup(plain: string, context: string): string;
  /** True when another key than the newest sealed it. */
  isStale(sealed: string): boolean;
}

export function createSealer(keys: readonly DataKey[]): Sealer {
  const newest = keys[0];
  const oldest = keys[keys.length - 1];
  if (!newest || !oldest) throw new Error("a sealer needs at least one data key");
  const byId = new Map(keys.map((key) => [key.id, key.key]));
  const encrypt = (plain: Uint8Array, context: string): Buffer => {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv("aes-256-gcm", newest.key, iv).setAAD(Buffer.from(context));
    const text = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), text]);
  };
  const decrypt = (keyId: string, bytes: Buffer, context: string): Buffer => {
    const key = byId.get(keyId);
    if (!key) throw new Error(`no data key ${keyId}`);
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES)).setAAD(Buffer.from(context));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
  };
  return {
    seal: (plain, context) => `${newest.id}.${encrypt(Buffer.from(plain, "utf8"), context).toString("base64url")}`,
    open(sealed, context) {
      const dot = sealed.indexOf(".");
      const bytes = Buffer.from(sealed.slice(dot + 1), "base64url");
      return decrypt(sealed.slice(0, dot), bytes, context).toString("utf8");
    },
    sealBytes: (plain, context) => Buffer.concat([Buffer.from(`${newest.id}.`), encrypt(plain, context)]),
    openBytes(sealed, context) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      const dot = bytes.indexOf(".");
      return decrypt(bytes.subarray(0, Math.max(dot, 0)).toString("latin1"), bytes.subarray(dot + 1), context);
    },
    lookup: (plain, context) => createHmac("sha256", oldest.key).update(`${context}\0${plain}`).digest("hex"),
    isStale: (sealed) => !sealed.startsWith(`${newest.id}.`),
  };
}
