import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lockHolder, markLock, processIdentity, tryLock, waitForLock } from "#processLock";
import { restartDelayMs } from "../../../scripts/supervisor.ts";

describe("the lock of a process", () => {
  let dir: string;
  let file: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(os.tmpdir(), "lunas-lock-"));
    file = path.join(dir, "start.lock");
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const left = (holder: object) => writeFileSync(file, JSON.stringify({ kind: "start", ...holder }));

  test("is held by one at a time, and is free after it", () => {
    const release = tryLock(file, "start");
    expect(tryLock(file, "command")).toBeNull();
    expect(lockHolder(file)).toMatchObject({ pid: process.pid, kind: "start" });
    release?.();
    expect(tryLock(file, "command")).not.toBeNull();
  });

  test("counts as free when its process is gone, or when another has its pid by now", () => {
    left({ pid: 2 ** 30, identity: "gone" });
    expect(lockHolder(file)).toBeNull();
    left({ pid: process.pid, identity: "an earlier process" });
    expect(tryLock(file, "start")).not.toBeNull();
    expect(readdirSync(dir)).toEqual(["start.lock"]);
  });

  test("survives a file that an interrupted machine left half-written", () => {
    writeFileSync(file, '{"pid": 1');
    expect(tryLock(file, "start")).not.toBeNull();
  });

  test("tells who waits, once, what the holder does", async () => {
    left({ pid: process.ppid, identity: processIdentity(process.ppid) });
    const seen: unknown[] = [];
    const release = await waitForLock(file, "command", { waitMs: 250, onWait: (holder) => seen.push(holder?.kind) });
    expect(release).toBeNull();
    expect(seen).toEqual(["start"]);
  });

  test("can say that its holder is about to end", () => {
    tryLock(file, "start");
    markLock(file, "ending");
    expect(lockHolder(file)?.kind).toBe("ending");
    expect(tryLock(file, "command")).toBeNull();
  });
});

describe("a service that ends", () => {
  test("is started again after growing waits, and given up when it ends too often", () => {
    const ends: number[] = [];
    const waits = [0, 1, 2, 3, 4, 5].map((second) => restartDelayMs(ends, second * 1000));
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, null]);
  });

  test("is forgiven what lies more than ten minutes back", () => {
    const ends = [0, 1000, 2000, 3000, 4000];
    expect(restartDelayMs(ends, 11 * 60_000)).toBe(500);
  });
});
