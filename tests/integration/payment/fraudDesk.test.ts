import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkout } from "../../../domain/checkout/checkout.ts";
import { blockFraud, unblockFraud } from "../../../domain/payment/blockFraud.ts";
import { createSubscription } from "../../../domain/payment/createSubscription.ts";
import { decideFraudReview } from "../../../domain/payment/decideFraudReview.ts";
import { listFraudVerdicts } from "../../../domain/payment/fraud.queries.ts";
import type { BlockKind } from "../../../domain/payment/fraud.rules.ts";
import { NOWHERE } from "../../../domain/payment/screenStart.ts";
import type { LiveShop } from "../../support/liveShop.ts";
import { codeOf, type FraudShop, openFraudShop, type Person } from "./fraudFacts.ts";
import { addPackage, order, saveCard } from "./subscriptionFacts.ts";

let shop: LiveShop;
let staff: Person;
let product: FraudShop["product"];
let buy: FraudShop["buy"];
let buyTimes: FraudShop["buyTimes"];
let verdictsOf: FraudShop["verdictsOf"];
let somewhere: FraudShop["somewhere"];
beforeAll(async () => {
  ({ shop, product, buy, buyTimes, verdictsOf, somewhere } = await openFraudShop());
  staff = await shop.addStaff();
});
afterAll(() => shop.close());

describe("a person of staff", () => {
  const openOf = async ({ userId }: Person) =>
    (await listFraudVerdicts(shop.app, staff, { open: true, userId }, { first: 10 })).nodes;
  async function reviewed() {
    const buyer = await shop.addBuyer();
    await buyTimes(3, buyer, somewhere());
    const [open] = await openOf(buyer);
    return { buyer, open: open as NonNullable<typeof open> };
  }

  test("releases what waits, with a note, and the alert is cleared", async () => {
    const { buyer, open } = await reviewed();
    const ask = { id: open.id, decision: "RELEASED", note: "Pelanggan lama, sudah ditelepon" } as const;
    expect(await decideFraudReview(shop.app, staff, ask)).toMatchObject({ decision: "RELEASED", note: ask.note });
    expect(await openOf(buyer)).toHaveLength(0);
    expect(await decideFraudReview(shop.app, staff, ask)).toMatchObject({ decision: "RELEASED" });
    expect(await codeOf(decideFraudReview(shop.app, staff, { ...ask, decision: "REFUSED" }))).toBe("CONFLICT");
    const audit = await shop.one<{ count: number }>(
      "select count(*) as count from audit_logs where entity = 'fraudVerdict' and entity_id = $1",
      open.id,
    );
    expect(audit.count).toBe(1);
    const alerts = await shop.one<{ count: number }>(
      "select count(*) as count from alerts where kind = 'FRAUD_REVIEW' and subject = $1 and cleared_at is null",
      buyer.userId,
    );
    expect(alerts.count).toBe(0);
  });

  test("refuses what waits: an unpaid payment is ended with its orders, at the gateway too", async () => {
    const { buyer, open } = await reviewed();
    await decideFraudReview(shop.app, staff, { id: open.id, decision: "REFUSED", note: "Kartu curian" });
    const row = await shop.one<{ payment: string; order: string }>(
      `select p.status as payment, o.status as "order" from payments p join orders o on o.session_id = p.session_id
        where p.id = $1`,
      open.paymentId,
    );
    expect(row).toEqual({ payment: "CANCELLED", order: "CANCELLED" });
    // Why is staff's alone: the customer reads the reasons in his order's history.
    const told = "select count(*)::int as n from order_status_logs where reason = 'Kartu curian'";
    expect(await shop.one(told)).toEqual({ n: 0 });
    expect(await openOf(buyer)).toHaveLength(0);
    expect(await shop.audit()).toEqual([]);
  });

  test.each<BlockKind>(["USER", "DEVICE", "ADDRESS"])("blocks by a verdict what was seen in it: %s", async (kind) => {
    const buyer = await shop.addBuyer();
    const origin = somewhere();
    await buy(buyer, origin);
    const [verdict] = await verdictsOf(buyer);
    const block = await blockFraud(shop.app, staff, { kind, verdictId: verdict?.id ?? "", note: "Penipuan" });
    expect(await blockFraud(shop.app, staff, { kind, verdictId: verdict?.id ?? "", note: "Lagi" })).toEqual(block);
    const other = kind === "USER" ? buyer : await shop.addBuyer();
    expect(await codeOf(buy(other, kind === "USER" ? NOWHERE : origin))).toBe("PAYMENT_REFUSED");
    expect((await verdictsOf(other)).at(-1)).toMatchObject({ verdict: "REFUSE", reasons: [`BLOCKED_${kind}`] });
    await unblockFraud(shop.app, staff, { id: block.id, note: "Salah orang" });
    expect(await codeOf(buy(other, kind === "USER" ? NOWHERE : origin))).toBe("OK");
    const audit = await shop.one<{ count: number }>(
      "select count(*) as count from audit_logs where entity = 'fraudBlock' and entity_id = $1",
      block.id,
    );
    expect(audit.count).toBe(2);
  });

  test("blocks an account from subscriptions, too: they are starts as any other", async () => {
    const buyer = await shop.addBuyer();
    const card = await saveCard(shop, buyer);
    await blockFraud(shop.app, staff, { kind: "USER", value: buyer.userId, note: "Penipuan" });
    const ask = order(await addPackage(shop), card);
    expect(await codeOf(createSubscription(shop.app, buyer, ask))).toBe("PAYMENT_REFUSED");
    expect((await verdictsOf(buyer)).at(-1)).toMatchObject({ verdict: "REFUSE", reasons: ["BLOCKED_USER"] });
    const none = "select count(*)::int as n from subscriptions where user_id = $1";
    expect(await shop.one(none, buyer.userId)).toEqual({ n: 0 });
  });

  test("blocks a masked card: whoever has paid by it starts nothing more", async () => {
    const [one, other] = [await shop.addBuyer(), await shop.addBuyer()];
    const { gatewayOrderId } = await shop.buy(one, shop.order([{ ...product, quantity: 1 }]));
    const id = gatewayOrderId as string;
    await shop.gatewayMoves(id, { transaction_status: "settlement", payment_type: "credit_card" });
    const told = JSON.parse(await shop.notify(id).then(() => shop.signedBody(id))) as { masked_card: string };
    await shop.drain();
    await buy(other);
    const { raw } = await shop.one<{ raw: string }>(
      "select t::text as raw from payment_transactions t where gateway_order_id = $1",
      id,
    );
    expect(raw).not.toContain(told.masked_card);
    await blockFraud(shop.app, staff, { kind: "CARD", value: told.masked_card, note: "Dilaporkan hilang" });
    expect(await codeOf(buy(one))).toBe("PAYMENT_REFUSED");
    expect(await codeOf(buy(other))).toBe("OK");
  });

  test("refuses what waits although its checkout has failed since and left no payment", async () => {
    const buyer = await shop.addBuyer();
    const origin = somewhere();
    await buyTimes(2, buyer, origin);
    const gone = await shop.addProduct({ stock: 0 });
    const input = shop.order([{ ...gone, quantity: 1 }]);
    expect(await codeOf(checkout(shop.app, buyer, input, origin))).toBe("OUT_OF_STOCK");
    const [open] = await openOf(buyer);
    const ask = { id: open?.id ?? "", decision: "REFUSED", note: "Mencurigakan" } as const;
    expect(await decideFraudReview(shop.app, staff, ask)).toMatchObject({ decision: "REFUSED" });
    expect(await openOf(buyer)).toHaveLength(0);
    // The same request again is the same start: it was refused.
    await shop.app.db.sql("update products set stock = 5, opening_stock = 5 where id = $1", [gone.productId]);
    expect(await codeOf(checkout(shop.app, buyer, input, origin))).toBe("PAYMENT_REFUSED");
  });

  test("is told what cannot be blocked", async () => {
    const block = (input: object) => codeOf(blockFraud(shop.app, staff, { kind: "USER", note: "x", ...input }));
    expect(await block({})).toBe("INVALID_INPUT");
    expect(await block({ value: "nobody@lunas.test" })).toBe("NOT_FOUND");
    expect(await block({ kind: "CARD", value: "4811111111111114" })).toBe("INVALID_INPUT");
    expect(await block({ kind: "ADDRESS", value: "127.0.0.1" })).toBe("INVALID_INPUT");
    expect(await block({ value: "a@lunas.test", note: " " })).toBe("INVALID_INPUT");
    expect(await codeOf(blockFraud(shop.app, await shop.addBuyer(), { kind: "USER", value: "x", note: "x" }))).toBe(
      "FORBIDDEN",
    );
  });
});
