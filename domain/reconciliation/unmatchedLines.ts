import type { Tx } from "../../platform/db.ts";
import { anyId } from "../../platform/sqlClient.ts";

export type LineTable = "settlement_lines" | "bank_lines";

/** Lines without a match that are looked at again when another file is done. */
const AGAIN_MAX = 2_000;

const SUBJECT: Readonly<Record<LineTable, string>> = { settlement_lines: "line:", bank_lines: "bank:" };
const KINDS = "('MISSING_HERE', 'ORPHAN_MONEY', 'UNMATCHED')";

const toldOf = (table: LineTable): string => `d.kind in ${KINDS} and d.subject = '${SUBJECT[table]}' || l.id`;

/**
 * Whether two people have booked an unmatched line `l` by hand, whatever became of what it was told of as. Two looks,
 * because what is open and what has ended have an index each.
 */
export const isAdjusted = (table: LineTable): string => {
  const booked =
    "exists (select from ledger_adjustments a where a.discrepancy_id = d.id and a.approved_by is not null)";
  return `
    case when l.state = 'UNMATCHED'
         then exists (select from discrepancies d
                       where ${toldOf(table)} and d.resolved_at is not null and (d.action = 'ADJUST' or ${booked}))
              or exists (select from discrepancies d where ${toldOf(table)} and d.resolved_at is null and ${booked})
         else false end`;
};

const pick = (table: LineTable): string => `
  select l.id from ${table} l
   where l.state = 'UNMATCHED'
     and not exists (select from discrepancies d
                      where ${toldOf(table)} and d.resolved_at is not null and d.action = 'DISMISS')
   order by l.matched_at nulls first, l.id limit $1`;

// Who approves an adjustment for one of them waits until it is known whether there is still something to adjust.
const hold = (table: LineTable): string => `
  select from discrepancies d join ${table} l on ${toldOf(table)}
   where l.id = ${anyId(1)} and d.resolved_at is null order by d.id for update of d`;

/**
 * Lines that nothing was known for, and that nobody dismissed: those that waited longest for another look, so that each
 * has its turn however many they are. What they are told of as is locked until the transaction ends.
 *
 * @param max so many at most
 */
export async function unmatchedLines(tx: Tx, table: LineTable, max = AGAIN_MAX): Promise<string[]> {
  const rows = await tx.sql<{ id: string }>(pick(table), [max]);
  const ids = rows.map(({ id }) => id);
  if (ids.length > 0) await tx.sql(hold(table), [ids]);
  return ids;
}
