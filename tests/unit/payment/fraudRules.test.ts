import { describe, expect, test } from "vitest";
import {
  BLOCK_KINDS,
  type FraudThresholds,
  judgeStart,
  type StartFigures,
  scaleVelocity,
  tellsNobodyApart,
} from "../../../domain/payment/fraud.rules.ts";
import { loadConfig } from "../../../platform/config.ts";

const REAL = {
  MIDTRANS_MODE: "sandbox",
  PUBLIC_URL: "https://shop.lunas.test",
  DATABASE_URL: "postgres://db.lunas.test/shop",
  MIDTRANS_SERVER_KEY: "Mid-server-of-this-test",
  MIDTRANS_CLIENT_KEY: "Mid-client-of-this-test",
  MIDTRANS_MERCHANT_ID: "G0000001",
  RAJAONGKIR_KEY: "courier-key-of-this-test",
  KOMERCE_KEY: "delivery-key-of-this-test",
  JWT_SECRET: "a-secret-of-more-than-thirty-two-characters",
  SERVICE_API_KEY: "a-service-key-of-more-than-thirty-two-letters",
  DATA_KEY: `k1:${Buffer.alloc(32, 7).toString("base64")}`,
};
/** What a deployment has that sets none of them. */
const rules = loadConfig(REAL, "/nowhere").fraud as FraudThresholds;

const QUIET: StartFigures = {
  userStarts: 1,
  deviceStarts: 1,
  addressStarts: 1,
  cardStarts: 1,
  cards: 1,
  declined: 0,
  paidBefore: 3,
  largestPaid: 400_000,
  blocked: [],
  isRefusedByStaff: false,
};
const judge = (change: Partial<StartFigures>, amount = 150_000, given = rules) =>
  judgeStart(amount, { ...QUIET, ...change }, given);

const COUNTS = [
  ["userStarts", "USER_STARTS"],
  ["deviceStarts", "DEVICE_STARTS"],
  ["addressStarts", "ADDRESS_STARTS"],
  ["cardStarts", "CARD_STARTS"],
  ["cards", "CARDS"],
  ["declined", "DECLINED"],
] as const;

describe("the fraud rules", () => {
  test.each(COUNTS)("let %s go up to its threshold, and speak from there", (name, rule) => {
    const given = { ...rules, [name]: { review: 5, refuse: 9 } };
    const said = [4, 5, 6, 8, 9, 10].map((count) => judge({ [name]: count }, 150_000, given));
    expect(said.map(({ verdict }) => verdict)).toEqual(["ALLOW", "REVIEW", "REVIEW", "REVIEW", "REFUSE", "REFUSE"]);
    expect(said.map(({ reasons }) => reasons.join())).toEqual(["", rule, rule, rule, rule, rule]);
  });

  test.each(COUNTS)("say nothing of %s where its threshold is 0", (name) => {
    const given = { ...rules, [name]: { review: 0, refuse: 0 } };
    expect(judge({ [name]: 1_000_000 }, 150_000, given).verdict).toBe("ALLOW");
  });

  test("have a person look at an amount from five times the largest before, but never below the floor", () => {
    const of = (largestPaid: number, amount: number) => judge({ largestPaid }, amount);
    expect([9_999_999, 10_000_000, 10_000_001].map((amount) => of(2_000_000, amount).verdict)).toEqual([
      "ALLOW",
      "REVIEW",
      "REVIEW",
    ]);
    expect(of(2_000_000, 10_000_000).reasons).toEqual(["OVER_HABIT"]);
    expect([4_999_999, 5_000_000].map((amount) => of(1_000, amount).verdict)).toEqual(["ALLOW", "REVIEW"]);
  });

  test("have a person look at a first payment from its own threshold on", () => {
    const of = (amount: number) => judge({ paidBefore: 0, largestPaid: 0 }, amount);
    expect([24_999_999, 25_000_000, 25_000_001].map((amount) => of(amount).verdict)).toEqual([
      "ALLOW",
      "REVIEW",
      "REVIEW",
    ]);
    expect(of(25_000_000).reasons).toEqual(["FIRST_AMOUNT"]);
  });

  test("never refuse for an amount alone, however large", () => {
    expect(judge({}, Number.MAX_SAFE_INTEGER).verdict).toBe("REVIEW");
    expect(judge({ paidBefore: 0 }, Number.MAX_SAFE_INTEGER).verdict).toBe("REVIEW");
  });

  test.each(BLOCK_KINDS)("refuse what is blocked: %s", (kind) => {
    expect(judge({ blocked: [kind] })).toEqual({ verdict: "REFUSE", reasons: [`BLOCKED_${kind}`] });
  });

  test("refuse what a person has refused", () => {
    expect(judge({ isRefusedByStaff: true })).toEqual({ verdict: "REFUSE", reasons: ["REFUSED_BY_STAFF"] });
  });

  test("take the strictest of several, and name all", () => {
    const said = judge({ declined: 5, userStarts: 40 }, 6_000_000);
    expect(said).toEqual({ verdict: "REFUSE", reasons: ["USER_STARTS", "DECLINED", "OVER_HABIT"] });
  });

  test("as they are delivered never touch an ordinary shopper, nor a school behind one address", () => {
    const shopper = { userStarts: 8, deviceStarts: 12, addressStarts: 250, cardStarts: 4, cards: 3, declined: 4 };
    expect(judge(shopper, 1_900_000)).toEqual({ verdict: "ALLOW", reasons: [] });
    expect(judge({ ...shopper, paidBefore: 0, largestPaid: 0 }, 20_000_000).verdict).toBe("ALLOW");
  });

  test("count starts as far as other limits do, and not at all where these are off", () => {
    const double = scaleVelocity(rules, 2);
    expect(double.userStarts).toEqual({ review: 30, refuse: 80 });
    expect(double.declined).toEqual(rules.declined);
    const off = scaleVelocity(rules, 0);
    expect(judge({ userStarts: 9_999, deviceStarts: 9_999, addressStarts: 9_999, cardStarts: 9_999 }, 1, off)).toEqual({
      verdict: "ALLOW",
      reasons: [],
    });
    expect(scaleVelocity(rules, 0.001).userStarts).toEqual({ review: 1, refuse: 1 });
  });

  test("count no address that tells nobody apart", () => {
    expect(["127.0.0.1", "::1", "unknown"].map(tellsNobodyApart)).toEqual([true, true, true]);
    expect(tellsNobodyApart("103.10.20.30")).toBe(false);
  });
});
