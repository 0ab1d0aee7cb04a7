import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { previewRefund } from "../../../domain/refund/previewRefund.ts";
import { refundPayment } from "../../../domain/refund/refundPayment.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { BY_QRIS, begin, claim, happens, learning, PRICES, sell, statusOf } from "../enrollment/facts.ts";
import type { Person } from "../payment/facts.ts";

let shop: LiveShop;
let buyer: Person;
let admin: Person;
let keys = 0;
beforeAll(async () => {
  shop = await openLiveShop();
  buyer = await shop.addBuyer();
  admin = { ...(await shop.addStaff()), role: "ADMIN" };
});
afterAll(async () => {
  expect(await shop.audit()).toEqual([]);
  await shop.close();
});

const give = (paymentId: string, amount: number, more: object = {}) =>
  refundPayment(shop.app, admin, {
    paymentId,
    amount,
    reason: "kelas batal",
    idempotencyKey: `courses-key-${++keys}`,
    ...more,
  });

describe("a refund of what was paid for courses", () => {
  test("in part leaves who learns enrolled; the rest of it ends that, and nothing is left to give", async () => {
    const sold = await sell(shop, { approval: "AUTO" });
    const { paymentId, gatewayOrderId } = await begin(shop, buyer, sold);
    await happens(shop, gatewayOrderId, BY_QRIS);
    expect(await previewRefund(shop.app, admin, { paymentId })).toMatchObject({
      left: PRICES.UMUM,
      items: [],
      shares: null,
      refusal: null,
    });
    const items = [{ orderItemId: paymentId, quantity: 1, restock: false }];
    await expect(give(paymentId, 1_000, { items })).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await give(paymentId, 50_000);
    await shop.drain();
    expect(await statusOf(shop, paymentId)).toBe("PARTIALLY_REFUNDED");
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(["ENROLLED 0", "ENROLLED 0"]);
    await expect(give(paymentId, PRICES.UMUM)).rejects.toMatchObject({ code: "REFUND_EXCEEDS_CAPTURED" });
    await give(paymentId, PRICES.UMUM - 50_000);
    await shop.drain();
    expect(await statusOf(shop, paymentId)).toBe("REFUNDED");
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(["NOT_ENROLLED 0", "NOT_ENROLLED 0"]);
    await expect(give(paymentId, 1)).rejects.toMatchObject({ code: "NOT_REFUNDABLE" });
  });

  test("is refused while nobody has approved the proof that it was paid", async () => {
    const sold = await sell(shop);
    const paymentId = await claim(shop, buyer, sold);
    await expect(give(paymentId, 1_000)).rejects.toMatchObject({ code: "NOT_REFUNDABLE" });
  });
});
