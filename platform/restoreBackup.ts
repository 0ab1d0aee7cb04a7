import { isDeepStrictEqual } from "node:util";
import type pg from "pg";
import { BackupRefused } from "./backupContainer.ts";
import { uploadsIn, writeUpload } from "./backupFiles.ts";
import {
  type BackupEnd,
  type BackupStart,
  createRecordWalk,
  type RecordWalk,
  readRecords,
  type TableShape,
} from "./backupRecords.ts";
import {
  connectForCopy,
  copyIn,
  emptyTables,
  leapSequences,
  listTables,
  readLevel,
  sumTable,
  withoutRowChecks,
} from "./backupTables.ts";
import type { DataKey } from "./secrets.ts";

/** Stands in a database from a restore's first write to its last: what is there besides may be thrown away. */
const UNDER_WAY = "restore_under_way";

/** A restore that was cut off leaves no accounts: they come in with all other rows, in one transaction. */
async function hasAccounts(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>("select to_regclass('users') is not null as there");
  if (!rows[0]?.there) return false;
  const found = await client.query("select from users limit 1");
  return found.rowCount === 1;
}

/**
 * Takes a database for a restore: one without a single table, or one in which a restore was cut off and nobody has
 * begun to use what there is.
 *
 * @param level the migrations of the backup
 * @throws BackupRefused DATABASE_NOT_EMPTY, and nothing was written
 */
async function claimEmpty(client: pg.Client, level: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ tables: number; isUnderWay: boolean }>(
    `select count(*)::integer as tables, to_regclass($1) is not null as "isUnderWay" from pg_class c
      where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
        and not exists (select from pg_depend d
                         where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.deptype = 'e')`,
    [UNDER_WAY],
  );
  const [{ tables, isUnderWay } = { tables: 0, isUnderWay: false }] = rows;
  if (tables > 0 && !isUnderWay) {
    throw new BackupRefused("DATABASE_NOT_EMPTY", `${tables} tables are there: a backup goes into a new database only`);
  }
  if (isUnderWay && (await hasAccounts(client))) {
    const why = "a restore was cut off here, and a shop has been started on what it left: make a new database";
    throw new BackupRefused("DATABASE_NOT_EMPTY", why);
  }
  const beyond = (await readLevel(client)).filter((name) => !level.includes(name));
  if (beyond.length > 0) {
    const why = `another backup's restore was cut off here, with ${beyond[0]}: make a new database`;
    throw new BackupRefused("DATABASE_NOT_EMPTY", why);
  }
  await client.query(`create table if not exists ${UNDER_WAY} ()`);
}

const shapesOf = (tables: readonly TableShape[]) =>
  Object.fromEntries(tables.map(({ name, columns }) => [name, [...columns].sort()]));

async function assertSameShape(client: pg.Client, { tables }: BackupEnd): Promise<void> {
  const own = shapesOf((await listTables(client)).filter(({ name }) => name !== UNDER_WAY));
  const theirs = shapesOf(tables);
  if (isDeepStrictEqual(own, theirs)) return;
  const names = new Set([...Object.keys(own), ...Object.keys(theirs)]);
  const odd = [...names].filter((name) => !isDeepStrictEqual(own[name], theirs[name])).join(", ");
  throw new BackupRefused("SCHEMA_DIFFERS", `the backup and the migrations disagree about ${odd}`);
}

/** Copies everything in, in the file's order. @returns uploads that were there already and stayed */
async function load(client: pg.Client, walk: RecordWalk, uploads: string): Promise<number> {
  let kept = 0;
  for (let record = await walk.next(); record.type !== "end"; record = await walk.next()) {
    if (record.type === "table") await copyIn(client, record.table, walk.data());
    else if (record.type === "file") kept += (await writeUpload(uploads, record.path, walk.data())) ? 0 : 1;
  }
  await walk.finish();
  return kept;
}

/** @throws BackupRefused SUMS_DIFFER where a table does not hold what it held */
async function assertSums(client: pg.Client, { tables }: BackupEnd): Promise<void> {
  for (const table of tables) {
    const { rows, rowSum } = await sumTable(client, table);
    if (rows === table.rows && rowSum === table.rowSum) continue;
    throw new BackupRefused("SUMS_DIFFER", `${table.name} has ${rows} rows, sum ${rowSum}, and not as it was`);
  }
}

export interface RestorePlan {
  readonly file: string;
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly dataKeys: readonly DataKey[];
  /** What verifyBackup found in the file. */
  readonly found: { readonly start: BackupStart; readonly end: BackupEnd };
  /** The migrations that this code knows. */
  readonly known: readonly string[];
  /** Runs these migrations, where they have not run, and no others. */
  readonly migrateTo: (names: readonly string[]) => Promise<void>;
}

/**
 * Brings a proven backup into an empty database, and its uploads below DATA_DIR: the schema as it was, then all rows in
 * one transaction, which is committed only if every table's count and sum are what they were. Sequences go on a leap
 * behind what the lost window may have given out. A restore that was cut off is begun again; it never stays half.
 *
 * @returns uploads that were there already and stayed as they are
 * @throws BackupRefused
 */
export async function restoreBackup(plan: RestorePlan): Promise<{ uploadsKept: number }> {
  const { start, end } = plan.found;
  const unknown = start.level.filter((name) => !plan.known.includes(name));
  if (unknown.length > 0) {
    throw new BackupRefused("BACKUP_NEWER", `this version does not know the migration ${unknown[0]}: use a newer one`);
  }
  const client = await connectForCopy(plan.databaseUrl);
  const walk = createRecordWalk(readRecords(plan.file, plan.dataKeys));
  try {
    await claimEmpty(client, start.level);
    await plan.migrateTo(start.level);
    await assertSameShape(client, end);
    let uploadsKept = 0;
    await client.query("begin");
    const first = await walk.next();
    if (!isDeepStrictEqual(first, { type: "start", start })) {
      throw new BackupRefused("BACKUP_DAMAGED", "the file has changed since it was proven");
    }
    await withoutRowChecks(client, async () => {
      await emptyTables(client, end.tables);
      uploadsKept = await load(client, walk, uploadsIn(plan.dataDir));
    });
    await assertSums(client, end);
    await leapSequences(client, start.sequences);
    await client.query(`drop table ${UNDER_WAY}`);
    await client.query("commit");
    await client.query("analyze");
    return { uploadsKept };
  } finally {
    await walk.close();
    await client.end();
  }
}
