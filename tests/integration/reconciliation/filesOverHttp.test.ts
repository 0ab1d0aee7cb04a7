import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAccessTokens } from "../../../api/http/accessTokens.ts";
import { settlementFileRoutes } from "../../../api/http/settlementFiles.ts";
import { statementRoutes } from "../../../api/http/statements.ts";
import { matchSettlements } from "../../../domain/reconciliation/matchSettlements.ts";
import { startTestApi, type TestApi } from "../../support/api.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

const HEADER = "Order ID;Transaction Type;Settlement Date;Gross Amount;Fee;VAT;Net Amount;Payout Reference";
const LINE = `"LNS-20261120-7F3K9Q-01A";Payment;23/11/2026;150.000,00;4.000,00;440,00;145.560,00;PO-1`;
const FILE = `\uFEFF${HEADER}\r\n${LINE}\r\n`;

let database: TestDatabase;
let api: TestApi;
let staff: string;
let customer: string;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi({
    databaseUrl: database.url,
    routes: (app, config) => {
      const tokens = createAccessTokens(config.jwtSecret, app.clock);
      return [settlementFileRoutes(app, tokens), statementRoutes(app, tokens)];
    },
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
});
afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

const send = (body: string, token: string | null = staff, query = "?kind=settlement&name=nov.csv") =>
  fetch(`${api.url}/api/reconciliation/files${query}`, {
    method: "POST",
    headers: { "content-type": "text/csv", ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    body,
  });
const codeOf = async (response: Response) => [response.status, (await response.json()).error.code];

describe("a file that is sent to the shop", () => {
  test("is taken from staff alone, and the same file is answered the same", async () => {
    expect(await codeOf(await send(FILE, null))).toEqual([401, "UNAUTHENTICATED"]);
    expect(await codeOf(await send(FILE, customer))).toEqual([403, "FORBIDDEN"]);
    const first = await (await send(FILE)).json();
    expect(first).toMatchObject({ name: "nov.csv", kind: "SETTLEMENT", state: "MATCHING", rows: 1, net: 145_560 });
    expect((await (await send(FILE)).json()).id).toBe(first.id);
    while ((await matchSettlements(api.app)) > 0);
    const query = "{ settlementFiles { nodes { id state rows done matched importedBy { id } } } }";
    const { data } = await api.graphql<{ settlementFiles: { nodes: object[] } }>(query, {}, { token: staff });
    expect(data?.settlementFiles.nodes).toMatchObject([{ id: first.id, state: "DONE", rows: 1, done: 1, matched: 0 }]);
  });

  test("two at once are one", async () => {
    const file = FILE.replace("PO-1", "PO-2");
    const answers = await Promise.all([1, 2, 3].map(async () => (await send(file)).json()));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
  });

  test("that cannot be read is refused with each bad line, and nothing of it is stored", async () => {
    const [header, line = ""] = FILE.split("\r\n");
    const bad = [header, line, line.replace("23/11/2026", "31/02/2026"), "a;b;c;d;e;f;g;h;i"].join("\r\n");
    const response = await send(bad);
    expect(response.status).toBe(400);
    expect((await response.json()).error).toMatchObject({
      code: "UPLOAD_REFUSED",
      details: {
        count: 2,
        problems: [
          { line: 3, code: "DAY" },
          { line: 4, code: "CELLS" },
        ],
      },
    });
    expect(await codeOf(await send("Nama;Umur\r\nBudi;7"))).toEqual([400, "UPLOAD_REFUSED"]);
    expect(await codeOf(await send(""))).toEqual([400, "UPLOAD_REFUSED"]);
    expect(await codeOf(await send(FILE, staff, "?kind=novel"))).toEqual([400, "INVALID_INPUT"]);
    const rows = await api.app.db.sql("select state from settlement_files where rows = 0");
    expect(rows).toEqual([{ state: "REFUSED" }, { state: "REFUSED" }]);
  });
});

test("statements are files for staff alone, of days that there are", async () => {
  const get = (path: string, token: string) =>
    fetch(`${api.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  expect(await codeOf(await get("/api/statements/all/2026-11-20.csv", customer))).toEqual([403, "FORBIDDEN"]);
  expect(await codeOf(await get("/api/statements/all/2026-02-31.csv", staff))).toEqual([400, "INVALID_INPUT"]);
  expect(await codeOf(await get("/api/statements/none/2026-11-20.csv", staff))).toEqual([404, "NOT_FOUND"]);
  const file = await get("/api/statements/all/2026-11-20.csv", staff);
  expect(file.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(await file.text()).toMatch(/^Day,Store ID,/);
  const costs = await get("/api/shipping-costs.csv?from=2026-11-01&to=2026-11-30", staff);
  expect(await costs.text()).toMatch(/^Store ID,Store,Parcels/);
});
