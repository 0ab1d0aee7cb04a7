import pg from "pg";
import { restoreBackup } from "../../../platform/restoreBackup.ts";
import type { DataKey } from "../../../platform/secrets.ts";
import { verifyBackup } from "../../../platform/takeBackup.ts";
import { knownMigrations, migrate } from "../../../scripts/migrate.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

async function asAdmin(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A database without a single table, and the URL of a user who owns it and has no other right on the server. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  const owned = new URL(database.url);
  const owner = `${owned.pathname.slice(1)}_owner`;
  await asAdmin(
    database.url,
    "drop schema public cascade",
    "drop schema if exists bullmq cascade",
    `create role ${owner} login password 'owner'`,
    `alter database ${owned.pathname.slice(1)} owner to ${owner}`,
    `create schema public authorization ${owner}`,
  );
  [owned.username, owned.password] = [owner, "owner"];
  return {
    url: owned.href,
    async drop() {
      await database.drop();
      await asAdmin(process.env["LUNAS_TEST_ADMIN_URL"] as string, `drop role ${owner}`);
    },
  };
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
