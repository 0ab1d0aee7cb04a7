import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type FaultAction,
  type OwnRedis,
  redisEnds,
  redisIsFlushed,
  startOwnRedis,
} from "../../../scripts/drill/faultActions.ts";
import { describeWithRedis } from "../../support/describeWithRedis.ts";
import { until } from "../../support/until.ts";
import { type FaultDay, openFaultDay } from "./faultDay.ts";

/** Shoppers who come before, during and after a fault. */
const FEW = 4;
/** Rounds of shoppers while Redis is away: some seconds of trade. */
const ROUNDS_WITHOUT = 10;
const LEASE = "200s";

describeWithRedis("a shop whose queue lives in Redis", () => {
  let redis: OwnRedis;
  let day: FaultDay;
  beforeAll(async () => {
    redis = await startOwnRedis();
    day = await openFaultDay({ env: { REDIS_URL: redis.url, JOB_LEASE: LEASE } });
  });
  afterAll(async () => {
    await day?.close();
    await redis?.end();
  });

  const queueIs = (state: string) =>
    until(`a queue that is ${state}`, async () => (await day.probe("/readyz")).body["queue"] === state);

  /** Everybody is served at once while the fault is on: the queue only carries work. */
  async function sellsThrough(fault: FaultAction, during: () => Promise<void>): Promise<number> {
    const before = day.shopping(FEW);
    await fault.begin();
    await during();
    const placed = [...(await before), ...(await day.shopping(FEW))];
    expect(placed.flatMap(({ told }) => told)).toEqual([]);
    await fault.end();
    await queueIs("up");
    return day.isWhole();
  }

  test("does what was in it, and loses nothing, when it is flushed under load", async () => {
    await sellsThrough(redisIsFlushed(redis), async () => {
      for (let flush = 0; flush < 20; flush++) {
        await day.checkOut();
        await redis.flush();
      }
    });
  });

  test("sells and hears the gateway while it is away, says so, and goes on when it comes back empty", async () => {
    await sellsThrough(redisEnds(redis), async () => {
      await queueIs("down");
      expect((await day.probe("/healthz")).status).toBe(200);
      expect((await day.probe("/readyz")).status).toBe(503);
      for (let round = 0; round < ROUNDS_WITHOUT; round++) await day.shopping(FEW);
    });
  });

  test("starts while it is away and works when it comes, and its processes end in order without it", async () => {
    await redis.end("SIGKILL");
    const exited = day.shop.exited("worker");
    await day.shop.end("worker");
    expect(await exited).toBe(0);
    await day.shop.begin("worker");
    const placed = await day.shopping(FEW);
    expect(placed.flatMap(({ told }) => told)).toEqual([]);
    await redis.begin();
    await day.isWhole();
  });
});
