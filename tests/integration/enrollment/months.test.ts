import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { approvePayment } from "../../../domain/enrollment/approvePayment.ts";
import { listMyEnrollments } from "../../../domain/enrollment/enrollment.queries.ts";
import { updateProgress } from "../../../domain/enrollment/updateProgress.ts";
import type { SubscriptionId } from "../../../domain/kernel/ids.ts";
import { cancelSubscription } from "../../../domain/payment/cancelSubscription.ts";
import { createSubscription } from "../../../domain/payment/createSubscription.ts";
import { lookAtSubscription } from "../../../domain/payment/lookAtSubscription.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { charge, MONTH, order as monthly, PRICE, read, saveCard } from "../payment/subscriptionFacts.ts";
import { claim, happens, learning, type Person, type Sold, sell } from "./facts.ts";

let shop: LiveShop;
beforeAll(async () => {
  shop = await openLiveShop();
});
afterAll(() => shop.close());

const OPEN = ["ENROLLED 40", "ENROLLED 40"];
const CLOSED = ["NOT_ENROLLED 40", "NOT_ENROLLED 40"];

/** A subscription whose first month is paid, and whose learner has begun. */
async function subscribe(who?: Person, what?: Sold): Promise<{ buyer: Person; sold: Sold; id: SubscriptionId }> {
  const buyer = who ?? (await shop.addBuyer());
  const sold = what ?? (await sell(shop));
  await shop.app.db.sql("update packages set monthly_price = $2 where id = $1", [sold.packageId, PRICE]);
  const id = await createSubscription(shop.app, buyer, monthly(sold.packageId, await saveCard(shop, buyer)));
  expect(await learning(shop, buyer, sold.courseIds)).toEqual([null, null]);
  await month(id);
  const { nodes } = await listMyEnrollments(shop.app, buyer, { first: 20 });
  for (const { id: enrollmentId } of nodes) await updateProgress(shop.app, buyer, { enrollmentId, progress: 40 });
  return { buyer, sold, id };
}

async function month(id: SubscriptionId, how?: object): Promise<void> {
  await charge(shop, id, how);
  await lookAtSubscription(shop.app, { subscriptionId: id });
  await shop.drain();
}

describe("a package by the month", () => {
  test("is open from its first month on, and closed when nothing more is tried", async () => {
    const { buyer, sold, id } = await subscribe();
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(OPEN);
    shop.advance(MONTH);
    await month(id);
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(OPEN);
    shop.advance(MONTH);
    await charge(shop, id, { fails: ["deny", "500", "411", "402"], charge: "regular" });
    await lookAtSubscription(shop.app, { subscriptionId: id });
    await shop.drain();
    expect((await read(shop, id)).state).toBe("PAST_DUE");
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(OPEN);
    for (let retry = 1; retry <= 3; retry++) await charge(shop, id, { charge: "retry" });
    await lookAtSubscription(shop.app, { subscriptionId: id });
    await shop.drain();
    expect((await read(shop, id)).state).toBe("SUSPENDED");
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(CLOSED);
    expect(await shop.audit()).toEqual([]);
  });

  test("that was cancelled stays open until what is paid is over", async () => {
    const { buyer, sold, id } = await subscribe();
    await cancelSubscription(shop.app, buyer, { subscriptionId: id });
    await shop.drain();
    expect((await read(shop, id)).state).toBe("CANCELLED");
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(OPEN);
    shop.advance(MONTH);
    await shop.drain();
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(CLOSED);
    expect(await shop.audit()).toEqual([]);
  });

  test("whose only month went back is closed at once", async () => {
    const { buyer, sold, id } = await subscribe();
    const { gatewayOrderId } = await shop.one<{ gatewayOrderId: string }>(
      `select gateway_order_id from payment_transactions t join subscription_charges c using (payment_id)
        where c.subscription_id = $1`,
      id,
    );
    await happens(shop, gatewayOrderId, { transaction_status: "refund", force: true });
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(CLOSED);
    expect(await shop.audit()).toEqual([]);
  });

  test("that ends leaves open what was bought for good besides", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop);
    // The proof was shown before the first month, and is believed later.
    const paymentId = await claim(shop, buyer, sold);
    const { id } = await subscribe(buyer, sold);
    await approvePayment(shop.app, await shop.addStaff(), { paymentId });
    await cancelSubscription(shop.app, buyer, { subscriptionId: id });
    shop.advance(MONTH);
    await shop.drain();
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(OPEN);
    expect(await shop.audit()).toEqual([]);
  });
});
