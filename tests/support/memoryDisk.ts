import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from "node:fs";
import path from "node:path";

/** Linux's file system in memory, which every distribution mounts for everybody. */
const MEMORY_DISK = "/dev/shm";
const GIB = 2 ** 30;
/** Ten times what a run's databases, profiles and logs take at once, and what its programs need beside them. */
const ROOM_BYTES = 2 * GIB;
const MEMORY_BYTES = 6 * GIB;
const PREFIX = "lunas-run-";

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH"; // else it is somebody else's
  }
}

const isOurs = (dir: string): boolean => statSync(dir, { throwIfNoEntry: false })?.uid === process.getuid?.();

function hasRoom(): boolean {
  if (!existsSync(MEMORY_DISK) || process.availableMemory() < MEMORY_BYTES) return false;
  const { bavail, bsize } = statfsSync(MEMORY_DISK);
  return bavail * bsize >= ROOM_BYTES;
}

/** What a run that was killed has left would take memory until the machine starts anew. */
function removeLeftovers(): void {
  for (const name of readdirSync(MEMORY_DISK)) {
    const [, pid] = new RegExp(`^${PREFIX}(\\d+)-`).exec(name) ?? [];
    const dir = path.join(MEMORY_DISK, name);
    if (pid && !isAlive(Number(pid)) && isOurs(dir)) rmSync(dir, { recursive: true, force: true });
  }
}

/**
 * A temporary directory in memory, where the machine has room for one: a run makes and drops hundreds of databases,
 * gigabytes that no disk needs to see, and a slow disk makes it many times longer. Files in it are as durable
 * as a test needs: they outlive every process but not the machine.
 *
 * @returns its path, which whoever asked removes; null where the files had better lie on the disk
 */
export function memoryDirectory(): string | null {
  if (!hasRoom()) return null;
  removeLeftovers();
  return mkdtempSync(path.join(MEMORY_DISK, `${PREFIX}${process.pid}-`));
}
