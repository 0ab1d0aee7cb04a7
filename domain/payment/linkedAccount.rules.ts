import { DAY_MS, HOUR_MS, later, MINUTE_MS, SECOND_MS } from "../kernel/time.ts";
import { isOverAccount, type LinkedAccountState } from "./linkedAccount.states.ts";
import { methodInfo } from "./methods.rules.ts";

/** What the wallet is called that can be linked. */
export const WALLET = methodInfo("GOPAY").label.id;

/** `+62812****7890`: enough for its owner to know it. */
export const maskPhone = (phone: string): string =>
  `${phone.slice(0, 6)}${"*".repeat(Math.max(0, phone.length - 10))}${phone.slice(-4)}`;

const FRESH_MS = 10 * MINUTE_MS;

/**
 * When to ask the gateway next, so that a link that was opened is known within seconds, and an account that its owner
 * ended in his app within a day, without any notification. null: it is over.
 */
export function nextAccountLook(state: LinkedAccountState, createdAt: Date, now: Date): Date | null {
  if (isOverAccount(state)) return null;
  if (state === "LINKED") return later(now, DAY_MS);
  if (state === "UNLINKING") return later(now, MINUTE_MS);
  if (now < later(createdAt, FRESH_MS)) return later(now, 10 * SECOND_MS);
  return later(now, now < later(createdAt, HOUR_MS) ? MINUTE_MS : HOUR_MS);
}
