import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PaymentMethod } from "../../../domain/payment/methods.rules.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { until } from "../../support/until.ts";
import { newest, paymentOf, states } from "../payment/chargeFacts.ts";
import type { Person } from "../payment/facts.ts";

/** The shop's limit of a call; the calls hang for longer, and a checkout waits for none of them so long. */
const CALL_MS = 5_000;
const HANGS_MS = CALL_MS + 300;
const ANSWER_WITHIN_MS = CALL_MS - 1_000; // on a busy machine; `npm run bench -- hanging` says what it takes
const LIMIT_MS = CALL_MS + 6_000; // with the slack after it, and a moment
const METHODS: readonly PaymentMethod[] = ["SNAP", "VA_BCA", "QRIS", "GOPAY"];

let shop: LiveShop;
let buyer: Person;

beforeAll(async () => {
  shop = await openLiveShop({ GATEWAY_TIMEOUT: `${CALL_MS}ms` });
  buyer = await shop.addBuyer();
});
afterAll(() => shop.close());

async function buyWhileItHangs(method: PaymentMethod) {
  const goods = await shop.addProduct({ price: 50_000, stock: 5 });
  const startedAt = performance.now();
  const bought = await shop.buy(buyer, shop.order([{ ...goods, quantity: 2 }], { method }));
  const tookMs = performance.now() - startedAt;
  const { state, instructions } = await newest(shop, bought);
  const { stock } = await shop.one<{ stock: number }>("select stock from products where id = $1", goods.productId);
  return { bought, tookMs, told: { ...(await paymentOf(shop, bought)), state, instructions, stock } };
}

/** Opening the page, and each charge and the question after it whether it arrived. */
const CALLS = METHODS.reduce((sum, method) => sum + (method === "SNAP" ? 1 : 2), 0);

/** The calls that hang have ended: a worker goes on without a word of theirs between. */
const areGivenUp = async () => {
  const { calls } = await shop.one<{ calls: number }>(
    "select count(*)::int as calls from gateway_calls where gateway = 'midtrans' and outcome = 'no_answer'",
  );
  return calls >= CALLS;
};

describe("while no call to Midtrans is answered", () => {
  test("a checkout is answered long before, says that it is being prepared, and is finished later", async () => {
    await shop.gatewayFaults({ target: "midtrans.*", kind: "timeout", ms: HANGS_MS, times: 1_000 });
    const all = await Promise.all(METHODS.map(buyWhileItHangs));
    expect(all.map(({ told }) => told)).toEqual(
      METHODS.map((method) => ({ status: "PENDING", method, state: "STARTING", instructions: {}, stock: 3 })),
    );
    expect(Math.max(...all.map(({ tookMs }) => tookMs))).toBeLessThan(ANSWER_WITHIN_MS);
    await until("calls given up", areGivenUp);
    await fetch(`${shop.sandbox.url}/sandbox/faults`, { method: "DELETE" });
    shop.advance(LIMIT_MS);
    await shop.drain();
    expect(await Promise.all(all.map(({ bought }) => states(shop, bought)))).toEqual(METHODS.map(() => ["LIVE"]));
    expect(await shop.audit()).toEqual([]);
  });
});
