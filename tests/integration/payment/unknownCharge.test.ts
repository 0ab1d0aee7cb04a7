import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { App } from "../../../domain/app.ts";
import { rupiah } from "../../../domain/kernel/money.ts";
import { cancelPayment } from "../../../domain/payment/cancelPayment.ts";
import { finishStart } from "../../../domain/payment/finishStart.ts";
import type { PaymentMethod } from "../../../domain/payment/methods.rules.ts";
import { pollPayments } from "../../../domain/payment/pollPayments.ts";
import { type Bought, type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { HANG_LIMIT } from "../../support/until.ts";
import { calls, choose, LIMIT_MS, livingThere, newest, order, paymentOf, states, tries } from "./chargeFacts.ts";
import type { Person } from "./facts.ts";

const MINUTE = 60_000;
const AWAY = { name: "GatewayUnavailable", outcome: "unknown" };

/** How a call may fail whose effect did not come, and one whose effect did. */
const BEFORE = ["timeout", "reset", "500", "503", "html", "empty"] as const;
const AFTER = ["timeout_after", "reset_after", "half"] as const;

let shop: LiveShop;
let buyer: Person;

beforeAll(async () => {
  shop = await openLiveShop({ GATEWAY_TIMEOUT: HANG_LIMIT });
  buyer = await shop.addBuyer();
});
beforeEach(() => fetch(`${shop.sandbox.url}/sandbox/faults`, { method: "DELETE" }));
afterAll(() => shop.close());

const fault = (target: string, kind: string, times = 1) => shop.gatewayFaults({ target, kind, times });
const noFaults = () => fetch(`${shop.sandbox.url}/sandbox/faults`, { method: "DELETE" });

/** The gateway does not say for now what became of anything: its status meets `half`, which is not repeated. */
const silent = () => fault("midtrans.status", "half", 30);

/** A start whose charge meets a fault. */
async function begun(kind: string, method: PaymentMethod = "VA_BCA"): Promise<Bought> {
  const bought = await order(shop, buyer);
  await fault("midtrans.charge", kind);
  await choose(shop.app, buyer, bought, method);
  return bought;
}

describe("a charge whose answer is lost", () => {
  test.each(AFTER)("by %s is found by the status, and not charged again", async (kind) => {
    const bought = await begun(kind);
    await shop.drain();
    const one = await newest(shop, bought);
    expect(one).toMatchObject({ state: "LIVE", instructions: { bank: "bca", vaNumber: expect.any(String) } });
    expect(await calls(shop, "charge", one.gatewayOrderId)).toBe(1);
    expect(await livingThere(shop, bought)).toBe(1);
  });

  test.each(["QRIS", "GOPAY", "SHOPEEPAY", "MANDIRI_BILL", "VA_PERMATA", "INDOMARET"] as const)(
    "by %s is shown all the same, or closed for another choice; never two of them",
    async (method) => {
      const bought = await begun("reset_after", method);
      await shop.drain();
      const one = await newest(shop, bought);
      expect(one).toMatchObject({ state: "LIVE" });
      expect(Object.keys(one.instructions).length).toBeGreaterThan(0);
      expect(await livingThere(shop, bought)).toBe(1);
    },
  );

  test("and whose first answer the gateway has forgotten is closed: nobody could pay it", async () => {
    const bought = await order(shop, buyer);
    const forgetful: App = {
      ...shop.app,
      payments: {
        ...shop.app.payments,
        charge: (request) => shop.app.payments.charge({ ...request, idempotencyKey: `${Math.random()}` }),
      },
    };
    await fault("midtrans.charge", "reset_after");
    await choose(forgetful, buyer, bought, "QRIS");
    expect(await states(shop, bought)).toEqual(["CLOSED"]);
    expect(await livingThere(shop, bought)).toBe(0);
    await choose(shop.app, buyer, bought, "QRIS");
    expect(await states(shop, bought)).toEqual(["CLOSED", "LIVE"]);
  });

  test.each([...BEFORE, ...AFTER])(
    "by %s, while the status is silent, stays UNKNOWN: no second instrument, nothing is cancelled or ended",
    async (kind) => {
      await silent();
      const bought = await begun(kind);
      const one = await newest(shop, bought);
      expect(one).toMatchObject({ state: "UNKNOWN" });
      await expect(choose(shop.app, buyer, bought, "QRIS")).rejects.toMatchObject(AWAY);
      await choose(shop.app, buyer, bought, "VA_BCA");
      await expect(cancelPayment(shop.app, buyer, { paymentId: bought.paymentId })).rejects.toMatchObject(AWAY);
      shop.advance(LIMIT_MS);
      await expect(choose(shop.app, buyer, bought, "QRIS")).rejects.toMatchObject(AWAY);
      expect(await states(shop, bought)).toEqual(["UNKNOWN"]);
      expect(await calls(shop, "charge", one.gatewayOrderId)).toBe(1);
      await noFaults();
      shop.advance(MINUTE);
      await shop.drain();
      expect(await states(shop, bought)).toEqual(["LIVE"]);
      expect(await livingThere(shop, bought)).toBe(1);
    },
  );

  test.each(BEFORE)(
    "by %s before it came there is charged once the limit is over, under the same order id",
    async (kind) => {
      const bought = await begun(kind);
      const one = await newest(shop, bought);
      expect(one).toMatchObject({ state: "UNKNOWN" });
      // A 404 proves nothing while the call may still arrive.
      await finishStart(shop.app, { transactionId: one.id as never });
      await expect(choose(shop.app, buyer, bought, "QRIS")).rejects.toMatchObject(AWAY);
      expect(await calls(shop, "charge", one.gatewayOrderId)).toBe(1);
      shop.advance(LIMIT_MS);
      await shop.drain();
      expect(await tries(shop, bought)).toMatchObject([{ state: "LIVE", gatewayOrderId: one.gatewayOrderId }]);
      expect(await calls(shop, "charge", one.gatewayOrderId)).toBe(2);
      expect(await livingThere(shop, bought)).toBe(1);
    },
  );

  test("is learned by a poll, too", async () => {
    const bought = await order(shop, buyer);
    await silent();
    await fault("midtrans.charge", "reset_after");
    await choose(shop.app, buyer, bought, "VA_BNI");
    expect(await states(shop, bought)).toEqual(["UNKNOWN"]);
    await noFaults();
    shop.advance(2 * MINUTE);
    while ((await pollPayments(shop.app)) > 0);
    expect(await newest(shop, bought)).toMatchObject({ state: "LIVE", gatewayStatus: "pending" });
  });

  test("and that was paid meanwhile is paid", async () => {
    await silent();
    const bought = await begun("reset_after");
    const { gatewayOrderId } = await newest(shop, bought);
    await shop.gatewayMoves(gatewayOrderId, { transaction_status: "settlement" });
    await noFaults();
    shop.advance(MINUTE);
    await shop.drain();
    expect(await states(shop, bought)).toEqual(["PAID"]);
    expect(await paymentOf(shop, bought)).toMatchObject({ status: "PAID" });
  });

  test("lets another method begin when the limit is over and the gateway knows nothing of it", async () => {
    const bought = await begun("reset");
    shop.advance(LIMIT_MS);
    await choose(shop.app, buyer, bought, "QRIS");
    expect(await states(shop, bought)).toEqual(["CLOSED", "LIVE"]);
    expect(await livingThere(shop, bought)).toBe(1);
  });
});

describe("a charge that cannot be made", () => {
  test("because of the rate limit was not looked at, and is sent again", async () => {
    const bought = await begun("429");
    expect(await newest(shop, bought)).toMatchObject({ state: "STARTING", chargeSentAt: null });
    shop.advance(10_000);
    await shop.drain();
    expect(await states(shop, bought)).toEqual(["LIVE"]);
  });

  test("within the time of one process is given up: the customer may choose again", async () => {
    const bought = await order(shop, buyer);
    await fault("midtrans.charge", "reset", 100);
    await choose(shop.app, buyer, bought, "VA_BCA");
    for (let round = 0; round < 60 && (await newest(shop, bought)).state !== "CLOSED"; round++) {
      shop.advance(LIMIT_MS);
      await shop.drain();
    }
    const one = await newest(shop, bought);
    expect(one.state).toBe("CLOSED");
    expect(shop.app.clock.now().getTime() - one.createdAt.getTime()).toBeLessThan(6 * MINUTE);
    expect(await paymentOf(shop, bought)).toMatchObject({ status: "PENDING" });
    await noFaults();
    await choose(shop.app, buyer, bought, "VA_BCA");
    expect(await states(shop, bought)).toEqual(["CLOSED", "LIVE"]);
  });

  test("because Midtrans does not offer it ends the try and not the payment, and staff is told", async () => {
    const bought = await order(shop, buyer);
    const { payments } = shop.app;
    const charge: typeof payments.charge = (request) =>
      payments.charge({ ...request, charge: { paymentType: "bank_transfer", parts: { bank: "tidak-ada" } } });
    await choose({ ...shop.app, payments: { ...payments, charge } }, buyer, bought, "VA_BCA");
    const one = await newest(shop, bought);
    expect(one.state).toBe("CLOSED");
    expect(await shop.one("select kind, severity from alerts where subject = $1", one.gatewayOrderId)).toEqual({
      kind: "CHARGE_REFUSED",
      severity: "WARNING",
    });
    await choose(shop.app, buyer, bought, "VA_BRI");
    expect(await states(shop, bought)).toEqual(["CLOSED", "LIVE"]);
  });
});

test("a number for another sum than was asked for is closed, though the first cancel is lost", async () => {
  const bought = await order(shop, buyer);
  const { payments } = shop.app;
  const more = { id: "MORE", name: "Lebih", price: 1_000, quantity: 1 };
  const charge: typeof payments.charge = (request) =>
    payments.charge({ ...request, amount: rupiah(request.amount + more.price), items: [...request.items, more] });
  await fault("midtrans.cancel", "reset");
  await choose({ ...shop.app, payments: { ...payments, charge } }, buyer, bought, "VA_BCA");
  await shop.drain();
  expect(await states(shop, bought)).toEqual(["CLOSED"]);
  expect(await livingThere(shop, bought)).toBe(0);
  expect(await paymentOf(shop, bought)).toMatchObject({ status: "PENDING" });
});

test("a gateway that failed too often is not asked: the customer is told so, and his token stays good", async () => {
  const away = await openLiveShop({ GATEWAY_TIMEOUT: HANG_LIMIT });
  try {
    const other = await away.addBuyer();
    const bought = await order(away, other);
    await away.gatewayFaults({ target: "midtrans.status", kind: "half", times: 60 });
    for (let i = 0; i < 60 && away.app.payments.awayForMs() === 0; i++) {
      await away.app.payments.fetchStatus("LNS-none").catch(() => null);
    }
    expect(away.app.payments.awayForMs()).toBeGreaterThan(0);
    await expect(choose(away.app, other, bought, "VA_BCA")).rejects.toMatchObject({ ...AWAY, outcome: "none" });
    expect(await tries(away, bought)).toEqual([]);
    expect(await away.one("select count(*)::int as used from payment_tokens where used_at is not null")).toEqual({
      used: 0,
    });
    // Nor is it a start that counts against him: it never began.
    const starts = "select count(*)::int as n from fraud_verdicts where start_key like 'start:%'";
    expect(await away.one(starts)).toEqual({ n: 0 });
  } finally {
    await away.close();
  }
});

test("after all of it every invariant holds", async () => {
  expect(await shop.audit()).toEqual([]);
});
