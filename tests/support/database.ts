import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import { COMPILE_CACHE } from "../../scripts/compileCache.ts";

export const TEMPLATE_DATABASE = "lunas_template";

export interface TestDatabase {
  readonly url: string;
  /** Drops it, whoever is still connected. */
  drop(): Promise<void>;
}

/** Of a run that wants it: the template with the demo shop in it. */
export const SHOP_TEMPLATE = "lunas_shop";
/** Whoever makes it: several suites begin at once. */
const SHOP_LOCK = 7_246_304;

function adminUrl(): string {
  const url = process.env["LUNAS_TEST_ADMIN_URL"];
  if (!url) throw new Error("no test database: this test must lie outside tests/unit and tests/architecture");
  return url;
}

async function asAdmin<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: adminUrl() });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(name: string): string {
  const url = new URL(adminUrl());
  url.pathname = `/${name}`;
  return url.href;
}

async function cloneOf(template: string): Promise<TestDatabase> {
  const name = `test_${process.pid}_${randomBytes(6).toString("hex")}`;
  await asAdmin((admin) => admin.query(`create database ${name} template ${template} strategy file_copy`));
  const drop = async () => {
    await asAdmin((admin) => admin.query(`drop database if exists ${name} with (force)`));
  };
  return { url: urlOf(name), drop };
}

/** Makes the template of a shop where this run has none yet. It gets its name when it is whole. */
async function makeShopTemplate(): Promise<void> {
  await asAdmin(async (admin) => {
    await admin.query("select pg_advisory_lock($1)", [SHOP_LOCK]); // until this connection ends
    const made = await admin.query("select 1 from pg_database where datname = $1", [SHOP_TEMPLATE]);
    if (made.rowCount !== 0) return;
    const draft = await cloneOf(TEMPLATE_DATABASE);
    const dir = mkdtempSync(path.join(os.tmpdir(), "lunas-seed-"));
    const env = {
      PATH: process.env["PATH"],
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      DATABASE_URL: draft.url,
      DATA_DIR: dir,
    };
    const seeded = spawnSync(process.execPath, ["dist/scripts/seed.js"], { env, encoding: "utf8" });
    rmSync(dir, { recursive: true, force: true });
    if (seeded.status !== 0) throw new Error(`no demo shop: ${seeded.stdout}${seeded.stderr}`);
    await admin.query(`alter database ${new URL(draft.url).pathname.slice(1)} rename to ${SHOP_TEMPLATE}`);
  });
}

/** A database of its own for a test file: migrated, empty, cloned from the run's template in some 100 ms. */
export const createTestDatabase = (): Promise<TestDatabase> => cloneOf(TEMPLATE_DATABASE);

/** One with the demo shop in it, as `npm run seed` leaves it, which is made once a run. */
export async function createShopDatabase(): Promise<TestDatabase> {
  await makeShopTemplate();
  return cloneOf(SHOP_TEMPLATE);
}

/** Another one with the same rows; nobody may be connected to the first meanwhile. */
export const copyTestDatabase = ({ url }: Pick<TestDatabase, "url">): Promise<TestDatabase> =>
  cloneOf(new URL(url).pathname.slice(1));
