import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { endWithMe } from "./watchdog.ts";

export interface ChildSpec {
  readonly name: string;
  /** Node's arguments: flags, the script, its own. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Where its output is appended; null: to this process's own output. */
  readonly logFile: string | null;
}

export interface RunningChild {
  readonly name: string;
  readonly pid: number;
  /** Its exit code, or the signal that ended it. */
  readonly exited: Promise<number | string>;
  hasExited(): boolean;
  /** SIGTERM, and SIGKILL where that is not enough; answers when it has ended. */
  stop(): Promise<void>;
}

/** A worker that finishes its job needs some seconds; more would make Ctrl-C seem broken. */
const STOP_WITHIN_MS = 15_000;
/** A log that is larger when a process starts is set aside as `.1`: a week of a busy demo shop. */
const LOG_BYTES_MAX = 20_000_000;

function openLog(file: string): number {
  mkdirSync(path.dirname(file), { recursive: true });
  if (existsSync(file) && statSync(file).size > LOG_BYTES_MAX) renameSync(file, `${file}.1`);
  return openSync(file, "a", 0o600);
}

/**
 * Starts a Node process of ours in a process group of its own (so that Ctrl-C reaches only who orders the end). It
 * ends with this process, however that ends.
 */
export function startChild(spec: ChildSpec): RunningChild {
  const log = spec.logFile === null ? null : openLog(spec.logFile);
  const output = log ?? "inherit";
  const child: ChildProcess = spawn(process.execPath, [...spec.args], {
    detached: process.platform !== "win32",
    stdio: ["ignore", output, output],
    env: spec.env,
  });
  if (log !== null) closeSync(log);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${spec.name} could not be started`);
  const callOff = endWithMe(pid);
  const hasExited = () => child.exitCode !== null || child.signalCode !== null;
  const exited = new Promise<number | string>((resolve) => {
    child.once("exit", (code, signal) => {
      void callOff().then(() => resolve(code ?? signal ?? 0));
    });
  });
  const stop = async () => {
    if (hasExited()) return;
    child.kill("SIGTERM");
    const timer = new AbortController();
    const isLate = await Promise.race([
      exited.then(() => false),
      delay(STOP_WITHIN_MS, true, { signal: timer.signal }).catch(() => false), // called off below
    ]);
    timer.abort();
    if (isLate) child.kill("SIGKILL");
    await exited;
  };
  return { name: spec.name, pid, exited, hasExited, stop };
}

/** How often a process that comes up is asked; each look is one request on the loopback address. */
const LOOK_EVERY_MS = 50;
/** A look that hangs must not eat the whole wait. */
const ANSWER_WITHIN_MS = 2_000;

/** True where the address answers with less than 400 (a refused connection is a no). */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS), redirect: "manual" });
    await response.body?.cancel();
    return response.status < 400;
  } catch {
    return false; // nobody listens yet
  }
}

/** Waits until the child's address answers. False when it ended first or took longer than `withinMs`. */
export async function comesUp(child: RunningChild, url: string, withinMs: number): Promise<boolean> {
  const end = performance.now() + withinMs;
  while (!(await answers(url))) {
    if (child.hasExited() || performance.now() > end) return false;
    await delay(LOOK_EVERY_MS);
  }
  return !child.hasExited();
}

/** The last lines of a log, for the one who must see why a process ended. */
export function lastLines(file: string | null, count: number): string {
  if (file === null || !existsSync(file)) return "";
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-count).join("\n");
}
