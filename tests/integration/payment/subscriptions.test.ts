import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cancelSubscription } from "../../../domain/payment/cancelSubscription.ts";
import { createSubscription } from "../../../domain/payment/createSubscription.ts";
import { lookAtSubscription } from "../../../domain/payment/lookAtSubscription.ts";
import { pollSubscriptions } from "../../../domain/payment/pollSubscriptions.ts";
import { receiveNotification } from "../../../domain/payment/receiveNotification.ts";
import { receiveRecurringNews } from "../../../domain/payment/receiveRecurringNews.ts";
import { monthsLater } from "../../../domain/payment/subscription.rules.ts";
import { auditGateway } from "../../../domain/report/auditGateway.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import {
  addPackage,
  charge,
  charges,
  DAY,
  gatewayIdOf,
  losing,
  MINUTE,
  MONTH,
  newKey,
  order,
  PRICE,
  path,
  read,
  remotes,
  saveCard,
  subscribe,
  tell,
  unbooked,
} from "./subscriptionFacts.ts";

let shop: LiveShop;
beforeAll(async () => {
  shop = await openLiveShop();
});
afterAll(async () => {
  await shop.app.db.sql("update subscriptions set next_look_at = now() where next_look_at is not null");
  while ((await pollSubscriptions(shop.app)) > 0) await shop.drain();
  expect(await unbooked(shop)).toEqual([]);
  const range = { since: null, until: null, ratePerSecond: 1_000, mayAwait: false };
  expect((await auditGateway(shop.app, range)).breaches).toEqual([]);
  expect(await shop.audit()).toEqual([]);
  await shop.close();
});

describe("a subscription", () => {
  test("is charged month by month, each a payment of its own, and lets in until the last one's end", async () => {
    const { id } = await subscribe(shop);
    expect((await read(shop, id)).state).toBe("PENDING");
    for (const month of [1, 2, 3]) {
      await charge(shop, id);
      expect(await tell(shop, id)).toBe("stored");
      shop.advance(MINUTE);
      await shop.drain();
      const { state, paidUntil, startsAt } = await read(shop, id);
      expect({ state, paidUntil }).toEqual({ state: "ACTIVE", paidUntil: monthsLater(startsAt as Date, month) });
    }
    const paid = await charges(shop, id);
    expect(paid.map(({ status, period, amount }) => [status, period, amount])).toEqual([
      ["PAID", 0, PRICE],
      ["PAID", 1, PRICE],
      ["PAID", 2, PRICE],
    ]);
    expect(await path(shop, id)).toEqual(["STARTING", "PENDING", "ACTIVE"]);
  });

  test("counts a charge once, however often and by whichever way it is told", async () => {
    const { id } = await subscribe(shop);
    await charge(shop, id);
    const told = Array.from({ length: 8 }, () => tell(shop, id));
    const looks = Array.from({ length: 4 }, () => lookAtSubscription(shop.app, { subscriptionId: id }));
    await Promise.all([...told, ...looks]);
    const { gatewayOrderId } = await shop.one<{ gatewayOrderId: string }>(
      `select gateway_order_id from payment_transactions t join subscription_charges c using (payment_id)
        where c.subscription_id = $1`,
      id,
    );
    await receiveNotification(shop.app, await shop.signedBody(gatewayOrderId));
    shop.advance(MINUTE);
    await shop.drain();
    expect((await charges(shop, id)).map(({ period }) => period)).toEqual([0]);
  });

  test("is paid by the payment notification of its charge alone, when the recurring one is lost", async () => {
    const { id } = await subscribe(shop);
    await charge(shop, id);
    const list = (await (await fetch(`${shop.sandbox.url}/sandbox/transactions`)).json()) as {
      transactions: { order_id: string }[];
    };
    const { number } = await read(shop, id);
    const charged = list.transactions.find(({ order_id }) => order_id.startsWith(number));
    await receiveNotification(shop.app, await shop.signedBody(charged?.order_id as string));
    await shop.drain();
    expect((await read(shop, id)).state).toBe("ACTIVE");
    expect(await shop.one("select count(*)::int as n from money_cases where kind = 'UNMATCHED'")).toEqual({ n: 0 });
  });

  test("finds its charges without any notification", async () => {
    const { id } = await subscribe(shop);
    await charge(shop, id);
    shop.advance(20 * MINUTE);
    await pollSubscriptions(shop.app);
    expect((await read(shop, id)).state).toBe("ACTIVE");
  });

  test("that fails keeps its access while it is tried again, and goes on when that is paid", async () => {
    const { id } = await subscribe(shop);
    await charge(shop, id);
    await lookAtSubscription(shop.app, { subscriptionId: id });
    shop.advance(MONTH);
    await charge(shop, id, { fails: ["deny"], charge: "regular" });
    await lookAtSubscription(shop.app, { subscriptionId: id });
    expect((await read(shop, id)).state).toBe("PAST_DUE");
    shop.advance(DAY);
    await charge(shop, id, { charge: "retry" });
    await lookAtSubscription(shop.app, { subscriptionId: id });
    expect(await path(shop, id)).toEqual(["STARTING", "PENDING", "ACTIVE", "PAST_DUE", "ACTIVE"]);
    expect((await charges(shop, id)).map(({ status, period }) => [status, period])).toEqual([
      ["PAID", 0],
      ["FAILED", null],
      ["PAID", 1],
    ]);
  });

  test("is suspended when all retries have failed, and may be ordered anew", async () => {
    const { id, buyer, card, packageId } = await subscribe(shop);
    await charge(shop, id);
    await lookAtSubscription(shop.app, { subscriptionId: id });
    shop.advance(MONTH);
    await charge(shop, id, { fails: ["deny", "500", "411", "402"], charge: "regular" });
    for (let retry = 1; retry <= 3; retry++) await charge(shop, id, { charge: "retry" });
    await lookAtSubscription(shop.app, { subscriptionId: id });
    expect((await read(shop, id)).state).toBe("SUSPENDED");
    const next = await createSubscription(shop.app, buyer, order(packageId, card));
    expect((await read(shop, next)).state).toBe("PENDING");
  });

  test("whose charge never comes is ended at the gateway, and then suspended", async () => {
    const { id } = await subscribe(shop);
    shop.advance(5 * DAY);
    await lookAtSubscription(shop.app, { subscriptionId: id });
    const { state, number } = await read(shop, id);
    expect(state).toBe("SUSPENDED");
    expect(await remotes(shop, number)).toMatchObject([{ status: "inactive" }]);
  });

  test("whose charge is refunded loses the month that it paid", async () => {
    const { id } = await subscribe(shop);
    await charge(shop, id);
    await lookAtSubscription(shop.app, { subscriptionId: id });
    const { gatewayOrderId } = await shop.one<{ gatewayOrderId: string }>(
      `select gateway_order_id from payment_transactions t join subscription_charges c using (payment_id)
        where c.subscription_id = $1`,
      id,
    );
    await shop.gatewayMoves(gatewayOrderId, { transaction_status: "settlement" });
    await shop.gatewayMoves(gatewayOrderId, { transaction_status: "refund", refund_amount: PRICE });
    await receiveNotification(shop.app, await shop.signedBody(gatewayOrderId));
    await shop.drain();
    expect(await read(shop, id)).toMatchObject({ state: "PAST_DUE", paidUntil: null });
  });
});

describe("ordering a subscription", () => {
  test("twice with one key, or twenty times at once, makes one", async () => {
    const buyer = await shop.addBuyer();
    const [card, packageId, key] = [await saveCard(shop, buyer), await addPackage(shop), newKey()];
    const all = await Promise.all(
      Array.from({ length: 20 }, () => createSubscription(shop.app, buyer, order(packageId, card, key))),
    );
    expect(new Set(all).size).toBe(1);
    await expect(createSubscription(shop.app, buyer, order(packageId, card))).rejects.toMatchObject({
      code: "CONFLICT",
    });
    expect(await remotes(shop, (await read(shop, all[0] as (typeof all)[0])).number)).toHaveLength(1);
  });

  test("is only for packages that are sold by the month, with a card of one's own", async () => {
    const [buyer, other] = [await shop.addBuyer(), await shop.addBuyer()];
    const card = await saveCard(shop, buyer);
    const notFound = { code: "NOT_FOUND" };
    await expect(createSubscription(shop.app, buyer, order(await addPackage(shop, null), card))).rejects.toMatchObject(
      notFound,
    );
    await expect(createSubscription(shop.app, other, order(await addPackage(shop), card))).rejects.toMatchObject(
      notFound,
    );
  });

  test.each(["taken", "lost"] as const)("whose answer is lost (%s) is asked for again under its key", async (is) => {
    const { id } = await subscribe(shop, losing(shop.app, "create", is));
    expect((await read(shop, id)).state).toBe("UNKNOWN");
    shop.advance(MINUTE);
    await shop.drain();
    const { state, number } = await read(shop, id);
    expect(state).toBe("PENDING");
    expect(await remotes(shop, number)).toHaveLength(1);
  });

  test("whose answer stays lost is never sent again, and found by the gateway's own news", async () => {
    const { id } = await subscribe(shop, losing(shop.app, "create", "taken"));
    shop.advance(10 * MINUTE);
    await shop.drain();
    const { state, number } = await read(shop, id);
    expect(state).toBe("UNKNOWN");
    const [remote] = await remotes(shop, number);
    const other = await subscribe(shop);
    const forged = { id: await gatewayIdOf(shop, other.id), name: number };
    await receiveRecurringNews(shop.app, JSON.stringify(forged));
    await shop.drain();
    expect((await read(shop, id)).state).toBe("UNKNOWN");
    await receiveRecurringNews(shop.app, JSON.stringify({ id: remote?.id, name: number }));
    await shop.drain();
    expect(await read(shop, id)).toMatchObject({ state: "PENDING", gatewayId: remote?.id });
    expect(await remotes(shop, number)).toHaveLength(1);
  });
});

describe("cancelling a subscription", () => {
  test("ends it at the gateway, and what is paid stays until its end", async () => {
    const { id, buyer } = await subscribe(shop);
    await charge(shop, id);
    await cancelSubscription(shop.app, buyer, { subscriptionId: id });
    const { state, paidUntil, startsAt, number } = await read(shop, id);
    expect({ state, paidUntil }).toEqual({ state: "CANCELLED", paidUntil: monthsLater(startsAt as Date, 1) });
    expect(await remotes(shop, number)).toMatchObject([{ status: "inactive" }]);
    await cancelSubscription(shop.app, buyer, { subscriptionId: id });
    expect(await path(shop, id)).toEqual(["STARTING", "PENDING", "CANCELLING", "CANCELLED"]);
  });

  test("is nobody else's to do", async () => {
    const { id } = await subscribe(shop);
    const stranger = await shop.addBuyer();
    await expect(cancelSubscription(shop.app, stranger, { subscriptionId: id })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await cancelSubscription(shop.app, await shop.addStaff(), { subscriptionId: id });
    expect((await read(shop, id)).state).toBe("CANCELLED");
  });

  test.each(["taken", "lost"] as const)("whose answer is lost (%s) is finished by the worker", async (is) => {
    const { id, buyer } = await subscribe(shop);
    await cancelSubscription(losing(shop.app, "cancel", is), buyer, { subscriptionId: id });
    expect((await read(shop, id)).state).toBe("CANCELLING");
    shop.advance(3 * MINUTE);
    await shop.drain();
    expect((await read(shop, id)).state).toBe("CANCELLED");
  });

  test("before anybody knows whether the gateway has it ends it as soon as that is known", async () => {
    const { id, buyer } = await subscribe(shop, losing(shop.app, "create", "taken"));
    await cancelSubscription(losing(shop.app, "create", "lost"), buyer, { subscriptionId: id });
    expect((await read(shop, id)).state).toBe("CANCELLING");
    shop.advance(MINUTE);
    await shop.drain();
    shop.advance(3 * MINUTE);
    await shop.drain();
    const { state, number } = await read(shop, id);
    expect(state).toBe("CANCELLED");
    expect(await remotes(shop, number)).toMatchObject([{ status: "inactive" }]);
  });

  test("gives back a charge that comes all the same", async () => {
    const { id, buyer } = await subscribe(shop);
    await cancelSubscription(shop.app, buyer, { subscriptionId: id });
    await charge(shop, id);
    await tell(shop, id);
    shop.advance(MINUTE);
    await shop.drain();
    expect(await read(shop, id)).toMatchObject({ state: "CANCELLED", paidUntil: null });
    const [late] = await charges(shop, id);
    expect(await shop.one("select amount, cause from refunds where payment_id = $1", late?.paymentId)).toEqual({
      amount: PRICE,
      cause: "ORPHAN",
    });
  });
});

describe("news that nobody signed", () => {
  test("changes nothing by what it says", async () => {
    const { id } = await subscribe(shop);
    const gatewayId = await gatewayIdOf(shop, id);
    const forged = {
      event_name: "subscription.charge",
      transaction: { transaction_id: "made-up", transaction_status: "capture", status_code: "200" },
      subscription: { id: gatewayId, status: "inactive", amount: "1" },
    };
    for (let i = 0; i < 5; i++) await receiveRecurringNews(shop.app, JSON.stringify(forged));
    await shop.drain();
    expect(await read(shop, id)).toMatchObject({ state: "PENDING", paidUntil: null });
    expect(await charges(shop, id)).toEqual([]);
  });

  test("about something else is not kept, and what is no news is refused", async () => {
    expect(await receiveRecurringNews(shop.app, JSON.stringify({ id: "not-ours", name: "x" }))).toBe("unknown");
    for (const body of ["", "[]", "{", '{"id":7}', '{"subscription":{}}', '{"id":"a/b"}']) {
      await expect(receiveRecurringNews(shop.app, body)).rejects.toMatchObject({ code: "INVALID_INPUT" });
    }
  });
});
