import { HOUR_MS } from "../kernel/time.ts";

/** The open alert of a challenge that nobody answers; its subject is the payment's number. */
export const CHALLENGE_UNANSWERED = "CHALLENGE_UNANSWERED";
/** The gateway cancels it the next afternoon: this leaves people half a day of work to look at it. */
export const CHALLENGE_PATIENCE_MS = 4 * HOUR_MS;
