import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applyNotification } from "../../../domain/payment/applyNotification.ts";
import { syncPayment } from "../../../domain/payment/syncPayment.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { alerts, buyTwo, cases, lyingGateway, PAID, type Person, path, standing, UNPAID } from "./facts.ts";

let shop: LiveShop;
let buyer: Person;

beforeAll(async () => {
  shop = await openLiveShop();
  buyer = await shop.addBuyer();
});
afterAll(() => shop.close());

describe("a status answer that does not fit", () => {
  const strange = [
    [
      "one rupiah more",
      (r: { grossAmount: number }) => ({ grossAmount: r.grossAmount + 1, originalAmount: r.grossAmount + 1 }),
      "AMOUNT_MISMATCH",
    ],
    [
      "one rupiah less",
      (r: { grossAmount: number }) => ({ grossAmount: r.grossAmount - 1, originalAmount: r.grossAmount - 1 }),
      "AMOUNT_MISMATCH",
    ],
    ["another currency", () => ({ currency: "USD" }), "AMOUNT_MISMATCH"],
    ["another merchant", () => ({ merchantId: "G000000000" }), "UNMATCHED"],
    ["another order id", () => ({ gatewayOrderId: "LNS-20261120-000000-01A" }), "UNMATCHED"],
    ["a settlement under challenge", () => ({ fraudStatus: "challenge" }), "STRANGE_STATUS"],
    ["a settlement that fraud checks deny", () => ({ fraudStatus: "deny" }), "STRANGE_STATUS"],
    [
      "a capture without a fraud status",
      () => ({ status: "capture", statusText: "capture", fraudStatus: null }),
      "STRANGE_STATUS",
    ],
    ["a reservation", () => ({ status: "authorize", statusText: "authorize" }), "STRANGE_STATUS"],
    ["a word that nobody knows", () => ({ status: "unknown", statusText: "settled" }), "STRANGE_STATUS"],
  ] as const;

  test.each(strange)("(%s) pays nothing, opens one case and can be asked again", async (_what, change, kind) => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement" });
    await shop.notify(order.gatewayOrderId);
    const liar = lyingGateway(shop.app, change as never);
    await applyNotification(liar, { gatewayOrderId: order.gatewayOrderId });
    await syncPayment(liar, buyer, { paymentId: order.paymentId });
    expect(await standing(shop, order)).toEqual(UNPAID);
    expect(await cases(shop, order)).toEqual([kind]);
    expect(await alerts(shop, order.gatewayOrderId)).toMatchObject({ [`MONEY_CASE_${kind}`]: 1 });
    // The truth still gets through.
    await syncPayment(shop.app, buyer, { paymentId: order.paymentId });
    expect(await standing(shop, order)).toEqual(PAID);
  });

  test("but for a fee that the customer bears pays what was asked for, and the fee is kept apart", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement" });
    await syncPayment(
      lyingGateway(shop.app, (r) => ({ grossAmount: (r.grossAmount + 4000) as never })),
      buyer,
      { paymentId: order.paymentId },
    );
    expect(await standing(shop, order)).toEqual(PAID);
    expect(
      await shop.one(
        "select fee_amount, captured_amount - amount as over from payment_transactions where payment_id = $1",
        order.paymentId,
      ),
    ).toEqual({ feeAmount: 4000, over: 0 });
  });
});

describe("late news", () => {
  const SETS = [
    ["pending", "settlement"],
    ["pending", "deny", "settlement"],
    ["pending", "expire", "settlement"],
  ];
  const permutations = <T>(list: readonly T[]): T[][] =>
    list.length < 2
      ? [[...list]]
      : list.flatMap((one, i) => permutations(list.filter((_, j) => j !== i)).map((rest) => [one, ...rest]));

  test.each(SETS.flatMap(permutations).map((order) => ({ order })))(
    "in the order $order ends PAID, with one PAID in the log",
    async ({ order: bodies }) => {
      const order = await buyTwo(shop, buyer);
      await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", method: "bca_va" });
      for (const transaction_status of bodies) {
        await shop.notify(order.gatewayOrderId, { transaction_status });
        await shop.notify(order.gatewayOrderId, { transaction_status });
        await shop.drain();
      }
      expect(await standing(shop, order)).toEqual(PAID);
      expect(await path(shop, order)).toEqual(["PENDING_PAYMENT", "PAID"]);
    },
  );
});

test("after all of it every invariant holds", async () => {
  await shop.drain();
  expect(await shop.audit()).toEqual([]);
});
