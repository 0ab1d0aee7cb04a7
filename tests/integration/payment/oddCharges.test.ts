import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { App } from "../../../domain/app.ts";
import { GatewayUnreadable } from "../../../domain/kernel/errors.ts";
import type { PaymentId } from "../../../domain/kernel/ids.ts";
import { cancelSubscription } from "../../../domain/payment/cancelSubscription.ts";
import { createSubscription } from "../../../domain/payment/createSubscription.ts";
import { lookAtSubscription } from "../../../domain/payment/lookAtSubscription.ts";
import { pollSubscriptions } from "../../../domain/payment/pollSubscriptions.ts";
import { receiveRecurringNews } from "../../../domain/payment/receiveRecurringNews.ts";
import { renewPaymentToken, startPayment } from "../../../domain/payment/startPayment.ts";
import { syncPayment } from "../../../domain/payment/syncPayment.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { alerts } from "./facts.ts";
import {
  charge,
  charges,
  DAY,
  gatewayIdOf,
  losing,
  MINUTE,
  order,
  type Running,
  read,
  remotes,
  subscribe,
  unbooked,
} from "./subscriptionFacts.ts";

let shop: LiveShop;
beforeAll(async () => {
  shop = await openLiveShop();
});
afterAll(async () => {
  expect(await unbooked(shop)).toEqual([]);
  expect(await shop.audit()).toEqual([]);
  await shop.close();
});

const chargesThere = async (id: Parameters<typeof read>[1]): Promise<readonly string[]> =>
  (await shop.app.subscriptions.fetch(await gatewayIdOf(shop, id)))?.transactionIds ?? [];

/** The shop that cannot read what the gateway says of some charges; null: of any. */
function illegible(spoilt: string | null): App {
  const fetchStatus: App["payments"]["fetchStatus"] = async (asked) => {
    if (spoilt === null || asked === spoilt) throw new GatewayUnreadable("midtrans", "not a status", "none");
    return shop.app.payments.fetchStatus(asked);
  };
  return { ...shop.app, payments: { ...shop.app.payments, fetchStatus } };
}

test("every charge that can be read is booked, and staff is told of one that cannot", async () => {
  const { id } = await subscribe(shop);
  const { number } = await read(shop, id);
  await charge(shop, id);
  await charge(shop, id);
  const [spoilt = ""] = await chargesThere(id);
  shop.advance(20 * MINUTE);
  await pollSubscriptions(illegible(spoilt));
  expect(await charges(shop, id)).toHaveLength(1);
  expect(await alerts(shop, number)).toEqual({ SUBSCRIPTION_LOOK_FAILED: 1 });
  shop.advance(61 * MINUTE);
  await pollSubscriptions(shop.app);
  expect(await charges(shop, id)).toHaveLength(2);
  expect(await alerts(shop, number)).toEqual({});
});

test("a charge that cannot be read suspends nobody: it may have paid", async () => {
  const { id } = await subscribe(shop);
  await charge(shop, id);
  shop.advance(10 * DAY);
  await pollSubscriptions(illegible(null));
  expect((await read(shop, id)).state).toBe("PENDING");
  await lookAtSubscription(shop.app, { subscriptionId: id });
  expect((await read(shop, id)).state).toBe("ACTIVE");
});

test("a charge that is under way is the gateway's own: no other try takes its place", async () => {
  const { id, buyer } = await subscribe(shop);
  await charge(shop, id);
  const [charged = ""] = await chargesThere(id);
  await shop.gatewayMoves(charged, { transaction_status: "pending", force: true });
  await lookAtSubscription(shop.app, { subscriptionId: id });
  const payment = { paymentId: (await charges(shop, id))[0]?.paymentId as PaymentId };
  const { paymentToken } = await renewPaymentToken(shop.app, buyer, payment);
  const start = { ...payment, method: "VA_BCA", paymentToken, idempotencyKey: `month-${id}` } as const;
  await expect(startPayment(shop.app, buyer, start)).rejects.toMatchObject({ code: "PAYMENT_METHOD_UNAVAILABLE" });
  await shop.gatewayMoves(charged, { transaction_status: "capture", fraud_status: "accept" });
  await syncPayment(shop.app, buyer, payment);
  expect(await charges(shop, id)).toMatchObject([{ status: "PAID", period: 0 }]);
});

describe("a subscription of which the gateway never tells", () => {
  async function unknown(is: "taken" | "lost"): Promise<Running> {
    const running = await subscribe(shop, losing(shop.app, "create", is));
    shop.advance(10 * MINUTE);
    await shop.drain();
    expect((await read(shop, running.id)).state).toBe("UNKNOWN");
    return running;
  }

  test("is over when staff has looked for it there, and may be ordered anew", async () => {
    const { id, buyer, card, packageId } = await unknown("lost");
    await cancelSubscription(shop.app, buyer, { subscriptionId: id });
    expect((await read(shop, id)).state).toBe("CANCELLING");
    await expect(createSubscription(shop.app, buyer, order(packageId, card))).rejects.toMatchObject({
      code: "CONFLICT",
    });
    await cancelSubscription(shop.app, await shop.addStaff(), { subscriptionId: id });
    expect((await read(shop, id)).state).toBe("CANCELLED");
    const anew = await createSubscription(shop.app, buyer, order(packageId, card));
    expect((await read(shop, anew)).state).toBe("PENDING");
  });

  test("until now is found by its true news, whatever name was put about before", async () => {
    const { id } = await unknown("taken");
    const { number } = await read(shop, id);
    const [remote] = await remotes(shop, number);
    for (const told of ["d98a63b8-97e4-4059-825f-0f62340407e9", remote?.id]) {
      expect(await receiveRecurringNews(shop.app, JSON.stringify({ id: told, name: number }))).toBe("stored");
    }
    await shop.drain();
    expect(await read(shop, id)).toMatchObject({ state: "PENDING", gatewayId: remote?.id });
  });

  test("and was there all the same is ended there with its first news", async () => {
    const { id } = await unknown("taken");
    const { number } = await read(shop, id);
    await cancelSubscription(shop.app, await shop.addStaff(), { subscriptionId: id });
    const [remote] = await remotes(shop, number);
    expect(remote).toMatchObject({ status: "active" });
    await receiveRecurringNews(shop.app, JSON.stringify({ id: remote?.id, name: number }));
    await shop.drain();
    expect(await remotes(shop, number)).toMatchObject([{ status: "inactive" }]);
    expect((await read(shop, id)).state).toBe("CANCELLED");
  });
});
