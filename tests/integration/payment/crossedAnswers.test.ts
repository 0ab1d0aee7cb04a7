import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { App } from "../../../domain/app.ts";
import { applyNotification } from "../../../domain/payment/applyNotification.ts";
import { pollPayments } from "../../../domain/payment/pollPayments.ts";
import { syncPayment } from "../../../domain/payment/syncPayment.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { acceptChallenge, challenged } from "./challengeFacts.ts";
import { cases, count, interleaved, lyingGateway, type Order, PAID, type Person, standing } from "./facts.ts";

let shop: LiveShop;
let buyer: Person;
let staff: Person;
let order: Order;

beforeAll(async () => {
  shop = await openLiveShop();
  buyer = await shop.addBuyer();
  staff = await shop.addStaff();
});
afterAll(() => shop.close());

/** Everything that makes the shop look is there, and not yet done. */
async function isToBeLookedAt(): Promise<void> {
  const { gatewayOrderId } = order;
  await shop.app.db.sql("update payment_transactions set next_poll_at = $2 where gateway_order_id = $1", [
    gatewayOrderId,
    shop.app.clock.now(),
  ]);
  await shop.app.db.sql("update payment_notifications set state = 'STORED' where gateway_order_id = $1", [
    gatewayOrderId,
  ]);
}

const LOOKS: readonly (readonly [string, (app: App) => Promise<unknown>])[] = [
  ["a planned look", (app) => pollPayments(app)],
  ["a look that the customer asks for", (app) => syncPayment(app, buyer, order)],
  ["a notification's look", (app) => applyNotification(app, order)],
];

describe.each(LOOKS)("%s", (_name, looks) => {
  beforeEach(async () => {
    order = await challenged(shop, buyer);
    await isToBeLookedAt();
  });

  test("that was answered before staff let the payment through opens no case", async () => {
    await looks(interleaved(shop.app, "fetchStatus", () => acceptChallenge(shop.app, staff, order)));
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await cases(shop, order)).toEqual([]);
    expect(await count(shop, "alerts where subject = $1", order.gatewayOrderId)).toBe(0);
    await pollPayments(shop.app);
    await shop.drain();
    expect(await standing(shop, order)).toEqual(PAID);
    expect(await cases(shop, order)).toEqual([]);
  });

  test("that was crossed is asked again at once: what the gateway still says then is a case", async () => {
    await looks(interleaved(shop.app, "fetchStatus", () => acceptChallenge(shop.app, staff, order)));
    const still = { status: "capture", statusText: "capture", fraudStatus: "challenge" } as const;
    await pollPayments(lyingGateway(shop.app, still));
    expect(await cases(shop, order)).toEqual(["CHALLENGED"]);
  });
});
