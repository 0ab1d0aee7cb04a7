import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { defineConfig, type EntityManager, MikroORM } from "@mikro-orm/postgresql";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { countStatement, type Sql, sqlOver, typeParsers } from "./sqlClient.ts";

/**
 * The database. `sql` runs one statement outside a transaction: a read, or a write that is whole by itself. Writes that
 * belong together go through inTransaction.
 */
export interface Db {
  readonly sql: Sql;
  readonly pool: pg.Pool;
  readonly orm: MikroORM;
  close(): Promise<void>;
}

/** An open transaction. Both ways of speaking use its one connection. */
export interface Tx {
  /** Named, prepared statements: the hot paths. */
  readonly sql: Sql;
  /** MikroORM on this transaction, made when first asked for: flush it before the transaction ends. */
  readonly em: EntityManager;
}

const open = new AsyncLocalStorage<true>();

/** @throws Error inside a transaction: what waits on a network must not hold locks */
export function assertOutsideTransaction(what: string): void {
  if (open.getStore()) throw new Error(`${what} inside a database transaction`);
}

const POOL_SIZE = 10; // connections a process: two cores gain nothing from more, and PostgreSQL allows 100 in all
const CONNECT_TIMEOUT_MS = 5_000; // a database that is away must become a 503, not a hanging request
const STATEMENT_TIMEOUT_MS = 30_000;
const LOCK_TIMEOUT_MS = 5_000; // who waits longer for a row is told to try again
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000; // a stuck process must not hold row locks for ever

/**
 * Opens the pool and the ORM over it. Connects lazily: an unreachable database shows at the first statement.
 *
 * @param entities MikroORM entity schemas (the `*.table.ts` of the features)
 */
export function openDb(
  url: string,
  entities: Parameters<typeof defineConfig>[0]["entities"],
  poolSize = POOL_SIZE,
): Db {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    types: typeParsers,
  });
  // A connection that the server drops while idle is replaced by the pool; without a listener it would end the process.
  pool.on("error", () => undefined);
  // Nor has one a listener between its being handed out and its use: the server's last word may come just then. The
  // statement under way, or the next one, rejects by itself.
  pool.on("connect", (client) => client.on("error", () => undefined));
  const orm = new MikroORM(
    defineConfig({ entities, clientUrl: url, driverOptions: new PostgresDialect({ pool }), allowGlobalContext: false }),
  ) as unknown as MikroORM; // the list of entities is part of its type, and nothing here needs it
  return { sql: sqlOver(pool), pool, orm, close: () => pool.end() };
}

/** A Kysely over one checked-out connection, so that the ORM writes inside the transaction that is open on it. */
function kyselyOn(client: pg.PoolClient): Kysely<unknown> {
  const facade = { query: client.query.bind(client), release: () => undefined };
  const pool = { connect: async () => facade, end: async () => undefined };
  return new Kysely({ dialect: new PostgresDialect({ pool: pool as never }) });
}

function txOn(db: Db, client: pg.PoolClient): Tx {
  let em: EntityManager | null = null;
  return {
    sql: sqlOver(client),
    get em() {
      if (!em) {
        em = db.orm.em.fork() as EntityManager;
        em.setTransactionContext(kyselyOn(client));
      }
      return em;
    },
  };
}

const ATTEMPTS_MAX = 8;
const BACKOFF_MS_MAX = 50;
const SERIALIZATION_FAILURE = "40001";
const DEADLOCK = "40P01";

/** True for an error after which the same work may simply be done again. */
function isTransient(error: unknown): boolean {
  const code =
    (error as { code?: unknown; cause?: { code?: unknown } })?.code ??
    (error as { cause?: { code?: unknown } })?.cause?.code;
  return code === SERIALIZATION_FAILURE || code === DEADLOCK;
}

async function attempt<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await db.pool.connect();
  let broken: Error | undefined;
  try {
    countStatement();
    await client.query("begin");
    const result = await open.run(true, () => work(txOn(db, client)));
    countStatement();
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/**
 * Runs `work` in one transaction (READ COMMITTED) and re-runs the whole of it, from BEGIN, when PostgreSQL reports a
 * deadlock or a serialization failure: inside a failed transaction nothing can be repeated. So `work` must have no
 * effect but its statements. It may not nest and nothing in it may use the network.
 */
export async function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  assertOutsideTransaction("a second transaction");
  for (let tries = 1; ; tries++) {
    try {
      return await attempt(db, work);
    } catch (error) {
      if (tries === ATTEMPTS_MAX || !isTransient(error)) throw error;
      await delay(Math.ceil((BACKOFF_MS_MAX * tries) / ATTEMPTS_MAX) * (0.5 + (process.pid % 10) / 20));
    }
  }
}

const LOCK_NOT_AVAILABLE = "55P03";
const STATEMENT_TIMEOUT = "57014";
const NOT_NOW: ReadonlySet<unknown> = new Set([SERIALIZATION_FAILURE, DEADLOCK, LOCK_NOT_AVAILABLE, STATEMENT_TIMEOUT]);

/** True where the database was too busy for this work: the same work may be done a moment later. */
export const isDatabaseBusy = (error: unknown): boolean => NOT_NOW.has((error as { code?: unknown } | null)?.code);

/** PostgreSQL's classes for "not there": connection exceptions, shutdown, too many connections, cut as idle. */
const AWAY_SQLSTATES = /^(08|57P0|53300|25P03)/;
/** The driver's own words for it; these errors carry no code. */
const AWAY_WORDS = new RegExp(
  "^(timeout expired$|timeout exceeded when trying to connect|Connection terminated|" +
    "Client (was closed|has encountered a connection error) and is not queryable)",
);
const AWAY_ERRNOS = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH"]);

/** Errors of calls to other companies, by name: the refused connection that caused one looks like the database's. */
const CALLS_ELSEWHERE: ReadonlySet<unknown> = new Set(["GatewayUnavailable", "NoAnswer"]);

/** True when the database itself is away, so that a caller may say "try again" instead of "our bug". */
export function isDatabaseAway(error: unknown): boolean {
  const { name, code, message, cause } = (error ?? {}) as Record<"name" | "code" | "message" | "cause", unknown>;
  if (CALLS_ELSEWHERE.has(name)) return false;
  if (typeof code === "string" && (AWAY_SQLSTATES.test(code) || AWAY_ERRNOS.has(code))) return true;
  if (typeof message === "string" && AWAY_WORDS.test(message)) return true;
  return cause !== undefined && isDatabaseAway(cause);
}
