import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MESSAGE_HANDLERS } from "../../../domain/messages.ts";
import { handlers } from "../../../worker/handlers.ts";
import { backoffMs } from "../../../worker/runJob.ts";

describe("the pause before another try of a job", () => {
  test("doubles from half a second to ten minutes and stays there", () => {
    expect(Array.from({ length: 13 }, (_, attempt) => backoffMs(attempt, 0) / 1000)).toEqual([
      0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600,
    ]);
  });

  test("is at most a quarter longer, for any try and any spread, and never overflows", () => {
    const spread = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), spread, (attempt, by) => {
        const pause = backoffMs(attempt, by);
        expect(pause).toBeGreaterThanOrEqual(backoffMs(attempt, 0));
        expect(pause).toBeLessThanOrEqual(backoffMs(attempt, 0) * 1.25 + 1);
      }),
    );
  });

  test("lets a gateway be away for a day before a job is given up", () => {
    const day = Array.from({ length: 149 }, (_, attempt) => backoffMs(attempt, 0)).reduce(
      (sum, pause) => sum + pause,
      0,
    );
    expect(day).toBeGreaterThan(20 * 3_600_000);
    expect(day).toBeLessThan(36 * 3_600_000);
  });
});

test("every handler that a message names is there, and no other", () => {
  expect(Object.keys(handlers).sort()).toEqual([...new Set<string>(Object.values(MESSAGE_HANDLERS).flat())].sort());
});
