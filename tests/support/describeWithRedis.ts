import { describe, test } from "vitest";
import { redisUrl } from "./redis.ts";

/**
 * For suites that need Redis: `describeWithRedis("...", () => { ... redisUrl() ... })`. Where there is none the suite
 * does not exist, and the run said so at its start; with CI=true the run fails there instead.
 */
export const describeWithRedis = (name: string, tests: () => void): void => {
  if (redisUrl() !== null) describe(name, tests);
  else describe(name, () => test("needs redis-server or REDIS_URL, which this machine lacks", () => {}));
};
