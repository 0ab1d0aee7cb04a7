import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tables } from "../../../domain/tables.ts";
import { type Db, inTransaction, isDatabaseAway, openDb } from "../../../platform/db.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDb(database.url, tables);
});
afterAll(async () => {
  await db?.close();
  await database?.drop();
});

const CUT = "terminating connection due to administrator command";
const answer = (sql: Db["sql"]) => sql<{ one: number }>("select 1 as one");

test("a connection that is cut while it is handed out ends no process", async () => {
  // The server's last word may come with the answer after which the pool gives the connection to who waits for it.
  let cuts = 0;
  const cut = (client: pg.PoolClient) => {
    cuts += 1;
    client.emit("error", new Error(CUT));
  };
  db.pool.on("acquire", cut);
  const done = await Promise.allSettled([inTransaction(db, (tx) => answer(tx.sql)), answer(db.sql)]);
  db.pool.off("acquire", cut);
  expect(cuts).toBe(2);
  for (const end of done) if (end.status === "rejected") expect(isDatabaseAway(end.reason)).toBe(true);
  expect(await inTransaction(db, (tx) => answer(tx.sql))).toEqual([{ one: 1 }]);
});

test("a connection that the server ends in the middle of a transaction fails that transaction alone", async () => {
  const work = inTransaction(db, async (tx) => {
    const [row] = await tx.sql<{ pid: number }>("select pg_backend_pid() as pid");
    await db.sql("select pg_terminate_backend($1)", [row?.pid]);
    return answer(tx.sql);
  });
  await expect(work).rejects.toThrow(/terminat|connection/);
  expect(await answer(db.sql)).toEqual([{ one: 1 }]);
});
