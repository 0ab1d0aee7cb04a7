import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { approvePayment } from "../../../domain/enrollment/approvePayment.ts";
import { bookPayments } from "../../../domain/ledger/bookPayments.ts";
import { pollPayments } from "../../../domain/payment/pollPayments.ts";
import { syncPayment } from "../../../domain/payment/syncPayment.ts";
import { approveManualRefund } from "../../../domain/refund/approveManualRefund.ts";
import { previewRefund } from "../../../domain/refund/previewRefund.ts";
import { refundPayment } from "../../../domain/refund/refundPayment.ts";
import { setRefundAccount } from "../../../domain/refund/setRefundAccount.ts";
import { Migration20261121000985_proofMoney } from "../../../migrations/Migration20261121000985_proofMoney.ts";
import { inTransaction } from "../../../platform/db.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { BY_QRIS, begin, claim, happens, learning, PRICES, sell, statusOf } from "../enrollment/facts.ts";
import type { Person } from "../payment/facts.ts";
import { ACCOUNT, addAdmin, settle } from "./byHandFacts.ts";

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

  test("paid by a transfer with a proof goes back by hand, and ends what it opened; no gateway is asked", async () => {
    const sold = await sell(shop);
    const paymentId = await claim(shop, buyer, sold);
    const [approver, settler] = [await addAdmin(shop), await addAdmin(shop)];
    await approvePayment(shop.app, admin, { paymentId });
    expect(await previewRefund(shop.app, admin, { paymentId })).toMatchObject({
      left: PRICES.UMUM,
      moneyBack: { way: "HAND" },
      refusal: null,
    });
    await shop.gatewayFaults({ target: "midtrans.status", kind: "500", times: 50 });
    const parts = [await give(paymentId, 60_000), await give(paymentId, PRICES.UMUM - 60_000)];
    await shop.drain();
    const statuses: string[] = [];
    for (const refundId of parts) {
      await setRefundAccount(shop.app, buyer, { refundId, account: ACCOUNT });
      await approveManualRefund(shop.app, approver, { refundId });
      await settle(shop, settler, refundId);
      statuses.push(await statusOf(shop, paymentId));
    }
    expect(statuses).toEqual(["PARTIALLY_REFUNDED", "REFUNDED"]);
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(["NOT_ENROLLED 0", "NOT_ENROLLED 0"]);
    await syncPayment(shop.app, admin, { paymentId });
    expect(await pollPayments(shop.app)).toBe(0);
    await fetch(`${shop.sandbox.url}/sandbox/faults`, { method: "DELETE" });
    await expect(give(paymentId, 1)).rejects.toMatchObject({ code: "NOT_REFUNDABLE" });
  });

  test("whose proof was approved before such money had a transaction gets one, and can go back, too", async () => {
    const paymentId = await claim(shop, buyer, await sell(shop));
    await approvePayment(shop.app, admin, { paymentId });
    await shop.app.db.sql("update payments set covering_transaction_id = null where id = $1", [paymentId]);
    await shop.app.db.sql(
      `update payment_transactions
          set captured_amount = 0, state = 'CLOSED', gateway_order_id = replace(gateway_order_id, '-01A', '-02A')
        where payment_id = $1`,
      [paymentId],
    );
    const migration = new Migration20261121000985_proofMoney(undefined as never, undefined as never);
    migration.up();
    for (const sql of migration.getQueries()) await shop.app.db.sql(String(sql));
    await inTransaction(shop.app.db, (tx) => bookPayments(tx, shop.app.clock.now(), [paymentId]));
    expect(await previewRefund(shop.app, admin, { paymentId })).toMatchObject({ left: PRICES.UMUM, refusal: null });
  });
});
