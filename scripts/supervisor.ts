import { setTimeout as delay } from "node:timers/promises";
import { type ChildSpec, comesUp, lastLines, type RunningChild, startChild } from "./childProcess.ts";
import { StartRefused } from "./postgresProcess.ts";

export interface Service extends ChildSpec {
  /** What answers when it is up; null: up as soon as it runs. */
  readonly readyUrl: string | null;
}

export interface Supervised {
  /** Fulfilled when it answers for the first time; rejected with a StartRefused when it does not come up. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

/** A first start compiles caches and runs on a busy machine; beyond this something is wrong that the log tells. */
const READY_WITHIN_MS = 60_000;
/** A process that ended is started again after 0.5, 1, 2, 4 and 8 s; five ends within the window are one too many. */
const RESTARTS_MAX = 5;
const FIRST_DELAY_MS = 500;
const RESTART_WINDOW_MS = 10 * 60_000;
const LINES_SHOWN = 8;

function why(service: Service, ended: string): StartRefused {
  const said = lastLines(service.logFile, LINES_SHOWN);
  const where = service.logFile === null ? "" : `, see ${service.logFile}`;
  return new StartRefused(`${said ? `${said}\n` : ""}${service.name} ${ended}${where}`);
}

/**
 * Counts ends within the window.
 *
 * @returns the delay before the next try in ms, or null after the last one
 */
export function restartDelayMs(ends: number[], now: number): number | null {
  while (ends.length > 0 && now - (ends[0] as number) > RESTART_WINDOW_MS) ends.shift();
  ends.push(now);
  return ends.length > RESTARTS_MAX ? null : FIRST_DELAY_MS * 2 ** (ends.length - 1);
}

/**
 * Starts a service and keeps it running. An end before it was ever up is final, because nothing would differ the next
 * time; later ones are answered by a new start, a bounded number of times.
 *
 * @param onGivenUp called once, with what a person should read, when it ended too often
 */
export function supervise(service: Service, onGivenUp: (reason: StartRefused) => void): Supervised {
  const stopped = new AbortController();
  const ends: number[] = [];
  let child: RunningChild = startChild(service);

  const comeUp = async (): Promise<void> => {
    if (service.readyUrl === null || (await comesUp(child, service.readyUrl, READY_WITHIN_MS))) return;
    if (!stopped.signal.aborted) {
      throw why(service, child.hasExited() ? `ended with ${await child.exited}` : "does not answer");
    }
  };
  const keepRunning = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const ended = await child.exited;
      if (stopped.signal.aborted) return;
      const waitMs = restartDelayMs(ends, performance.now());
      if (waitMs === null) return onGivenUp(why(service, `ended ${ends.length} times, the last time with ${ended}`));
      await delay(waitMs, undefined, { signal: stopped.signal }).catch(() => undefined); // stopped meanwhile
      if (!stopped.signal.aborted) child = startChild(service);
    }
  };
  const ready = comeUp();
  void ready.then(keepRunning, () => undefined); // who awaits `ready` hears of the failure
  return {
    ready,
    async stop() {
      stopped.abort();
      await child.stop();
    },
  };
}
