import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { lockHolder, markLock, waitForLock } from "#processLock";
import { ensureCluster, findPostgres, StartRefused, startServer, stopServer, until } from "./postgresProcess.ts";
import { endWithMe } from "./watchdog.ts";

export interface RunningDatabase {
  readonly url: string;
  readonly port: number;
  /** Fulfilled when the server ended, asked or not. */
  readonly exited: Promise<unknown>;
  /** Ends the server and its watchdog; harmless when they ended already. */
  stop(): Promise<void>;
}

interface DatabaseOptions {
  readonly fast?: boolean;
  readonly port?: number | undefined;
}

export const DATABASE_NAME = "lunas";

/** A command that runs alone is done within this, or the one behind it gives up. */
const WAIT_FOR_COMMAND_MS = 10 * 60_000;
/** A start whose npm was killed finds out within this; a new one behind it must not take it for a running one. */
const NOTICE_END_WITHIN_MS = 1_500;
const LOOK_EVERY_MS = 200;
/** How long a command beside a start that is still coming up waits for its database. */
const WAIT_FOR_START_MS = 60_000;

const infoFile = (dataDir: string) => path.join(dataDir, "database.json");
const lockFile = (dataDir: string) => path.join(dataDir, "start.lock");

function keptPassword(dataDir: string): string {
  const file = path.join(dataDir, "database-password");
  if (existsSync(file)) return readFileSync(file, "utf8").trim();
  const password = randomBytes(24).toString("base64url");
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  return password;
}

async function createDatabase(url: string, name: string): Promise<void> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

/**
 * Starts the embedded PostgreSQL of a data directory, making its cluster and database the first time, and says in
 * `database.json` (mode 600) where it is. It ends with this process, even when that is killed.
 * The caller holds the data directory's lock (`lockDataDir`), or the directory is his alone.
 *
 * @param options.fast no waiting for the disk; for throw-away data only, which goes with the process
 * @param options.port where it listened before, so that its clients find it again
 * @throws StartRefused with one line, for what a person can mend
 */
export async function startDatabase(dataDir: string, options: DatabaseOptions = {}): Promise<RunningDatabase> {
  const fast = options.fast ?? false;
  const logFile = path.join(dataDir, "logs", "postgres.log");
  mkdirSync(path.dirname(logFile), { recursive: true });
  const cluster = path.join(dataDir, "postgres");
  const password = keptPassword(dataDir);
  const postgres = await findPostgres(dataDir);
  await ensureCluster(postgres, cluster, { password, logFile, fast });
  const { pid, port, exited } = await startServer(postgres, cluster, { logFile, fast, port: options.port });
  const callOff = endWithMe(pid, { gently: "INT", firmly: "QUIT", remove: fast ? [dataDir] : [infoFile(dataDir)] });
  // Also where nobody asked it to end: its pid may be somebody else's by the time that this process ends.
  void exited.then(callOff);
  const urlOf = (database: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
  const stop = async () => {
    rmSync(infoFile(dataDir), { force: true });
    await stopServer(pid);
    await callOff();
  };
  try {
    await createDatabase(urlOf("postgres"), DATABASE_NAME);
    writeFileSync(infoFile(dataDir), JSON.stringify({ url: urlOf(DATABASE_NAME), pid: process.pid }), { mode: 0o600 });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: urlOf(DATABASE_NAME), port, exited, stop };
}

/**
 * The lock of a data directory, for as long as a start or a command runs its database. A command that comes while
 * another one runs, or anybody while a start ends, waits.
 *
 * @returns a function that releases it, or null where a start holds it
 */
export async function lockDataDir(dataDir: string, kind: "start" | "command"): Promise<(() => void) | null> {
  const file = lockFile(dataDir);
  const begun = performance.now();
  while (performance.now() - begun < WAIT_FOR_COMMAND_MS) {
    const isHeldByStart = lockHolder(file)?.kind === "start";
    if (isHeldByStart && (kind === "command" || performance.now() - begun > NOTICE_END_WITHIN_MS)) return null;
    const release = await waitForLock(file, kind, { waitMs: LOOK_EVERY_MS });
    if (release !== null) return release;
  }
  throw new StartRefused(`another command has been using ${dataDir} for too long`);
}

/** From here on a new start waits for the end of this one instead of refusing. */
export const markEnding = (dataDir: string): void => markLock(lockFile(dataDir), "ending");

/** The URL of the database that a running start keeps, once it is up. */
async function urlOfRunningStart(dataDir: string): Promise<string | null> {
  const read = () => JSON.parse(readFileSync(infoFile(dataDir), "utf8")) as { url: string; pid: number };
  const holder = lockHolder(lockFile(dataDir));
  const isUp = () => existsSync(infoFile(dataDir)) && read().pid === holder?.pid;
  const isOver = () => lockHolder(lockFile(dataDir))?.pid !== holder?.pid;
  await until(() => isUp() || isOver(), WAIT_FOR_START_MS);
  return isUp() ? read().url : null;
}

/**
 * Runs `use` with the database of a data directory: the one of a running `npm start` where there is one, else a server
 * that is started for it and stopped after it.
 *
 * @throws StartRefused with one line, for what a person can mend
 */
export async function withDatabase<T>(dataDir: string, use: (url: string) => Promise<T>): Promise<T> {
  mkdirSync(dataDir, { recursive: true });
  // Three rounds: a start may end just as its database is asked for.
  for (let round = 0; round < 3; round++) {
    const release = await lockDataDir(dataDir, "command");
    if (release === null) {
      const url = await urlOfRunningStart(dataDir);
      if (url !== null) return use(url);
      continue;
    }
    try {
      const database = await startDatabase(dataDir);
      try {
        return await use(database.url);
      } finally {
        await database.stop();
      }
    } finally {
      release();
    }
  }
  throw new StartRefused(`the start that uses ${dataDir} does not come up: see ${path.join(dataDir, "logs")}`);
}
