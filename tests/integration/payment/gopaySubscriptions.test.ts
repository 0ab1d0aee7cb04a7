import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { App } from "../../../domain/app.ts";
import { cancelSubscription } from "../../../domain/payment/cancelSubscription.ts";
import { createSubscription } from "../../../domain/payment/createSubscription.ts";
import { finishSubscription } from "../../../domain/payment/finishSubscription.ts";
import { lookAtAccount } from "../../../domain/payment/lookAtAccount.ts";
import { lookAtSubscription } from "../../../domain/payment/lookAtSubscription.ts";
import { findSubscription } from "../../../domain/payment/subscription.queries.ts";
import { problemOf } from "../../../domain/payment/subscription.rules.ts";
import { unlinkGopay } from "../../../domain/payment/unlinkGopay.ts";
import { auditGateway } from "../../../domain/report/auditGateway.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { ask, linkAccount, moveRemote, orderByGopay, remoteOf, stateOf, subscribeByGopay } from "./accountFacts.ts";
import {
  addPackage,
  charge,
  charges,
  DAY,
  gatewayIdOf,
  MINUTE,
  MONTH,
  PRICE,
  path,
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
  const range = { since: null, until: null, ratePerSecond: 1_000, mayAwait: false };
  expect((await auditGateway(shop.app, range)).breaches).toEqual([]);
  expect(await shop.audit()).toEqual([]);
  await shop.close();
});

const look = (id: Parameters<typeof read>[1]) => lookAtSubscription(shop.app, { subscriptionId: id });

const OVER = { status: "inactive" };

/** The gateway is told to go on with a subscription, by somebody at its dashboard or by itself. */
async function enable(gatewayId: string): Promise<void> {
  const authorization = `Basic ${Buffer.from("SB-Mid-server-lunas-demo-key-0001:").toString("base64")}`;
  const url = `${shop.sandbox.url}/v1/subscriptions/${gatewayId}/enable`;
  const headers = { authorization, accept: "application/json", "content-type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
}

/** The mails of a subscription's steps, oldest first. */
const mails = (number: string) =>
  shop.app.db.sql<{ template: string; bodyText: string }>(
    `select n.template, n.body_text from notices n join subscription_logs l on n.event = 'subscription.moved:' || l.id
       join subscriptions s on s.id = l.subscription_id where s.number = $1 order by l.id`,
    [number],
  );

async function problem(buyer: Parameters<typeof findSubscription>[1], id: string) {
  return problemOf(await findSubscription(shop.app, buyer, id), shop.app.clock.now());
}

describe("a subscription by GoPay", () => {
  test("is charged month by month to the linked account, each a payment of its own", async () => {
    const { id } = await subscribeByGopay(shop);
    for (const _month of [1, 2]) {
      await charge(shop, id);
      await look(id);
      shop.advance(MONTH);
    }
    const paid = await charges(shop, id);
    expect(paid.map(({ status, period, amount }) => [status, period, amount])).toEqual([
      ["PAID", 0, PRICE],
      ["PAID", 1, PRICE],
    ]);
    const methods = await shop.app.db.sql(
      `select distinct t.method, t.gateway_payment_type from payment_transactions t
        join subscription_charges c using (payment_id) where c.subscription_id = $1`,
      [id],
    );
    expect(methods).toEqual([{ method: "GOPAY", gatewayPaymentType: "gopay" }]);
  });

  test("is ordered with the token that the wallet has at this moment", async () => {
    const buyer = await shop.addBuyer();
    const account = await linkAccount(shop, buyer);
    await moveRemote(shop, account, { rotate: true });
    const id = await createSubscription(shop.app, buyer, orderByGopay(await addPackage(shop), account));
    await charge(shop, id);
    await look(id);
    expect((await read(shop, id)).state).toBe("ACTIVE");
  });

  test("is charged by the wallet's new token when that has changed", async () => {
    const { id, account } = await subscribeByGopay(shop);
    await moveRemote(shop, account, { rotate: true });
    await look(id);
    await charge(shop, id);
    await look(id);
    expect((await read(shop, id)).state).toBe("ACTIVE");
    const { number } = await read(shop, id);
    const [remote] = (await remotes(shop, number)) as { token?: string }[];
    expect(remote?.token).toBe((await remoteOf(shop, account))?.options[0]?.token);
  });

  test("that is cancelled while its token is renewed is charged no more", async () => {
    const { id, account, buyer } = await subscribeByGopay(shop);
    await moveRemote(shop, account, { rotate: true });
    const renewToken: App["subscriptions"]["renewToken"] = async (gatewayId, request) => {
      await cancelSubscription(shop.app, buyer, { subscriptionId: id });
      await shop.app.subscriptions.renewToken(gatewayId, request);
      await enable(gatewayId); // as a change of an ended one may
    };
    const subscriptions = { ...shop.app.subscriptions, renewToken };
    await lookAtSubscription({ ...shop.app, subscriptions }, { subscriptionId: id });
    const { number } = await read(shop, id);
    expect([(await read(shop, id)).state, await remotes(shop, number)]).toMatchObject(["CANCELLED", [OVER]]);
  });

  test("that is over here and lives on at the gateway is ended there when anything is heard of it", async () => {
    const { id, buyer } = await subscribeByGopay(shop);
    await cancelSubscription(shop.app, buyer, { subscriptionId: id });
    await enable(await gatewayIdOf(shop, id));
    const { number } = await read(shop, id);
    expect(await remotes(shop, number)).toMatchObject([{ status: "active" }]);
    await look(id);
    expect([(await read(shop, id)).state, await remotes(shop, number)]).toMatchObject(["CANCELLED", [OVER]]);
  });

  test("is only for an account of one's own that is linked", async () => {
    const [buyer, other] = [await shop.addBuyer(), await shop.addBuyer()];
    const [linked, waiting] = [await linkAccount(shop, buyer), await ask(shop, buyer)];
    const packageId = await addPackage(shop);
    const notFound = { code: "NOT_FOUND" };
    await expect(createSubscription(shop.app, other, orderByGopay(packageId, linked))).rejects.toMatchObject(notFound);
    await expect(createSubscription(shop.app, buyer, orderByGopay(packageId, waiting))).rejects.toMatchObject(notFound);
    await expect(
      createSubscription(shop.app, buyer, { packageId, method: "GOPAY", idempotencyKey: "no-account-1" }),
    ).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });

  test("whose account is ended before GoPay was asked is refused, and nothing was ordered there", async () => {
    const buyer = await shop.addBuyer();
    const account = await linkAccount(shop, buyer);
    await moveRemote(shop, account, { account_status: "DISABLED" });
    const id = await createSubscription(shop.app, buyer, orderByGopay(await addPackage(shop), account));
    const { state, number } = await read(shop, id);
    expect([state, await remotes(shop, number)]).toEqual(["REFUSED", []]);
    await finishSubscription(shop.app, { subscriptionId: id });
    expect((await read(shop, id)).state).toBe("REFUSED");
  });

  test("keeps its account from being unlinked until it is cancelled", async () => {
    const { id, account, buyer } = await subscribeByGopay(shop);
    const { number } = await read(shop, id);
    await expect(unlinkGopay(shop.app, buyer, { id: account })).rejects.toMatchObject({
      code: "CONFLICT",
      details: { subscriptions: [number] },
    });
    expect(await stateOf(shop, account)).toBe("LINKED");
    await cancelSubscription(shop.app, buyer, { subscriptionId: id });
    await unlinkGopay(shop.app, buyer, { id: account });
    expect(await stateOf(shop, account)).toBe("UNLINKED");
  });

  test("races its account's being unlinked, and one of the two is refused", async () => {
    for (let round = 0; round < 6; round++) {
      const buyer = await shop.addBuyer();
      const account = await linkAccount(shop, buyer);
      const packageId = await addPackage(shop);
      const [ordered, unlinked] = await Promise.allSettled([
        createSubscription(shop.app, buyer, orderByGopay(packageId, account)),
        unlinkGopay(shop.app, buyer, { id: account }),
      ]);
      expect([ordered.status, unlinked.status].sort()).toEqual(["fulfilled", "rejected"]);
    }
  });

  test("whose account its owner has ended is past due when the next month begins, and says why", async () => {
    const { id, account, buyer } = await subscribeByGopay(shop);
    await charge(shop, id);
    await look(id);
    expect(await problem(buyer, id)).toBeNull();
    await moveRemote(shop, account, { account_status: "DISABLED" });
    await lookAtAccount(shop.app, { accountId: account });
    expect([(await read(shop, id)).state, await problem(buyer, id)]).toEqual(["ACTIVE", "ACCOUNT_UNLINKED"]);
    shop.advance(MONTH);
    await charge(shop, id);
    await look(id);
    await shop.drain();
    const { state, number } = await read(shop, id);
    expect([state, await problem(buyer, id)]).toEqual(["PAST_DUE", "ACCOUNT_UNLINKED"]);
    const [mail] = await mails(number);
    expect(mail).toMatchObject({ template: "subscriptionPastDue" });
    expect(mail?.bodyText).toMatch(/Akun GoPay \+62812\*{4}0001 tidak terhubung lagi[\s\S]*pesan lagi/);
  });
});

describe("the owner of a subscription", () => {
  test("is told once when a month is not paid, and once when it is", async () => {
    const { id } = await subscribe(shop);
    await charge(shop, id);
    await look(id);
    shop.advance(MONTH);
    await charge(shop, id, { fails: ["deny"], charge: "regular" });
    await Promise.all([look(id), look(id)]);
    await shop.drain();
    const { number } = await read(shop, id);
    expect(await mails(number)).toMatchObject([{ template: "subscriptionPastDue" }]);
    shop.advance(DAY);
    await charge(shop, id, { charge: "retry" });
    await look(id);
    await shop.drain();
    await shop.app.db.sql("update outbox_messages set done_at = null where name = 'subscription.moved'");
    await shop.drain();
    const told = await mails(number);
    expect(told.map(({ template }) => template)).toEqual(["subscriptionPastDue", "subscriptionBack"]);
    expect(told[0]?.bodyText).toMatch(/Kami mencobanya lagi sekali sehari/);
    expect(await path(shop, id)).toEqual(["STARTING", "PENDING", "ACTIVE", "PAST_DUE", "ACTIVE"]);
  });

  test("is told when it is over because nothing was paid, and not of a step that is over already", async () => {
    const { id } = await subscribe(shop);
    await charge(shop, id);
    await look(id);
    shop.advance(MONTH);
    await charge(shop, id, { fails: ["deny", "500", "411", "402"], charge: "regular" });
    await look(id);
    for (let retry = 1; retry <= 3; retry++) await charge(shop, id, { charge: "retry" });
    await look(id);
    await shop.drain();
    const { number } = await read(shop, id);
    expect(await path(shop, id)).toEqual(["STARTING", "PENDING", "ACTIVE", "PAST_DUE", "SUSPENDED"]);
    expect(await mails(number)).toMatchObject([{ template: "subscriptionSuspended" }]);
  });

  test("of an expired card is told that before and when a month cannot be charged to it", async () => {
    const { id, buyer, card } = await subscribe(shop);
    await charge(shop, id);
    await look(id);
    const over = new Date(shop.app.clock.now().getTime() + MINUTE);
    await shop.app.db.sql("update saved_cards set expires_at = $2 where id = $1", [card, over]);
    expect([(await read(shop, id)).state, await problem(buyer, id)]).toEqual(["ACTIVE", "CARD_EXPIRED"]);
    shop.advance(MONTH);
    await charge(shop, id, { fails: ["411"], charge: "regular" });
    await look(id);
    await shop.drain();
    const { state, number } = await read(shop, id);
    expect([state, await problem(buyer, id)]).toEqual(["PAST_DUE", "CARD_EXPIRED"]);
    expect((await mails(number))[0]?.bodyText).toMatch(/Kartu 48111111-1114 sudah tidak berlaku/);
  });
});
