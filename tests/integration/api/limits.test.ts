import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OPERATION_LIMITS } from "../../../api/graphql/limits.ts";
import { operationRights } from "../../../api/graphql/rights.ts";
import { type Limit, openRateLimits, type RateLimits } from "../../../platform/rateLimits.ts";
import {
  codeOf,
  countCodes,
  eachOf,
  numbers,
  type Pair,
  type Pool,
  REGISTER,
  signUp,
  startTestApi,
  startTestApis,
  testClock,
} from "../../support/api.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { describeWithRedis } from "../../support/describeWithRedis.ts";
import { redisUrl } from "../../support/redis.ts";

const MINUTE_MS = 60_000;
const { user: USER_MAX = 0, address: ADDRESS_MAX = 0 } = OPERATION_LIMITS["Mutation.cancelPayment"] ?? {};
const { address: REGISTER_MAX = 0, overall: REGISTER_ALL_MAX = 0 } = OPERATION_LIMITS["Mutation.register"] ?? {};
const CANCEL = 'mutation { cancelPayment(paymentId: "01890000-0000-7000-8000-000000000000") { id } }';
const addressOf = (n: number) => `198.18.${Math.floor(n / 250)}.${(n % 250) + 1}`;

/** The same promises hold on both stores. */
function floodTests(env: () => Record<string, string>): void {
  const clock = testClock();
  let database: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = await startTestApis({ databaseUrl: database.url, clock, env: env() });
  });
  afterAll(async () => {
    await pool.stop();
    await database.drop();
  });

  /** NOT_FOUND says that the operation ran. */
  const cancel = async (n: number, token: string, from: string) =>
    codeOf(await pool.turn(n).graphql(CANCEL, {}, { token, from }));

  test("a flood at ten times the limit, on two servers: exactly the limit runs, and a neighbour buys on", async () => {
    const [flooder, neighbour] = [
      await signUp(pool.apis[0], { from: "192.0.2.1" }),
      await signUp(pool.apis[1], { from: "192.0.2.1" }),
    ];
    const codes = await eachOf(numbers(USER_MAX * 10), (n) => cancel(n, flooder.accessToken, "192.0.2.1"));
    expect(countCodes(codes)).toEqual({ NOT_FOUND: USER_MAX, RATE_LIMITED: USER_MAX * 9 });
    // From the very same address: what the flooder was refused took nothing from it.
    const codesBeside = await eachOf(numbers(USER_MAX), (n) => cancel(n, neighbour.accessToken, "192.0.2.1"));
    expect(countCodes(codesBeside)).toEqual({ NOT_FOUND: USER_MAX });
  });

  test("a flood of one account from 1,000 addresses: exactly its own limit runs", async () => {
    const flooder = await signUp(pool.apis[0], { from: "192.0.2.2" });
    const codes = await eachOf(numbers(1_000), (n) => cancel(n, flooder.accessToken, addressOf(n)));
    expect(countCodes(codes)).toEqual({ NOT_FOUND: USER_MAX, RATE_LIMITED: 1_000 - USER_MAX });
  });

  test("a flood of many accounts from one address: exactly the address's limit runs", async () => {
    const accounts = await eachOf(numbers(15), (n) => signUp(pool.turn(n), { from: addressOf(3_000 + n) }));
    const tokens = numbers(ADDRESS_MAX + 100).map((n) => (accounts[n % accounts.length] as Pair).accessToken);
    const codes = await eachOf(numbers(tokens.length), (n) => cancel(n, tokens[n] as string, "192.0.2.3"));
    expect(countCodes(codes)).toEqual({ NOT_FOUND: ADDRESS_MAX, RATE_LIMITED: 100 });
  });

  test("aliases of one request count one by one", async () => {
    const { accessToken } = await signUp(pool.apis[0], { from: "192.0.2.4" });
    const aliased = `{ ${numbers(30)
      .map((n) => `a${n}: destinations(search: "x${n}") { id }`)
      .join(" ")} }`;
    const one = '{ destinations(search: "") { id } }';
    const ask = (n: number, query: string) =>
      pool.turn(n).graphql(query, {}, { token: accessToken, from: "192.0.2.4" });
    const { user = 0 } = OPERATION_LIMITS["Query.destinations"] ?? {};
    await eachOf(numbers(user / 30 - 1), (n) => ask(n, aliased));
    expect(codeOf(await ask(0, one))).toBe("INVALID_INPUT");
    await ask(1, aliased);
    expect(codeOf(await ask(0, one))).toBe("RATE_LIMITED");
  });
}

test.each(
  (
    "checkout startPayment createEnrollmentPayment createSubscription cancelSubscription cancelPayment syncPayment " +
    "expirePayment acceptChallenge denyChallenge decideFraudReview resolveMoneyCase linkGopay unlinkGopay " +
    "checkGatewayKeys"
  ).split(" "),
)("%s asks a gateway, so that nobody may have it asked without end", (name) => {
  expect(OPERATION_LIMITS[`Mutation.${name}`]?.user).toBeGreaterThan(0);
});

test("aliases of what anybody may ask are no way around the ceiling of requests", async () => {
  const database = await createTestDatabase();
  // 30 requests and 90 root fields a minute.
  const api = await startTestApi({ databaseUrl: database.url, env: { RATE_LIMIT_SCALE: "0.01" } });
  const aliased = `{ ${numbers(30)
    .map((n) => `a${n}: stores { id }`)
    .join(" ")} }`;
  try {
    const codes: (string | null)[] = [];
    for (const _ of numbers(4)) codes.push(codeOf(await api.graphql(aliased)));
    expect(codes).toEqual([null, null, null, "RATE_LIMITED"]);
  } finally {
    await api.stop();
    await database.drop();
  }
});

describe("limits kept in PostgreSQL", () => {
  floodTests(() => ({}));

  const withLimits = async (
    work: (limits: RateLimits, clock: ReturnType<typeof testClock>) => Promise<void>,
    scale = "1",
  ) => {
    const database = await createTestDatabase();
    const clock = testClock();
    const api = await startTestApi({ databaseUrl: database.url, clock, env: { RATE_LIMIT_SCALE: scale } });
    try {
      await work(api.app.limits, clock);
    } finally {
      await api.stop();
      await database.drop();
    }
  };
  const limit = (key: string, points: number): Limit => ({ key, points, windowMs: MINUTE_MS });

  test("begin anew when their window ends, and tell how long that takes", () =>
    withLimits(async (limits, clock) => {
      for (const _ of numbers(3)) expect(await limits.consume([limit("a", 3)])).toBeNull();
      clock.move(20_000);
      expect(await limits.consume([limit("a", 3)])).toBe(40_000);
      clock.move(40_000);
      expect(await limits.consume([limit("a", 3)])).toBeNull();
    }));

  test("stop at the first that refuses: what stands behind it keeps its points", () =>
    withLimits(async (limits) => {
      const [own, shared, all] = [limit("own", 1), limit("shared", 2), limit("all", 3)];
      expect(await limits.consume([own, shared, all])).toBeNull();
      for (const _ of numbers(5)) expect(await limits.consume([own, shared, all])).toBeGreaterThan(0);
      expect(await limits.consume([limit("another", 1), shared, all])).toBeNull();
      expect(await limits.consume([limit("third", 1), shared, all])).toBeGreaterThan(0);
      expect(await limits.consume([all])).toBeNull();
      expect(await limits.consume([all])).toBeGreaterThan(0);
    }));

  test("give points back, but never more than were taken", () =>
    withLimits(async (limits) => {
      await limits.consume([limit("a", 2)]);
      for (const _ of numbers(5)) await limits.giveBack([limit("a", 2)]);
      expect(await limits.consume([limit("a", 2)])).toBeNull();
      expect(await limits.consume([limit("a", 2)])).toBeNull();
      expect(await limits.consume([limit("a", 2)])).toBeGreaterThan(0);
    }));

  test("remove counters whose window is over, and no other", () =>
    withLimits(async (limits, clock) => {
      await limits.consume([limit("a", 1)]);
      await limits.deleteExpired();
      expect(await limits.consume([limit("a", 1)])).toBeGreaterThan(0);
      clock.move(3 * MINUTE_MS);
      await limits.consume([limit("b", 1)]);
      await limits.deleteExpired();
      expect(await limits.consume([limit("b", 1)])).toBeGreaterThan(0);
    }));

  test("grow and shrink with RATE_LIMIT_SCALE, and are off at 0", async () => {
    const allowed = async (scale: string) => {
      let passed = 0;
      await withLimits(async (limits) => {
        for (const _ of numbers(30)) passed += (await limits.consume([limit("a", 10)])) === null ? 1 : 0;
      }, scale);
      return passed;
    };
    expect([await allowed("2"), await allowed("0.5"), await allowed("0.001"), await allowed("0")]).toEqual([
      20, 5, 1, 30,
    ]);
  });
});

describeWithRedis("limits kept in Redis", () => {
  floodTests(() => ({ REDIS_URL: redisUrl() as string }));

  test("hold in each process while Redis is away: neither a closed shop nor an open door", async () => {
    const warned: string[] = [];
    const log = { warn: (_fields: object, message: string) => warned.push(message) } as never;
    const limits = openRateLimits(
      { db: null as never, clock: testClock(), log },
      { redisUrl: "redis://127.0.0.1:1", rateLimitScale: 1 },
    );
    const waits = await eachOf(numbers(10), () => limits.consume([{ key: "away", points: 4, windowMs: MINUTE_MS }]), 1);
    await limits.close();
    expect(waits.filter((wait) => wait === null)).toHaveLength(4);
    expect(warned).toEqual(["Redis is away: each process counts limits by itself"]);
  });
});

test("registrations are bounded for an address and for everybody", async () => {
  const database = await createTestDatabase();
  const api = await startTestApi({ databaseUrl: database.url });
  try {
    const register = async (n: number, from: string) =>
      codeOf(
        await api.graphql(REGISTER, { input: { email: `x${n}`, password: "a-long-password", name: "X" } }, { from }),
      );
    // A malformed address is refused after it was counted, so that trying costs as much as succeeding.
    expect(countCodes(await eachOf(numbers(REGISTER_MAX + 20), (n) => register(n, "192.0.2.9")))).toEqual({
      INVALID_INPUT: REGISTER_MAX,
      RATE_LIMITED: 20,
    });
    const spread = countCodes(await eachOf(numbers(1_000), (n) => register(n, addressOf(n))));
    expect(spread).toEqual({
      INVALID_INPUT: REGISTER_ALL_MAX - REGISTER_MAX,
      RATE_LIMITED: 1_000 - REGISTER_ALL_MAX + REGISTER_MAX,
    });
  } finally {
    await api.stop();
    await database.drop();
  }
});

test("files that somebody sends are counted before they are read", async () => {
  const database = await createTestDatabase();
  const api = await startTestApi({ databaseUrl: database.url, clock: testClock() });
  try {
    const { accessToken } = await signUp(api);
    const send = async () => {
      const body = new FormData();
      body.set("file", new Blob(["no picture"]), "bukti.jpg");
      const headers = { authorization: `Bearer ${accessToken}` };
      return fetch(`${api.url}/api/uploads/proofs`, { method: "POST", headers, body });
    };
    const answers: Response[] = [];
    for (const _ of numbers(40)) answers.push(await send());
    expect(countCodes(answers.map(({ status }) => String(status)))).toEqual({ 400: 30, 429: 10 });
    const refused = answers.find(({ status }) => status === 429);
    expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(0);
  } finally {
    await api.stop();
    await database.drop();
  }
});

test("every limited operation exists", () => {
  expect(Object.keys(OPERATION_LIMITS).filter((operation) => operationRights[operation] === undefined)).toEqual([]);
});
