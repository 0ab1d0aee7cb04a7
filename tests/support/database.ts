import { randomBytes } from "node:crypto";
import pg from "pg";

export const TEMPLATE_DATABASE = "lunas_template";

export interface TestDatabase {
  readonly url: string;
  /** Drops it, whoever is still connected. */
  drop(): Promise<void>;
}

async function asAdmin(statement: string): Promise<void> {
  const url = process.env["LUNAS_TEST_ADMIN_URL"];
  if (!url) throw new Error("no test database: this test must lie outside tests/unit and tests/architecture");
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function cloneOf(template: string): Promise<TestDatabase> {
  const name = `test_${process.pid}_${randomBytes(6).toString("hex")}`;
  await asAdmin(`create database ${name} template ${template} strategy file_copy`);
  const url = new URL(process.env["LUNAS_TEST_ADMIN_URL"] as string);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => asAdmin(`drop database if exists ${name} with (force)`) };
}

/** A database of its own for a test file: migrated, empty, cloned from the run's template in some 100 ms. */
export const createTestDatabase = (): Promise<TestDatabase> => cloneOf(TEMPLATE_DATABASE);

/** Another one with the same rows; nobody may be connected to the first meanwhile. */
export const copyTestDatabase = ({ url }: Pick<TestDatabase, "url">): Promise<TestDatabase> =>
  cloneOf(new URL(url).pathname.slice(1));
