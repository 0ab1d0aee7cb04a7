import { once } from "node:events";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Config } from "../platform/config.ts";
import { lastLines, startChild } from "./childProcess.ts";
import { lockDataDir, markEnding, type RunningDatabase, startDatabase } from "./embeddedPostgres.ts";
import { StartRefused } from "./postgresProcess.ts";
import { reachableHost, refuseTakenPort, type StackEnvironment, stackEnvironment } from "./stackEnvironment.ts";
import { restartDelayMs, supervise } from "./supervisor.ts";

/** Where this is compiled to, beside the processes: dist/scripts. */
const compiled = (...parts: string[]) => fileURLToPath(new URL(path.posix.join("..", ...parts), import.meta.url));
const LINES_SHOWN = 12;

export interface LaunchOptions {
  /** Node's flags for the long-running processes, such as --watch. */
  readonly nodeFlags: readonly string[];
}

export interface Launched {
  readonly config: Config;
  readonly env: NodeJS.ProcessEnv;
  /** Rejected when something ended for good that nobody asked to end. */
  readonly broken: Promise<never>;
}

/** What must be undone, in the order of doing; `end` undoes it backwards, and what is added after that too. */
export class Undo {
  private readonly steps: (() => Promise<void> | void)[] = [];
  private ending = Promise.resolve();
  hasBegun = false;

  /** Called once, before anything is undone. */
  onBegin: () => void = () => undefined;

  add(step: () => Promise<void> | void): void {
    this.steps.push(step);
  }

  end(): Promise<void> {
    if (!this.hasBegun) this.onBegin();
    this.hasBegun = true;
    this.ending = this.ending.then(async () => {
      for (let step = this.steps.pop(); step; step = this.steps.pop()) await step();
    });
    return this.ending;
  }
}

/** Stops a start that was told to end before it was up. */
class Interrupted extends Error {}

async function keepDatabase(config: Config, undo: Undo, onGivenUp: (reason: StartRefused) => void): Promise<string> {
  let database: RunningDatabase = await startDatabase(config.dataDir);
  undo.add(() => database.stop());
  const ends: number[] = [];
  const watch = async (): Promise<void> => {
    await database.exited;
    if (undo.hasBegun) return;
    if (restartDelayMs(ends, performance.now()) === null) {
      return onGivenUp(new StartRefused(`the database ended too often, see ${config.dataDir}/logs/postgres.log`));
    }
    try {
      // The same port: the processes keep their address and connect again by themselves.
      database = await startDatabase(config.dataDir, { port: database.port });
    } catch (cause) {
      return onGivenUp(new StartRefused("the database ended and does not start again", { cause }));
    }
    if (undo.hasBegun) await database.stop();
    else void watch();
  };
  void watch();
  return database.url;
}

/** Runs a script of dist/scripts to its end. */
async function runScript(name: string, env: NodeJS.ProcessEnv, logFile: string, undo: Undo): Promise<void> {
  const child = startChild({ name, args: ["--enable-source-maps", compiled("scripts", `${name}.js`)], env, logFile });
  undo.add(() => child.stop());
  const ended = await child.exited;
  if (ended !== 0 && !undo.hasBegun) {
    throw new StartRefused(`${lastLines(logFile, LINES_SHOWN)}\n${name} failed, see ${logFile}`);
  }
}

/** The lock is never released by hand: it counts as free when this process has ended, and nothing may come before. */
async function claim({ config }: StackEnvironment, undo: Undo): Promise<void> {
  const release = await lockDataDir(config.dataDir, "start");
  if (release === null) {
    const others = "DATA_DIR, PORT and SANDBOX_PORT";
    throw new StartRefused(`Lunas runs already on ${config.dataDir}: end it, or choose other ${others}.`);
  }
  undo.onBegin = () => markEnding(config.dataDir);
  await refuseTakenPort(config.host, config.port, "PORT");
  if (config.mode === "local") await refuseTakenPort(config.host, config.sandboxPort, "SANDBOX_PORT");
}

/**
 * Brings a whole shop up: database, schema, demo shop, gateway sandbox (in local mode), worker and API, and answers
 * when the API is ready. Everything that was begun is in `undo`, also when this throws.
 *
 * @throws StartRefused with what a person should read
 */
export async function launch(given: NodeJS.ProcessEnv, undo: Undo, options: LaunchOptions): Promise<Launched> {
  const stack = await stackEnvironment(given);
  const { config } = stack;
  const proceed = () => {
    if (undo.hasBegun) throw new Interrupted("told to end");
  };
  await claim(stack, undo);
  proceed();
  let giveUp: (reason: StartRefused) => void = () => {};
  const broken = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  broken.catch(() => undefined); // it may break before anybody waits for it
  const toOwnOutput = given["LOG_TO"] === "stdout";
  const logOf = (name: string) => (toOwnOutput ? null : path.join(config.dataDir, "logs", `${name}.log`));
  const env = { ...stack.env };
  const start = (name: string, readyUrl: string | null) => {
    proceed();
    const args = ["--enable-source-maps", ...options.nodeFlags, compiled(name, "main.js")];
    const service = supervise({ name, args, env, logFile: logOf(name), readyUrl }, giveUp);
    undo.add(service.stop);
    return service.ready;
  };

  if (stack.isEmbedded) env["DATABASE_URL"] = await keepDatabase(config, undo, giveUp);
  const host = reachableHost(config.host);
  const sandbox = config.mode === "local" ? start("sandbox", `http://${host}:${config.sandboxPort}/`) : null;
  for (const name of ["migrate", "seed"]) {
    proceed();
    if (name === "migrate" || config.mode === "local") {
      await runScript(name, env, path.join(config.dataDir, "logs", `${name}.log`), undo);
    }
  }
  const worker = start("worker", null);
  const api = start("api", `http://${host}:${config.port}/readyz`);
  await Promise.all([sandbox, worker, api]);
  proceed();
  return { config, env, broken };
}

const LOOK_FOR_LAUNCHER_EVERY_MS = 100;
/** The longest step that cannot be called off: making the cluster. */
const HALF_MADE_WITHIN_MS = 10_000;

/** Fulfilled with the reason when this process is told to end, or when the command that launched it is gone. */
export function endAsked(): Promise<string> {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  // Later ones are swallowed: Ctrl-C arrives twice, from the terminal and from the launcher.
  const signalled = signals.map(async (signal) => {
    const asked = once(process, signal);
    process.on(signal, () => undefined);
    await asked;
    return signal;
  });
  const launcher = process.env["LUNAS_LAUNCHER"];
  const orphaned = new Promise<string>((resolve) => {
    if (launcher !== String(process.ppid)) return;
    const look = () => process.ppid !== Number(launcher) && resolve("the launcher is gone");
    setInterval(look, LOOK_FOR_LAUNCHER_EVERY_MS).unref();
  });
  return Promise.race([...signalled, orphaned]);
}

/**
 * The whole life of `npm start` and `npm run dev`: `bringUp`, then the foreground until somebody ends it or it breaks,
 * then the end of everything in order.
 *
 * @returns the exit code: 0 when it was told to end
 */
export async function runInForeground(bringUp: (undo: Undo) => Promise<{ broken: Promise<never> }>): Promise<number> {
  const undo = new Undo();
  const up = bringUp(undo);
  const settled = up.then(
    () => undefined,
    () => undefined,
  );
  const endAll = async () => {
    await undo.end();
    // A step that was under way when the end was asked for may still add what it began.
    await Promise.race([settled, delay(HALF_MADE_WITHIN_MS)]);
    await undo.end();
  };
  try {
    await Promise.race([endAsked(), up.then(({ broken }) => broken)]);
    await endAll();
    return 0;
  } catch (error) {
    await endAll();
    if (!(error instanceof StartRefused)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}
