import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import os from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../../support/api.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

const WEBHOOK = "/api/webhooks/midtrans/payment-notification";
const STUDIO = "https://studio.apollographql.com";

describe("the HTTP edge", () => {
  let database: TestDatabase;
  let api: TestApi;
  let secure: TestApi;
  let webDir: string;
  const bodies: unknown[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    webDir = mkdtempSync(path.join(os.tmpdir(), "lunas-web-"));
    mkdirSync(path.join(webDir, "assets"));
    writeFileSync(
      path.join(webDir, "index.html"),
      '<meta property="csp-nonce" nonce="__CSP_NONCE__"><div id="root"></div>',
    );
    writeFileSync(path.join(webDir, "assets", "main-abc123.js"), "export {};");
    const midtransWebhook = () => (request: { body: unknown }, response: { json(body: object): void }) => {
      bodies.push(request.body);
      response.json({ outcome: "stored" });
    };
    const options = { databaseUrl: database.url, webDir, midtransWebhook: midtransWebhook as never };
    api = await startTestApi({
      ...options,
      env: { CORS_ORIGINS: "https://shop.lunas.test,https://studio.apollographql.com" },
    });
    secure = await startTestApi({ ...options, env: { PUBLIC_URL: "https://shop.lunas.test" } });
  });
  afterAll(async () => {
    await api.stop();
    await secure.stop();
    await database.drop();
    rmSync(webDir, { recursive: true, force: true });
  });

  const get = (at: string, headers: Record<string, string> = {}, of = api) =>
    fetch(`${of.url}${at}`, { headers, redirect: "manual" });
  const post = (at: string, body: string | Buffer, headers: Record<string, string> = {}) =>
    fetch(`${api.url}${at}`, {
      method: "POST",
      body: body as never,
      headers: { "content-type": "application/json", ...headers },
    });

  test("lets pages of the listed origins call, and no other", async () => {
    const preflight = (origin: string) =>
      fetch(`${api.url}/graphql`, {
        method: "OPTIONS",
        headers: {
          origin,
          "access-control-request-method": "POST",
          "access-control-request-headers": "authorization,content-type",
        },
      });
    for (const origin of ["https://shop.lunas.test", STUDIO]) {
      const answer = await preflight(origin);
      expect(answer.status).toBe(204);
      expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
      expect(answer.headers.get("access-control-allow-headers")).toContain("authorization");
      expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
      expect((await get("/healthz", { origin })).headers.get("access-control-allow-origin")).toBe(origin);
    }
    for (const origin of ["https://evil.test", "null", "https://shop.lunas.test.evil.test", "http://shop.lunas.test"]) {
      expect((await preflight(origin)).headers.get("access-control-allow-origin")).toBeNull();
      expect((await get("/healthz", { origin })).headers.get("access-control-allow-origin")).toBeNull();
    }
  });

  test("gives webhooks no CORS header and a raw body of 64 kB at most, by POST alone", async () => {
    const origin = "https://shop.lunas.test";
    const answer = await post(WEBHOOK, '{"order_id": "x" }', { origin, authorization: "Bearer x" });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    expect((bodies.at(-1) as Buffer).toString()).toBe('{"order_id": "x" }');
    const seen = bodies.length;
    expect((await post(WEBHOOK, "x".repeat(64 * 1024 + 1))).status).toBe(413);
    for (const method of ["GET", "PUT", "DELETE", "OPTIONS"]) {
      const refused = await fetch(`${api.url}${WEBHOOK}`, { method, headers: { origin } });
      expect([method, refused.status, refused.headers.get("allow")]).toEqual([method, 405, "POST"]);
      expect(refused.headers.get("access-control-allow-origin")).toBeNull();
    }
    expect(bodies).toHaveLength(seen);
    expect((await post(WEBHOOK, "x".repeat(64 * 1024))).status).toBe(200);
  });

  test("answers plain http behind a trusted proxy with 308 to the same place in https", async () => {
    const plain = { "x-forwarded-proto": "http" };
    for (const at of ["/", "/graphql?a=b", WEBHOOK]) {
      const answer = await get(at, plain, secure);
      expect([answer.status, answer.headers.get("location")]).toEqual([308, `https://shop.lunas.test${at}`]);
    }
    const posted = await fetch(`${secure.url}${WEBHOOK}`, {
      method: "POST",
      body: "{}",
      headers: plain,
      redirect: "manual",
    });
    expect(posted.status).toBe(308);
    expect((await get("/", { "x-forwarded-proto": "https" }, secure)).status).toBe(200);
    expect((await get("/healthz", {}, secure)).status).toBe(200);
  });

  test("sends its headers with every answer, HSTS where it is reached by https", async () => {
    for (const at of ["/", "/healthz", "/nothing.json", "/graphql", "/graphql/ide"]) {
      const { headers } = await get(at, { accept: "text/html" });
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(headers.get("content-security-policy")).not.toMatch(/script-src[^;]*'unsafe-(inline|eval)'/);
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("x-powered-by")).toBeNull();
      expect(headers.get("strict-transport-security")).toBeNull();
      expect(headers.get("set-cookie")).toBeNull();
    }
    expect((await get("/", {}, secure)).headers.get("strict-transport-security")).toMatch(/^max-age=31536000/);
  });

  test("serves the client with a nonce of its own, its assets for a year, and pages for its routes", async () => {
    const nonces = new Set<string>();
    for (const at of ["/", "/orders/01890000", "/checkout", "/index.html"]) {
      const answer = await get(at, { accept: "text/html" });
      const nonce = /nonce="([^"]+)"/.exec(await answer.text())?.[1] ?? "";
      expect(answer.headers.get("content-security-policy")).toContain(`'nonce-${nonce}'`);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(4);
    expect((await get("/assets/main-abc123.js")).headers.get("cache-control")).toBe(
      "public, max-age=31536000, immutable",
    );
    for (const at of ["/assets/gone.js", "/api/nothing", "/media/none.svg", "/graphql/nothing"]) {
      expect([at, (await get(at, { accept: "text/html" })).status]).toEqual([at, 404]);
    }
    for (const at of [
      "/../package.json",
      "/..%2fpackage.json",
      "/assets/..%2f..%2fpackage.json",
      "/%2e%2e/.env",
      "/media/..%2f..%2fkeys.json",
    ]) {
      expect(await (await get(at)).text()).not.toMatch(/"lunas"|jwtSecret/);
    }
  });

  test("names each request, by the client's name where that is a sane one", async () => {
    expect((await get("/healthz", { "x-request-id": "checkout-7F3K9Q" })).headers.get("x-request-id")).toBe(
      "checkout-7F3K9Q",
    );
    for (const bad of ["short", "with space here", "x".repeat(65), '{"level":"fatal"}']) {
      expect((await get("/healthz", { "x-request-id": bad })).headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test.each([
    ["half a JSON", "{", {}, 400],
    ["no query", "{}", {}, 400],
    ["a list of operations", '[{"query":"{ me { id } }"}]', {}, 400],
    ["more than a megabyte", JSON.stringify({ query: `{ me { id } } #${"x".repeat(1_100_000)}` }), {}, 413],
    [
      "a form, which any page could post",
      "query={me{id}}",
      { "content-type": "application/x-www-form-urlencoded" },
      400,
    ],
    ["an encoding that nobody knows", "{}", { "content-encoding": "zip" }, 415],
    ["a charset that nobody knows", "{}", { "content-type": "application/json; charset=klingon" }, 415],
  ])("refuses %s at /graphql in GraphQL's own form", async (_what, body, headers, status) => {
    const answer = await post("/graphql", body, headers as Record<string, string>);
    const told = (await answer.json()) as {
      errors: { message: string; extensions: { code: string; retryable: boolean } }[];
    };
    expect([answer.status, told.errors[0]?.extensions.code, told.errors[0]?.extensions.retryable]).toEqual([
      status,
      "INVALID_INPUT",
      false,
    ]);
    expect(JSON.stringify(told)).not.toMatch(/node_modules|\bat /);
  });

  test("answers tools: introspection, persisted queries, GET without a cookie's worth of trust", async () => {
    const introspected = await api.graphql<{ __schema: { queryType: { name: string } } }>(
      "{ __schema { queryType { name } } }",
    );
    expect(introspected.data?.__schema.queryType.name).toBe("Query");
    const persisted = await post(
      "/graphql",
      JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: "0".repeat(64) } } }),
    );
    expect(JSON.stringify(await persisted.json())).toContain("PERSISTED_QUERY_NOT_FOUND");
    expect((await get("/graphql?query={me{id}}")).status).toBe(400); // a page of any origin could send it
    expect(await (await get("/graphql?query={me{id}}", { "apollo-require-preflight": "1" })).json()).toEqual({
      data: { me: null },
    });
    const page = await get("/graphql", { accept: "text/html,*/*;q=0.8" });
    expect(await page.text()).toContain("https://studio.apollographql.com/sandbox/explorer");
  });

  test("packs long answers", async () => {
    const answer = await get("/graphql?query={__schema{types{name}}}", {
      "apollo-require-preflight": "1",
      "accept-encoding": "gzip",
    });
    expect(answer.headers.get("content-encoding")).toBe("gzip");
  });

  test("is ready while database and queue answer with the schema of the build, and names nobody", async () => {
    const ready = await get("/readyz");
    expect([ready.status, await ready.json()]).toEqual([200, { status: "ready", database: "up", queue: "up" }]);
    const [latest] = await api.app.db.sql<{ name: string }>(
      "delete from mikro_orm_migrations where id = (select max(id) from mikro_orm_migrations) returning name",
    );
    expect((await get("/readyz")).status).toBe(503);
    await api.app.db.sql("insert into mikro_orm_migrations (name) values ($1)", [latest?.name]);
    expect((await get("/readyz")).status).toBe(200);
    await api.graphql("{ me { id } }", {}, { from: "192.0.2.77" });
    const figures = await (await get("/metrics")).text();
    expect(figures).toContain('lunas_graphql_operations_total{field="Query.me",code="OK"}');
    expect(figures).not.toMatch(/192\.0\.2\.77|@lunas\.test/);
  });

  test("refuses what is no HTTP", async () => {
    const { port } = new URL(api.url);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = httpRequest(
        { port, host: "127.0.0.1", path: "/healthz", headers: { "x-big": "x".repeat(20_000) } },
        (response) => {
          void text(response).then(() => resolve(response.statusCode), reject);
        },
      );
      sent.on("error", reject).end();
    });
    expect(status).toBe(431);
    expect((await get("/api/%E0%A4%A")).status).toBe(404);
  });
});

describe("a service", () => {
  let database: TestDatabase;
  let api: TestApi;
  const KEY = "service-key-of-the-tests-0001";

  beforeAll(async () => {
    database = await createTestDatabase();
    api = await startTestApi({ databaseUrl: database.url, env: { SERVICE_API_KEY: KEY } });
  });
  afterAll(async () => {
    await api.stop();
    await database.drop();
  });

  const ask = (headers: Record<string, string>, method = "POST") =>
    fetch(`${api.url}/api/service-token`, { method, headers });

  test("trades its key for a token of five minutes that is nobody's account", async () => {
    const headers: Record<string, string>[] = [{ "x-api-key": KEY }, { authorization: `Bearer ${KEY}` }];
    for (const header of headers) {
      const { accessToken, expiresIn } = (await (await ask(header)).json()) as {
        accessToken: string;
        expiresIn: number;
      };
      expect(expiresIn).toBe(300);
      const claims = JSON.parse(Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString()) as {
        role: string;
        exp: number;
        iat: number;
      };
      expect([claims.role, claims.exp - claims.iat]).toEqual(["SERVICE", 300]);
      const me = await api.graphql("{ me { id } }", {}, { token: accessToken });
      expect(me.data).toEqual({ me: null });
      const cart = await api.graphql("{ cart { id } }", {}, { token: accessToken });
      expect(cart.errors[0]?.extensions.code).toBe("FORBIDDEN");
    }
  });

  test("with a wrong key gets nothing, and not for long", async () => {
    for (const key of ["", "wrong", `${KEY}x`, KEY.slice(0, -1)]) {
      expect((await ask({ "x-api-key": key, "x-forwarded-for": "192.0.2.1" })).status).toBe(401);
    }
    expect((await ask({ "x-api-key": KEY }, "GET")).status).toBe(405);
    const statuses = await Promise.all(
      Array.from({ length: 30 }, () => ask({ "x-api-key": "wrong", "x-forwarded-for": "192.0.2.2" })),
    );
    expect(statuses.filter(({ status }) => status === 401)).toHaveLength(20);
    const late = statuses.find(({ status }) => status === 429);
    expect(Number(late?.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});
