import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { COMPILE_CACHE } from "../../scripts/compileCache.ts";
import { startDatabase } from "../../scripts/embeddedPostgres.ts";
import { SHOP_TEMPLATE, TEMPLATE_DATABASE } from "./database.ts";
import { startRedis } from "./redis.ts";

/** From dist/tests/support, where this runs. */
const migrateScript = fileURLToPath(new URL("../../scripts/migrate.js", import.meta.url));

async function startTemplate(dir: string): Promise<{ adminUrl: string; stop(): Promise<void> }> {
  const own = process.env["TEST_DATABASE_URL"] ? null : await startDatabase(dir, { fast: true });
  const adminUrl = own?.url ?? (process.env["TEST_DATABASE_URL"] as string);
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  // A server that was given may have those of another run.
  for (const left of [TEMPLATE_DATABASE, SHOP_TEMPLATE]) {
    await client.query(`drop database if exists ${left} with (force)`);
  }
  await client.query(`create database ${TEMPLATE_DATABASE}`);
  await client.end();
  const templateUrl = new URL(adminUrl);
  templateUrl.pathname = `/${TEMPLATE_DATABASE}`;
  const migrated = spawnSync(process.execPath, [migrateScript], {
    env: {
      PATH: process.env["PATH"],
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      DATABASE_URL: templateUrl.href,
      DATA_DIR: dir,
    },
    encoding: "utf8",
  });
  if (migrated.status !== 0) {
    await own?.stop();
    throw new Error(`the migrations of the test template failed:\n${migrated.stdout}${migrated.stderr}`);
  }
  return { adminUrl, stop: async () => own?.stop() };
}

/**
 * What a run of the tests shares: a throw-away PostgreSQL (or TEST_DATABASE_URL) with the migrated template, and a
 * Redis where the machine has one. Tests find them by `createTestDatabase` and `redisUrl`.
 *
 * @returns a function that ends all of it and removes its files
 */
export async function startTestServices(): Promise<() => Promise<void>> {
  const dir = mkdtempSync(path.join(os.tmpdir(), "lunas-test-"));
  const database = await startTemplate(dir);
  process.env["LUNAS_TEST_ADMIN_URL"] = database.adminUrl;
  const redis = await startRedis();
  if (redis !== null) process.env["LUNAS_TEST_REDIS_URL"] = redis.url;
  return async () => {
    await redis?.stop();
    await database.stop();
    rmSync(dir, { recursive: true, force: true });
  };
}
