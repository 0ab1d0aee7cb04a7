import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { METHODS } from "../../../domain/payment/methods.rules.ts";
import { type Bought, type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { choose, newest, order, paymentOf } from "./chargeFacts.ts";
import type { Person } from "./facts.ts";

const CHARGED = METHODS.flatMap(({ method, charge }) => (charge ? [method] : []));
const ONLINE = METHODS.flatMap(({ method, kind }) => (kind === "OFFLINE" ? [] : [method]));
/** What is chosen on a hosted page, in the sandbox's words. */
const ON_PAGE: Readonly<Record<string, string>> = { SNAP: "bca_va", CREDIT_CARD: "credit_card" };

let shop: LiveShop;
let buyer: Person;

beforeAll(async () => {
  shop = await openLiveShop();
  buyer = await shop.addBuyer();
});
afterAll(() => shop.close());

async function chosen(method: (typeof ONLINE)[number]) {
  const bought = await order(shop, buyer);
  await choose(shop.app, buyer, bought, method);
  const { gatewayOrderId } = await newest(shop, bought);
  const { amount } = await shop.one<{ amount: number }>("select amount from payments where id = $1", bought.paymentId);
  return { bought, gatewayOrderId, amount };
}

/** The gateway says that so much came, and the shop hears of it. */
async function comes(gatewayOrderId: string, method: string, sum: number, more: object = {}): Promise<void> {
  const on = ON_PAGE[method] ? { method: ON_PAGE[method] } : {};
  await shop.gatewayMoves(gatewayOrderId, {
    transaction_status: "settlement",
    gross_amount: sum,
    force: true,
    ...on,
    ...more,
  });
  await shop.notify(gatewayOrderId);
  await shop.drain();
}

const openCases = async ({ paymentId }: Bought) =>
  (
    await shop.app.db.sql<{ told: string }>(
      `select kind || ' ' || amount as told from money_cases where payment_id = $1 and resolved_at is null
        order by opened_at, amount`,
      [paymentId],
    )
  ).map(({ told }) => told);

describe.each(ONLINE)("%s", (method) => {
  test.each([
    ["a rupiah too little", -1],
    ["a rupiah too much", 1],
  ])("%s never pays: a case holds exactly what came", async (_name, difference) => {
    const { bought, gatewayOrderId, amount } = await chosen(method);
    await comes(gatewayOrderId, method, amount + difference);
    expect(await paymentOf(shop, bought)).toMatchObject({ status: "PENDING" });
    expect(await openCases(bought)).toEqual([`AMOUNT_MISMATCH ${amount + difference}`]);
  });

  test("two parts of the right sum never pay: each has a case with its own money, told once", async () => {
    const { bought, gatewayOrderId, amount } = await chosen(method);
    await comes(gatewayOrderId, method, amount - 1_000);
    await comes(gatewayOrderId, method, 1_000, { new: true });
    await shop.notify(gatewayOrderId);
    await shop.drain();
    expect(await paymentOf(shop, bought)).toMatchObject({ status: "PENDING" });
    expect(await openCases(bought)).toEqual([`AMOUNT_MISMATCH ${amount - 1_000}`, "AMOUNT_MISMATCH 1000"]);
  });

  test("the whole sum twice pays once: a case and a refund hold the second", async () => {
    const { bought, gatewayOrderId, amount } = await chosen(method);
    await comes(gatewayOrderId, method, amount);
    await comes(gatewayOrderId, method, amount, { new: true });
    expect(await paymentOf(shop, bought)).toMatchObject({ status: "PAID" });
    expect(await openCases(bought)).toEqual([`PAID_TWICE ${amount}`]);
    const refunds = await shop.app.db.sql("select cause, status, amount from refunds where payment_id = $1", [
      bought.paymentId,
    ]);
    expect(refunds).toMatchObject([{ cause: "ORPHAN", amount }]);
  });
});

test.each(CHARGED)("the number of %s and the next method both paid: the second money is owed back", async (method) => {
  const { bought, gatewayOrderId, amount } = await chosen(method);
  await choose(shop.app, buyer, bought, method === "VA_BCA" ? "VA_BNI" : "VA_BCA");
  const second = await newest(shop, bought);
  await comes(second.gatewayOrderId, "", amount);
  await comes(gatewayOrderId, method, amount);
  expect(await paymentOf(shop, bought)).toMatchObject({ status: "PAID" });
  expect(await openCases(bought)).toEqual([`PAID_TWICE ${amount}`]);
});

test("after all of it every invariant holds", async () => {
  expect(await shop.audit()).toEqual([]);
});
