import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { comesUp, lastLines, type RunningChild, startChild } from "../childProcess.ts";
import { COMPILE_CACHE } from "../compileCache.ts";
import { freePort } from "../postgresProcess.ts";

/** A busy machine runs several of these at once. */
const READY_WITHIN_MS = 60_000;
/** Enough to see why a process did not come up, or what it said last. */
const LINES_SHOWN = 200;
const DEATH_LINES = 12; // the error and where it was
/** A process without an address is up when it has not ended within this: what stops a start stops it at once. */
const LIVES_FOR_MS = 50;

/** What one process gets besides what all get, for one start of it. */
export interface Besides {
  readonly env?: Readonly<Record<string, string>>;
  /** Node's own arguments, such as `--import=...`. */
  readonly nodeArgs?: readonly string[];
}

export interface ShopPlan extends Besides {
  readonly databaseUrl: string;
  /** Exists; logs stay below it until who made it removes it. */
  readonly dataDir: string;
  /** API processes on the same database; 1 unless said. */
  readonly apis?: number;
  /** 1 unless said. One is called `worker`, several `worker-0`, `worker-1` and so on. */
  readonly workers?: number;
  /** The schema; false unless said, for a database that has it. */
  readonly migrate?: boolean;
  /** The demo shop; true unless said. */
  readonly seed?: boolean;
  /** How much faster the sandbox's clock runs; 1 unless said. */
  readonly timeScale?: number;
}

export interface GraphqlAnswer<T> {
  readonly status: number;
  readonly data: T | null;
  readonly errors: readonly { message: string; path?: readonly (string | number)[]; extensions: { code: string } }[];
}

export type EndSignal = "SIGTERM" | "SIGKILL";

/** Processes by name: `sandbox`, `api-0`, `api-1`, ..., `worker` (several: `worker-0`, ...). */
export interface ShopProcesses {
  readonly names: readonly string[];
  /** Starts it on its old port; answers when it is ready. `besides` holds for this start alone. */
  begin(name: string, besides?: Besides): Promise<void>;
  /** Ends it as a deployment does, or with SIGKILL; harmless where it ended by itself. */
  end(name: string, signal?: EndSignal): Promise<void>;
  /** Lets it stand still (SIGSTOP) as on a machine that swaps, until `resume`. */
  pause(name: string): void;
  resume(name: string): void;
  /** Those that ended without having been told to, once an end, as the last lines of their logs say why. */
  deaths(): readonly { readonly name: string; readonly said: string }[];
  /** Sends a signal to the running one; none to one that has died. */
  signal(name: string, signal: NodeJS.Signals): void;
  /** The running one's process id. */
  pidOf(name: string): number;
  /** Fulfilled with its exit code, or the signal that ended it, when the running one ends. */
  exited(name: string): Promise<number | string>;
  /** Runs a script of dist/scripts to its end. @throws Error with its last lines where it fails */
  runOnce(script: string): Promise<void>;
  /** The last lines of every process, for who must see why something failed. */
  logs(): string;
}

export interface RunningShop extends ShopProcesses {
  readonly apiUrls: readonly string[];
  readonly sandboxUrl: string;
  readonly databaseUrl: string;
  readonly dataDir: string;
  /** What every process gets. */
  readonly env: NodeJS.ProcessEnv;
  /** Ends all of it, the gateways last. */
  stop(): Promise<void>;
}

interface Part {
  readonly name: string;
  readonly script: string;
  readonly readyUrl: string | null;
  readonly env: NodeJS.ProcessEnv;
}

/** Sends an operation to an API process. Errors of the shop are in the answer. @throws TypeError without an answer */
export async function sendGraphql<T>(url: string, body: object, headers: HeadersInit): Promise<GraphqlAnswer<T>> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Partial<GraphqlAnswer<T>>;
  return { status: response.status, data: answer.data ?? null, errors: answer.errors ?? [] };
}

async function partsOf(plan: ShopPlan) {
  const ports = await Promise.all(Array.from({ length: plan.apis ?? 1 }, freePort));
  const sandboxPort = await freePort();
  const apiUrls = ports.map((port) => `http://127.0.0.1:${port}`);
  const env: NodeJS.ProcessEnv = {
    PATH: process.env["PATH"],
    HOME: process.env["HOME"],
    DATABASE_URL: plan.databaseUrl,
    DATA_DIR: plan.dataDir,
    PUBLIC_URL: apiUrls[0],
    PORT: String(ports[0]),
    SANDBOX_PORT: String(sandboxPort),
    SANDBOX_TIME_SCALE: String(plan.timeScale ?? 1),
    NODE_COMPILE_CACHE: COMPILE_CACHE,
    ...plan.env,
  };
  const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
  const workers = plan.workers ?? 1;
  const parts: Part[] = [
    { name: "sandbox", script: "dist/sandbox/main.js", readyUrl: `${sandboxUrl}/`, env },
    ...Array.from({ length: workers }, (_, index) => ({
      name: workers === 1 ? "worker" : `worker-${index}`,
      script: "dist/worker/main.js",
      readyUrl: null,
      env,
    })),
    ...ports.map((port, index) => ({
      name: `api-${index}`,
      script: "dist/api/main.js",
      readyUrl: `${apiUrls[index]}/readyz`,
      env: { ...env, PORT: String(port) },
    })),
  ];
  return { parts, apiUrls, sandboxUrl, env };
}

function processesOf(plan: ShopPlan, parts: readonly Part[], commonEnv: NodeJS.ProcessEnv): ShopProcesses {
  const running = new Map<string, RunningChild>();
  const names = parts.map(({ name }) => name);
  const logFile = (name: string) => path.join(plan.dataDir, "logs", `${name}.log`);
  const said = (name: string) => lastLines(logFile(name), LINES_SHOWN);
  const argsOf = (script: string, besides: Besides) => {
    return ["--enable-source-maps", ...(plan.nodeArgs ?? []), ...(besides.nodeArgs ?? []), script];
  };
  const childOf = (name: string) => {
    const child = running.get(name);
    if (!child) throw new Error(`no ${name} runs in this shop`);
    return child;
  };
  const dead: { name: string; said: string }[] = [];
  const noteDeath = (name: string) => dead.push({ name, said: said(name).split("\n").slice(-DEATH_LINES).join("\n") });
  const signal = (name: string, which: NodeJS.Signals) => {
    const child = childOf(name);
    if (!child.hasExited()) process.kill(child.pid, which);
  };
  return {
    names,
    async begin(name, besides = {}) {
      const part = parts.find((each) => each.name === name);
      if (!part) throw new Error(`this shop has no ${name}`);
      const env = { ...part.env, ...besides.env };
      const child = startChild({ name, args: argsOf(part.script, besides), env, logFile: logFile(name) });
      running.set(name, child);
      const isUp =
        part.readyUrl === null
          ? await delay(LIVES_FOR_MS).then(() => !child.hasExited())
          : await comesUp(child, part.readyUrl, READY_WITHIN_MS);
      if (!isUp) throw new Error(`${name} does not come up:\n${said(name)}`);
    },
    async end(name, signal = "SIGTERM") {
      const child = running.get(name);
      running.delete(name);
      if (child?.hasExited()) noteDeath(name);
      if (!child || child.hasExited()) return;
      if (signal === "SIGKILL") process.kill(child.pid, "SIGKILL");
      else process.kill(child.pid, "SIGCONT"); // one that stands still would not hear that it shall end
      await child.stop();
    },
    pause: (name) => signal(name, "SIGSTOP"),
    resume: (name) => signal(name, "SIGCONT"),
    signal,
    deaths: () => dead,
    pidOf: (name) => childOf(name).pid,
    exited: (name) => childOf(name).exited,
    async runOnce(script) {
      const args = argsOf(`dist/scripts/${script}.js`, {});
      const child = startChild({ name: script, args, env: commonEnv, logFile: logFile(script) });
      if ((await child.exited) !== 0) throw new Error(`${script} failed:\n${said(script)}`);
    },
    logs: () => ["migrate", "seed", ...names].map((name) => `--- ${name}\n${said(name)}`).join("\n"),
  };
}

/**
 * The whole shop as it runs in the world, on random ports: the gateway sandbox, API processes and workers from dist/
 * (of the working directory) on a database that the caller brings. Answers when all are ready.
 */
export async function startShop(plan: ShopPlan): Promise<RunningShop> {
  const { parts, apiUrls, sandboxUrl, env } = await partsOf(plan);
  const processes = processesOf(plan, parts, env);
  const { names, begin, end, runOnce } = processes;
  const stop = async () => {
    // The gateways outlive who calls them.
    await Promise.all(names.filter((name) => name !== "sandbox").map((name) => end(name)));
    await end("sandbox");
  };
  try {
    if (plan.migrate) await runOnce("migrate");
    if (plan.seed ?? true) await runOnce("seed");
    await Promise.all(names.map((name) => begin(name)));
  } catch (error) {
    await stop();
    throw error;
  }
  return { ...processes, apiUrls, sandboxUrl, databaseUrl: plan.databaseUrl, dataDir: plan.dataDir, env, stop };
}
