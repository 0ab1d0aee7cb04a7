import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OPERATION_LIMITS } from "../../../api/graphql/limits.ts";
import { signatureOf } from "../../../gateways/midtrans/wire.ts";
import { DEMO_KEYS } from "../../../platform/config.ts";
import { type Stack, startStack } from "../../support/stack.ts";
import {
  buy,
  type Counter,
  type Customer,
  checkoutInput,
  codeOf,
  findPlace,
  JWT_SECRET,
  openCounter,
  tally,
} from "./shopper.ts";

/** Checkouts of one account a minute, and ten times that. */
const ALLOWED = OPERATION_LIMITS["Mutation.checkout"]?.user as number;
const FLOOD = 10 * ALLOWED;
const ADDRESSES = 1_000;
/** Searches for a place from one address a minute. */
const SEARCHES_ALLOWED = OPERATION_LIMITS["Query.destinations"]?.address as number;

let stack: Stack;
let counter: Counter;

beforeAll(async () => {
  stack = await startStack({ apis: 2, worker: false, env: { JWT_SECRET, TRUST_PROXY: "1" } });
  counter = openCounter(stack);
  await findPlace(stack);
});
afterAll(async () => {
  await counter?.close();
  await stack?.stop();
});

const numbers = (length: number) => Array.from({ length }, (_, i) => i);
const address = (n: number) => `10.${20 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`;
const from = (n: number) => ({ "x-forwarded-for": address(n) });
/** A few at once: the flood is to meet the limits and not the machine's. */
async function inWaves<T>(count: number, atOnce: number, send: (n: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let start = 0; start < count; start += atOnce) {
    results.push(...(await Promise.all(numbers(Math.min(atOnce, count - start)).map((i) => send(start + i)))));
  }
  return results;
}

describe("a flood on two API processes", () => {
  test("of one account's checkouts lets exactly its limit through, and an honest buyer beside it buys", async () => {
    const goods = await counter.product(1_000);
    const [greedy, honest] = (await counter.people(2)) as [Customer, Customer];
    const flood = inWaves(FLOOD, 50, (n) => buy(stack, greedy, checkoutInput(goods), n % 2, from(1)));
    const calm = inWaves(5, 1, (n) => buy(stack, honest, checkoutInput(goods), n % 2, from(2)));
    expect(tally((await calm).map(codeOf))).toEqual({ OK: 5 });
    expect(tally((await flood).map(codeOf))).toEqual({ OK: ALLOWED, RATE_LIMITED: FLOOD - ALLOWED });
    const [row] = await counter.sql("select count(*)::int as n from orders where user_id = $1", [greedy.id]);
    expect(row).toEqual({ n: ALLOWED });
  });

  test("of one account from 1,000 addresses lets exactly its limit through, too", async () => {
    const goods = await counter.product(1_000);
    const [greedy, honest] = (await counter.people(2)) as [Customer, Customer];
    const flood = inWaves(ADDRESSES, 50, (n) => buy(stack, greedy, checkoutInput(goods), n % 2, from(1_000 + n)));
    expect(codeOf(await buy(stack, honest, checkoutInput(goods), 0, from(3)))).toBe("OK");
    expect(tally((await flood).map(codeOf))).toEqual({ OK: ALLOWED, RATE_LIMITED: ADDRESSES - ALLOWED });
  });

  test("of aliases from one address counts each of them, and lets exactly the address's limit through", async () => {
    const ALIASES = 30;
    const query = `{ ${numbers(ALIASES)
      .map((n) => `a${n}: destinations(search: "GAMBIR") { id }`)
      .join(" ")} }`;
    const requests = (10 * SEARCHES_ALLOWED) / ALIASES;
    // One after another, so that each request as a whole stands before the limit or behind it.
    const answers = await inWaves(requests, 1, (n) => stack.graphql(query, {}, { api: n % 2, headers: from(4) }));
    const passed = SEARCHES_ALLOWED / ALIASES;
    expect(tally(answers.map(codeOf))).toEqual({ OK: passed, RATE_LIMITED: requests - passed });
    expect((await stack.graphql('{ destinations(search: "GAMBIR") { id } }', {}, { headers: from(5) })).errors).toEqual(
      [],
    );
  });

  test("of bad notifications never has a correctly signed one refused, not even from the same address", async () => {
    const send = (body: string, n: number) =>
      fetch(`${stack.apiUrls[n % 2]}/api/webhooks/midtrans/payment-notification`, {
        method: "POST",
        headers: { "content-type": "application/json", ...from(6) },
        body,
      }).then((response) => response.status);
    const signed = (n: number) => {
      const order_id = `UNKNOWN-ORDER-${n}`;
      const signature_key = signatureOf(order_id, "200", "50000.00", DEMO_KEYS.midtransServer);
      return JSON.stringify({
        order_id,
        status_code: "200",
        gross_amount: "50000.00",
        transaction_id: randomUUID(),
        transaction_status: "settlement",
        signature_key,
      });
    };
    const statuses = await inWaves(600, 60, async (n) => {
      const isGood = n % 12 === 5;
      return {
        isGood,
        status: await send(isGood ? signed(n) : n % 2 === 0 ? "{" : signed(n).replace("50000.00", "50001.00"), n),
      };
    });
    const of = (good: boolean) =>
      tally(statuses.filter(({ isGood }) => isGood === good).map(({ status }) => String(status)));
    expect(of(true)).toEqual({ 200: 50 });
    expect(of(false)).toEqual({ 400: 60, 429: 490 });
    const [row] = await counter.sql("select count(*)::int as n from payment_notifications");
    expect(row).toEqual({ n: 50 });
  });

  test("leaves every invariant in place", async () => {
    expect(await counter.audit()).toEqual([]);
  });
});
