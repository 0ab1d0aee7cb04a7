import type { Logger } from "pino";
import { type Clock, realMoment, simulated } from "./clock.ts";
import type { SandboxConfig } from "./config.ts";
import type { Jobs } from "./jobs.ts";
import type { Store } from "./store.ts";

/** What every part of the sandbox works with. */
export interface Sandbox {
  config: SandboxConfig;
  clock: Clock;
  /** From 0 to 1, for the shift of retries; tests fix it. */
  random: () => number;
  log: Logger;
  store: Store;
  jobs: Jobs;
  /** Where browsers reach the sandbox, without a slash at the end. */
  url(): string;
  /** Ends what is under way towards the shop when the sandbox closes. */
  closing: AbortSignal;
  /** Runs one delivery, a bounded number at a time. */
  sending: Gate;
}

export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/** Lets `limit` pieces of work run at once; the rest wait in turn. */
export function createGate(limit: number): Gate {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}

/** The simulated moment, in ms, of the line that something born at `born` lives on. */
export const momentOf = ({ clock, config }: Sandbox, born: number): number =>
  simulated(born, clock.now(), config.timeScale);

/** The real moment, in ms, at which that line reaches the simulated `at`. */
export const dueAt = ({ config }: Sandbox, born: number, at: number): number => realMoment(born, at, config.timeScale);
