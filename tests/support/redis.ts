import { hasRedisServer, type RedisServer, startRedisServer } from "../../scripts/drill/redisServer.ts";

/** Where the tests of the Redis queue find their server; null where the machine has none (see `startRedis`). */
export function redisUrl(): string | null {
  return process.env["REDIS_URL"] ?? process.env["LUNAS_TEST_REDIS_URL"] ?? null;
}

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
