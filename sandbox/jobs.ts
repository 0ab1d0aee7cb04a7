import type { Clock } from "./clock.ts";

/** Alarms by name. They are derived from stored state and set again on start, so none needs storing itself. */
export interface Jobs {
  /** Runs `run` at the real moment `at` (ms); an earlier alarm of the same name is replaced. */
  set(name: string, at: number, run: () => void | Promise<void>): void;
  clear(name: string): void;
  /** Resolves when no job is running at the moment. */
  idle(): Promise<void>;
  /** Cancels all alarms and waits for the jobs that are running. */
  stop(): Promise<void>;
}

/** Alarms on the given clock. A job that throws is reported to `onError` and costs nobody else anything. */
export function createJobs(clock: Clock, onError: (name: string, error: unknown) => void): Jobs {
  const cancels = new Map<string, () => void>();
  const running = new Set<Promise<void>>();
  let stopped = false;

  const clear = (name: string): void => {
    cancels.get(name)?.();
    cancels.delete(name);
  };

  const start = (name: string, run: () => void | Promise<void>): void => {
    cancels.delete(name);
    const work: Promise<void> = (async () => run())()
      .catch((error: unknown) => onError(name, error))
      .finally(() => running.delete(work));
    running.add(work);
  };

  const idle = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running);
  };

  return {
    set: (name, at, run) => {
      clear(name);
      if (!stopped)
        cancels.set(
          name,
          clock.after(at - clock.now(), () => start(name, run)),
        );
    },
    clear,
    idle,
    stop: async () => {
      stopped = true;
      for (const name of [...cancels.keys()]) clear(name);
      await idle();
    },
  };
}
