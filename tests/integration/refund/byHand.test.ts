import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { noticeRefundManual } from "../../../domain/notice/noticeRefundManual.ts";
import { approveManualRefund } from "../../../domain/refund/approveManualRefund.ts";
import { retryRefund } from "../../../domain/refund/retryRefund.ts";
import { revealRefundAccount } from "../../../domain/refund/revealRefundAccount.ts";
import { setRefundAccount } from "../../../domain/refund/setRefundAccount.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { HANG_LIMIT } from "../../support/until.ts";
import { cases, count, happens, type Person, standing } from "../payment/facts.ts";
import { ACCOUNT, addAdmin, approved, failed, manual, settle } from "./byHandFacts.ts";
import { atGateway, attemptsOf, laterTry, owe, paidBy, refundsOf } from "./refundFacts.ts";

const HOUR_MS = 3_600_000;
let shop: LiveShop;
let buyer: Person;
let approver: Person;
let settler: Person;

beforeAll(async () => {
  shop = await openLiveShop({ GATEWAY_TIMEOUT: HANG_LIMIT });
  buyer = await shop.addBuyer();
  approver = await addAdmin(shop);
  settler = await addAdmin(shop);
});
afterEach(async () => {
  await fetch(`${shop.sandbox.url}/sandbox/faults`, { method: "DELETE" });
  expect(await shop.audit()).toEqual([]);
});
afterAll(() => shop.close());

const sums = (paymentId: string) =>
  shop.one<{ payment: number; transaction: number; byHand: number }>(
    `select p.refunded_amount as payment, t.refunded_amount as transaction, t.refunded_by_hand as by_hand
       from payments p join payment_transactions t on t.id = p.covering_transaction_id where p.id = $1`,
    paymentId,
  );

test("a refund by hand needs an account, one person who approves it and another who settles it", async () => {
  const { order, id } = await manual(shop, buyer);
  const refund = { refundId: id };
  await expect(approveManualRefund(shop.app, approver, refund)).rejects.toMatchObject({
    code: "REFUND_ACCOUNT_MISSING",
  });
  await setRefundAccount(shop.app, buyer, { ...refund, account: ACCOUNT });
  await expect(settle(shop, settler, id)).rejects.toMatchObject({ code: "SECOND_PERSON_NEEDED" });
  await approveManualRefund(shop.app, approver, refund);
  await approveManualRefund(shop.app, approver, refund);
  await expect(approveManualRefund(shop.app, settler, refund)).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
  await expect(settle(shop, approver, id)).rejects.toMatchObject({ code: "SECOND_PERSON_NEEDED" });
  await settle(shop, settler, id);
  await settle(shop, settler, id);
  await expect(settle(shop, settler, id, "TRX ANOTHER")).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });

  const { amount } = await shop.one<{ amount: number }>("select amount from payments where id = $1", order.paymentId);
  expect(await sums(order.paymentId)).toEqual({ payment: amount, transaction: amount, byHand: amount });
  expect(await standing(shop, order)).toMatchObject({ payment: "REFUNDED", order: "PAID", shown: "REFUNDED" });
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "SUCCEEDED", attempts: 0 }]);
  expect(await cases(shop, order)).toEqual([]);
  expect(await count(shop, "audit_logs where entity_id = $1 and permission = 'refund.settle'", id)).toBe(1);
  const log = "select before, after from audit_logs where entity_id = $1 and permission = 'refund.approve'";
  expect(await shop.one(log, id)).toMatchObject({
    before: { status: "MANUAL", approvedBy: null },
    after: { status: "MANUAL", approvedBy: approver.userId },
  });
  await shop.notify(order.gatewayOrderId);
  await shop.drain();
  expect(await sums(order.paymentId)).toEqual({ payment: amount, transaction: amount, byHand: amount });
});

test("whoever asked for a refund does not approve it", async () => {
  const { id } = await manual(shop, buyer);
  await setRefundAccount(shop.app, buyer, { refundId: id, account: ACCOUNT });
  const { requestedBy } = await shop.one<{ requestedBy: Person["userId"] }>(
    "select requested_by from refunds where id = $1",
    id,
  );
  const requester = { role: "ADMIN", userId: requestedBy } as const;
  await expect(approveManualRefund(shop.app, requester, { refundId: id })).rejects.toMatchObject({
    code: "SECOND_PERSON_NEEDED",
  });
});

test("an account is its owner's to give, may be replaced until it is approved, and is read on the record", async () => {
  const { id } = await manual(shop, buyer);
  const refund = { refundId: id };
  const stranger = await shop.addBuyer();
  await expect(setRefundAccount(shop.app, stranger, { ...refund, account: ACCOUNT })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  await expect(
    setRefundAccount(shop.app, buyer, { ...refund, account: { ...ACCOUNT, accountNumber: "12" } }),
  ).rejects.toMatchObject({ code: "INVALID_INPUT", details: { fields: { accountNumber: expect.any(String) } } });
  await setRefundAccount(shop.app, buyer, { ...refund, account: { ...ACCOUNT, accountNumber: "99999999" } });
  await setRefundAccount(shop.app, buyer, { ...refund, account: ACCOUNT });
  const { masked, sealed } = await shop.one<{ masked: string; sealed: string }>(
    "select masked, account_sealed as sealed from refund_accounts where refund_id = $1",
    id,
  );
  expect(masked).toBe("BCA ••••••7890 P••• U•••");
  expect(sealed).not.toContain("1234567890");
  expect(await revealRefundAccount(shop.app, approver, refund)).toEqual({
    bankCode: "BCA",
    accountNumber: "1234567890",
    accountName: "Pembeli Uji",
  });
  expect(await count(shop, "audit_logs where entity_id = $1 and permission = 'refund.account.read'", id)).toBe(1);
  await approveManualRefund(shop.app, approver, refund);
  await expect(setRefundAccount(shop.app, buyer, { ...refund, account: ACCOUNT })).rejects.toMatchObject({
    code: "ILLEGAL_TRANSITION",
  });
});

test("an account is asked for by a mail that comes late only while none is known and one is needed", async () => {
  const { order, id } = await manual(shop, buyer);
  const askAnew = async (): Promise<number> => {
    await shop.app.db.sql("update notices set event = event || ' ' || id where event = $1", [`refund.manual:${id}`]);
    await noticeRefundManual(shop.app, { refundId: id });
    return count(shop, "notices where event = $1", `refund.manual:${id}`);
  };
  expect(await askAnew()).toBe(1);
  await setRefundAccount(shop.app, buyer, { refundId: id, account: ACCOUNT });
  expect(await askAnew()).toBe(0);
  const withdrawn = await manual(shop, buyer);
  await happens(shop, withdrawn.order, { transaction_status: "deny", force: true });
  expect(await refundsOf(shop, withdrawn.order)).toMatchObject([{ status: "WITHDRAWN" }]);
  await shop.app.db.sql("delete from notices where event = $1", [`refund.manual:${withdrawn.id}`]);
  await noticeRefundManual(shop.app, { refundId: withdrawn.id });
  expect(await count(shop, "notices where event = $1", `refund.manual:${withdrawn.id}`)).toBe(0);
  expect(await standing(shop, order)).toMatchObject({ shown: "REFUND_PENDING" });
});

test("money that the bank took back meanwhile is not paid by hand, too", async () => {
  const { order, id } = await approved(shop, buyer, approver);
  await shop.gatewayMoves(order.gatewayOrderId, { transaction_status: "deny", force: true });
  await expect(settle(shop, settler, id)).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "WITHDRAWN" }]);
  expect(await standing(shop, order)).toMatchObject({ payment: "FAILED" });
});

test("while the gateway does not say how the payment stands, nothing is settled", async () => {
  const { order, id } = await approved(shop, buyer, approver);
  await shop.gatewayFaults({ target: "midtrans.status", kind: "500", times: 50 });
  await expect(settle(shop, settler, id)).rejects.toMatchObject({ name: "GatewayUnavailable" });
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "MANUAL" }]);
});

test("what went back at the gateway lowers what is paid by hand, and somebody approves that sum again", async () => {
  const { order, id } = await approved(shop, buyer, approver);
  const { amount } = await shop.one<{ amount: number }>("select amount from payments where id = $1", order.paymentId);
  await happens(shop, order, { transaction_status: "partial_refund", refund_amount: 1_000, force: true });
  await expect(settle(shop, settler, id)).rejects.toMatchObject({ code: "SECOND_PERSON_NEEDED" });
  await approveManualRefund(shop.app, approver, { refundId: id });
  await settle(shop, settler, id);
  expect(await sums(order.paymentId)).toEqual({ payment: amount, transaction: amount, byHand: amount - 1_000 });
  expect(await standing(shop, order)).toMatchObject({ payment: "REFUNDED", shown: "REFUNDED" });
});

test("parts by hand and a refund in the gateway's dashboard together are the whole", async () => {
  const { order, id } = await approved(shop, buyer, approver, 10_000);
  await settle(shop, settler, id);
  expect(await standing(shop, order)).toMatchObject({ payment: "PARTIALLY_REFUNDED", shown: "PARTIALLY_REFUNDED" });
  const { amount } = await shop.one<{ amount: number }>("select amount from payments where id = $1", order.paymentId);
  await happens(shop, order, { transaction_status: "partial_refund", refund_amount: amount - 10_000, force: true });
  expect(await sums(order.paymentId)).toEqual({ payment: amount, transaction: amount, byHand: 10_000 });
  expect(await standing(shop, order)).toMatchObject({ payment: "REFUNDED", shown: "REFUNDED" });
});

test("a whole refund in the dashboard after one by hand: a person is told, and sums stay true", async () => {
  const { order, id } = await approved(shop, buyer, approver, 10_000);
  await settle(shop, settler, id);
  const { amount } = await shop.one<{ amount: number }>("select amount from payments where id = $1", order.paymentId);
  await happens(shop, order, { transaction_status: "refund", force: true });
  expect(await sums(order.paymentId)).toEqual({ payment: amount, transaction: amount, byHand: 10_000 });
  expect(await cases(shop, order)).toContain("REFUNDED_OUTSIDE");
});

test("of two who settle at once one does", async () => {
  const third = await addAdmin(shop);
  const { order, id } = await approved(shop, buyer, approver);
  const ends = await Promise.allSettled([
    settle(shop, settler, id, "TRX-0001"),
    settle(shop, third, id, "TRX-0002"),
    settle(shop, settler, id, "TRX-0001"),
  ]);
  expect(ends.filter(({ status }) => status === "rejected").length).toBeGreaterThanOrEqual(1);
  const { amount } = await shop.one<{ amount: number }>("select amount from payments where id = $1", order.paymentId);
  expect(await sums(order.paymentId)).toEqual({ payment: amount, transaction: amount, byHand: amount });
  expect(await count(shop, "audit_logs where entity_id = $1 and permission = 'refund.settle'", id)).toBe(1);
});

test("a refund that failed is sent again under a key that was never used, with as many tries as at first", async () => {
  const admin = await addAdmin(shop);
  const { order, id } = await failed(shop, buyer, 20_000);
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "FAILED", attempts: 12, keyNumber: 13 }]);
  await Promise.all([retryRefund(shop.app, admin, { refundId: id }), retryRefund(shop.app, admin, { refundId: id })]);
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "PENDING", attempts: 0, keyNumber: 13 }]);
  await shop.drain();
  expect(await refundsOf(shop, order)).toMatchObject([{ status: "SUCCEEDED", attempts: 1, keyNumber: 13 }]);
  expect(await atGateway(shop, order)).toEqual([{ key: `${id}-13`, amount: 20_000 }]);
  expect(await attemptsOf(shop, order)).toHaveLength(13);
  await expect(retryRefund(shop.app, admin, { refundId: id })).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
});

test("a retry that no longer fits into what was captured is refused", async () => {
  const admin = await addAdmin(shop);
  const { order, id } = await failed(shop, buyer, "ALL");
  await owe(shop, order, 5_000);
  await expect(retryRefund(shop.app, admin, { refundId: id })).rejects.toMatchObject({
    code: "REFUND_EXCEEDS_CAPTURED",
  });
  await shop.drain();
});

test("a refund that failed may be paid by hand, and then it is not sent again", async () => {
  const { order, id } = await failed(shop, buyer, 20_000);
  expect(await count(shop, "notices where event = $1", `refund.manual:${id}`)).toBe(1);
  await setRefundAccount(shop.app, buyer, { refundId: id, account: ACCOUNT });
  await approveManualRefund(shop.app, approver, { refundId: id });
  await expect(retryRefund(shop.app, settler, { refundId: id })).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
  await settle(shop, settler, id);
  expect(await standing(shop, order)).toMatchObject({ payment: "PARTIALLY_REFUNDED", shown: "PARTIALLY_REFUNDED" });
  expect(await atGateway(shop, order)).toEqual([]);
});

test("nothing is settled while the bank may still take the payment back", async () => {
  const order = await paidBy(shop, buyer, "permata_va");
  const id = await owe(shop, order, 10_000);
  await shop.app.db.sql("update refunds set status = 'MANUAL', next_attempt_at = null where id = $1", [id]);
  await setRefundAccount(shop.app, buyer, { refundId: id, account: ACCOUNT });
  await approveManualRefund(shop.app, approver, { refundId: id });
  await expect(settle(shop, settler, id)).rejects.toMatchObject({ code: "ON_HOLD" });
  await laterTry(shop, HOUR_MS);
  await settle(shop, settler, id);
  expect(await standing(shop, order)).toMatchObject({ shown: "PARTIALLY_REFUNDED" });
});
