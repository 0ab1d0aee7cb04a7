import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { pollPayments } from "../../../domain/payment/pollPayments.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { buyTwo, cases, happens, lyingGateway, type Order, type Person, standing } from "./facts.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
let shop: LiveShop;
let buyer: Person;

beforeAll(async () => {
  shop = await openLiveShop();
  buyer = await shop.addBuyer();
});
afterAll(() => shop.close());

const polled = async (order: Order): Promise<number | null> => {
  await shop.app.db.sql("update payment_transactions set next_poll_at = $2 where payment_id = $1", [
    order.paymentId,
    shop.app.clock.now(),
  ]);
  await pollPayments(lyingGateway(shop.app, { merchantId: "G-ANOTHER" }));
  const { at } = await shop.one<{ at: Date | null }>(
    "select next_poll_at as at from payment_transactions where payment_id = $1",
    order.paymentId,
  );
  return at && at.getTime() - shop.app.clock.now().getTime();
};

test("what was paid and is told strangely of is asked about each hour, and not for ever", async () => {
  const order = await buyTwo(shop, buyer);
  await happens(shop, order, { transaction_status: "settlement", method: "gopay" });
  const pause = await polled(order);
  expect(pause).toBeGreaterThan(50 * MINUTE_MS);
  expect(await cases(shop, order)).toEqual(["UNMATCHED"]);
  shop.advance(3 * DAY_MS);
  expect(await polled(order)).toBeNull();
  expect(await standing(shop, order)).toMatchObject({ payment: "PAID", order: "PAID" });
});
