import { SEALED_COLUMNS, type SealedColumn } from "../domain/kernel/sealedColumns.ts";
import { type Db, inTransaction } from "../platform/db.ts";
import type { Sealer } from "../platform/secrets.ts";

const BATCH = 500; // rows of one transaction: bodies of up to 32 kB, and locks that nobody feels
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

interface SealedRow {
  readonly id: string;
  readonly sealed: string;
}

/** One batch after `afterId`. Returns the last id that was read, null at the end of the table. */
async function rotateBatch(
  db: Db,
  sealer: Sealer,
  place: SealedColumn,
  afterId: string,
): Promise<{ lastId: string; moved: number } | null> {
  const { table, column, context } = place;
  const rows = await db.sql<SealedRow>(
    `select id, ${column} as sealed from ${table} where id > $1 and ${column} is not null order by id limit ${BATCH}`,
    [afterId],
  );
  const last = rows[rows.length - 1];
  if (!last) return null;
  const stale = rows.filter((row) => sealer.isStale(row.sealed));
  if (stale.length > 0) {
    const sealedAnew = stale.map((row) => sealer.seal(sealer.open(row.sealed, context), context));
    await inTransaction(db, (tx) =>
      tx.sql(
        `update ${table} as t set ${column} = n.sealed
           from unnest($1::uuid[], $2::text[], $3::text[]) as n(id, old, sealed)
          where t.id = n.id and t.${column} = n.old`,
        [stale.map((row) => row.id), stale.map((row) => row.sealed), sealedAnew],
      ),
    );
  }
  return { lastId: last.id, moved: stale.length };
}

/**
 * Seals every sealed column anew under the newest key. What is under it already is left alone, so a run that was cut
 * off is simply started again, and a second one changes nothing.
 *
 * @returns how many texts were sealed anew
 * @throws Error for a text that no key opens: nothing after it was changed
 */
export async function rotateSealed(db: Db, sealer: Sealer): Promise<number> {
  let moved = 0;
  for (const place of SEALED_COLUMNS) {
    let afterId = FIRST_ID;
    for (
      let batch = await rotateBatch(db, sealer, place, afterId);
      batch;
      batch = await rotateBatch(db, sealer, place, afterId)
    ) {
      moved += batch.moved;
      afterId = batch.lastId;
    }
  }
  return moved;
}
