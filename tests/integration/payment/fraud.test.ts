import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkout } from "../../../domain/checkout/checkout.ts";
import { reviewPaid } from "../../../domain/payment/reviewPaid.ts";
import { NOWHERE, screenStart } from "../../../domain/payment/screenStart.ts";
import { renewPaymentToken, startPayment } from "../../../domain/payment/startPayment.ts";
import { statementsSent } from "../../../platform/sqlClient.ts";
import type { LiveShop } from "../../support/liveShop.ts";
import { codeOf, type FraudShop, openFraudShop, type Person } from "./fraudFacts.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let shop: LiveShop;
let product: FraudShop["product"];
let buy: FraudShop["buy"];
let buyTimes: FraudShop["buyTimes"];
let verdictsOf: FraudShop["verdictsOf"];
let somewhere: FraudShop["somewhere"];
beforeAll(async () => {
  ({ shop, product, buy, buyTimes, verdictsOf, somewhere } = await openFraudShop());
});
afterAll(() => shop.close());

describe("a start of a payment", () => {
  test("leaves a verdict with what was counted, and no address, device or card in the clear", async () => {
    const buyer = await shop.addBuyer();
    const origin = somewhere();
    const { sessionId } = await buy(buyer, origin);
    const [row, ...more] = await verdictsOf(buyer);
    expect(more).toEqual([]);
    expect(row).toMatchObject({
      verdict: "ALLOW",
      reasons: [],
      figures: { userStarts: 1, deviceStarts: 1, addressStarts: 1 },
    });
    const { id } = await shop.one<{ id: string }>("select id from payments where session_id = $1", sessionId);
    expect(row?.paymentId).toBe(id);
    const { raw } = await shop.one<{ raw: string }>(
      "select v::text as raw from fraud_verdicts v where id = $1",
      row?.id,
    );
    expect(raw).not.toContain(origin.address);
    expect(raw).not.toContain(origin.device);
  });

  test("goes on and waits for a person from the first threshold, and is refused from the second", async () => {
    const buyer = await shop.addBuyer();
    expect(await buyTimes(7, buyer)).toEqual(["OK", "OK", "OK", "OK", "OK", "PAYMENT_REFUSED", "PAYMENT_REFUSED"]);
    const kept = await verdictsOf(buyer);
    expect(kept.map(({ verdict }) => verdict)).toEqual([
      ...["ALLOW", "ALLOW", "ALLOW"],
      ...["REVIEW", "REVIEW", "REFUSE", "REFUSE"],
    ]);
    expect(kept.map(({ paymentId }) => paymentId !== null)).toEqual([true, true, true, true, true, false, false]);
    expect(kept.at(-1)).toMatchObject({ reasons: ["USER_STARTS"], figures: { userStarts: 7 } });
    const { count } = await shop.one<{ count: number }>(
      "select count(*) as count from payments where user_id = $1",
      buyer.userId,
    );
    expect(count).toBe(5);
    const { raises } = await shop.one<{ raises: number }>(
      "select raises from alerts where kind = 'FRAUD_REVIEW' and subject = $1",
      buyer.userId,
    );
    expect(raises).toBe(2);
  });

  test("is told nothing of the rule that refused it", async () => {
    const buyer = await shop.addBuyer();
    await buyTimes(5, buyer);
    const refusal = await buy(buyer).catch((error: Error & { details: object }) => error);
    expect(refusal).toMatchObject({ code: "PAYMENT_REFUSED", details: {} });
    expect(JSON.stringify([(refusal as Error).message])).not.toMatch(/fraud|start(s|ed) too|rule|limit|block|many/i);
  });

  test("is free again when the window has passed", async () => {
    const buyer = await shop.addBuyer();
    await buyTimes(6, buyer);
    shop.advance(11 * MINUTE);
    expect(await codeOf(buy(buyer))).toBe("OK");
    expect((await verdictsOf(buyer)).at(-1)).toMatchObject({ verdict: "ALLOW", figures: { userStarts: 1 } });
  });

  test("counts what one browser starts for many accounts", async () => {
    const origin = somewhere();
    const buyers = await Promise.all(Array.from({ length: 5 }, () => shop.addBuyer()));
    const codes: string[] = [];
    for (const buyer of buyers) codes.push(await codeOf(buy(buyer, { ...origin, address: null })));
    expect(codes).toEqual(["OK", "OK", "OK", "OK", "PAYMENT_REFUSED"]);
    expect((await verdictsOf(buyers[2] as Person))[0]).toMatchObject({ verdict: "REVIEW", reasons: ["DEVICE_STARTS"] });
  });

  test("is counted once for a request that is repeated, whose answer stays the first one", async () => {
    const buyer = await shop.addBuyer();
    const input = shop.order([{ ...product, quantity: 1 }]);
    const answers = [];
    for (let n = 0; n < 8; n++) answers.push(await checkout(shop.app, buyer, input));
    expect(new Set(answers.map(({ sessionId }) => sessionId)).size).toBe(1);
    expect(await verdictsOf(buyer)).toMatchObject([{ verdict: "ALLOW", figures: { userStarts: 1 } }]);
  });

  test("of twenty at once from one address is counted as twenty, and the next one is refused", async () => {
    const { address } = somewhere();
    const buyers = await Promise.all(Array.from({ length: 20 }, () => shop.addBuyer()));
    const codes = await Promise.all(buyers.map((buyer) => codeOf(buy(buyer, { address, device: null }))));
    expect(codes).toEqual(Array.from({ length: 20 }, () => "OK"));
    const rows = await Promise.all(buyers.map(verdictsOf));
    const counted = rows.map(([row]) => row?.figures["addressStarts"] ?? 0).sort((a, b) => a - b);
    expect(counted).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    expect(rows.filter(([row]) => row?.verdict === "REVIEW")).toHaveLength(13);
    expect(await codeOf(buy(await shop.addBuyer(), { address, device: null }))).toBe("PAYMENT_REFUSED");
  });

  test("costs one statement where nothing is odd, and a checkout without a method none", async () => {
    const buyer = await shop.addBuyer();
    const more = { method: null };
    await buy(buyer, NOWHERE, more);
    const { userId } = buyer;
    expect(await verdictsOf(buyer)).toEqual([]);
    const before = statementsSent();
    const paymentId = shop.app.ids.next<"payment">();
    await screenStart(shop.app, somewhere(), { userId, paymentId, method: "SNAP", amount: 1_000, key: "one" });
    expect(statementsSent() - before).toBe(1);
  });

  test("is counted when a payment is started again by its token", async () => {
    const buyer = await shop.addBuyer();
    const bought = await shop.buy(buyer, shop.order([{ ...product, quantity: 1 }], { method: null }));
    const { paymentId } = bought;
    const start = async (n: number) => {
      const { paymentToken } = await renewPaymentToken(shop.app, buyer, { paymentId });
      const input = { paymentId, method: "SNAP" as const, paymentToken, idempotencyKey: `again-${n}-of-it` };
      return startPayment(shop.app, buyer, input, somewhere());
    };
    const codes: string[] = [];
    for (let n = 1; n <= 6; n++) {
      codes.push(await codeOf(start(n)));
      shop.advance(1_000); // a token of another millisecond
    }
    expect(codes).toEqual(["OK", "OK", "OK", "OK", "OK", "PAYMENT_REFUSED"]);
    expect((await verdictsOf(buyer)).map((row) => row.paymentId)).toEqual(Array.from({ length: 6 }, () => paymentId));
  });
});

describe("a payment far over the habit of its account", () => {
  test("waits for a person, and goes on", async () => {
    const buyer = await shop.addBuyer();
    const dear = await shop.addProduct({ price: 25_000_000 });
    const code = await codeOf(checkout(shop.app, buyer, shop.order([{ ...dear, quantity: 1 }])));
    expect(code).toBe("OK");
    expect(await verdictsOf(buyer)).toMatchObject([{ verdict: "REVIEW", reasons: ["FIRST_AMOUNT"] }]);
  });

  test("is measured by what the account has paid", async () => {
    const buyer = await shop.addBuyer();
    const usual = await shop.addProduct({ price: 1_500_000 });
    const dear = await shop.addProduct({ price: 9_000_000 });
    const bought = await shop.buy(buyer, shop.order([{ ...usual, quantity: 1 }]));
    await shop.gatewayMoves(bought.gatewayOrderId as string, { transaction_status: "settlement" });
    await shop.notify(bought.gatewayOrderId as string);
    await shop.drain();
    await checkout(shop.app, buyer, shop.order([{ ...dear, quantity: 1 }]));
    expect((await verdictsOf(buyer)).at(-1)).toMatchObject({ verdict: "REVIEW", reasons: ["OVER_HABIT"] });
  });
});

describe("many declined payments", () => {
  /** A payment that the gateway declined. */
  async function declined(buyer: Person): Promise<string> {
    const bought = await shop.buy(buyer, shop.order([{ ...product, quantity: 1 }]));
    const id = bought.gatewayOrderId as string;
    await shop.gatewayMoves(id, { transaction_status: "deny" });
    await shop.notify(id);
    await shop.drain();
    return id;
  }

  test("have a person look at the next start", async () => {
    const buyer = await shop.addBuyer();
    await declined(buyer);
    await buy(buyer);
    expect((await verdictsOf(buyer)).at(-1)).toMatchObject({ verdict: "ALLOW", figures: { declined: 1 } });
    await declined(buyer);
    shop.advance(11 * MINUTE);
    await buy(buyer);
    expect((await verdictsOf(buyer)).at(-1)).toMatchObject({ verdict: "REVIEW", reasons: ["DECLINED"] });
    shop.advance(DAY);
    await buy(buyer);
    expect((await verdictsOf(buyer)).at(-1)).toMatchObject({ verdict: "ALLOW", figures: { declined: 0 } });
  });

  test("and then a success on the same page wait for a person once, however often it is looked for", async () => {
    const buyer = await shop.addBuyer();
    const id = await declined(buyer);
    const byCard = async (status: string) => {
      await shop.gatewayMoves(id, { transaction_status: status, payment_type: "credit_card", new: true });
      await shop.notify(id);
      await shop.drain();
    };
    await byCard("deny");
    expect(await reviewPaid(shop.app)).toBe(0);
    await byCard("settlement");
    expect(await reviewPaid(shop.app)).toBe(1);
    expect(await reviewPaid(shop.app)).toBe(0);
    expect((await verdictsOf(buyer)).at(-1)).toMatchObject({ verdict: "REVIEW", reasons: ["DECLINED"] });
  });
});
