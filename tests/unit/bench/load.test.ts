import { expect, test } from "vitest";
import { percentile, runLoad } from "../../../bench/harness/load.ts";

const plan = { atOnce: 4, operations: 20, withinMs: 10_000, perSecond: null };
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test("a load runs each operation once, never more than its number at once", async () => {
  let [running, most, done] = [0, 0, 0];
  const { latenciesMs } = await runLoad(plan, async () => {
    most = Math.max(most, ++running);
    await turn();
    running -= 1;
    done += 1;
  });
  expect({ most, done, measured: latenciesMs.length }).toEqual({ most: 4, done: 20, measured: 20 });
  expect([...latenciesMs].sort((a, b) => a - b)).toEqual(latenciesMs);
});

test("a load ends when its time is over", async () => {
  const { latenciesMs } = await runLoad({ ...plan, operations: 1_000_000, withinMs: 20 }, turn);
  expect(latenciesMs.length).toBeLessThan(1_000_000);
});

test("an operation that fails ends the load with its reason", async () => {
  let done = 0;
  const failing = async () => {
    done += 1;
    await turn();
    if (done >= 6) throw new Error("sold out");
  };
  await expect(runLoad(plan, failing)).rejects.toThrow("sold out");
  expect(done).toBeLessThan(20);
});

test("what waits behind a slow operation counts from when it was due", async () => {
  const blockFor = (ms: number) => {
    const end = performance.now() + ms;
    while (performance.now() < end);
  };
  let n = 0;
  const firstIsSlow = async () => {
    if (n++ === 0) blockFor(60);
  };
  const { latenciesMs } = await runLoad({ atOnce: 1, operations: 4, withinMs: 10_000, perSecond: 1_000 }, firstIsSlow);
  expect(latenciesMs[0]).toBeGreaterThan(30);
});

test("percentiles are values that were measured", () => {
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
  expect([50, 95, 99].map((percent) => percentile(hundred, percent))).toEqual([50, 95, 99]);
  expect(percentile([7], 99)).toBe(7);
  expect(percentile([], 50)).toBeNaN();
});
