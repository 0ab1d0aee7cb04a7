import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { Redis } from "ioredis";
import type { DatabaseServer } from "./databaseServer.ts";
import { type RedisServer, startRedisServer } from "./redisServer.ts";
import type { EndSignal, ShopProcesses } from "./stack.ts";

/** Something that goes wrong for a while. Both may be called once, `begin` first. */
export interface FaultAction {
  begin(): Promise<void>;
  /** Puts it right; answers when what was broken runs again. */
  end(): Promise<void>;
}

/** How the sandbox misbehaves (its POST /sandbox/faults): the oldest fault that concerns a call meets it. */
export interface SandboxFault {
  readonly target: string;
  readonly kind: string;
  /** Calls that meet it; unless said, all until it is ended. */
  readonly times?: number;
  readonly ms?: number;
  readonly copies?: number;
  readonly status?: number;
}

const ALL_CALLS = 1_000_000; // the most that the sandbox takes

async function control(sandboxUrl: string, method: string, route: string, body?: object): Promise<void> {
  const response = await fetch(`${sandboxUrl}/sandbox/${route}`, {
    method,
    headers: { "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`the sandbox answers ${response.status}: ${await response.text()}`);
  await response.body?.cancel();
}

/** Ends all faults of the sandbox. */
export const clearSandboxFaults = (sandboxUrl: string): Promise<void> => control(sandboxUrl, "DELETE", "faults");

/** The gateway tells the shop once more how an order's transaction stands, past all faults. */
export const repeatMessage = (sandboxUrl: string, gatewayOrderId: string): Promise<void> =>
  control(sandboxUrl, "POST", `transactions/${gatewayOrderId}/notify`, {});

/** The gateway cancels by itself what its screening still holds; what was answered meanwhile stays as it is. */
export async function cancelHeld(sandboxUrl: string, gatewayOrderId: string): Promise<void> {
  const response = await fetch(`${sandboxUrl}/sandbox/transactions/${gatewayOrderId}`);
  const { fraud_status, transaction_status } = (await response.json()) as Record<string, unknown>;
  if (!response.ok || transaction_status !== "capture" || fraud_status !== "challenge") return;
  await control(sandboxUrl, "POST", `transactions/${gatewayOrderId}`, { transaction_status: "cancel" });
}

/** The gateways misbehave in these ways at once. */
export function gatewayFaults(sandboxUrl: string, faults: readonly SandboxFault[]): FaultAction {
  return {
    async begin() {
      for (const fault of faults) await control(sandboxUrl, "POST", "faults", { times: ALL_CALLS, ...fault });
    },
    end: () => clearSandboxFaults(sandboxUrl),
  };
}

/** Processes end, by default as by kill -9, and are started again at its end. */
export function processesEnd(
  shop: Pick<ShopProcesses, "begin" | "end">,
  names: readonly string[],
  signal: EndSignal = "SIGKILL",
): FaultAction {
  return {
    async begin() {
      await Promise.all(names.map((name) => shop.end(name, signal)));
    },
    async end() {
      await Promise.all(names.map((name) => shop.begin(name)));
    },
  };
}

/** A process stands still, with its locks and connections held. */
export function processPauses(shop: Pick<ShopProcesses, "pause" | "resume">, name: string): FaultAction {
  return { begin: async () => shop.pause(name), end: async () => shop.resume(name) };
}

/** What a process is started with so that `clockJumps` can move its clock; `jumpMs` may be negative. */
export const jumpingClock = (jumpMs: number) => ({
  nodeArgs: [`--import=${path.resolve("dist/scripts/drill/jumpingClock.js")}`],
  env: { CLOCK_JUMP_MS: String(jumpMs) },
});

/** The clocks of processes that were started with `jumpingClock` jump, and jump back. */
export function clockJumps(shop: Pick<ShopProcesses, "signal">, names: readonly string[]): FaultAction {
  const jump = async () => {
    for (const name of names) shop.signal(name, "SIGUSR2");
  };
  return { begin: jump, end: jump };
}

/** PostgreSQL is away: stopped in order, or as by a loss of power. */
export function databaseEnds(database: DatabaseServer, how: "fast" | "crash" = "fast"): FaultAction {
  return { begin: () => database.end(how), end: () => database.begin() };
}

/** Every connection is cut once; there is nothing to put right. */
export function connectionsAreCut(database: DatabaseServer): FaultAction {
  return { begin: async () => void (await database.cutConnections()), end: async () => undefined };
}

/** A Redis that can be away and come back, empty, on its port. */
export interface OwnRedis {
  readonly url: string;
  begin(): Promise<void>;
  end(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** FLUSHALL. */
  flush(): Promise<void>;
}

/** Starts it; it ends with this process. */
export async function startOwnRedis(): Promise<OwnRedis> {
  let running: RedisServer | null = await startRedisServer();
  const { url, port } = running;
  return {
    url,
    async begin() {
      running ??= await startRedisServer(port);
    },
    async end(signal) {
      const ending = running;
      running = null;
      await ending?.stop(signal);
    },
    async flush() {
      const client = new Redis(url, { lazyConnect: true });
      try {
        await client.flushall();
      } finally {
        client.disconnect();
      }
    },
  };
}

/** Redis forgets everything at once; there is nothing to put right. */
export const redisIsFlushed = (redis: OwnRedis): FaultAction => ({
  begin: () => redis.flush(),
  end: async () => undefined,
});

/** Redis is away, and comes back empty. */
export const redisEnds = (redis: OwnRedis): FaultAction => ({ begin: () => redis.end(), end: () => redis.begin() });

const PRLIMIT = "prlimit"; // util-linux: sets a limit of a running process

/** Whether this machine can pretend that a process's disk is full. */
export const canFillDisk = (): boolean => spawnSync(PRLIMIT, ["--version"], { stdio: "ignore" }).status === 0;

/**
 * The sandbox's disk takes not a byte more: no file of its process may grow. Its end is a kill and a new start: what it
 * could not write must be gone.
 */
export function sandboxDiskIsFull(
  shop: Pick<ShopProcesses, "pidOf" | "begin" | "end"> & { readonly dataDir: string },
): FaultAction {
  return {
    async begin() {
      const journal = path.join(shop.dataDir, "sandbox", "journal.jsonl");
      const bytes = existsSync(journal) ? statSync(journal).size : 0;
      const { status, stderr } = spawnSync(
        PRLIMIT,
        ["--pid", String(shop.pidOf("sandbox")), `--fsize=${bytes}:unlimited`],
        { encoding: "utf8" },
      );
      if (status !== 0) throw new Error(`the disk cannot be filled: ${stderr}`);
    },
    async end() {
      await shop.end("sandbox", "SIGKILL");
      await shop.begin("sandbox");
    },
  };
}
