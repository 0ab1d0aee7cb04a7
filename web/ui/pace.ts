const FAST_MS = 2_000;
/** How long a person is likely to wait with the page in view before a slower pace does. */
const FAST_FOR_MS = 60_000;
const GROWTH = 1.5;
/** Past this a webhook or the server's own poll has long been the faster way. */
const SLOWEST_MS = 15_000;

/** The pause before the next look at a payment, in milliseconds: 2 s for a minute, then growing to 15 s. */
export function nextPause(watchedMs: number, previousPause: number): number {
  if (watchedMs < FAST_FOR_MS) return FAST_MS;
  return Math.min(SLOWEST_MS, Math.round(previousPause * GROWTH));
}
