import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { approvePayment } from "../../../domain/enrollment/approvePayment.ts";
import { findEnrollmentStatus, listMyEnrollments } from "../../../domain/enrollment/enrollment.queries.ts";
import { updateProgress } from "../../../domain/enrollment/updateProgress.ts";
import { resolveMoneyCase } from "../../../domain/report/resolveMoneyCase.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { BY_QRIS, begin, claim, grantsOf, happens, learning, type Person, sell, statusOf } from "./facts.ts";

const MANY = 16;

let shop: LiveShop;
let staff: Person;
beforeAll(async () => {
  shop = await openLiveShop();
  staff = await shop.addStaff();
});
afterAll(() => shop.close());

const enrolled = (courses: number) => Array.from({ length: courses }, () => "ENROLLED 0");
const approve = (paymentId: string) => approvePayment(shop.app, staff, { paymentId });

describe("money that goes back", () => {
  const REFUND = { transaction_status: "refund" };

  async function enrol(courses = 2) {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop, { approval: "AUTO", courses });
    const payment = await begin(shop, buyer, sold);
    await happens(shop, payment.gatewayOrderId, BY_QRIS);
    return { buyer, sold, ...payment };
  }

  const twiceCases = (payments: readonly { paymentId: string }[]) =>
    shop.app.db.sql<{ id: string; paymentId: string; amount: number; actions: string[] }>(
      `select id, payment_id, amount, actions from money_cases
        where kind = 'COURSE_PAID_TWICE' and resolved_at is null and payment_id = any($1::uuid[])`,
      [payments.map(({ paymentId }) => paymentId)],
    );

  async function learn(buyer: Person, progress: number): Promise<void> {
    const { nodes } = await listMyEnrollments(shop.app, buyer, { first: 20 });
    for (const { id } of nodes) await updateProgress(shop.app, buyer, { enrollmentId: id, progress });
  }

  test.each([
    ["a full refund", REFUND, "REFUNDED"],
    ["a chargeback", { transaction_status: "chargeback", force: true }, "CHARGEBACK"],
    ["a reversal", { transaction_status: "deny", force: true }, "FAILED"],
  ])("by %s takes the courses back and keeps what was learnt", async (_what, move, status) => {
    const { buyer, sold, paymentId, gatewayOrderId } = await enrol();
    await learn(buyer, 40);
    await happens(shop, gatewayOrderId, move);
    expect(await statusOf(shop, paymentId)).toBe(status);
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(["NOT_ENROLLED 40", "NOT_ENROLLED 40"]);
    expect(await grantsOf(shop, paymentId)).toEqual({ live: 0, revoked: 2 });
    expect(await findEnrollmentStatus(shop.app, buyer, sold.courseIds[0] as string)).toBe("NOT_ENROLLED");
    await expect(learn(buyer, 50)).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
    expect(await shop.audit()).toEqual([]);
  });

  test("is followed by another payment, which finds what was learnt", async () => {
    const { buyer, sold, gatewayOrderId } = await enrol();
    await learn(buyer, 40);
    await happens(shop, gatewayOrderId, REFUND);
    await approve(await claim(shop, buyer, sold));
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(["ENROLLED 40", "ENROLLED 40"]);
    await learn(buyer, 100);
  });

  test("in part takes nothing back", async () => {
    const { buyer, sold, paymentId, gatewayOrderId } = await enrol();
    await happens(shop, gatewayOrderId, { transaction_status: "partial_refund", refund_amount: 50_000 });
    expect(await statusOf(shop, paymentId)).toBe("PARTIALLY_REFUNDED");
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(enrolled(2));
    expect(await shop.audit()).toEqual([]);
  });

  test("is a person's to send where courses were paid twice, and what the first payment opened stays", async () => {
    for (const approval of ["AUTO", "MANUAL"]) {
      const buyer = await shop.addBuyer();
      const sold = await sell(shop, { approval });
      const payments = [await begin(shop, buyer, sold), await begin(shop, buyer, sold)] as const;
      const [first, second] = payments;
      await happens(shop, first.gatewayOrderId, BY_QRIS);
      expect(await twiceCases(payments)).toEqual([]);
      await happens(shop, second.gatewayOrderId, BY_QRIS);
      const [one, ...more] = await twiceCases(payments);
      expect(more).toEqual([]);
      expect(one).toMatchObject({ paymentId: second.paymentId, amount: 150_000, actions: ["REFUND", "DISMISS"] });
      if (approval === "MANUAL") for (const { paymentId } of payments) await approve(paymentId);
      expect(await grantsOf(shop, second.paymentId)).toEqual({ live: 2, revoked: 0 });
      await resolveMoneyCase(shop.app, staff, { id: one?.id ?? "", action: "REFUND", note: "he asked for it" });
      expect(
        await shop.one("select amount, status from refunds where payment_id = $1", second.paymentId),
      ).toMatchObject({ amount: 150_000, status: "PENDING" });
      await happens(shop, second.gatewayOrderId, REFUND);
      expect(await statusOf(shop, second.paymentId)).toBe("REFUNDED");
      expect(await learning(shop, buyer, sold.courseIds)).toEqual(enrolled(2));
      expect(await shop.audit()).toEqual([]);
    }
  });

  test("of a payment for what was owned ends the case about it", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop, { approval: "AUTO" });
    const payments = [await begin(shop, buyer, sold), await begin(shop, buyer, sold)] as const;
    for (const { gatewayOrderId } of payments) await happens(shop, gatewayOrderId, BY_QRIS);
    expect(await twiceCases(payments)).toHaveLength(1);
    await happens(shop, payments[1].gatewayOrderId, REFUND);
    expect(await twiceCases(payments)).toEqual([]);
  });

  test("of one of two payments for a course leaves the access", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop, { approval: "AUTO" });
    const [first, second] = [await begin(shop, buyer, sold), await begin(shop, buyer, sold)];
    for (const { gatewayOrderId } of [first, second]) await happens(shop, gatewayOrderId, BY_QRIS);
    await happens(shop, first.gatewayOrderId, REFUND);
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(enrolled(2));
    const { nodes } = await listMyEnrollments(shop.app, buyer, { first: 20 });
    expect(nodes.map(({ paymentId }) => paymentId)).toEqual([second.paymentId, second.paymentId]);
    await happens(shop, second.gatewayOrderId, REFUND);
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(["NOT_ENROLLED 0", "NOT_ENROLLED 0"]);
    expect(await shop.audit()).toEqual([]);
  });

  test("before anybody approved the payment leaves nothing to approve", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop);
    const { paymentId, gatewayOrderId } = await begin(shop, buyer, sold);
    await happens(shop, gatewayOrderId, BY_QRIS);
    await happens(shop, gatewayOrderId, REFUND);
    await expect(approve(paymentId)).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
    expect(await learning(shop, buyer, sold.courseIds)).toEqual([null, null]);
  });
});

describe("what a learner has done", () => {
  test("only grows, by himself, and is complete at the whole", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop, { courses: 1 });
    await approve(await claim(shop, buyer, sold));
    const { nodes } = await listMyEnrollments(shop.app, buyer, { first: 20 });
    const enrollmentId = nodes[0]?.id as string;
    const update = (progress: number, actor: Person = buyer) =>
      updateProgress(shop.app, actor, { enrollmentId, progress });
    await update(30);
    await update(30);
    await expect(update(29)).rejects.toMatchObject({ code: "PROGRESS_BACKWARDS", details: { progress: 30 } });
    for (const odd of [-1, 101, 30.5, Number.NaN]) {
      await expect(update(odd)).rejects.toMatchObject({ code: "INVALID_INPUT" });
    }
    for (const other of [await shop.addBuyer(), staff]) {
      await expect(update(60, other)).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
    await Promise.allSettled(Array.from({ length: MANY }, (_, i) => update(40 + i)));
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(["ENROLLED 55"]);
    await update(100);
    const { done } = await shop.one<{ done: boolean }>(
      "select completed_at is not null as done from enrollments where id = $1",
      enrollmentId,
    );
    expect(done).toBe(true);
  });
});
