import { fileURLToPath } from "node:url";
import { Migrator } from "@mikro-orm/migrations";
import { defineConfig, MikroORM } from "@mikro-orm/postgresql";
import { DEFAULT_SCHEMA, runMigrations } from "bullmq";
import pg from "pg";
import { loadConfigOrExit } from "../platform/config.ts";

/** Any number that no other tool of ours uses: two starts at once must not both migrate. */
const MIGRATION_LOCK = 7_246_301;

/**
 * Brings the schema up to date: the shop's tables and the queue's. Safe to run at any time and by several at once.
 *
 * @returns the names of the migrations that ran
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const orm = new MikroORM(
    defineConfig({
      clientUrl: databaseUrl,
      entities: [],
      discovery: { warnWhenNoEntities: false }, // migrations are plain SQL and need no tables in the code
      extensions: [Migrator],
      migrations: {
        path: fileURLToPath(new URL("../migrations", import.meta.url)),
        glob: "Migration*.{js,ts}",
        snapshot: false,
        allOrNothing: true,
      },
    }),
  );
  try {
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    const done = await orm.migrator.up();
    await client.query(`create schema if not exists ${DEFAULT_SCHEMA}`);
    await runMigrations(client as never, DEFAULT_SCHEMA);
    return done.map((migration) => migration.name);
  } finally {
    await orm.close(true);
    await client.end();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = await migrate(loadConfigOrExit().databaseUrl);
  process.stdout.write(names.length === 0 ? "the schema is up to date\n" : `migrated: ${names.join(", ")}\n`);
}
