import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { App } from "../../../domain/app.ts";
import { cancelPayment } from "../../../domain/payment/cancelPayment.ts";
import { finishStart } from "../../../domain/payment/finishStart.ts";
import { renewPaymentToken, startPayment } from "../../../domain/payment/startPayment.ts";
import { afterCall, afterSql, beforeCall, beforeSql, race, wordOf } from "../../support/interleave.ts";
import { type Bought, type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { HANG_LIMIT } from "../../support/until.ts";
import { calls, choose, LIMIT_MS, livingThere, newest, order, states, tries } from "./chargeFacts.ts";
import type { Person } from "./facts.ts";

const AWAY = { name: "GatewayUnavailable", outcome: "unknown" };

let shop: LiveShop;
let buyer: Person;

beforeAll(async () => {
  shop = await openLiveShop({ GATEWAY_TIMEOUT: HANG_LIMIT });
  buyer = await shop.addBuyer();
});
afterAll(() => shop.close());

/** The process ends at a place: what it would have done next is never done. */
const dying = (app: App, when: "before" | "after"): App => ({
  ...app,
  payments: {
    ...app.payments,
    charge: async (request) => {
      if (when === "after") await app.payments.charge(request);
      throw new Error("the process is gone");
    },
  },
});

describe("a process that ends", () => {
  test.each(["before", "after"] as const)(
    "%s its call leaves one instrument, made or found by the worker",
    async (when) => {
      const bought = await order(shop, buyer);
      await choose(dying(shop.app, when), buyer, bought, "VA_BCA");
      const one = await newest(shop, bought);
      expect(one).toMatchObject({ state: "STARTING", chargeSentAt: expect.any(Date) });
      shop.advance(LIMIT_MS);
      await shop.drain();
      expect(await tries(shop, bought)).toMatchObject([{ state: "LIVE", gatewayOrderId: one.gatewayOrderId }]);
      expect(await livingThere(shop, bought)).toBe(1);
    },
  );
});

describe("two at once", () => {
  const finish = (id: string) => (app: App) => finishStart(app, { transactionId: id as never });
  /** A try that is written and not sent. */
  async function written(): Promise<{ bought: Bought; id: string }> {
    const bought = await order(shop, buyer);
    const { payments } = shop.app;
    const app = { ...shop.app, payments: { ...payments, charge: () => Promise.reject(new Error("gone")) } };
    await choose(app, buyer, bought, "VA_BCA");
    const { id } = await newest(shop, bought);
    await shop.app.db.sql("update payment_transactions set charge_sent_at = null where id = $1", [id]);
    return { bought, id };
  }

  test.each([
    ["before the moment is kept", afterSql("begin"), beforeSql("select id, session_id, purpose")],
    ["while the gateway is asked", beforeCall("charge"), afterCall("charge")],
    ["before the answer is kept", afterCall("charge"), beforeSql("begin")],
  ])("another process %s sends nothing of its own", async (_, from, to) => {
    const { bought, id } = await written();
    const run = finish(id);
    await race(shop.app, { a: run, from, to, b: () => run(shop.app) });
    await shop.drain();
    const one = await newest(shop, bought);
    expect(one.state).toBe("LIVE");
    expect(await calls(shop, "charge", one.gatewayOrderId)).toBe(1);
  });

  test("of two first starts the second waits for the first, and writes no try of its own", async () => {
    const bought = await order(shop, buyer);
    const { paymentId } = bought;
    const { paymentToken } = await renewPaymentToken(shop.app, buyer, { paymentId });
    const second = { paymentId, method: "QRIS", paymentToken, idempotencyKey: "second-start" } as const;
    const { a, b, hasWaited } = await race(shop.app, {
      a: (app) => choose(app, buyer, bought, "VA_BCA"),
      from: beforeSql("insert into payment_transactions"),
      to: afterSql("insert into payment_transactions"),
      b: () => startPayment(shop.app, buyer, second),
    });
    expect({ a: wordOf(a), b: wordOf(b), hasWaited }).toEqual({ a: "done", b: "CONFLICT", hasWaited: true });
    expect(await tries(shop, bought)).toMatchObject([{ state: "LIVE", method: "VA_BCA" }]);
    expect(await livingThere(shop, bought)).toBe(1);
  });

  test("a cancel between a charge's moment and its call waits for what becomes of it", async () => {
    const { bought, id } = await written();
    const outcome = await race(shop.app, {
      a: finish(id),
      from: beforeCall("charge"),
      to: afterCall("charge"),
      b: () => cancelPayment(shop.app, buyer, { paymentId: bought.paymentId }),
    });
    expect(outcome.b).toMatchObject({ status: "rejected", reason: AWAY });
    expect(await states(shop, bought)).toEqual(["LIVE"]);
    await cancelPayment(shop.app, buyer, { paymentId: bought.paymentId });
    expect(await livingThere(shop, bought)).toBe(0);
  });

  test("a cancel right before the moment is kept leaves nothing to send", async () => {
    const { bought, id } = await written();
    await race(shop.app, {
      a: finish(id),
      from: afterSql("select t.id as transaction_id"),
      to: beforeSql("begin"),
      b: () => cancelPayment(shop.app, buyer, { paymentId: bought.paymentId }),
    });
    const one = await newest(shop, bought);
    expect(one.state).toBe("CLOSED");
    expect(await calls(shop, "charge", one.gatewayOrderId)).toBe(0);
  });
});

test("after all of it every invariant holds", async () => {
  expect(await shop.audit()).toEqual([]);
});
