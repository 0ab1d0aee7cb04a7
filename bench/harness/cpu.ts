import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks of /proc/<pid>/stat: USER_HZ, which Linux fixes at 100 a second for programs (man 5 proc_pid_stat). */
const TICK_MS = 10;

/** The fields after the name, from the third (state) on. null: the process is gone. */
function fieldsOf(pid: number | string): readonly string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return null;
    throw error;
  }
}

const at = (fields: readonly string[], ...places: number[]) =>
  places.reduce((sum, place) => sum + Number(fields[place - 3]), 0);

/**
 * CPU time that a process and its children have used since they began, user and system, ms; children that have ended
 * are counted by their parent. null where the system has no /proc.
 */
export function cpuTimeMs(pid: number): number | null {
  if (process.platform !== "linux") return null;
  const own = fieldsOf(pid);
  if (own === null) return null;
  let ticks = at(own, 14, 15, 16, 17);
  for (const name of readdirSync("/proc")) {
    const fields = /^\d+$/.test(name) ? fieldsOf(name) : null;
    if (fields?.[1] === String(pid)) ticks += at(fields, 14, 15);
  }
  return ticks * TICK_MS;
}
