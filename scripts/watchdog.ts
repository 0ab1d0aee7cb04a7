import { spawn } from "node:child_process";

/**
 * A shell that waits for the end of its input, which the kernel closes when this process ends, however it ends. A shell
 * because it is small and there on every system but one, and because it survives what kills this process.
 * 20 s are enough for a database that flushes and for a worker that finishes its jobs.
 */
const SCRIPT = `trap '' INT TERM HUP
read -r _
pid=$1 gently=$2 firmly=$3; shift 3
kill "-$gently" "$pid" 2>/dev/null
tries=0
while kill -0 "$pid" 2>/dev/null && [ $tries -lt 200 ]; do sleep 0.1; tries=$((tries + 1)); done
kill "-$firmly" "$pid" 2>/dev/null
[ $# -eq 0 ] || rm -rf -- "$@"`;

/**
 * Ends a child when this process ends without doing so itself, as after kill -9: `gently` first, `firmly` 20 s later.
 * Files of `remove` go after it.
 *
 * @returns a function that calls the watchdog off, once the child has ended in order, and answers when it is gone
 */
export function endWithMe(
  pid: number,
  { gently = "TERM", firmly = "KILL", remove = [] as readonly string[] } = {},
): () => Promise<void> {
  if (process.platform === "win32") return async () => {}; // no shell there; the next start clears what was left
  const dog = spawn("/bin/sh", ["-c", SCRIPT, "sh", String(pid), gently, firmly, ...remove], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  dog.unref();
  (dog.stdin as unknown as { unref(): void }).unref();
  dog.stdin.on("error", () => dog.kill("SIGKILL"));
  const exited = new Promise<void>((resolve) => dog.once("exit", () => resolve()));
  return async () => {
    // Waited for, because some containers have nobody who collects what an ended process leaves.
    dog.ref();
    dog.kill("SIGKILL");
    await exited;
  };
}
