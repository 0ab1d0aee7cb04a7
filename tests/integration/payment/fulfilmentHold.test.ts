import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerChallenge } from "../../../domain/payment/answerChallenge.ts";
import { decideFraudReview } from "../../../domain/payment/decideFraudReview.ts";
import { fulfilmentHold } from "../../../domain/payment/fulfilmentHold.ts";
import { reviewPaid } from "../../../domain/payment/reviewPaid.ts";
import { inTransaction } from "../../../platform/db.ts";
import type { LiveShop } from "../../support/liveShop.ts";
import { buyTwo, cases, happens, type Order, type Person } from "./facts.ts";
import { type FraudShop, openFraudShop } from "./fraudFacts.ts";

const HOLD = 10 * 60_000;
const PAID_BY_QRIS = { transaction_status: "settlement", payment_type: "qris" };

let shop: LiveShop;
let verdictsOf: FraudShop["verdictsOf"];
let buyTimes: FraudShop["buyTimes"];
let staff: Person;
beforeAll(async () => {
  ({ shop, verdictsOf, buyTimes } = await openFraudShop());
  staff = await shop.addStaff();
});
afterAll(() => shop.close());

const held = ({ paymentId }: Pick<Order, "paymentId">) =>
  inTransaction(shop.app.db, (tx) => fulfilmentHold(tx, shop.app, paymentId));

describe("what was bought", () => {
  test("waits for its money, and leaves when it is here", async () => {
    const order = await buyTwo(shop, await shop.addBuyer());
    expect(await held(order)).toEqual({ reason: "NOT_PAID", until: null });
    await happens(shop, order, PAID_BY_QRIS);
    expect(await held(order)).toBeNull();
  });

  test("waits with money that its bank may take back, as long as it may", async () => {
    const order = await buyTwo(shop, await shop.addBuyer());
    await happens(shop, order, { transaction_status: "settlement", payment_type: "echannel" });
    const hold = await held(order);
    expect(hold?.reason).toBe("REVERSAL");
    expect(Math.abs((hold?.until?.getTime() ?? 0) - shop.app.clock.now().getTime() - HOLD)).toBeLessThan(60_000);
    shop.advance(HOLD + 1_000);
    expect(await held(order)).toBeNull();
  });

  test("waits while the card's bank is asked about a challenge, and leaves when it is accepted", async () => {
    const order = await buyTwo(shop, await shop.addBuyer());
    const challenge = { transaction_status: "capture", fraud_status: "challenge", payment_type: "credit_card" };
    await happens(shop, order, challenge);
    expect(await held(order)).toEqual({ reason: "CHALLENGED", until: null });
    await answerChallenge(shop.app, staff, { paymentId: order.paymentId, answer: "ACCEPT" });
    expect(await held(order)).toBeNull();
  });

  test("waits for who looks at its payment, and stays where that one refuses", async () => {
    const buyer = await shop.addBuyer();
    await buyTimes(3, buyer);
    const [released, refused] = [await buyTwo(shop, buyer), await buyTwo(shop, buyer)];
    for (const order of [released, refused]) {
      await happens(shop, order, PAID_BY_QRIS);
      expect(await held(order)).toEqual({ reason: "REVIEW", until: null });
    }
    const verdicts = await verdictsOf(buyer);
    const decide = async (order: Order, decision: "RELEASED" | "REFUSED") => {
      const { id } = verdicts.find(({ paymentId }) => paymentId === order.paymentId) as { id: string };
      await decideFraudReview(shop.app, staff, { id, decision, note: "Sudah dilihat" });
    };
    await decide(released, "RELEASED");
    await decide(refused, "REFUSED");
    expect(await held(released)).toBeNull();
    expect(await held(refused)).toEqual({ reason: "REVIEW", until: null });
    // Its money is here, and somebody has to send it back.
    expect(await cases(shop, refused)).toEqual(["REVIEW_REFUSED"]);
    expect(await cases(shop, released)).toEqual([]);
  });

  test("waits although the checkout that was looked at failed, and worked when it was sent again", async () => {
    const buyer = await shop.addBuyer();
    await buyTimes(3, buyer);
    const product = await shop.addProduct({ stock: 0 });
    const input = shop.order([{ ...product, quantity: 1 }]);
    await expect(shop.buy(buyer, input)).rejects.toMatchObject({ code: "OUT_OF_STOCK" });
    await shop.app.db.sql("update products set stock = 5, opening_stock = 5 where id = $1", [product.productId]);
    const bought = await shop.buy(buyer, input);
    const order = { ...bought, productId: product.productId, gatewayOrderId: bought.gatewayOrderId as string };
    expect((await verdictsOf(buyer)).at(-1)).toMatchObject({ verdict: "REVIEW", paymentId: order.paymentId });
    await happens(shop, order, PAID_BY_QRIS);
    expect(await held(order)).toEqual({ reason: "REVIEW", until: null });
  });

  test("waits from the payment on when many cards were declined before, until it is released", async () => {
    const buyer = await shop.addBuyer();
    const order = await buyTwo(shop, buyer);
    const card = { payment_type: "credit_card" };
    await happens(shop, order, { ...card, transaction_status: "deny" });
    // Another card on the same page, declined too: the gateway says the same word of another transaction.
    await happens(shop, order, { ...card, transaction_status: "deny", new: true });
    await happens(shop, order, { ...card, transaction_status: "capture", fraud_status: "accept", new: true });
    expect(await held(order)).toEqual({ reason: "REVIEW", until: null });
    await reviewPaid(shop.app);
    expect(await held(order)).toEqual({ reason: "REVIEW", until: null });
    const { id } = (await verdictsOf(buyer)).find(({ verdict }) => verdict === "REVIEW") as { id: string };
    await decideFraudReview(shop.app, staff, { id, decision: "RELEASED", note: "Kartu sendiri" });
    expect(await held(order)).toBeNull();
  });

  test("leaves although a wrong sum came besides, and waits where its own sum is in doubt", async () => {
    const order = await buyTwo(shop, await shop.addBuyer());
    const wrong = { transaction_status: "settlement", method: "gopay", gross_amount: 1_000, force: true };
    await happens(shop, order, wrong);
    const { amount } = await shop.one<{ amount: number }>("select amount from payments where id = $1", order.paymentId);
    await happens(shop, order, { ...wrong, gross_amount: amount, new: true });
    expect(await cases(shop, order)).toEqual(["AMOUNT_MISMATCH"]);
    expect(await held(order)).toBeNull();
    await happens(shop, order, { ...wrong, gross_amount: 2_000 });
    expect(await held(order)).toEqual({ reason: "MONEY_CASE", until: null });
  });

  test("waits while a case doubts its own money, not for one about other money or about one order", async () => {
    const order = await buyTwo(shop, await shop.addBuyer());
    await happens(shop, order, PAID_BY_QRIS);
    const open = (kind: string, columns: string) =>
      shop.app.db.sql(
        `insert into money_cases (id, kind, subject, payment_id, order_id, transaction_id, amount, summary, evidence,
                                  actions, opened_at)
         select gen_random_uuid(), $2, gen_random_uuid()::text, p.id, ${columns}, 1, 'x', '{}', '{DISMISS}', now()
           from payments p join orders o on o.session_id = p.session_id
           join payment_transactions t on t.payment_id = p.id where p.id = $1`,
        [order.paymentId, kind],
      );
    await open("PAID_TWICE", "null, t.id");
    await open("LOST_OR_DAMAGED", "o.id, null::uuid");
    expect(await held(order)).toBeNull();
    await open("STRANGE_STATUS", "null, t.id");
    expect(await held(order)).toEqual({ reason: "MONEY_CASE", until: null });
    await shop.app.db.sql("update money_cases set resolved_at = now() where payment_id = $1", [order.paymentId]);
    expect(await held(order)).toBeNull();
    await open("SOMETHING_ELSE", "null, null::uuid");
    expect(await held(order)).toEqual({ reason: "MONEY_CASE", until: null });
  });
});
