import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import type { TableShape, TableSum } from "./backupRecords.ts";

/** MikroORM's list of what has run: it is made by the migrations themselves, and recorded as the backup's level. */
const MIGRATIONS_TABLE = "mikro_orm_migrations";

/** As text, every server from PostgreSQL 14 on writes and reads the same under these, whatever its own settings. */
const SESSION = `
  set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set extra_float_digits = 3;
  set bytea_output = 'hex'; set client_encoding = 'UTF8'; set statement_timeout = 0; set lock_timeout = '30s';
  set idle_in_transaction_session_timeout = 0`;

const quoted = (name: string): string => pg.escapeIdentifier(name);

/** A connection of its own for minutes of copying, with the settings under which texts are compared. */
export async function connectForCopy(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: "lunas backup" });
  client.on("error", () => undefined); // the statement under way, or the next one, rejects by itself
  await client.connect();
  await client.query(SESSION);
  return client;
}

const LIST_TABLES = `
  select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
   where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relpersistence = 'p'
     and c.relname <> '${MIGRATIONS_TABLE}'
     and not exists (select from pg_depend d
                      where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.deptype = 'e')
   group by c.relname order by c.relname`;

/**
 * The shop's tables. Left out: what PostgreSQL itself forgets in a crash (unlogged), what an extension brought, and the
 * queue, which has a schema of its own and only carries work that the outbox offers again.
 */
export async function listTables(client: pg.Client): Promise<TableShape[]> {
  const { rows } = await client.query<TableShape>(LIST_TABLES);
  return rows;
}

/**
 * Holds the tables' shape for a transaction, before its first look: a table that is rewritten after that would seem
 * empty to it. Reading and writing go on.
 */
export async function lockTables(client: pg.Client, tables: readonly TableShape[]): Promise<void> {
  await client.query(`lock table ${tables.map(({ name }) => quoted(name)).join(", ")} in access share mode`);
}

/** The migrations that have run, by name; none where nothing was ever migrated. */
export async function readLevel(client: pg.Client): Promise<string[]> {
  const { rows: found } = await client.query("select to_regclass($1) is not null as is_there", [MIGRATIONS_TABLE]);
  if (!found[0]?.is_there) return [];
  const { rows } = await client.query<{ name: string }>(`select name from ${MIGRATIONS_TABLE} order by name`);
  return rows.map(({ name }) => name);
}

const columnsOf = ({ columns }: TableShape): string => columns.map(quoted).join(", ");

/** How many rows a table has, and their sum, as this connection sees them. */
export async function sumTable(client: pg.Client, table: TableShape): Promise<Pick<TableSum, "rows" | "rowSum">> {
  const hash = `encode(sha256(convert_to(row(${columnsOf(table)})::text, 'UTF8')), 'hex')`;
  const { rows } = await client.query<{ rows: number; rowSum: string }>(
    `select count(*)::float8 as rows, coalesce(sum(('x' || left(${hash}, 15))::bit(60)::bigint), 0)::text as "rowSum"
       from ${quoted(table.name)}`,
  );
  return rows[0] as { rows: number; rowSum: string };
}

/** Removes what the migrations themselves have put into the tables: the backup has it, too, as it was. */
export async function emptyTables(client: pg.Client, tables: readonly TableShape[]): Promise<void> {
  await client.query(`truncate ${tables.map(({ name }) => quoted(name)).join(", ")}`);
}

/** Small parts of rows are written as one of this size: fewer records, and better compressed. */
const PART_BYTES = 64 * 1024;

/** A table's rows in COPY's text format, a part at a time. */
export async function* copyOut(client: pg.Client, table: TableShape): AsyncGenerator<Buffer> {
  const source = client.query(copyTo(`copy ${quoted(table.name)} (${columnsOf(table)}) to stdout`));
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const part of source as AsyncIterable<Buffer>) {
    held.push(part);
    bytes += part.length;
    if (bytes < PART_BYTES) continue;
    yield Buffer.concat(held);
    [held, bytes] = [[], 0];
  }
  if (bytes > 0) yield Buffer.concat(held);
}

/** Copies rows in; answers when PostgreSQL has all of them. */
export async function copyIn(client: pg.Client, table: TableShape, parts: AsyncIterable<Buffer>): Promise<void> {
  await pipeline(parts, client.query(copyFrom(`copy ${quoted(table.name)} (${columnsOf(table)}) from stdin`)));
}

/** The digest and size of what is copied, while it is copied. */
export function createTally() {
  const hash = createHash("sha256");
  let bytes = 0;
  return {
    add(part: Buffer) {
      hash.update(part);
      bytes += part.length;
    },
    end: () => ({ bytes, sha256: hash.digest("hex") }),
  };
}

interface Constraint {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

const FOREIGN_KEYS = `
  select c.relname as table, k.conname as name, pg_get_constraintdef(k.oid) as definition
    from pg_constraint k join pg_class c on c.oid = k.conrelid
   where k.contype = 'f' and k.connamespace = current_schema()::regnamespace order by c.relname, k.conname`;

const TRIGGERS = `
  select c.relname as table, t.tgname as name,
         case t.tgenabled when 'A' then 'always ' when 'R' then 'replica ' else '' end as how
    from pg_trigger t join pg_class c on c.oid = t.tgrelid
   where not t.tgisinternal and t.tgenabled <> 'D' and c.relnamespace = current_schema()::regnamespace`;

/**
 * Runs `load` while no foreign key and no trigger looks at single rows, which are checked against rows that are not
 * there yet. Foreign keys are made anew after it, and so are checked over all rows. Needs no superuser, only the
 * tables' owner, inside an open transaction.
 */
export async function withoutRowChecks(client: pg.Client, load: () => Promise<void>): Promise<void> {
  const { rows: keys } = await client.query<Constraint>(FOREIGN_KEYS);
  const { rows: triggers } = await client.query<{ table: string; name: string; how: string }>(TRIGGERS);
  for (const { table, name } of keys) {
    await client.query(`alter table ${quoted(table)} drop constraint ${quoted(name)}`);
  }
  for (const { table, name } of triggers) {
    await client.query(`alter table ${quoted(table)} disable trigger ${quoted(name)}`);
  }
  await load();
  for (const { table, name, how } of triggers) {
    await client.query(`alter table ${quoted(table)} enable ${how}trigger ${quoted(name)}`);
  }
  for (const { table, name, definition } of keys) {
    await client.query(`alter table ${quoted(table)} add constraint ${quoted(name)} ${definition}`);
  }
}

/** How far each sequence is, identity columns' included; null where it was never asked. */
export async function readSequences(client: pg.Client): Promise<{ name: string; last: number | null }[]> {
  const { rows } = await client.query<{ name: string; last: number | null }>(
    `select s.sequencename as name, s.last_value::float8 as last from pg_sequences s
      where s.schemaname = current_schema()
        and s.sequencename not in (select c.relname from pg_class c
                                    join pg_depend d on d.objid = c.oid and d.deptype in ('a', 'i')
                                    join pg_class t on t.oid = d.refobjid
                                   where c.relkind = 'S'
                                     and (t.relname = '${MIGRATIONS_TABLE}' or t.relpersistence <> 'p'))
      order by s.sequencename`,
  );
  return rows;
}

/**
 * Numbers that a restored sequence leaps over. The lost window has given out numbers that customers, the gateway and a
 * queue still know: none of them may name something new. More than a shop gives out in the longest window.
 */
const SEQUENCE_LEAP = 1_000_000;

/** Sets sequences a leap behind where they were. */
export async function leapSequences(
  client: pg.Client,
  sequences: readonly { readonly name: string; readonly last: number | null }[],
): Promise<void> {
  for (const { name, last } of sequences) {
    await client.query(
      `select setval(format('%I.%I', schemaname, sequencename)::regclass, least(max_value, $2::bigint))
         from pg_sequences where schemaname = current_schema() and sequencename = $1`,
      [name, (last ?? 0) + SEQUENCE_LEAP],
    );
  }
}
