import type { Tx } from "../../platform/db.ts";

/** "day" in ASCII: with the number of a day a pair that nothing else in the shop locks. */
const SPACE = 0x64_61_79;

const NUMBER = "$1::date - date '2000-01-01'";

/**
 * Waits until whoever is putting something on a day's record has done so, and lets nobody begin to until the
 * transaction ends. It comes before the lock of the day's run.
 */
export async function lockDay(tx: Tx, day: string): Promise<void> {
  await tx.sql(`select pg_advisory_xact_lock(${SPACE}, ${NUMBER})`, [day]);
}

/**
 * Holds off the sign-off of a day until the transaction ends: of two that do not see one another's rows yet, one would
 * find the day open and the other find nothing open of it. Any number may hold it.
 */
export async function shareDay(tx: Tx, day: string): Promise<void> {
  await tx.sql(`select pg_advisory_xact_lock_shared(${SPACE}, ${NUMBER})`, [day]);
}
