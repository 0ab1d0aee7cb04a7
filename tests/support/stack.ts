import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { comesUp, lastLines, type RunningChild, startChild } from "../../scripts/childProcess.ts";
import { freePort } from "../../scripts/postgresProcess.ts";
import { createTestDatabase } from "./database.ts";

/** A busy machine runs several of these at once. */
const READY_WITHIN_MS = 60_000;
/** Enough to see why a process did not come up, or what it said last. */
const LINES_SHOWN = 200;

export interface StackOptions {
  /** API processes on the same database; 1 unless said. */
  readonly apis?: number;
  /** A worker besides; true unless said. */
  readonly worker?: boolean;
  /** The demo shop; true unless said. */
  readonly seed?: boolean;
  /** How much faster the sandbox's clock runs; 1 unless said. */
  readonly timeScale?: number;
  /** More variables for all processes. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface GraphqlAnswer<T> {
  readonly status: number;
  readonly data: T | null;
  readonly errors: readonly { message: string; path?: readonly (string | number)[]; extensions: { code: string } }[];
}

export interface Stack {
  readonly apiUrls: readonly string[];
  readonly sandboxUrl: string;
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  /** Sends an operation to an API process (the first unless `api` says which). Errors of the shop are in the answer. */
  graphql<T = Record<string, unknown>>(
    query: string,
    variables?: Readonly<Record<string, unknown>>,
    options?: { token?: string; api?: number; headers?: Readonly<Record<string, string>> },
  ): Promise<GraphqlAnswer<T>>;
  /** The last lines of every process, for a test that fails. */
  logs(): string;
  /** Ends one process by name (api-0, api-1, worker, sandbox), as a deployment does, or with SIGKILL. */
  end(name: string, signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Starts it again on its old port. */
  begin(name: string): Promise<void>;
  stop(): Promise<void>;
}

interface Part {
  readonly name: string;
  readonly script: string;
  readonly readyUrl: string | null;
  readonly env: NodeJS.ProcessEnv;
}

async function sendGraphql<T>(url: string, body: object, headers: HeadersInit): Promise<GraphqlAnswer<T>> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Partial<GraphqlAnswer<T>>;
  return { status: response.status, data: answer.data ?? null, errors: answer.errors ?? [] };
}

async function partsOf(options: StackOptions, databaseUrl: string, dataDir: string) {
  const ports = await Promise.all(Array.from({ length: options.apis ?? 1 }, freePort));
  const sandboxPort = await freePort();
  const apiUrls = ports.map((port) => `http://127.0.0.1:${port}`);
  const env: NodeJS.ProcessEnv = {
    PATH: process.env["PATH"],
    HOME: process.env["HOME"],
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    PUBLIC_URL: apiUrls[0],
    PORT: String(ports[0]),
    SANDBOX_PORT: String(sandboxPort),
    SANDBOX_TIME_SCALE: String(options.timeScale ?? 1),
    ...options.env,
  };
  const apis: Part[] = ports.map((port, index) => ({
    name: `api-${index}`,
    script: "dist/api/main.js",
    readyUrl: `${apiUrls[index]}/readyz`,
    env: { ...env, PORT: String(port) },
  }));
  const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
  const parts: Part[] = [{ name: "sandbox", script: "dist/sandbox/main.js", readyUrl: `${sandboxUrl}/`, env }];
  if (options.worker ?? true) parts.push({ name: "worker", script: "dist/worker/main.js", readyUrl: null, env });
  return { parts: [...parts, ...apis], apiUrls, sandboxUrl, env };
}

/** Starts and ends the parts by name; their logs stay below `dataDir` until the end. */
function processesOf(parts: readonly Part[], dataDir: string) {
  const running = new Map<string, RunningChild>();
  const logFile = (name: string) => path.join(dataDir, "logs", `${name}.log`);
  const said = (name: string) => lastLines(logFile(name), LINES_SHOWN);
  const logs = () => ["seed", ...parts.map(({ name }) => name)].map((name) => `--- ${name}\n${said(name)}`).join("\n");
  const begin = async (name: string) => {
    const part = parts.find((each) => each.name === name);
    if (!part) throw new Error(`this stack has no ${name}`);
    const args = ["--enable-source-maps", part.script];
    const child = startChild({ name, args, env: part.env, logFile: logFile(name) });
    running.set(name, child);
    if (part.readyUrl !== null && !(await comesUp(child, part.readyUrl, READY_WITHIN_MS))) {
      throw new Error(`${name} does not come up:\n${said(name)}`);
    }
  };
  const end = async (name: string, signal: "SIGTERM" | "SIGKILL" = "SIGTERM") => {
    const child = running.get(name);
    running.delete(name);
    if (signal === "SIGKILL" && child && !child.hasExited()) process.kill(child.pid, "SIGKILL");
    await child?.stop();
  };
  const endAll = async () => {
    // The gateways outlive who calls them.
    await Promise.all([...running.keys()].filter((name) => name !== "sandbox").map((name) => end(name)));
    await end("sandbox");
  };
  const runOnce = async (name: string, env: NodeJS.ProcessEnv) => {
    const args = ["--enable-source-maps", `dist/scripts/${name}.js`];
    const child = startChild({ name, args, env, logFile: logFile(name) });
    if ((await child.exited) !== 0) throw new Error(`${name} failed:\n${said(name)}`);
  };
  return { begin, end, endAll, runOnce, logs };
}

/**
 * The whole shop as it runs in the world, on random ports: the gateway sandbox, API processes and a worker from dist/
 * on a database of their own. Answers when all are ready; `stop` ends them and drops the database.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(path.join(os.tmpdir(), "lunas-stack-"));
  const { parts, apiUrls, sandboxUrl, env } = await partsOf(options, database.url, dataDir);
  const { begin, end, endAll, runOnce, logs } = processesOf(parts, dataDir);
  const stop = async () => {
    await endAll();
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    if (options.seed ?? true) await runOnce("seed", env);
    await Promise.all(parts.map(({ name }) => begin(name)));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    apiUrls,
    sandboxUrl,
    databaseUrl: database.url,
    dataDir,
    env,
    logs,
    end,
    begin,
    stop,
    graphql(query, variables = {}, { token, api = 0, headers = {} } = {}) {
      const authorization: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
      return sendGraphql(apiUrls[api] as string, { query, variables }, { ...authorization, ...headers });
    },
  };
}
