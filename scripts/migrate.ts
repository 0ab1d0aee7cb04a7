import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Migrator } from "@mikro-orm/migrations";
import { defineConfig, MikroORM } from "@mikro-orm/postgresql";
import { DEFAULT_SCHEMA, runMigrations } from "bullmq";
import pg from "pg";
import { loadConfigOrExit } from "../platform/config.ts";
import { MIGRATION_LOCK } from "../platform/migrationLock.ts";

const FOLDER = fileURLToPath(new URL("../migrations", import.meta.url));

/** The migrations that this code has, by the names under which a database remembers them. */
export const knownMigrations = (): string[] =>
  readdirSync(FOLDER)
    .filter((file) => /^Migration\w+\.(js|ts)$/.test(file))
    .map((file) => path.parse(file).name)
    .sort();

/**
 * Brings the schema up to date: the shop's tables and the queue's. Safe to run at any time and by several at once.
 *
 * @param only no other migrations than these: the schema as it was when a backup was taken
 * @returns the names of the migrations that ran
 */
export async function migrate(databaseUrl: string, only?: readonly string[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const orm = new MikroORM(
    defineConfig({
      clientUrl: databaseUrl,
      entities: [],
      discovery: { warnWhenNoEntities: false }, // migrations are plain SQL and need no tables in the code
      extensions: [Migrator],
      migrations: {
        path: FOLDER,
        glob: "Migration*.{js,ts}",
        snapshot: false,
        allOrNothing: true,
      },
    }),
  );
  try {
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    const done = await orm.migrator.up(only && { migrations: [...only] });
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
