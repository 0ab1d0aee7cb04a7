import { SHELVES } from "../../platform/uploads.ts";
import type { App } from "../app.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { DAY_MS, later, MINUTE_MS } from "../kernel/time.ts";

type PurgeApp = Pick<App, "db" | "clock" | "uploads">;

/** Who sent a proof and did not order within a day sends it again. */
const UNUSED_KEPT_MS = DAY_MS;
const BATCH = 100; // rows and files a round
/** A file is that old before it is missed in the table: its row is written within seconds. */
const UNFINISHED_MS = 60 * MINUTE_MS;

/** Rows first: a file whose row is gone is found below, a row whose file is gone would be a proof that is lost. */
async function removeUnused(app: PurgeApp): Promise<void> {
  const rows = await app.db.sql<{ id: string }>(
    `delete from uploads where id in
       (select id from uploads where payment_id is null and created_at < $1 order by created_at limit ${BATCH}
           for update skip locked)
     returning id`,
    [later(app.clock.now(), -UNUSED_KEPT_MS)],
  );
  killPoint("upload.rows-deleted");
  for (const { id } of rows) await app.uploads.remove(id);
}

/** Of one shelf a minute, so that all of them are looked at every four hours or so. */
async function removeStray(app: PurgeApp): Promise<void> {
  const now = app.clock.now();
  const shelf = Math.floor(now.getTime() / MINUTE_MS) % SHELVES;
  const ids = await app.uploads.listOlder(shelf, later(now, -UNFINISHED_MS));
  if (ids.length === 0) return;
  const rows = await app.db.sql<{ id: string }>("select id from uploads where id = any($1::uuid[])", [ids]);
  const known = new Set(rows.map(({ id }) => id));
  for (const id of ids) if (!known.has(id)) await app.uploads.remove(id);
}

/**
 * Removes the proofs that no payment shows within a day, and files that a process left when it ended. Harmless beside
 * another worker that does the same: what is gone is gone. A payment that takes a proof at that moment holds its row,
 * or finds it gone and is refused.
 */
export async function purgeUploads(app: PurgeApp): Promise<void> {
  await removeUnused(app);
  await removeStray(app);
}
