import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../../scripts/postgresProcess.ts";
import { endWithMe } from "../../scripts/watchdog.ts";

const READY_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 20;

/** Where the tests of the Redis queue find their server; null where the machine has none (see `startRedis`). */
export function redisUrl(): string | null {
  return process.env["REDIS_URL"] ?? process.env["LUNAS_TEST_REDIS_URL"] ?? null;
}

/**
 * For suites that need Redis: `describeWithRedis("...", () => { ... redisUrl() ... })`. Where there is none the suite
 * does not exist, and the run said so at its start; with CI=true the run fails there instead.
 */
export const describeWithRedis = (name: string, tests: () => void): void => {
  if (redisUrl() !== null) describe(name, tests);
  else describe(name, () => test("needs redis-server or REDIS_URL, which this machine lacks", () => {}));
};

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
 * A redis-server for this run, in memory only, where the machine has one and REDIS_URL names none.
 *
 * @throws Error where there is neither and CI=true: there a missing one must not look like a pass
 */
export async function startRedis(): Promise<{ url: string; stop(): Promise<void> } | null> {
  if (process.env["REDIS_URL"]) return null;
  if (spawnSync("redis-server", ["--version"], { stdio: "ignore" }).status !== 0) {
    if (process.env["CI"] === "true") throw new Error("redis-server is missing, and CI=true asks for it");
    process.stderr.write("\nThe tests of the Redis queue do not run: neither redis-server nor REDIS_URL is there.\n");
    return null;
  }
  const port = await freePort();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const server = spawn("redis-server", args, { stdio: "ignore" });
  if (server.pid === undefined) throw new Error("redis-server does not start");
  const callOff = endWithMe(server.pid);
  const end = performance.now() + READY_WITHIN_MS;
  while (!(await answers(port))) {
    if (performance.now() > end || server.exitCode !== null) throw new Error("redis-server does not come up");
    await delay(LOOK_EVERY_MS);
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      const exited = once(server, "exit");
      server.kill("SIGTERM");
      await exited;
      await callOff();
    },
  };
}
