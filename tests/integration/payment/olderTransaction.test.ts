import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cancelPayment, expirePayment } from "../../../domain/payment/cancelPayment.ts";
import { pollPayments } from "../../../domain/payment/pollPayments.ts";
import { syncPayment } from "../../../domain/payment/syncPayment.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { choose } from "./chargeFacts.ts";
import {
  buyTwo,
  CANCELLED,
  cases,
  count,
  happens,
  type Order,
  PAID,
  type Person,
  standing,
  triesOf,
  tryAgain,
  UNPAID,
} from "./facts.ts";

let shop: LiveShop;
let buyer: Person;
let staff: Person;

beforeAll(async () => {
  shop = await openLiveShop({}, "unsent");
  buyer = await shop.addBuyer();
  staff = await shop.addStaff();
});
afterAll(() => shop.close());

/** A number was chosen on the page, and then a wallet: the gateway answers for the order id with the wallet. */
async function buyWithTwo(method = "bca_va"): Promise<{ order: Order; older: string }> {
  const order = await buyTwo(shop, buyer);
  await happens(shop, order, { transaction_status: "pending", method });
  const { older } = await shop.one<{ older: string }>(
    "select gateway_transaction_id as older from payment_transactions where payment_id = $1",
    order.paymentId,
  );
  await happens(shop, order, { transaction_status: "pending", method: "gopay", new: true });
  return { order, older };
}
const pays = (order: Order, transaction_id: string) =>
  shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", transaction_id });

test("money on the older of two transactions is found, because its notification names it", async () => {
  const { order, older } = await buyWithTwo();
  await pays(order, older);
  await shop.notify(older);
  await shop.drain();
  expect(await standing(shop, order)).toEqual(PAID);
});

test("money on both is one payment, and one that is owed back", async () => {
  const { order, older } = await buyWithTwo();
  await pays(order, older);
  await shop.notify(older);
  await shop.drain();
  await happens(shop, order, { transaction_status: "settlement" });
  expect(await standing(shop, order)).toEqual(PAID);
  expect(await cases(shop, order)).toEqual(["PAID_TWICE"]);
  expect(await count(shop, "refunds where payment_id = $1 and status = 'PENDING'", order.paymentId)).toBe(1);
});

test("money on both that its bank takes back is owed to nobody, although nobody tells of it", async () => {
  const { order, older } = await buyWithTwo("permata_va");
  await happens(shop, order, { transaction_status: "settlement" });
  await pays(order, older);
  await shop.notify(older);
  await shop.drain();
  const owed = "refunds where payment_id = $1 and status = 'PENDING'";
  expect(await count(shop, owed, order.paymentId)).toBe(1);
  await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "deny", transaction_id: older });
  shop.advance(11 * 60_000);
  await pollPayments(shop.app);
  expect(await count(shop, owed, order.paymentId)).toBe(0);
  expect(await standing(shop, order)).toEqual(PAID);
});

describe("a number that was chosen before many cards were declined on the same page", () => {
  const DECLINED = 8; // more than are asked about at once
  async function buyAfterDeclines(): Promise<{ order: Order; older: string }> {
    const order = await buyTwo(shop, buyer);
    await happens(shop, order, { transaction_status: "pending", method: "bca_va" });
    const { older } = await shop.one<{ older: string }>(
      "select gateway_transaction_id as older from payment_transactions where payment_id = $1",
      order.paymentId,
    );
    for (let i = 0; i < DECLINED; i++)
      await happens(shop, order, { transaction_status: "deny", method: "credit_card", new: true });
    return { order, older };
  }

  test("is closed with its payment", async () => {
    const { order, older } = await buyAfterDeclines();
    await cancelPayment(shop.app, buyer, { paymentId: order.paymentId });
    expect(await standing(shop, order)).toEqual(CANCELLED);
    expect((await shop.app.payments.fetchStatus(older))?.status).toBe("cancel");
  });

  test("is found paid, whichever notifications come first", async () => {
    const { order, older } = await buyAfterDeclines();
    await pays(order, older);
    await shop.notify(older);
    for (let i = 0; i < DECLINED; i++) {
      await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "deny", method: "credit_card", new: true });
      await shop.notify(order.gatewayOrderId);
    }
    await shop.drain();
    expect(await standing(shop, order)).toEqual(PAID);
  });
});

test.each([
  [
    "another payment's",
    async () => {
      const { order, older } = await buyWithTwo();
      await pays(order, older);
      return older;
    },
  ],
  ["no path can hold", async () => "../v2/x"],
  ["the gateway does not know", async () => "nothing"],
])("a transaction id that is %s brings nothing and stops nothing: no signature covers it", async (_, named) => {
  const { order } = await buyWithTwo();
  await shop.notify(order.gatewayOrderId, { tamper: { transaction_id: await named() } });
  await shop.drain();
  expect(await standing(shop, order)).toEqual(UNPAID);
  expect(await cases(shop, order)).toEqual([]);
  const states = "payment_notifications where gateway_order_id = $1 and state <> 'SAME'";
  expect(await count(shop, states, order.gatewayOrderId)).toBe(0);
});

test("a payment that is asked about tells of the try that paid it, however many came after that", async () => {
  const order = await buyTwo(shop, buyer);
  for (const method of ["VA_BCA", "VA_BRI", "MANDIRI_BILL", "QRIS"] as const)
    await choose(shop.app, buyer, order, method);
  await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "settlement", method: "gopay", force: true });
  await shop.notify(order.gatewayOrderId);
  await shop.drain();
  expect(await standing(shop, order)).toEqual(PAID);
  await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "refund" });
  await syncPayment(shop.app, buyer, { paymentId: order.paymentId });
  expect(await standing(shop, order)).toMatchObject({ payment: "REFUNDED" });
});

describe("a wallet that the gateway knows by its own id alone, chosen on a page", () => {
  async function buyByDana(): Promise<{ order: Order; dana: string }> {
    const order = await buyTwo(shop, buyer);
    await happens(shop, order, { transaction_status: "pending", method: "dana" });
    const { dana } = await shop.one<{ dana: string }>(
      "select gateway_transaction_id as dana from payment_transactions where payment_id = $1",
      order.paymentId,
    );
    return { order, dana };
  }
  const atGateway = async (dana: string) =>
    (await (await fetch(`${shop.sandbox.url}/sandbox/transactions/${dana}`)).json()) as object;

  test("is closed there before another try begins", async () => {
    const { order, dana } = await buyByDana();
    await tryAgain(shop.app, buyer, order, `dana-${order.paymentId}`);
    expect(await atGateway(dana)).toMatchObject({ transaction_status: "cancel" });
    expect((await triesOf(shop, order)).map(({ state }) => state)).toEqual(["CLOSED", "LIVE"]);
  });

  test("ends with its payment, although it cannot be made to expire", async () => {
    const { order, dana } = await buyByDana();
    await expirePayment(shop.app, staff, { paymentId: order.paymentId });
    expect(await atGateway(dana)).toMatchObject({ transaction_status: "cancel" });
    expect(await standing(shop, order)).toMatchObject({ payment: "EXPIRED", order: "CANCELLED", stock: 10 });
  });
});

test("after all of it every invariant holds", async () => {
  expect(await shop.audit()).toEqual([]);
});
