import { AsyncLocalStorage } from "node:async_hooks";
import { type Logger, pino } from "pino";
import { redact } from "./redact.ts";

export type Log = Logger;

interface Work {
  readonly requestId: string;
}
const work = new AsyncLocalStorage<Work>();

/** Runs `fn` as part of the request with this id: its log lines, outbox rows and their jobs carry it. */
export function withRequestId<T>(requestId: string, fn: () => T): T {
  return work.run({ requestId }, fn);
}

/** The request that the running code works for; null outside one. */
export const currentRequestId = (): string | null => work.getStore()?.requestId ?? null;

/** JSON lines on stdout; every object is redacted before it is written. */
export function createLog(level: string, process: string): Log {
  return pino({
    level,
    base: { process, pid: globalThis.process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: () => {
      const requestId = currentRequestId();
      return requestId ? { requestId } : {};
    },
    formatters: {
      level: (label) => ({ level: label }),
      log: (fields) => redact(fields) as Record<string, unknown>,
    },
    // redact() has made plain data of errors already.
    serializers: {},
  });
}
