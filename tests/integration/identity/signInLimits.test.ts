import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { logIn } from "../../../domain/identity/logIn.ts";
import { hashPassword } from "../../../platform/credentials.ts";
import {
  codeOf,
  countCodes as count,
  eachOf as each,
  LOGIN,
  numbers,
  PASSWORD,
  type Pair,
  type Pool,
  signUp,
  startTestApi,
  startTestApis,
  testClock,
} from "../../support/api.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

const MINUTE_MS = 60_000;
const ADDRESS_FAILURES_MAX = 30;
const ACCOUNT_FAILURES_MAX = 10;
/** What one process hashes or has waiting. */
const HASHES_MAX = 128;
const addressOf = (n: number) => `198.18.${Math.floor(n / 250)}.${(n % 250) + 1}`;

describe("wrong passwords", () => {
  const clock = testClock();
  let database: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await createTestDatabase();
    // A scale of 1: these are the limits as they are. Two APIs on one database, as in production.
    pool = await startTestApis({ databaseUrl: database.url, clock });
  });
  afterAll(async () => {
    await pool.stop();
    await database.drop();
  });
  beforeEach(() => clock.move(60 * MINUTE_MS));

  const apiOf = (n: number) => pool.turn(n);
  const login = (n: number, from: string, email: string, password = "not-the-password") =>
    apiOf(n).graphql<{ login: Pair }>(LOGIN, { email, password }, { from });

  test("for 1,000 accounts from one address: exactly the address's share is tried", async () => {
    // Two minutes' worth of sign-ins of one address, so that it is the wrong passwords that are counted.
    const codes: (string | null)[] = [];
    for (const half of [numbers(500), numbers(500)]) {
      codes.push(
        ...(await each(half, async (n) =>
          codeOf(await login(n, "203.0.113.5", `spray-${codes.length + n}@lunas.test`)),
        )),
      );
      clock.move(MINUTE_MS + 1);
    }
    expect(codes).toHaveLength(1_000);
    expect(count(codes)["BAD_CREDENTIALS"]).toBe(ADDRESS_FAILURES_MAX);
    expect(count(codes)["OK"]).toBeUndefined();
  });

  test("for one account from 1,000 addresses: few run, and its owner signs in from where he is known", async () => {
    const owner = await signUp(apiOf(0), { from: "203.0.113.7" });
    const answers = await each(numbers(1_000), (n) => login(n, addressOf(n), owner.email));
    expect(count(answers.map(codeOf))).toEqual({
      BAD_CREDENTIALS: ACCOUNT_FAILURES_MAX,
      TOO_MANY_ATTEMPTS: 1_000 - ACCOUNT_FAILURES_MAX,
    });
    const refused = answers.find((answer) => codeOf(answer) === "TOO_MANY_ATTEMPTS");
    expect(refused?.errors[0]?.extensions).toMatchObject({ retryable: true, details: { retryAfter: 15 * 60 } });

    expect((await login(0, "203.0.113.7", owner.email, PASSWORD)).data?.login.user.id).toBe(owner.user.id);
    expect(codeOf(await login(0, "203.0.113.8", owner.email, PASSWORD))).toBe("TOO_MANY_ATTEMPTS");
    clock.move(15 * MINUTE_MS + 1);
    expect((await login(0, "203.0.113.8", owner.email, PASSWORD)).data?.login.user.id).toBe(owner.user.id);
  });

  test("say nothing about which accounts exist: strangers are stopped at the same count", async () => {
    const owner = await signUp(apiOf(0), { from: "203.0.113.9" });
    const tries = async (email: string, base: number) => {
      const codes: (string | null)[] = [];
      for (const n of numbers(12)) codes.push(codeOf(await login(n, addressOf(base + n), email)));
      return codes;
    };
    expect(await tries(owner.email, 2_000)).toEqual(await tries("nobody@lunas.test", 2_500));
  });

  test("are forgotten by the right one, so that an owner who signs in often is never stopped", async () => {
    const owner = await signUp(apiOf(0), { from: "203.0.113.11" });
    for (const n of numbers(25)) {
      expect(codeOf(await login(n, "203.0.113.11", owner.email, PASSWORD))).toBeNull();
    }
  });

  test("count one by one when they come as aliases of one request, or all at the same instant", async () => {
    const owner = await signUp(apiOf(0), { from: "203.0.113.13" });
    const aliased = numbers(20).map(
      (n) => `a${n}: login(email: "${owner.email}", password: "wrong-${n}-wrong") { accessToken }`,
    );
    const answer = await apiOf(0).graphql(`mutation { ${aliased.join(" ")} }`, {}, { from: "203.0.113.14" });
    expect(count(answer.errors.map((error) => error.extensions.code))["BAD_CREDENTIALS"]).toBe(1); // it ends all
    const queries = numbers(30).map(async (n) => codeOf(await login(n, addressOf(3_000 + n), owner.email)));
    expect(count(await Promise.all(queries))["BAD_CREDENTIALS"]).toBe(ACCOUNT_FAILURES_MAX - 1);
  });

  test("are not what the machine is too busy to look at", async () => {
    const owner = await signUp(apiOf(0), { from: "203.0.113.17" });
    const { app } = apiOf(0);
    const hashings: Promise<unknown>[] = [];
    // Nothing else runs between the count and the password, so that every place is taken by then.
    const consume: typeof app.limits.consume = async (limits) => {
      const waitMs = await app.limits.consume(limits);
      for (let n = 0; n < HASHES_MAX; n++) hashings.push(hashPassword("somebody else's").catch(() => undefined));
      return waitMs;
    };
    const crowded = { ...app, limits: { ...app.limits, consume } };
    for (const _ of numbers(ACCOUNT_FAILURES_MAX)) {
      const credentials = { email: owner.email, password: PASSWORD };
      await expect(logIn(crowded, credentials, "203.0.113.18")).rejects.toMatchObject({ code: "RATE_LIMITED" });
    }
    await Promise.all(hashings);
    expect(codeOf(await login(0, "203.0.113.18", owner.email, PASSWORD))).toBeNull();
  });

  test("from the owner's own address stop after ten, for a quarter of an hour", async () => {
    const owner = await signUp(apiOf(0), { from: "203.0.113.15" });
    const codes = await each(numbers(14), async (n) => codeOf(await login(n, "203.0.113.15", owner.email)));
    expect(count(codes)).toEqual({ BAD_CREDENTIALS: 10, TOO_MANY_ATTEMPTS: 4 });
    clock.move(15 * MINUTE_MS + 1);
    expect(codeOf(await login(0, "203.0.113.15", owner.email, PASSWORD))).toBeNull();
  });
});

describe("the time of a refusal", () => {
  test("is the same for an account that exists and one that does not", async () => {
    const database = await createTestDatabase();
    const api = await startTestApi({ databaseUrl: database.url, env: { RATE_LIMIT_SCALE: "0" } });
    try {
      const { email } = await signUp(api);
      const time = async (address: string) => {
        // What this process computes for it: on a busy machine the clock tells of the others.
        const begun = process.cpuUsage();
        await api.graphql(LOGIN, { email: address, password: "not-the-password" });
        const { user, system } = process.cpuUsage(begun);
        return user + system;
      };
      const times = { known: [] as number[], unknown: [] as number[] };
      for (const n of numbers(40)) {
        times.known.push(await time(email));
        times.unknown.push(await time(`nobody-${n}@lunas.test`));
      }
      const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
      const ratio = median(times.unknown) / median(times.known);
      // Without a hash it would be a twentieth.
      expect(ratio).toBeGreaterThan(0.6);
      expect(ratio).toBeLessThan(1.7);
    } finally {
      await api.stop();
      await database.drop();
    }
  });
});
