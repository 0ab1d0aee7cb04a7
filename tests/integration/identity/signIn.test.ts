import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  codeOf,
  LOGIN,
  PASSWORD,
  type Pair,
  REFRESH,
  REGISTER,
  signUp,
  startTestApi,
  type TestApi,
  testClock,
} from "../../support/api.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

const ME = "{ me { id email role } }";
const DAY_MS = 86_400_000;

describe("an account", () => {
  const clock = testClock();
  let database: TestDatabase;
  let api: TestApi;

  beforeAll(async () => {
    database = await createTestDatabase();
    api = await startTestApi({ databaseUrl: database.url, clock, env: { RATE_LIMIT_SCALE: "0" } });
  });
  afterAll(async () => {
    await api.stop();
    await database.drop();
  });

  const me = async (token: string) =>
    (await api.graphql<{ me: { id: string; role: string } | null }>(ME, {}, { token })).data?.me;
  const login = (email: string, password: string) => api.graphql<{ login: Pair }>(LOGIN, { email, password });
  const refresh = (token: string) => api.graphql<{ refresh: Pair }>(REFRESH, { token });

  test("is opened, signed in at once, and kept without the password", async () => {
    const input = {
      email: " New.Person@Lunas.Test ",
      password: PASSWORD,
      name: "  Customer  One ",
      phone: "0812-3456-7890",
    };
    const { data } = await api.graphql<{ register: Pair & { user: Record<string, unknown> } }>(REGISTER, { input });
    expect(data?.register.user).toMatchObject({
      email: "New.Person@Lunas.Test",
      name: "Customer One",
      phone: "+6281234567890",
      role: "CUSTOMER",
      isMember: false,
      createdAt: clock.now().toISOString(),
    });
    expect((await me(data?.register.accessToken ?? ""))?.id).toBe(data?.register.user.id);
    const [row] = await api.app.db.sql<{ passwordHash: string }>("select password_hash from users where id = $1", [
      data?.register.user.id,
    ]);
    expect(row?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect((await login("new.person@LUNAS.test", PASSWORD)).data?.login.user.id).toBe(data?.register.user.id);
  });

  test("is the only one of its e-mail address, also when two ask for it at once", async () => {
    const input = { email: "twice@lunas.test", password: PASSWORD, name: "Customer" };
    const other = { ...input, email: "TWICE@lunas.test" };
    const answers = await Promise.all(
      [input, other].map((each) => api.graphql<{ register: Pair }>(REGISTER, { input: each })),
    );
    expect(answers.map(codeOf).sort()).toEqual(["EMAIL_TAKEN", null].sort());
  });

  test("does not say whether it is the address or the password that is wrong", async () => {
    const { email } = await signUp(api);
    const [known, unknown] = [await login(email, "not-the-password"), await login("nobody@lunas.test", PASSWORD)];
    expect(codeOf(known)).toBe("BAD_CREDENTIALS");
    expect(known.errors).toEqual(unknown.errors);
  });

  test("of nobody is nobody's, and an old or forged token is nobody's too", async () => {
    const { accessToken } = await signUp(api);
    const [head, , signature] = accessToken.split(".");
    const claims = Buffer.from(
      JSON.stringify({ sub: "service", role: "ADMIN", iss: "lunas", aud: "lunas-api", exp: 9e9 }),
    ).toString("base64url");
    const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${claims}.`;
    for (const token of ["", "x", `${head}.${claims}.${signature}`, unsigned]) expect(await me(token)).toBeNull();
    expect(await me(accessToken)).not.toBeNull();
    clock.move(15 * 60_000 + 1_000);
    expect(await me(accessToken)).toBeNull();
  });

  test("trades a refresh token for a new pair, once", async () => {
    const first = await signUp(api);
    const second = (await refresh(first.refreshToken)).data?.refresh;
    expect(second?.user.id).toBe(first.user.id);
    expect(second?.refreshToken).not.toBe(first.refreshToken);
    expect((await refresh(second?.refreshToken ?? "")).data?.refresh.user.id).toBe(first.user.id);
    const rows = await api.app.db.sql<{ tokenHash: string }>(
      "select token_hash from refresh_tokens where user_id = $1",
      [first.user.id],
    );
    expect(rows).toHaveLength(3);
    expect(JSON.stringify(rows)).not.toContain(first.refreshToken);
  });

  test("loses the whole sign-in when a used refresh token comes again, but no other one", async () => {
    const first = await signUp(api);
    const elsewhere = (await login(first.email, PASSWORD)).data?.login;
    const second = (await refresh(first.refreshToken)).data?.refresh;
    expect(codeOf(await refresh(first.refreshToken))).toBe("TOKEN_REVOKED");
    expect(codeOf(await refresh(second?.refreshToken ?? ""))).toBe("TOKEN_REVOKED");
    expect(codeOf(await refresh(elsewhere?.refreshToken ?? ""))).toBeNull();
  });

  test("keeps no sign-in when the same refresh token comes twice at the same instant", async () => {
    const first = await signUp(api);
    const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(first.refreshToken)));
    const won = answers.filter((answer) => answer.data !== null);
    expect(won.length).toBeLessThanOrEqual(1);
    for (const answer of won)
      expect(codeOf(await refresh(answer.data?.refresh.refreshToken ?? ""))).toBe("TOKEN_REVOKED");
  });

  test("refuses refresh tokens that are unknown, over or signed out", async () => {
    const first = await signUp(api);
    const second = await signUp(api);
    const logout = (token: string) =>
      api.graphql<{ logout: boolean }>("mutation($token: String!) { logout(refreshToken: $token) }", { token });
    expect((await logout(first.refreshToken)).data?.logout).toBe(true);
    expect((await logout(first.refreshToken)).data?.logout).toBe(true);
    expect((await logout("never-given")).data?.logout).toBe(true);
    clock.move(30 * DAY_MS + 1);
    const tokens = ["never-given", "", "\u0000", first.refreshToken, second.refreshToken];
    expect(await Promise.all(tokens.map(async (token) => codeOf(await refresh(token))))).toEqual(
      tokens.map(() => "TOKEN_REVOKED"),
    );
  });

  test("that is closed signs in no more and refreshes no more", async () => {
    const person = await signUp(api);
    await api.app.db.sql("update users set is_active = false where id = $1", [person.user.id]);
    expect(await me(person.accessToken)).toBeNull();
    expect(codeOf(await login(person.email, PASSWORD))).toBe("FORBIDDEN");
    expect(codeOf(await login(person.email, "not-the-password"))).toBe("BAD_CREDENTIALS");
    expect(codeOf(await refresh(person.refreshToken))).toBe("TOKEN_REVOKED");
  });

  test("has its new role from the next refresh on", async () => {
    const person = await signUp(api);
    await api.app.db.sql("update users set role = 'STAFF' where id = $1", [person.user.id]);
    const pair = (await refresh(person.refreshToken)).data?.refresh;
    expect(pair?.user.role).toBe("STAFF");
    const claims = JSON.parse(Buffer.from(pair?.accessToken.split(".")[1] ?? "", "base64url").toString()) as {
      role: string;
    };
    expect(claims.role).toBe("STAFF");
  });
});
