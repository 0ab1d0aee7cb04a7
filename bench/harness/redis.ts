import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { Redis } from "ioredis";
import { freePort } from "../../scripts/postgresProcess.ts";
import { endWithMe } from "../../scripts/watchdog.ts";
import type { Bench } from "./benchmark.ts";

const PROGRAM = "redis-server";
const CONNECT_TRIES = 100;
const CONNECT_PAUSE_MS = 50;

/** Where a Redis answers: REDIS_URL, or one started for this run, in memory only. null where the machine has none. */
export async function startRedis(bench: Bench): Promise<string | null> {
  const given = process.env["REDIS_URL"];
  if (given) return given;
  if (spawnSync(PROGRAM, ["--version"], { stdio: "ignore" }).status !== 0) return null;
  const port = await freePort();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const server = spawn(PROGRAM, args, { stdio: "ignore" });
  const { pid } = server;
  if (pid === undefined) throw new Error(`${PROGRAM} could not be started`);
  const exited = once(server, "exit");
  const callOff = endWithMe(pid);
  bench.undo.add(async () => {
    server.kill("SIGTERM");
    await exited;
    await callOff();
  });
  const url = `redis://127.0.0.1:${port}`;
  const probe = new Redis(url, {
    retryStrategy: (tries) => (tries < CONNECT_TRIES ? CONNECT_PAUSE_MS : null),
    maxRetriesPerRequest: null,
  });
  probe.on("error", () => undefined); // refused until it listens
  try {
    await probe.ping();
  } finally {
    probe.disconnect();
  }
  return url;
}
