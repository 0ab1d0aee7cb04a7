import { hasRedisServer, type RedisServer, startRedisServer } from "../../scripts/drill/redisServer.ts";

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

/**
 * A redis-server for this run, in memory only, where the machine has one and REDIS_URL names none.
 *
 * @throws Error where there is neither and CI=true: there a missing one must not look like a pass
 */
export async function startRedis(): Promise<RedisServer | null> {
  if (process.env["REDIS_URL"]) return null;
  if (hasRedisServer()) return startRedisServer();
  if (process.env["CI"] === "true") throw new Error("redis-server is missing, and CI=true asks for it");
  process.stderr.write("\nThe tests of the Redis queue do not run: neither redis-server nor REDIS_URL is there.\n");
  return null;
}
