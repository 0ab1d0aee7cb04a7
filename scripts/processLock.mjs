// Plain JavaScript: the first script of `npm start` runs on the Node of the machine, before anything is built.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** How often a waiting process looks again, in ms: short beside an install, rare beside the cost of one look. */
const LOOK_EVERY_MS = 100;

/** What `read` answers, or null where the file or process is gone meanwhile. */
function orNull(read) {
  try {
    return read();
  } catch (error) {
    if (["ENOENT", "ESRCH", "ENOTDIR"].includes(error.code) || error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * What tells a running process from a later one with the same pid; null when none runs (a zombie does not run).
 * On Linux the boot and the start tick of /proc, elsewhere the start time as `ps` has it.
 */
export function processIdentity(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  if (process.platform === "linux") {
    const stat = orNull(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
    if (stat === null) return null;
    // The name in parentheses may hold anything; the fields after it are state (3rd) ... start tick (22nd).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const boot = orNull(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8"));
    return fields[0] === "Z" ? null : `${boot?.trim()}:${fields[19]}`;
  }
  const started = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
  return started.stdout?.trim() || null;
}

/** Who holds the lock now: `{ pid, identity, kind }`, or null when nobody alive does. */
export function lockHolder(file) {
  const held = orNull(() => JSON.parse(readFileSync(file, "utf8")));
  return held && processIdentity(held.pid) === held.identity ? held : null;
}

/** Takes the lock of a dead process away, unless somebody else was faster and it is a living one's already. */
function removeStale(file) {
  const aside = `${file}.${process.pid}-${randomBytes(4).toString("hex")}`;
  orNull(() => renameSync(file, aside));
  if (lockHolder(aside) !== null) orNull(() => linkSync(aside, file));
  rmSync(aside, { force: true });
}

/**
 * Tries to become the one holder of `file`. It is never left locked: the lock of a process that ended counts as free.
 *
 * @returns a function that releases it, or null when another living process holds it
 */
export function tryLock(file, kind) {
  mkdirSync(path.dirname(file), { recursive: true });
  const mine = { pid: process.pid, identity: processIdentity(process.pid), kind };
  const draft = `${file}.${process.pid}-${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o644 });
  try {
    // Two rounds: the second one after a stale lock was taken away.
    for (let round = 0; round < 2; round++) {
      try {
        linkSync(draft, file);
        return () => rmSync(file, { force: true });
      } catch (error) {
        if (error.code !== "EEXIST") throw error;
      }
      if (lockHolder(file) !== null) return null;
      removeStale(file);
    }
    return null;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Says what the holder does now, for those who wait; only for a lock that this process holds. */
export function markLock(file, kind) {
  const draft = `${file}.${process.pid}-${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid), kind }));
  renameSync(draft, file);
}

/**
 * Waits for the lock. `waitMs` bounds it; `onWait(holder)` is called once, when it is not free at first.
 *
 * @returns a function that releases it, or null when the time is over
 */
export async function waitForLock(file, kind, { waitMs, onWait = () => {} }) {
  const until = performance.now() + waitMs;
  for (let looks = 0; ; looks++) {
    const release = tryLock(file, kind);
    if (release !== null) return release;
    if (looks === 0) onWait(lockHolder(file));
    if (performance.now() >= until) return null;
    await delay(LOOK_EVERY_MS);
  }
}
