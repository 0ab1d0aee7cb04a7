import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { midtransRecurring } from "../../../api/http/midtransNews.ts";
import { startTestApi, type TestApi } from "../../support/api.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

const LIMIT = 5;
let database: TestDatabase;
let api: TestApi;
let seen = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  const limit = async () => (++seen > LIMIT ? 30 : null);
  api = await startTestApi({ databaseUrl: database.url, midtransRecurring: (app) => midtransRecurring(app, limit) });
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const send = (body: string, method = "POST") =>
  fetch(`${api.url}/api/webhooks/midtrans/recurring-notification`, { method, ...(method === "POST" ? { body } : {}) });

describe("POST /api/webhooks/midtrans/recurring-notification", () => {
  test("answers 200 to news of nothing of ours and keeps none of it", async () => {
    const response = await send(JSON.stringify({ id: "d98a63b8-97e4-4059-825f-0f62340407e9", name: "KOPI" }));
    expect([response.status, await response.json()]).toEqual([200, { outcome: "unknown" }]);
    expect(await api.app.db.sql("select id from outbox_messages")).toEqual([]);
  });

  test("refuses what is no news, too long or not sent by POST", async () => {
    const statuses = [
      (await send("no news")).status,
      (await send(" ".repeat(70_000))).status,
      (await send("", "GET")).status,
    ];
    expect(statuses).toEqual([400, 413, 405]);
  });

  test("says when to come back to an address that sends too much", async () => {
    const body = JSON.stringify({ id: "d98a63b8-97e4-4059-825f-0f62340407e9" });
    seen = LIMIT;
    const response = await send(body);
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "30"]);
  });

  test("answers 503, never 500, while the database is away", async () => {
    seen = 0;
    const sql = api.app.db.pool.connect;
    api.app.db.pool.connect = (() => Promise.reject(new Error("timeout exceeded when trying to connect"))) as never;
    const response = await send(JSON.stringify({ id: "d98a63b8-97e4-4059-825f-0f62340407e9" }));
    api.app.db.pool.connect = sql;
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "30"]);
  });
});
