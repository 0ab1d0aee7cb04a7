import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAccessTokens } from "../../../api/http/accessTokens.ts";
import { runReportRoutes } from "../../../api/http/runReports.ts";
import { startTestApi, type TestApi, type TestClock, testClock } from "../../support/api.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

const DAY = "2026-11-20";
const LINK_MS = 15 * 60_000;

let database: TestDatabase;
let clock: TestClock;
let api: TestApi;
let staff: string;
let customer: string;

beforeAll(async () => {
  database = await createTestDatabase();
  clock = testClock();
  api = await startTestApi({
    databaseUrl: database.url,
    clock,
    routes: (app, config) => [runReportRoutes(app, createAccessTokens(config.jwtSecret, app.clock))],
  });
  const tokens = createAccessTokens(api.config.jwtSecret, api.app.clock);
  const tokenOf = async (role: "STAFF" | "CUSTOMER") => {
    const id = api.app.ids.next<"user">();
    await api.app.db.sql(
      `insert into users (id, email, email_key, password_hash, name, role, created_at, updated_at)
       values ($1::uuid, $1::uuid::text, $1::uuid::text, 'x', 'x', $2, now(), now())`,
      [id, role],
    );
    return tokens.forUser({ id, role });
  };
  [staff, customer] = [await tokenOf("STAFF"), await tokenOf("CUSTOMER")];
  await api.app.db.sql(
    "insert into reconciliation_runs (day, state, started_at, finished_at) values ($1, 'OPEN', now(), now())",
    [DAY],
  );
});
afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

const get = (path: string, token: string | null = null) =>
  fetch(`${api.url}${path}`, token === null ? {} : { headers: { authorization: `Bearer ${token}` } });
const pathOf = (link: string): string => link.slice(link.indexOf("/api/"));

async function links(): Promise<{ reportJson: string; reportCsv: string }> {
  type Data = { reconciliationRun: { reportJson: string; reportCsv: string } };
  const query = `{ reconciliationRun(day: "${DAY}") { reportJson reportCsv } }`;
  const { data } = await api.graphql<Data>(query, {}, { token: staff });
  if (!data) throw new Error("the day is not there");
  return data.reconciliationRun;
}

describe("a day's report", () => {
  test("is given to staff, and to nobody else", async () => {
    const path = `/api/reconciliation/${DAY}/report.json`;
    expect((await get(path)).status).toBe(401);
    expect((await get(path, customer)).status).toBe(403);
    const answer = await get(path, staff);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    expect(await answer.json()).toMatchObject({ day: DAY, state: "OPEN", counts: { total: 0 } });
  });

  test.each(["2026-11-19", "2026-02-31", "yesterday"])("of %s is not there", async (day) => {
    expect((await get(`/api/reconciliation/${day}/report.csv`, staff)).status).toBe(404);
  });

  test("is behind a signed link that is good for its own path, and for a while", async () => {
    const { reportJson, reportCsv } = await links();
    expect((await get(pathOf(reportJson))).status).toBe(200);
    const csv = await get(pathOf(reportCsv));
    expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(await csv.text()).toContain("sum,,sales,");
    expect((await get(pathOf(reportCsv).replace("report.csv", "report.json"))).status).toBe(403);
    clock.move(LINK_MS + 1_000);
    expect((await get(pathOf(reportCsv))).status).toBe(410);
  });
});
