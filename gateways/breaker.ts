import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from "cockatiel";

/** Codes of the network for a connection that nobody took: nothing was sent over it. */
const NOT_SENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

/** What asked for a connection, or for an address to connect to. The same codes may end a connection in use. */
const CONNECTING: ReadonlySet<unknown> = new Set(["connect", "getaddrinfo", undefined]);

/**
 * Whether a request that got no answer may have been taken by anybody.
 *
 * @param cause the network's own error
 */
export function wasSent(cause: unknown): boolean {
  const { code, syscall } = (cause ?? {}) as { code?: unknown; syscall?: unknown };
  return !(typeof code === "string" && NOT_SENT.has(code) && CONNECTING.has(syscall));
}

export interface Breaker {
  /** @throws BrokenCircuitError at once while nothing is let through, and while one call is out to see */
  readonly breaker: { execute<T>(work: () => Promise<T>): Promise<T> };
  /** For how long nothing is let through, in ms; 0 while it is closed, or when the next call is the one to see. */
  awayForMs(): number;
}

/**
 * After `failuresMax` failures in a row nothing is let through for `breakMs` milliseconds, and then one call to see.
 *
 * @param counts whether an error says something about the company
 */
export function createBreaker(options: {
  readonly failuresMax: number;
  readonly breakMs: number;
  readonly counts: (error: unknown) => boolean;
}): Breaker {
  const breaker = circuitBreaker(handleWhen(options.counts), {
    halfOpenAfter: options.breakMs,
    breaker: new ConsecutiveBreaker(options.failuresMax),
  });
  let opensAgainAt = 0;
  breaker.onBreak(() => {
    opensAgainAt = performance.now() + options.breakMs;
  });
  breaker.onReset(() => {
    opensAgainAt = 0;
  });
  // The call that is out to see may hang for as long as a call may: nobody waits for it.
  const isTrying = () => breaker.state === CircuitState.HalfOpen;
  return {
    breaker: {
      execute: async (work) => {
        if (isTrying()) throw new BrokenCircuitError();
        return breaker.execute(work);
      },
    },
    awayForMs: () => Math.max(isTrying() ? 1 : 0, Math.ceil(opensAgainAt - performance.now())),
  };
}
