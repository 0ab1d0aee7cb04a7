import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openChunks, sealChunks } from "../../../platform/backupContainer.ts";
import type { DataKey } from "../../../platform/secrets.ts";

const CHUNK = 64; // small, so that few bytes are many chunks
const keyOf = (id: string): DataKey => ({ id, key: randomBytes(32) });
const KEY = keyOf("k1");
const LENGTH_BYTES = 4;
const TAG_BYTES = 16;

async function* partsOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}

const seal = (plain: Buffer, key = KEY): Promise<Buffer> => collect(sealChunks(partsOf(plain, 50), [key], CHUNK));
const open = (sealed: Buffer, keys = [KEY], size = 37): Promise<Buffer> =>
  collect(openChunks(partsOf(sealed, size), keys, CHUNK));

/** Where the chunks begin and end, behind the header. */
function chunksOf(sealed: Buffer): { head: Buffer; chunks: Buffer[] } {
  let at = 12 + sealed.readUInt32BE(8);
  const head = sealed.subarray(0, at);
  const chunks: Buffer[] = [];
  while (at < sealed.length) {
    const end = at + LENGTH_BYTES + sealed.readUInt32BE(at) + TAG_BYTES;
    chunks.push(sealed.subarray(at, end));
    at = end;
  }
  return { head, chunks };
}

const plains = fc.uint8Array({ maxLength: 6 * CHUNK }).map((bytes) => Buffer.from(bytes));
const refused = (code: string) => expect.objectContaining({ name: "BackupRefused", code });

describe("a backup's container", () => {
  test("gives back what was put in, however it is cut into parts", async () => {
    await fc.assert(
      fc.asyncProperty(plains, fc.integer({ min: 1, max: 500 }), async (plain, size) => {
        expect((await open(await seal(plain), [KEY], size)).equals(plain)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test("shows nothing of what is in it, and no two of the same content are alike", async () => {
    const plain = Buffer.from("customer@lunas.test ".repeat(20));
    const [one, other] = [await seal(plain), await seal(plain)];
    expect(one.includes("customer")).toBe(false);
    expect(chunksOf(one).chunks[0]?.equals(chunksOf(other).chunks[0] as Buffer)).toBe(false);
  });

  test("is refused when any single bit of it was turned", async () => {
    await fc.assert(
      fc.asyncProperty(plains, fc.nat(), fc.integer({ min: 0, max: 7 }), async (plain, where, bit) => {
        const sealed = await seal(plain);
        const at = where % sealed.length;
        sealed[at] = (sealed[at] as number) ^ (1 << bit);
        await expect(open(sealed)).rejects.toThrow(
          /^(NOT_A_BACKUP|BACKUP_DAMAGED|BACKUP_CUT_OFF|KEY_UNKNOWN|KEY_WRONG)/,
        );
      }),
      { numRuns: 400 },
    );
  });

  test("is refused when its end is missing, wherever it was cut off", async () => {
    await fc.assert(
      fc.asyncProperty(plains, fc.nat(), async (plain, where) => {
        const sealed = await seal(plain);
        await expect(open(sealed.subarray(0, where % sealed.length))).rejects.toMatchObject({ name: "BackupRefused" });
      }),
      { numRuns: 200 },
    );
  });

  test("is refused when it was cut off between two chunks", async () => {
    const { head, chunks } = chunksOf(await seal(randomBytes(5 * CHUNK)));
    for (let left = 0; left < chunks.length; left++) {
      await expect(open(Buffer.concat([head, ...chunks.slice(0, left)]))).rejects.toEqual(refused("BACKUP_CUT_OFF"));
    }
  });

  test("is refused when chunks are swapped, left out, said twice or come from another backup", async () => {
    const { head, chunks } = chunksOf(await seal(randomBytes(5 * CHUNK)));
    const foreign = chunksOf(await seal(randomBytes(5 * CHUNK))).chunks;
    await fc.assert(
      fc.asyncProperty(fc.nat(chunks.length - 1), fc.nat(chunks.length - 1), async (a, b) => {
        const changes = [
          chunks.filter((_, i) => i !== a),
          chunks.flatMap((chunk, i) => (i === a ? [chunk, chunk] : [chunk])),
          chunks.map((chunk, i) => (i === a ? (foreign[a] as Buffer) : chunk)),
          ...(a === b ? [] : [chunks.map((chunk, i) => chunks[i === a ? b : i === b ? a : i] ?? chunk)]),
        ];
        for (const changed of changes) {
          await expect(open(Buffer.concat([head, ...changed]))).rejects.toMatchObject({ name: "BackupRefused" });
        }
      }),
      { numRuns: 50 },
    );
  });

  test("is refused when something follows its end", async () => {
    const sealed = await seal(randomBytes(100));
    await expect(open(Buffer.concat([sealed, Buffer.alloc(1)]))).rejects.toEqual(refused("BACKUP_DAMAGED"));
  });

  test("opens under an older key of a rotation, and under no other key", async () => {
    const plain = randomBytes(200);
    const sealed = await seal(plain);
    expect((await open(sealed, [keyOf("k2"), KEY])).equals(plain)).toBe(true);
    await expect(open(sealed, [keyOf("k2")])).rejects.toEqual(refused("KEY_UNKNOWN"));
    await expect(open(sealed, [keyOf("k1")])).rejects.toEqual(refused("KEY_WRONG"));
  });

  test.each(["", "LUNASBK", "PK\u0003\u0004 something else altogether"])("is not what begins as %j", async (text) => {
    await expect(open(Buffer.from(text))).rejects.toEqual(refused("NOT_A_BACKUP"));
  });
});
