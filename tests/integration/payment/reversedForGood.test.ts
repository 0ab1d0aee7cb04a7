import { afterAll, beforeAll, expect, test } from "vitest";
import type { PaymentReport } from "../../../domain/payment/paymentGateway.ts";
import { syncPayment } from "../../../domain/payment/syncPayment.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { buyTwo, cases, count, happens, lyingGateway, type Order, type Person, standing } from "./facts.ts";

let shop: LiveShop;
let buyer: Person;

beforeAll(async () => {
  shop = await openLiveShop();
  buyer = await shop.addBuyer();
});
afterAll(() => shop.close());

/** The gateway answers as it would have before: two questions at once may overtake each other. */
const told = (order: Order, status: "pending" | "settlement") => {
  const stale: Partial<PaymentReport> = { status, statusText: status };
  return syncPayment(lyingGateway(shop.app, stale), buyer, { paymentId: order.paymentId });
};

test("money that a bank took back stays gone, however many answers from before are told afterwards", async () => {
  const order = await buyTwo(shop, buyer);
  await happens(shop, order, { transaction_status: "settlement", method: "permata_va" });
  await happens(shop, order, { transaction_status: "deny", force: true });
  await told(order, "pending");
  await told(order, "settlement");
  await shop.drain();
  expect(await standing(shop, order)).toMatchObject({ payment: "FAILED", order: "CANCELLED", stock: 10 });
  expect(await count(shop, "refunds where payment_id = $1", order.paymentId)).toBe(0);
  expect(await count(shop, "notices where event = $1", `payment.orphaned:${order.paymentId}`)).toBe(0);
  expect(await cases(shop, order)).toEqual(["CAPTUREDAFTERREVERSAL"]);
  expect(await shop.audit()).toEqual([]);
});
