import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { midtransPayAccount, midtransRecurring } from "../../../api/http/midtransNews.ts";
import { startTestApi, type TestApi } from "../../support/api.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  const limit = async () => null;
  api = await startTestApi({
    databaseUrl: database.url,
    midtransRecurring: (app) => midtransRecurring(app, limit),
    midtransPayAccount: (app) => midtransPayAccount(app, limit),
  });
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const send = async (kind: string, body: string, method = "POST") => {
  const url = `${api.url}/api/webhooks/midtrans/${kind}-notification`;
  const response = await fetch(url, { method, ...(method === "POST" ? { body } : {}) });
  return [response.status, response.status === 200 ? await response.json() : null];
};

describe("POST /api/webhooks/midtrans/pay-account-notification", () => {
  test("answers 200 to news of no account of ours", async () => {
    const body = { account_id: "3f5c1d2e-8a7b-4c6d-9e0f-112233445566", account_status: "ENABLED", status_code: "200" };
    expect(await send("pay-account", JSON.stringify(body))).toEqual([200, { outcome: "unknown" }]);
  });

  test("refuses what is no news, too long or not sent by POST", async () => {
    const statuses = [
      await send("pay-account", "no news"),
      await send("pay-account", '{"account_id":"../../v2/charge"}'),
      await send("pay-account", " ".repeat(70_000)),
      await send("pay-account", "", "GET"),
    ].map(([status]) => status);
    expect(statuses).toEqual([400, 400, 413, 405]);
  });
});

const TESTED = "notif_test_G100200300_3f5c1d2e-8a7b-4c6d-9e0f-112233445566";

test.each([
  ["pay-account", { account_id: `pay_account_${TESTED}`, account_status: "ENABLED" }],
  ["pay-account", { order_id: `payment_${TESTED}` }],
  ["recurring", { subscription: { id: `recurring_${TESTED}`, name: `recurring_${TESTED}` } }],
  ["recurring", { order_id: `payment_${TESTED}` }],
])("the dashboard's test of the %s address is answered 200", async (kind, body) => {
  expect(await send(kind, JSON.stringify(body))).toEqual([200, { outcome: "unknown" }]);
});
