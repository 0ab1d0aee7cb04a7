import { type CircuitBreakerPolicy, ConsecutiveBreaker, circuitBreaker, handleWhen } from "cockatiel";

/** Codes of the network for a connection that nobody took: nothing was sent over it. */
export const NOT_SENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

export interface Breaker {
  readonly breaker: CircuitBreakerPolicy;
  /** For how long nothing is let through, in ms; 0 while it is closed. */
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
  return { breaker, awayForMs: () => Math.max(0, Math.ceil(opensAgainAt - performance.now())) };
}
