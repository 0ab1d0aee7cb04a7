import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { lastLines, startChild } from "../../scripts/childProcess.ts";
import { startDatabase } from "../../scripts/embeddedPostgres.ts";
import type { Undo } from "../../scripts/launch.ts";
import { endWithMe } from "../../scripts/watchdog.ts";

/** A PostgreSQL of its own, as `npm start` runs it: it waits for the disk at every commit. */
export interface Cluster {
  /** The server's first process; every other is its child. */
  readonly pid: number;
  readonly dir: string;
  readonly url: string;
  /** A database with the shop's schema and nothing in it. Answers its URL. */
  createDatabase(name: string): Promise<string>;
  dropDatabase(name: string): Promise<void>;
}

async function admin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A process of its own, because what it prints is no part of a result. */
async function migrate(databaseUrl: string, dir: string, undo: Undo): Promise<void> {
  const script = fileURLToPath(new URL("../../scripts/migrate.js", import.meta.url));
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], DATABASE_URL: databaseUrl, DATA_DIR: dir };
  const logFile = path.join(dir, "logs", "migrate.log");
  const child = startChild({ name: "migrate", args: [script], env, logFile });
  undo.add(() => child.stop());
  if ((await child.exited) !== 0) throw new Error(`the schema could not be made:\n${lastLines(logFile, 20)}`);
}

function urlOf(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}

/** Starts it on a fresh directory, which goes with it. */
export async function startCluster(undo: Undo): Promise<Cluster> {
  const dir = mkdtempSync(path.join(os.tmpdir(), "lunas-bench-"));
  undo.add(() => rmSync(dir, { recursive: true, force: true }));
  const database = await startDatabase(dir);
  const pid = Number.parseInt(readFileSync(path.join(dir, "postgres", "postmaster.pid"), "utf8"), 10);
  undo.add(endWithMe(pid, { gently: "INT", firmly: "QUIT", remove: [dir] }));
  undo.add(() => database.stop());
  await migrate(database.url, dir, undo);
  const template = new URL(database.url).pathname.slice(1);
  const adminUrl = urlOf(database.url, "postgres");
  return {
    pid,
    dir,
    url: database.url,
    async createDatabase(name) {
      await admin(adminUrl, `create database ${name} template ${template}`);
      return urlOf(database.url, name);
    },
    dropDatabase: (name) => admin(adminUrl, `drop database if exists ${name} with (force)`),
  };
}
