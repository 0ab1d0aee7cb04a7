import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LOGIN, REFRESH, REGISTER, signUp, startTestApi, type TestApi } from "../../support/api.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

const GOOD = { email: "customer@lunas.test", password: "a-long-password", name: "Customer" };
const LOGOUT = "mutation($token: String!) { logout(refreshToken: $token) }";

type Row = readonly [what: string, query: string, variables: object, code: string, field: string | null];

const ROWS: readonly Row[] = [
  ["no input", REGISTER, {}, "INVALID_INPUT", "input"],
  ["an input that is null", REGISTER, { input: null }, "INVALID_INPUT", "input"],
  ["an input that is text", REGISTER, { input: "x" }, "INVALID_INPUT", "input"],
  ["an empty input", REGISTER, { input: {} }, "INVALID_INPUT", "input"],
  ["a field that nobody knows", REGISTER, { input: { ...GOOD, role: "ADMIN" } }, "INVALID_INPUT", "input"],
  ["a number for a name", REGISTER, { input: { ...GOOD, name: 1 } }, "INVALID_INPUT", "input.name"],
  ["a list for a name", REGISTER, { input: { ...GOOD, name: ["a", "b"] } }, "INVALID_INPUT", "input.name"],
  ["null for a password", REGISTER, { input: { ...GOOD, password: null } }, "INVALID_INPUT", "input.password"],
  ["a short password", REGISTER, { input: { ...GOOD, password: "short" } }, "INVALID_INPUT", "input.password"],
  [
    "a huge password",
    REGISTER,
    { input: { ...GOOD, password: "x".repeat(500_000) } },
    "INVALID_INPUT",
    "input.password",
  ],
  ["a huge name", REGISTER, { input: { ...GOOD, name: "x".repeat(500_000) } }, "INVALID_INPUT", "input.name"],
  ["a NUL in a name", REGISTER, { input: { ...GOOD, name: "a\u0000b" } }, "INVALID_INPUT", "input.name"],
  ["half a letter in a name", REGISTER, { input: { ...GOOD, name: "a\ud800" } }, "INVALID_INPUT", "input.name"],
  ["a word for an e-mail address", REGISTER, { input: { ...GOOD, email: "customer" } }, "INVALID_INPUT", "input.email"],
  [
    "SQL for an e-mail address",
    REGISTER,
    { input: { ...GOOD, email: "'; drop table users; --" } },
    "INVALID_INPUT",
    "input.email",
  ],
  ["a foreign phone", REGISTER, { input: { ...GOOD, phone: "+44 20 7946 0000" } }, "INVALID_INPUT", "input.phone"],
  ["an address that is taken", REGISTER, { input: { ...GOOD, email: "TAKEN@lunas.test" } }, "EMAIL_TAKEN", null],
  ["no password", LOGIN, { email: GOOD.email }, "INVALID_INPUT", "password"],
  ["an empty password", LOGIN, { email: GOOD.email, password: "" }, "INVALID_INPUT", "password"],
  ["an object for an e-mail address", LOGIN, { email: { ne: "" }, password: "x" }, "INVALID_INPUT", "email"],
  ["a wildcard for an e-mail address", LOGIN, { email: "%@lunas.test", password: "x" }, "BAD_CREDENTIALS", null],
  ["a wrong password", LOGIN, { email: "taken@lunas.test", password: "wrong" }, "BAD_CREDENTIALS", null],
  ["no token", REFRESH, {}, "INVALID_INPUT", "token"],
  ["a made-up token", REFRESH, { token: "x".repeat(43) }, "TOKEN_REVOKED", null],
  ["a huge token", REFRESH, { token: "x".repeat(500_000) }, "TOKEN_REVOKED", null],
  ["a number for a token", LOGOUT, { token: 7 }, "INVALID_INPUT", "token"],
  ["a field that does not exist", "{ me { passwordHash } }", {}, "INVALID_INPUT", null],
  ["an operation that does not exist", "mutation { becomeAdmin }", {}, "INVALID_INPUT", null],
  ["two operations and no name", "query A { me { id } } query B { me { id } }", {}, "INVALID_INPUT", null],
  ["half a query", "{ me { id }", {}, "INVALID_INPUT", null],
  ["a subscription", "subscription { me { id } }", {}, "INVALID_INPUT", null],
  [
    "a deep query",
    `{ __type(name: "User") ${"{ fields { type ".repeat(10)}{ name } ${"} }".repeat(10)} }`,
    {},
    "QUERY_TOO_COMPLEX",
    null,
  ],
  [
    "too many aliases",
    `{ ${Array.from({ length: 100 }, (_, n) => `a${n}: me { id }`).join(" ")} }`,
    {},
    "QUERY_TOO_COMPLEX",
    null,
  ],
  ["too many tokens", `{ me { ${"id ".repeat(3_000)} } }`, {}, "QUERY_TOO_COMPLEX", null],
  ["too many directives", `{ me { id ${"@include(if: true) ".repeat(50)} } }`, {}, "QUERY_TOO_COMPLEX", null],
];

describe("bad input to an account", () => {
  let database: TestDatabase;
  let api: TestApi;
  let before: unknown;

  const everything = () =>
    api.app.db.sql(`select (select json_agg(u order by id) from users u) as users,
                           (select json_agg(t order by id) from refresh_tokens t) as tokens`);

  beforeAll(async () => {
    database = await createTestDatabase();
    api = await startTestApi({ databaseUrl: database.url, env: { RATE_LIMIT_SCALE: "0" } });
    const { user } = await signUp(api);
    await api.app.db.sql("update users set email = 'taken@lunas.test', email_key = 'taken@lunas.test' where id = $1", [
      user.id,
    ]);
    before = await everything();
  });
  afterAll(async () => {
    await api.stop();
    await database.drop();
  });

  test.each(ROWS)("%s is refused by its code, and nothing is changed", async (_what, query, variables, code, field) => {
    const answer = await api.graphql(query, variables);
    const { extensions, message } = answer.errors[0] ?? { extensions: { code: "none", details: {} }, message: "" };
    expect([extensions.code, message]).toEqual([code, expect.any(String)]);
    if (field !== null) expect(Object.keys((extensions.details as { fields?: object }).fields ?? {})).toContain(field);
    const told = JSON.stringify(answer.errors);
    expect(told.length).toBeLessThan(20_000);
    expect(told).not.toMatch(/node_modules|stacktrace|select |a-long-password/);
    expect(await everything()).toEqual(before);
  });
});
