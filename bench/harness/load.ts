import { setTimeout as delay } from "node:timers/promises";

export interface LoadPlan {
  /** Operations under way together. */
  readonly atOnce: number;
  /** The load ends after so many, or when its time is over. */
  readonly operations: number;
  readonly withinMs: number;
  /**
   * Operations that fall due a second, however long each takes: its time then counts from when it was due, so that a
   * slow one is not hidden by those that wait behind it. null: the next begins when one has ended.
   */
  readonly perSecond: number | null;
}

export interface LoadResult {
  /** Of each operation, ms, ascending. */
  readonly latenciesMs: readonly number[];
  readonly seconds: number;
}

/**
 * Runs an operation over and over.
 *
 * @throws what an operation throws, once those under way have ended: a load with failures measures nothing
 */
export async function runLoad(plan: LoadPlan, operate: () => Promise<unknown>): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  const start = performance.now();
  const end = start + plan.withinMs;
  let begun = 0;
  let hasFailed = false;
  const lane = async () => {
    for (let n = begun++; n < plan.operations && performance.now() < end && !hasFailed; n = begun++) {
      const due = plan.perSecond === null ? performance.now() : start + (n * 1000) / plan.perSecond;
      const waitMs = due - performance.now();
      if (waitMs > 0) await delay(Math.ceil(waitMs));
      try {
        await operate();
      } catch (error) {
        hasFailed = true;
        throw error;
      }
      latenciesMs.push(performance.now() - due);
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: plan.atOnce }, lane));
  const failed = lanes.find((each) => each.status === "rejected");
  if (failed) throw failed.reason;
  const seconds = (performance.now() - start) / 1000;
  return { latenciesMs: latenciesMs.sort((a, b) => a - b), seconds };
}

/** The value that `percent` of the ascending values do not exceed (nearest rank); NaN of none. */
export function percentile(ascending: readonly number[], percent: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * ascending.length));
  return ascending[rank - 1] ?? Number.NaN;
}
