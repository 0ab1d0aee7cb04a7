import { setTimeout as delay } from "node:timers/promises";

/** What others may take on a machine that is busy beyond reason: only a test that fails waits so long. */
export const PATIENCE_MS = 180_000;
const LOOK_EVERY_MS = 50;

/**
 * Waits for something that others do, and answers what the look found.
 *
 * @throws Error with `what` when it has not happened within `PATIENCE_MS`
 */
export async function until<T>(what: string, look: () => Promise<T | null | false | undefined>): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > end) throw new Error(`it did not happen: ${what}`);
    await delay(LOOK_EVERY_MS);
  }
}
