import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { App } from "../../../domain/app.ts";
import { checkout } from "../../../domain/checkout/checkout.ts";
import type { PaymentId } from "../../../domain/kernel/ids.ts";
import { createSubscription } from "../../../domain/payment/createSubscription.ts";
import { deleteSavedCard } from "../../../domain/payment/deleteSavedCard.ts";
import { keepSavedCards } from "../../../domain/payment/keepSavedCards.ts";
import { listSavedCards } from "../../../domain/payment/savedCard.queries.ts";
import { renewPaymentToken, startPayment } from "../../../domain/payment/startPayment.ts";
import { type Bought, type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { atGateway, order as buy, calls, choose, newest } from "./chargeFacts.ts";
import type { Person } from "./facts.ts";
import { addPackage, newKey, order, payByCard, saveCard } from "./subscriptionFacts.ts";

let shop: LiveShop;

beforeAll(async () => {
  shop = await openLiveShop();
});
afterAll(async () => {
  expect(await shop.audit()).toEqual([]);
  await shop.close();
});

/** The customer chooses one of his saved cards, with a fresh token. */
async function chooseCard(buyer: Person, bought: Bought, savedCardToken: string): Promise<void> {
  const { paymentToken } = await renewPaymentToken(shop.app, buyer, { paymentId: bought.paymentId });
  await startPayment(shop.app, buyer, {
    paymentId: bought.paymentId,
    method: "CREDIT_CARD",
    savedCardToken,
    paymentToken,
    idempotencyKey: newKey(),
  });
}

/** The input of a checkout that charges a saved card. */
async function checkoutBy(savedCardToken: string) {
  const goods = await shop.addProduct();
  return shop.order([{ ...goods, quantity: 1 }], { method: "CREDIT_CARD", savedCardToken });
}

const statusOf = async ({ paymentId }: Bought) =>
  (await shop.one<{ status: string }>("select status from payments where id = $1", paymentId)).status;

describe("a saved card", () => {
  test("is kept where its owner says so on the gateway's page, masked for him and sealed at rest", async () => {
    const buyer = await shop.addBuyer();
    await payByCard(shop, buyer, true);
    expect(await listSavedCards(shop.app, buyer)).toEqual([]);
    expect(await keepSavedCards(shop.app)).toBe(1);
    expect(await keepSavedCards(shop.app)).toBe(0);
    const cards = await listSavedCards(shop.app, buyer);
    expect(cards).toHaveLength(1);
    expect(cards[0]?.maskedCard).toBe("48111111-1114");
    expect(JSON.stringify(cards)).not.toContain("token");
    const raw = await shop.one("select token_sealed from saved_cards where user_id = $1", buyer.userId);
    expect(JSON.stringify(raw)).not.toMatch(/4811/);
    const { sandboxToken } = await shop.one<{ sandboxToken: string }>(
      "select token_hash as sandbox_token from saved_cards where user_id = $1",
      buyer.userId,
    );
    expect(sandboxToken).toMatch(/^[0-9a-f]{64}$/);
  });

  test("is not kept where he does not", async () => {
    const buyer = await shop.addBuyer();
    await payByCard(shop, buyer, false);
    expect(await keepSavedCards(shop.app)).toBe(1);
    expect(await listSavedCards(shop.app, buyer)).toEqual([]);
  });

  test("stands in no record of ours as it can be charged by", async () => {
    const buyer = await shop.addBuyer();
    await saveCard(shop, buyer);
    const answer = await fetch(`${shop.sandbox.url}/sandbox/cards`);
    const { cards } = (await answer.json()) as { cards: { id: string; kind: string }[] };
    const tokens = cards.filter(({ kind }) => kind === "saved").map(({ id }) => id);
    expect(tokens.length).toBeGreaterThan(0);
    const tables = await shop.app.db.sql<{ name: string }>(
      `select table_name as name from information_schema.tables
        where table_schema = 'public' and table_type = 'BASE TABLE'`,
    );
    for (const { name } of tables) {
      const [row] = await shop.app.db.sql<{ n: number }>(
        `select count(*)::int as n from "${name}" t, unnest($1::text[]) as w(token)
          where strpos(t::text, w.token) > 0`,
        [tokens],
      );
      expect([name, row?.n]).toEqual([name, 0]);
    }
  });

  test("pays at once where its bank asks for no more", async () => {
    const buyer = await shop.addBuyer();
    const card = await saveCard(shop, buyer);
    const bought = await buy(shop, buyer);
    await chooseCard(buyer, bought, card);
    expect([await statusOf(bought), (await newest(shop, bought)).state]).toEqual(["PAID", "PAID"]);
  });

  test("pays by its bank's own page, whose address the customer gets again when he asks again", async () => {
    const buyer = await shop.addBuyer();
    const card = await saveCard(shop, buyer, "3ds");
    const bought = await buy(shop, buyer);
    await chooseCard(buyer, bought, card);
    const tried = await newest(shop, bought);
    expect(tried).toMatchObject({ method: "SAVED_CARD", state: "LIVE" });
    expect(tried.instructions["redirectUrl"]).toMatch(/^http/);
    await chooseCard(buyer, bought, card);
    expect((await newest(shop, bought)).id).toBe(tried.id);
    await shop.gatewayMoves(tried.gatewayOrderId, { transaction_status: "capture", force: true });
    await shop.notify(tried.gatewayOrderId);
    await shop.drain();
    expect(await statusOf(bought)).toBe("PAID");
    expect(await keepSavedCards(shop.app)).toBe(0);
  });

  test("gives way to another method, and is closed at the gateway first", async () => {
    const buyer = await shop.addBuyer();
    const card = await saveCard(shop, buyer, "3ds");
    const bought = await buy(shop, buyer);
    await chooseCard(buyer, bought, card);
    const { gatewayOrderId } = await newest(shop, bought);
    await choose(shop.app, buyer, bought, "VA_BNI");
    expect(await newest(shop, bought)).toMatchObject({ method: "VA_BNI", state: "LIVE" });
    expect((await atGateway(shop, gatewayOrderId))?.["transaction_status"]).not.toBe("pending");
  });

  test("is its owner's alone, for payments and for subscriptions", async () => {
    const [owner, thief] = [await shop.addBuyer(), await shop.addBuyer()];
    const card = await saveCard(shop, owner);
    const notFound = { code: "NOT_FOUND" };
    const bought = await buy(shop, thief);
    await expect(chooseCard(thief, bought, card)).rejects.toMatchObject(notFound);
    await expect(deleteSavedCard(shop.app, thief, { id: card })).rejects.toMatchObject(notFound);
    expect(await listSavedCards(shop.app, thief)).toEqual([]);
    await shop.app.db.sql("update saved_cards set expires_at = now() - interval '1 day' where id = $1", [card]);
    await expect(chooseCard(owner, await buy(shop, owner), card)).rejects.toMatchObject(notFound);
  });

  test("that is deleted is charged no more, and is not kept again", async () => {
    const buyer = await shop.addBuyer();
    const card = await saveCard(shop, buyer);
    await deleteSavedCard(shop.app, buyer, { id: card });
    await deleteSavedCard(shop.app, buyer, { id: card });
    expect(await listSavedCards(shop.app, buyer)).toEqual([]);
    expect(await shop.one("select token_sealed from saved_cards where id = $1", card)).toEqual({ tokenSealed: null });
    await expect(chooseCard(buyer, await buy(shop, buyer), card)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await shop.app.db.sql(
      "update payment_transactions set card_look_at = now() where gateway_payment_type is not null",
    );
    await keepSavedCards(shop.app);
    expect(await listSavedCards(shop.app, buyer)).toEqual([]);
  });

  test("pays a checkout at once, and counts there as the card that it is", async () => {
    const buyer = await shop.addBuyer();
    const card = await saveCard(shop, buyer);
    const input = await checkoutBy(card);
    const bought = await shop.buy(buyer, input);
    const tried = await newest(shop, bought);
    expect([await statusOf(bought), tried.method, tried.state]).toEqual(["PAID", "SAVED_CARD", "PAID"]);
    expect((await shop.buy(buyer, input)).paymentId).toBe(bought.paymentId);
    expect(await calls(shop, "charge", tried.gatewayOrderId)).toBe(1);
    const { verdicts } = await shop.one<{ verdicts: number }>(
      `select count(distinct v.id)::int as verdicts from fraud_verdicts v
         join payment_transactions t on t.card_hash = v.card_hash
        where v.payment_id = $1 and t.payment_id = $1`,
      bought.paymentId,
    );
    expect(verdicts).toBe(1);
  });

  test("pays a checkout that did not wait for a slow gateway as soon as the worker is at it", async () => {
    const buyer = await shop.addBuyer();
    const input = await checkoutBy(await saveCard(shop, buyer));
    const lines: unknown[] = [];
    const note = (...line: unknown[]) => lines.push(line.map((part) => inspect(part, { depth: 10 })));
    const log = { info: note, warn: note, error: note, debug: note } as unknown as App["log"];
    const charge: App["payments"]["charge"] = async (request) => {
      await shop.app.payments.charge(request);
      return new Promise(() => undefined); // its answer never comes
    };
    const slow = { ...shop.app, log, payments: { ...shop.app.payments, charge } };
    // One that waited for the gateway would never end.
    const { sessionId } = await checkout(slow, buyer, input);
    const { paymentId } = await shop.one<{ paymentId: PaymentId }>(
      "select id as payment_id from payments where session_id = $1",
      sessionId,
    );
    const bought = { paymentId } as Bought;
    expect((await newest(shop, bought)).state).toBe("STARTING");
    shop.advance(60_000);
    await shop.drain();
    expect(await statusOf(bought)).toBe("PAID");
    expect(await calls(shop, "charge", (await newest(shop, bought)).gatewayOrderId)).toBe(1);
    expect(JSON.stringify(lines)).not.toMatch(/4811|token_id|cardToken/);
  });

  test("of another customer, one that is deleted, and one beside another method buy nothing", async () => {
    const [owner, thief] = [await shop.addBuyer(), await shop.addBuyer()];
    const card = await saveCard(shop, owner);
    const orders = await shop.one("select count(*)::int as n from orders");
    const refusals = [
      [thief, {}, "NOT_FOUND"],
      [owner, { method: "GOPAY" }, "PAYMENT_METHOD_UNAVAILABLE"],
      [owner, { method: null }, "INVALID_INPUT"],
    ] as const;
    for (const [who, change, code] of refusals) {
      const bought = shop.buy(who, { ...(await checkoutBy(card)), ...change });
      await expect(bought).rejects.toMatchObject({ code });
    }
    await deleteSavedCard(shop.app, owner, { id: card });
    await expect(shop.buy(owner, await checkoutBy(card))).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await shop.one("select count(*)::int as n from orders")).toEqual(orders);
  });

  test("is not deleted while a subscription is charged to it", async () => {
    const buyer = await shop.addBuyer();
    const card = await saveCard(shop, buyer);
    await createSubscription(shop.app, buyer, order(await addPackage(shop), card));
    await expect(deleteSavedCard(shop.app, buyer, { id: card })).rejects.toMatchObject({ code: "CONFLICT" });
  });
});
