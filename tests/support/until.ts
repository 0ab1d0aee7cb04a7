import { setTimeout as delay } from "node:timers/promises";

/** What others may take on a machine that is busy beyond reason: only a test that fails waits so long. */
export const PATIENCE_MS = 180_000;
const LOOK_EVERY_MS = 50;

/**
 * What GATEWAY_TIMEOUT is where a gateway hangs: such a test waits as long, and every answer that does come must come
 * within it, on a busy machine too.
 */
export const HANG_LIMIT_MS = 1_500;
export const HANG_LIMIT = `${HANG_LIMIT_MS}ms`;

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
