import { existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { createAccessTokens } from "../../api/http/accessTokens.ts";
import type { UserId } from "../../domain/kernel/ids.ts";
import { runAudit } from "../../domain/report/runAudit.ts";
import { systemClock } from "../../platform/clock.ts";
import { type Config, loadConfig } from "../../platform/config.ts";
import { type Sql, sqlOver, typeParsers } from "../../platform/sqlClient.ts";
import { comesUp, lastLines, type RunningChild, startChild } from "../../scripts/childProcess.ts";
import { COMPILE_CACHE } from "../../scripts/compileCache.ts";
import { freePort } from "../../scripts/postgresProcess.ts";
import type { Bench } from "./benchmark.ts";
import { type HttpClient, openHttp } from "./httpClient.ts";

/** As many connections as one API process has (platform/db.ts). */
export const POOL_SIZE = 10;

const READY_WITHIN_MS = 60_000; // on a busy machine
const LOOK_EVERY_MS = 50;
const LINES_SHOWN = 20;
const READY_LINE = /"metrics":\{[^}]*"port":(\d+)[^}]*\}[^\n]*"worker ready"/;

/** Where this is compiled to, beside the processes: dist. */
const compiled = (name: string) => fileURLToPath(new URL(`../../${name}.js`, import.meta.url));

/** Something that the audit found after a benchmark: its figures are worth nothing. */
export class Breached extends Error {
  override readonly name = "Breached";
}

/** A running process that answers HTTP. */
export interface Served {
  readonly url: string;
  readonly pid: number;
  readonly client: HttpClient;
  stop(): Promise<void>;
}

export interface Api extends Served {
  /** SQL statements that the process has sent so far. */
  statementsSent(): Promise<number>;
}

/** What a worker says of itself at a port that only its log tells. */
export interface Worker {
  readonly pid: number;
  /** SQL statements that it has sent so far; those of the queue's library are not among them. */
  statementsSent(): Promise<number>;
  stop(): Promise<void>;
}

/** A shop on a database of its own; its processes run as in a container, with one API process unless more are begun. */
export interface Shop {
  readonly config: Config;
  readonly databaseUrl: string;
  /** For filling the shop, and for what bare node-postgres does. */
  readonly pool: pg.Pool;
  readonly sql: Sql;
  startApi(env?: Readonly<Record<string, string>>): Promise<Api>;
  startWorker(env?: Readonly<Record<string, string>>): Promise<Worker>;
  startSandbox(): Promise<Served>;
  /** Another script of dist/ that listens on PORT and answers GET / when it is ready. */
  startServer(name: string, env: Readonly<Record<string, string>>): Promise<Served>;
  /** The Authorization header of somebody who is signed in; a customer unless said. */
  bearerOf(userId: UserId, role?: "CUSTOMER" | "STAFF"): Promise<string>;
  /** @throws Breached */
  audit(): Promise<void>;
  /** Ends all of it and drops the database. */
  close(): Promise<void>;
}

function readGauge(text: string): number {
  const value = /^lunas_sql_statements_sent(?:\{[^}]*\})? (\S+)$/m.exec(text)?.[1];
  if (value === undefined) throw new Error("the API tells no number of statements");
  return Number(value);
}

/** Waits for the line in which a worker tells that it is ready, and where its figures are. */
async function metricsPort(child: RunningChild, logFile: string): Promise<number> {
  const end = performance.now() + READY_WITHIN_MS;
  while (performance.now() < end && !child.hasExited()) {
    const line = existsSync(logFile) ? READY_LINE.exec(readFileSync(logFile, "utf8")) : null;
    if (line) return Number(line[1]);
    await delay(LOOK_EVERY_MS);
  }
  throw new Error(`the worker does not come up:\n${lastLines(logFile, LINES_SHOWN)}`);
}

async function auditOf(sql: Sql): Promise<void> {
  const breaches = await runAudit({ sql }, { now: new Date() });
  const lines = breaches
    .slice(0, LINES_SHOWN)
    .map(({ invariant, subject, detail }) => `${invariant}  ${subject}: ${detail}`);
  if (breaches.length > 0) throw new Breached(`the audit found ${breaches.length} breaches\n${lines.join("\n")}`);
}

function processesOf(bench: Bench, name: string, env: NodeJS.ProcessEnv) {
  const dir = env["DATA_DIR"] as string;
  const begin = (script: string, more: NodeJS.ProcessEnv = {}) => {
    const logFile = path.join(dir, "logs", `${path.basename(path.dirname(script))}.log`);
    const child = startChild({ name, args: [compiled(script)], env: { ...env, ...more }, logFile });
    bench.undo.add(() => child.stop());
    return { child, logFile };
  };
  const serve = async (script: string, port: number, ready: string, more: NodeJS.ProcessEnv): Promise<Served> => {
    const url = `http://127.0.0.1:${port}`;
    const { child, logFile } = begin(script, more);
    if (!(await comesUp(child, `${url}${ready}`, READY_WITHIN_MS))) {
      throw new Error(`${script} does not come up:\n${lastLines(logFile, LINES_SHOWN)}`);
    }
    const client = openHttp(url);
    const stop = async () => {
      client.close();
      await child.stop();
    };
    return { url, pid: child.pid, client, stop };
  };
  return { begin, serve };
}

/** Limits are off unless an API process is told otherwise: a benchmark asks more often than any customer may. */
async function environmentOf(databaseUrl: string, dataDir: string): Promise<NodeJS.ProcessEnv> {
  return {
    PATH: process.env["PATH"],
    HOME: process.env["HOME"],
    // Not what is measured: most of a start is compiling the same code.
    NODE_COMPILE_CACHE: COMPILE_CACHE,
    NODE_ENV: "production",
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    SANDBOX_PORT: String(await freePort()),
    SANDBOX_NOTIFICATION_URL: "http://127.0.0.1:9/none",
    RATE_LIMIT_SCALE: "0",
  };
}

/** Opens an empty one; `name` is a word that no other shop of this run has. */
export async function openShop(bench: Bench, name: string): Promise<Shop> {
  const database = `bench_${name}`;
  const databaseUrl = await bench.cluster.createDatabase(database);
  const dataDir = path.join(bench.cluster.dir, name);
  mkdirSync(dataDir, { recursive: true });
  const env = await environmentOf(databaseUrl, dataDir);
  const config = loadConfig(env, dataDir);
  const pool = new pg.Pool({ connectionString: databaseUrl, max: POOL_SIZE, types: typeParsers });
  pool.on("error", () => undefined); // the server may end first, when a benchmark is broken off
  const sql = sqlOver(pool);
  const tokens = createAccessTokens(config.jwtSecret, systemClock);
  const { begin, serve } = processesOf(bench, name, env);
  const stops: (() => Promise<void>)[] = [];
  const kept = <T extends Pick<Served, "stop">>(served: T): T => {
    stops.push(served.stop);
    return served;
  };
  return {
    config,
    databaseUrl,
    pool,
    sql,
    async startApi(more = {}) {
      const port = await freePort();
      const served = await serve("api/main", port, "/readyz", { PORT: String(port), ...more });
      const statementsSent = async () => readGauge((await served.client.get("/metrics")).text);
      return kept({ ...served, statementsSent });
    },
    async startWorker(more = {}) {
      const { child, logFile } = begin("worker/main", more);
      const port = await metricsPort(child, logFile);
      const client = openHttp(`http://127.0.0.1:${port}`);
      const stop = async () => {
        client.close();
        await child.stop();
      };
      const statementsSent = async () => readGauge((await client.get("/metrics")).text);
      return kept({ pid: child.pid, statementsSent, stop });
    },
    startSandbox: async () => kept(await serve("sandbox/main", config.sandboxPort, "/", {})),
    async startServer(script, more) {
      const port = await freePort();
      return kept(await serve(script, port, "/", { PORT: String(port), ...more }));
    },
    bearerOf: async (id, role = "CUSTOMER") => `Bearer ${await tokens.forUser({ id, role })}`,
    audit: () => auditOf(sql),
    async close() {
      for (const stop of stops.reverse()) await stop();
      await pool.end();
      await bench.cluster.dropDatabase(database);
    },
  };
}
