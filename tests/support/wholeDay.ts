import { setTimeout as delay } from "node:timers/promises";
import { DAY_MS, dayInJakarta, later, startOfJakartaDay } from "../../domain/kernel/time.ts";

/**
 * For tests whose purchases and looks must be of one day in Jakarta: answers when at least so much of the day is left,
 * which is at once but for the last moments before midnight.
 *
 * @param neededMs what the test takes on a busy machine; its own limit allows for as much besides
 */
export async function dayIsLongEnough(neededMs: number): Promise<void> {
  const now = new Date();
  const leftMs = startOfJakartaDay(dayInJakarta(later(now, DAY_MS))).getTime() - now.getTime();
  if (leftMs < neededMs) await delay(leftMs);
}
