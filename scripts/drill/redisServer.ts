import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../postgresProcess.ts";
import { endWithMe } from "../watchdog.ts";

const READY_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 20;

/** A redis-server in memory only: what it held is gone when it ends. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Ends it, in order or with SIGKILL; harmless when it has ended. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/** Whether this machine has one. */
export const hasRedisServer = (): boolean => spawnSync("redis-server", ["--version"], { stdio: "ignore" }).status === 0;

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false; // not listening yet
  } finally {
    socket.destroy();
  }
}

/**
 * Starts one that ends with this process, on `port` (so that its clients find it again) or a free one.
 *
 * @throws Error where it does not come up
 */
export async function startRedisServer(port?: number): Promise<RedisServer> {
  const chosen = port ?? (await freePort());
  const args = ["--port", String(chosen), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const server = spawn("redis-server", args, { stdio: "ignore" });
  const { pid } = server;
  if (pid === undefined) throw new Error("redis-server does not start");
  const callOff = endWithMe(pid);
  const exited = once(server, "exit").then(callOff);
  const end = performance.now() + READY_WITHIN_MS;
  while (!(await answers(chosen))) {
    if (performance.now() > end || server.exitCode !== null) throw new Error("redis-server does not come up");
    await delay(LOOK_EVERY_MS);
  }
  return {
    url: `redis://127.0.0.1:${chosen}`,
    port: chosen,
    pid,
    async stop(signal = "SIGTERM") {
      server.kill(signal);
      await exited;
    },
  };
}
