import { describe, expect, test } from "vitest";
import { createCaller } from "../../../gateways/midtrans/caller.ts";
import type { GatewayCall } from "../../../gateways/recordCall.ts";

const BREAK_MS = 40;
const OPENS_AFTER = 20; // failures in a row
const WAITS_MAX = 1_000;

/** The library's error for a connection that failed in this way. */
const networkError = (code: string) => ({ httpStatusCode: null, ApiResponse: null, rawHttpClientData: { code } });
const answer = (status_code: string) => ({ status_code, transaction_status: "pending" });

function open() {
  const recorded: GatewayCall[] = [];
  const caller = createCaller(
    {
      timeoutMs: null,
      breakMs: BREAK_MS,
      recordCall: async (call) => {
        recorded.push(call);
      },
    },
    (_, work) => work(),
  );
  const charge = (work: () => Promise<unknown>) => caller.call("charge", "x", "/v2/charge", null, work);
  const status = (work: () => Promise<unknown>) => caller.call("status", "x", "/v2/x/status", null, work);
  return { caller, charge, status, recorded };
}

const failing = (error: unknown) => () => Promise.reject(error);
/** A breaker's time is the machine's: this waits for it, with a bound. */
async function untilAskedAgain(away: () => number) {
  for (let waits = 0; away() > 0 && waits < WAITS_MAX; waits++) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(away()).toBe(0);
}

describe("a call", () => {
  test.each([
    ["ECONNREFUSED", "none"],
    ["ENOTFOUND", "none"],
    ["ECONNRESET", "unknown"],
    ["ERR_CANCELED", "unknown"],
  ])("that ended with %s had an effect: %s", async (code, outcome) => {
    const { charge } = open();
    await expect(charge(failing(networkError(code)))).rejects.toMatchObject({ name: "GatewayUnavailable", outcome });
  });

  test.each([
    ["a charge", "charge", 1],
    ["a status", "status", 3],
  ] as const)("that fails at once: %s is made %s, %i times in all", async (_, operation, times) => {
    const calls = open();
    await expect(calls[operation](failing(networkError("ECONNRESET")))).rejects.toThrow("did not answer");
    expect(calls.recorded).toHaveLength(times);
  });

  test("that was too slow, or one too many, is not made again at once", async () => {
    const { status, recorded } = open();
    await expect(status(failing(networkError("ERR_CANCELED")))).rejects.toThrow("did not answer");
    await expect(status(async () => answer("429"))).rejects.toMatchObject({ outcome: "none" });
    expect(recorded).toHaveLength(2);
  });

  test("whose second try works is an answer", async () => {
    const { status, recorded } = open();
    let tries = 0;
    const work = async () => (++tries === 1 ? answer("500") : answer("200"));
    expect(await status(work)).toMatchObject({ code: 200 });
    expect(recorded.map(({ outcome }) => outcome)).toEqual(["failed", "ok"]);
  });

  test("that is refused because a bank has no number left is a refusal, not an outage", async () => {
    const { charge } = open();
    expect(await charge(async () => answer("505"))).toMatchObject({ code: 505 });
  });
});

describe("a gateway that fails again and again", () => {
  async function broken() {
    const calls = open();
    for (let i = 0; i < OPENS_AFTER; i++) {
      expect(calls.caller.awayForMs()).toBe(0);
      await expect(calls.charge(failing(networkError("ERR_CANCELED")))).rejects.toThrow("did not answer");
    }
    return calls;
  }

  test("is not asked any more, for a while, and nothing had an effect", async () => {
    const { charge, caller, recorded } = await broken();
    expect(caller.awayForMs()).toBeGreaterThan(0);
    await expect(charge(async () => answer("201"))).rejects.toMatchObject({ outcome: "none" });
    expect(recorded).toHaveLength(OPENS_AFTER);
  });

  test("is asked once to see: an answer ends it, another failure begins it anew", async () => {
    const { charge, caller } = await broken();
    await untilAskedAgain(caller.awayForMs);
    await expect(charge(failing(networkError("ERR_CANCELED")))).rejects.toThrow("did not answer");
    expect(caller.awayForMs()).toBeGreaterThan(0);
    await untilAskedAgain(caller.awayForMs);
    expect(await charge(async () => answer("201"))).toMatchObject({ code: 201 });
    expect(caller.awayForMs()).toBe(0);
    expect(await charge(async () => answer("201"))).toMatchObject({ code: 201 });
  });

  test("is asked once to see, and not by those who come meanwhile: they are refused at once", async () => {
    const { charge, caller, recorded } = await broken();
    await untilAskedAgain(caller.awayForMs);
    const probe = Promise.withResolvers<unknown>();
    const first = charge(() => probe.promise);
    expect(caller.awayForMs()).toBeGreaterThan(0);
    const others = await Promise.allSettled(Array.from({ length: 5 }, () => charge(async () => answer("201"))));
    const refused = { status: "rejected", reason: { name: "GatewayUnavailable", outcome: "none" } };
    expect(others).toMatchObject(Array.from({ length: 5 }, () => refused));
    probe.resolve(answer("201"));
    expect(await first).toMatchObject({ code: 201 });
    expect(recorded).toHaveLength(OPENS_AFTER + 1);
    expect(caller.awayForMs()).toBe(0);
    expect(await charge(async () => answer("201"))).toMatchObject({ code: 201 });
  });

  test("is in no trouble for refusing what we ask, or our key", async () => {
    const { charge, caller } = open();
    for (let i = 0; i <= OPENS_AFTER; i++) {
      await charge(async () => answer("400"));
      await expect(charge(async () => answer("401"))).rejects.toThrow("refuses the server key");
    }
    expect(caller.awayForMs()).toBe(0);
  });
});
