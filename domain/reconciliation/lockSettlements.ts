import type { Tx } from "../../platform/db.ts";

/** "settle" in ASCII: one number for the whole shop, which nothing else locks. */
const LOCK = 0x73_65_74_74;

/**
 * Lets one transaction at a time match and judge settlements, in whatever process: two lines of one payment that are
 * matched at once would not see one another. It ends with the transaction.
 */
export async function lockSettlements(tx: Tx): Promise<void> {
  await tx.sql("select pg_advisory_xact_lock($1)", [LOCK]);
}

/** The same without waiting. @returns whether nobody else holds it */
export async function tryLockSettlements(tx: Tx): Promise<boolean> {
  const [row] = await tx.sql<{ isOurs: boolean }>("select pg_try_advisory_xact_lock($1) as is_ours", [LOCK]);
  return row?.isOurs === true;
}
