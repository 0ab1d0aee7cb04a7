import { createHash } from "node:crypto";
import type { Limit } from "../../platform/rateLimits.ts";
import { DAY_MS, MINUTE_MS } from "../kernel/time.ts";

/** Wrong passwords in 15 minutes from one address, over all accounts: one who tries many accounts. */
const ADDRESS_FAILURES_MAX = 30;
/** Wrong passwords in 15 minutes for one account, over all addresses that it is not known by: many who try one. */
const ACCOUNT_FAILURES_MAX = 10;
/** Wrong passwords in 15 minutes for one account from one address it is known by: its owner, who has forgotten it. */
const KNOWN_FAILURES_MAX = 10;
const WINDOW_MS = 15 * MINUTE_MS;

/** How long after a sign-in its address is known. */
export const ADDRESS_KNOWN_MS = 90 * DAY_MS;

/**
 * What a try to sign in takes a point from, and gets it back by the right password. An address that the account was
 * signed in from has a counter of its own: whatever strangers do, they cannot use up the owner's tries.
 */
export function signInLimits(emailKey: string, address: string, isKnown: boolean): readonly Limit[] {
  const account = createHash("sha256").update(emailKey).digest("base64url");
  return [
    { key: `signIn:address:${address}`, points: ADDRESS_FAILURES_MAX, windowMs: WINDOW_MS },
    isKnown
      ? { key: `signIn:known:${account}:${address}`, points: KNOWN_FAILURES_MAX, windowMs: WINDOW_MS }
      : { key: `signIn:account:${account}`, points: ACCOUNT_FAILURES_MAX, windowMs: WINDOW_MS },
  ];
}
