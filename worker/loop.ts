import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../platform/log.ts";

export interface Loop {
  /** Starts no further round and waits for the one that runs. */
  stop(): Promise<void>;
}

const FAILED_PAUSE_MS = 1_000; // a database that is away must not be asked without a pause

/** Runs `work` again and again, with a pause between rounds, until it is stopped. A round that fails is logged. */
export function startLoop(log: Log, name: string, pauseMs: number, work: () => Promise<unknown>): Loop {
  const stopping = new AbortController();
  const run = async () => {
    while (!stopping.signal.aborted) {
      let pause = pauseMs;
      try {
        await work();
      } catch (error) {
        log.warn({ err: error, loop: name }, "a round failed");
        pause = Math.max(pauseMs, FAILED_PAUSE_MS);
      }
      await delay(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const done = run();
  return {
    async stop() {
      stopping.abort();
      await done;
    },
  };
}
