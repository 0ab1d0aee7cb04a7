import pg from "pg";
import { restoreBackup } from "../../../platform/restoreBackup.ts";
import type { DataKey } from "../../../platform/secrets.ts";
import { verifyBackup } from "../../../platform/takeBackup.ts";
import { knownMigrations, migrate } from "../../../scripts/migrate.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

/** A database without a single table. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query("drop schema public cascade; create schema public; drop schema if exists bullmq cascade");
  await client.end();
  return database;
}

export interface Target {
  readonly file: string;
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly dataKeys: readonly DataKey[];
}

/** Proves a backup and brings it into an empty database, as the command does. */
export async function restoreInto(target: Target): Promise<Awaited<ReturnType<typeof verifyBackup>>> {
  const found = await verifyBackup(target.file, target.dataKeys);
  const migrateTo = async (names: readonly string[]) => void (await migrate(target.databaseUrl, names));
  await restoreBackup({ ...target, found, known: knownMigrations(), migrateTo });
  return found;
}
