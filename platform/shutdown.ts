import type { Log } from "./log.ts";

/** Longer than any request or job may take to end; then the process goes anyway, and what it held is taken over. */
const LIMIT_MS = 15_000;

/**
 * Ends this process in order on SIGTERM, SIGINT, or when the process that started it is gone (its IPC channel closes).
 * `end` runs once; a second signal, or `end` taking too long, ends the process at once.
 */
export function onShutdown(log: Log, end: () => Promise<void>): void {
  let isEnding = false;
  const stop = (why: string) => {
    if (isEnding) process.exit(1);
    isEnding = true;
    log.info({ why }, "shutting down");
    setTimeout(() => {
      log.error("the shutdown took too long");
      process.exit(1);
    }, LIMIT_MS).unref();
    end().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, "the shutdown failed");
        process.exit(1);
      },
    );
  };
  process.once("SIGTERM", () => stop("SIGTERM"));
  process.once("SIGINT", () => stop("SIGINT"));
  if (process.send) process.once("disconnect", () => stop("the starting process is gone"));
}
