import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { syncPayment } from "../../../domain/payment/syncPayment.ts";
import { auditGateway } from "../../../domain/report/auditGateway.ts";
import { resolveMoneyCase } from "../../../domain/report/resolveMoneyCase.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { buyTwo, cases, count, happens, newestTry, type Order, type Person, standing, tryAgain } from "./facts.ts";

let shop: LiveShop;
let buyer: Person;
let staff: Person;
beforeAll(async () => {
  shop = await openLiveShop({}, "unsent");
  buyer = await shop.addBuyer();
  staff = await shop.addStaff();
});
afterAll(() => shop.close());

const amountOf = async ({ paymentId }: Order) =>
  (await shop.one<{ amount: number }>("select amount from payments where id = $1", paymentId)).amount;
const refundsOf = async ({ paymentId }: Order) =>
  (
    await shop.app.db.sql<{ told: string }>(
      `select r.cause || ' ' || r.status || ' ' || r.amount || ' of ' || t.gateway_transaction_id as told
         from refunds r join payment_transactions t on t.id = r.transaction_id
        where r.payment_id = $1 order by r.created_at, r.amount`,
      [paymentId],
    )
  ).map(({ told }) => told);
const idAtGateway = async ({ gatewayOrderId }: Order) =>
  (await shop.app.payments.fetchStatus(gatewayOrderId))?.gatewayTransactionId as string;
const caseOf = async ({ paymentId }: Order, amount: number, kind = "AMOUNT_MISMATCH") =>
  (
    await shop.one<{ id: string }>(
      "select id from money_cases where payment_id = $1 and amount = $2 and kind = $3 and resolved_at is null",
      paymentId,
      amount,
      kind,
    )
  ).id;
const end = (id: string, action: string) => resolveMoneyCase(shop.app, staff, { id, action, note: "Sudah dilihat" });

describe("of two wrong sums under one order id", () => {
  async function twoParts() {
    const order = await buyTwo(shop, buyer);
    const part = { transaction_status: "settlement", force: true, method: "bca_va" };
    await happens(shop, order, { ...part, gross_amount: 30_000 });
    const first = await idAtGateway(order);
    await happens(shop, order, { ...part, gross_amount: 1_000, new: true });
    expect(await cases(shop, order)).toEqual(["AMOUNT_MISMATCH", "AMOUNT_MISMATCH"]);
    return { order, first };
  }

  test("each goes back as the money that its own case is about", async () => {
    const { order, first } = await twoParts();
    await end(await caseOf(order, 30_000), "REFUND");
    expect(await refundsOf(order)).toEqual([`ORPHAN PENDING 30000 of ${first}`]);
    await end(await caseOf(order, 1_000), "REFUND");
    const second = await idAtGateway(order);
    const both = [`ORPHAN PENDING 1000 of ${second}`, `ORPHAN PENDING 30000 of ${first}`];
    expect((await refundsOf(order)).sort()).toEqual(both);
    await syncPayment(shop.app, staff, order);
    await happens(shop, order, { transaction_status: "refund", force: true });
    expect((await refundsOf(order)).sort()).toEqual([both[1], `ORPHAN SUCCEEDED 1000 of ${second}`]);
    expect(await count(shop, "payments where id = $1 and status = 'PENDING'", order.paymentId)).toBe(1);
    expect(await cases(shop, order)).toEqual(["REFUNDED_OUTSIDE"]);
  });

  test("the second may go back first, and the first beside what has paid meanwhile", async () => {
    const { order, first } = await twoParts();
    const second = await idAtGateway(order);
    await end(await caseOf(order, 1_000), "REFUND");
    expect(await refundsOf(order)).toEqual([`ORPHAN PENDING 1000 of ${second}`]);
    const paid = { transaction_status: "settlement", force: true, method: "bca_va", new: true };
    await happens(shop, order, { ...paid, gross_amount: await amountOf(order) });
    expect(await count(shop, "payments where id = $1 and status = 'PAID'", order.paymentId)).toBe(1);
    await end(await caseOf(order, 30_000), "REFUND");
    const both = [`ORPHAN PENDING 1000 of ${second}`, `ORPHAN PENDING 30000 of ${first}`];
    expect((await refundsOf(order)).sort()).toEqual(both);
    expect(await cases(shop, order)).toEqual([]);
  });

  test("goes back from the row that has its name, and from one of its own beside what was chosen later", async () => {
    const order = await buyTwo(shop, buyer);
    await happens(shop, order, {
      transaction_status: "settlement",
      force: true,
      method: "bca_va",
      gross_amount: 30_000,
    });
    const first = await idAtGateway(order);
    await happens(shop, order, { transaction_status: "pending", method: "gopay", new: true });
    await happens(shop, order, { transaction_status: "settlement", gross_amount: 1_000, force: true });
    const second = await idAtGateway(order);
    await end(await caseOf(order, 1_000), "REFUND");
    await end(await caseOf(order, 30_000), "REFUND");
    const both = [`ORPHAN PENDING 1000 of ${second}`, `ORPHAN PENDING 30000 of ${first}`];
    expect((await refundsOf(order)).sort()).toEqual(both);
  });

  test("leaves the payment to be paid in full under the same order id", async () => {
    const order = await buyTwo(shop, buyer);
    await happens(shop, order, {
      transaction_status: "settlement",
      force: true,
      method: "bca_va",
      gross_amount: 30_000,
    });
    const first = await idAtGateway(order);
    await end(await caseOf(order, 30_000), "REFUND");
    await happens(shop, order, {
      transaction_status: "settlement",
      method: "gopay",
      new: true,
      gross_amount: await amountOf(order),
    });
    expect(await standing(shop, order)).toMatchObject({ payment: "PAID", order: "PAID" });
    await syncPayment(shop.app, staff, order);
    expect(await refundsOf(order)).toEqual([`ORPHAN PENDING 30000 of ${first}`]);
    expect(await cases(shop, order)).toEqual([]);
    await happens(shop, order, { transaction_status: "refund", force: true });
    expect(await standing(shop, order)).toMatchObject({ payment: "REFUNDED", order: "CANCELLED" });
  });

  test("the word about the other one ends no case", async () => {
    const order = await buyTwo(shop, buyer);
    const come = { transaction_status: "settlement", force: true, method: "bca_va" };
    await happens(shop, order, { ...come, gross_amount: 30_000 });
    const id = await caseOf(order, 30_000);
    await shop.gatewayMoves(order.gatewayOrderId, { ...come, new: true, gross_amount: await amountOf(order) });
    await expect(end(id, "SYNC")).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await caseOf(order, 30_000)).toBe(id);
    await shop.notify(order.gatewayOrderId);
    await shop.drain();
    expect(await count(shop, "payments where id = $1 and status = 'PAID'", order.paymentId)).toBe(1);
    expect(await caseOf(order, 30_000)).toBe(id);
  });
});

describe("money of a second transaction that went back at the gateway", () => {
  const back = { transaction_status: "refund", force: true };

  test("under an order id of its own: it is on record and not owed any more", async () => {
    const order = await buyTwo(shop, buyer);
    await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "pending", method: "gopay" });
    await tryAgain(shop.app, buyer, order, `second-${order.paymentId}`);
    const second = { ...order, gatewayOrderId: (await newestTry(shop, order)).gatewayOrderId };
    await happens(shop, second, { transaction_status: "settlement", method: "gopay" });
    await happens(shop, order, { transaction_status: "settlement", force: true });
    const amount = await amountOf(order);
    expect(await refundsOf(order)).toEqual([`ORPHAN PENDING ${amount} of ${await idAtGateway(order)}`]);
    await happens(shop, order, back);
    await syncPayment(shop.app, staff, order);
    expect(await refundsOf(order)).toEqual([`ORPHAN SUCCEEDED ${amount} of ${await idAtGateway(order)}`]);
    expect(await cases(shop, order)).toContain("REFUNDED_OUTSIDE");
  });

  test("under the same order id, too", async () => {
    const order = await buyTwo(shop, buyer);
    await happens(shop, order, { transaction_status: "settlement", method: "gopay" });
    await happens(shop, order, { transaction_status: "settlement", method: "gopay", new: true });
    const second = await idAtGateway(order);
    const amount = await amountOf(order);
    expect(await refundsOf(order)).toEqual([`ORPHAN PENDING ${amount} of ${second}`]);
    await happens(shop, order, back);
    await syncPayment(shop.app, staff, order);
    expect(await refundsOf(order)).toEqual([`ORPHAN SUCCEEDED ${amount} of ${second}`]);
    expect(await count(shop, "payments where id = $1 and status = 'PAID'", order.paymentId)).toBe(1);
  });

  test("in part, is owed less by it", async () => {
    const order = await buyTwo(shop, buyer);
    await happens(shop, order, { transaction_status: "settlement", method: "gopay" });
    await happens(shop, order, { transaction_status: "settlement", method: "gopay", new: true });
    const second = await idAtGateway(order);
    const amount = await amountOf(order);
    await happens(shop, order, { transaction_status: "partial_refund", refund_amount: 5_000, force: true });
    expect((await refundsOf(order)).sort()).toEqual([
      `GATEWAY SUCCEEDED 5000 of ${second}`,
      `ORPHAN PENDING ${amount - 5_000} of ${second}`,
    ]);
  });
});

test("after all of it every invariant holds", async () => {
  await shop.drain();
  expect(await shop.audit()).toEqual([]);
  const books = { since: null, until: null, ratePerSecond: 1_000, mayAwait: true };
  expect(await auditGateway(shop.app, books)).toMatchObject({ breaches: [], notAsked: 0 });
});
