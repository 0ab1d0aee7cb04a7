import { afterAll, beforeAll, expect, test } from "vitest";
import type { App } from "../../../domain/app.ts";
import { GatewayUnreadable } from "../../../domain/kernel/errors.ts";
import { pollPayments } from "../../../domain/payment/pollPayments.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { alerts, buyTwo, cases, happens, lyingGateway, type Order, type Person, standing } from "./facts.ts";

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

test("what is locked for too long is asked about again within minutes, and is nobody's alert", async () => {
  const order = await buyTwo(shop, buyer);
  await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", method: "gopay" });
  await shop.app.db.sql("update payment_transactions set next_poll_at = $2 where payment_id = $1", [
    order.paymentId,
    shop.app.clock.now(),
  ]);
  const { ORDER } = shop.app.effects;
  const lock: typeof ORDER.lock = async (tx, ...what) => {
    await tx.sql("set local lock_timeout = 20");
    await ORDER.lock(tx, ...what);
  };
  const holder = await shop.app.db.pool.connect();
  await holder.query("begin");
  await holder.query("select from payments where id = $1 for update", [order.paymentId]);
  await pollPayments({ ...shop.app, effects: { ...shop.app.effects, ORDER: { ...ORDER, lock } } });
  await holder.query("rollback");
  holder.release();
  expect(await alerts(shop, order.gatewayOrderId)).toEqual({});
  shop.advance(3 * MINUTE_MS);
  await pollPayments(shop.app);
  expect(await standing(shop, order)).toMatchObject({ payment: "PAID", order: "PAID" });
});

test("what a poll could not read is nobody's alert any more when a notification has settled it", async () => {
  const order = await buyTwo(shop, buyer);
  const fetchStatus: App["payments"]["fetchStatus"] = async () => {
    throw new GatewayUnreadable("midtrans", "not a status", "none");
  };
  shop.advance(2 * MINUTE_MS);
  await pollPayments({ ...shop.app, payments: { ...shop.app.payments, fetchStatus } });
  expect(await alerts(shop, order.gatewayOrderId)).toEqual({ POLL_FAILED: 1 });
  await happens(shop, order, { transaction_status: "settlement", method: "gopay" });
  expect(await standing(shop, order)).toMatchObject({ payment: "PAID" });
  expect(await alerts(shop, order.gatewayOrderId)).toEqual({});
});
