import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { approvePayment, rejectPayment } from "../../../domain/enrollment/approvePayment.ts";
import { findEnrollmentStatus, listMyEnrollments } from "../../../domain/enrollment/enrollment.queries.ts";
import { updateProgress } from "../../../domain/enrollment/updateProgress.ts";
import { setMember } from "../../../domain/identity/setMember.ts";
import { renewPaymentToken, startPayment } from "../../../domain/payment/startPayment.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import {
  BY_BILL,
  BY_QRIS,
  begin,
  claim,
  codes,
  grantsOf,
  happens,
  learning,
  newKey,
  order,
  type Person,
  PRICES,
  PROOF,
  sell,
  statusOf,
} from "./facts.ts";

const HOLD = 10 * 60_000;
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
const reject = (paymentId: string, reason = "Bukti tidak terbaca") =>
  rejectPayment(shop.app, staff, { paymentId, reason });

describe("who pays for a package", () => {
  test("by a transfer with its proof waits for staff, and is then enrolled in every course of it", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop, { courses: 3 });
    const paymentId = await claim(shop, buyer, sold);
    expect(await statusOf(shop, paymentId)).toBe("PAID");
    expect(await learning(shop, buyer, sold.courseIds)).toEqual([null, null, null]);
    await approve(paymentId);
    expect(await statusOf(shop, paymentId)).toBe("APPROVED");
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(enrolled(3));
    await approve(paymentId);
    expect(await grantsOf(shop, paymentId)).toEqual({ live: 3, revoked: 0 });
    expect(await shop.audit()).toEqual([]);
  });

  test("through Midtrans is enrolled by the settlement where the package needs nobody's approval", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop, { approval: "AUTO" });
    const { paymentId, gatewayOrderId } = await begin(shop, buyer, sold);
    expect(await statusOf(shop, paymentId)).toBe("PENDING");
    await happens(shop, gatewayOrderId, BY_QRIS);
    expect(await statusOf(shop, paymentId)).toBe("APPROVED");
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(enrolled(2));
    await shop.notify(gatewayOrderId);
    await shop.drain();
    expect(await grantsOf(shop, paymentId)).toEqual({ live: 2, revoked: 0 });
    expect(await shop.audit()).toEqual([]);
  });

  test("through Midtrans waits for staff where the package does", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop);
    const { paymentId, gatewayOrderId } = await begin(shop, buyer, sold);
    await expect(approve(paymentId)).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
    await happens(shop, gatewayOrderId, BY_QRIS);
    expect(await statusOf(shop, paymentId)).toBe("PAID");
    await expect(reject(paymentId)).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
    await approve(paymentId);
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(enrolled(2));
  });

  test("may choose the method later", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop, { approval: "AUTO" });
    const { paymentId, paymentToken } = await order(shop, buyer, sold);
    await startPayment(shop.app, buyer, {
      paymentId,
      method: "VA_BRI",
      paymentToken: paymentToken as string,
      idempotencyKey: newKey(),
    });
    const { id, items } = await shop.one<{ id: string; items: number }>(
      "select gateway_order_id as id, item_total as items from payment_transactions where payment_id = $1",
      paymentId,
    );
    expect(items).toBe(PRICES.UMUM);
    await happens(shop, id, { transaction_status: "settlement" });
    expect(await statusOf(shop, paymentId)).toBe("APPROVED");
    await expect(renewPaymentToken(shop.app, buyer, { paymentId })).rejects.toMatchObject({ code: "ALREADY_PAID" });
  });

  test("by a method whose bank may take it back is enrolled after the hold and a fresh word of the gateway", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop, { approval: "AUTO" });
    const { paymentId, gatewayOrderId } = await begin(shop, buyer, sold);
    await happens(shop, gatewayOrderId, BY_BILL);
    expect(await statusOf(shop, paymentId)).toBe("PAID");
    await expect(approve(paymentId)).rejects.toMatchObject({ code: "ON_HOLD", details: { reason: "REVERSAL" } });
    expect(await learning(shop, buyer, sold.courseIds)).toEqual([null, null]);
    shop.advance(HOLD + 1_000);
    await shop.drain();
    expect(await statusOf(shop, paymentId)).toBe("APPROVED");
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(enrolled(2));
  });

  test("and whose bank took it back unheard is not enrolled when the hold is over", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop, { approval: "AUTO" });
    const { paymentId, gatewayOrderId } = await begin(shop, buyer, sold);
    await happens(shop, gatewayOrderId, BY_BILL);
    await shop.gatewayMoves(gatewayOrderId, { transaction_status: "deny" });
    shop.advance(HOLD + 1_000);
    await shop.drain();
    expect(await statusOf(shop, paymentId)).toBe("FAILED");
    expect(await learning(shop, buyer, sold.courseIds)).toEqual([null, null]);
    expect(await shop.audit()).toEqual([]);
  });

  test("of several courses names the one he wants, and of a bundle none", async () => {
    const buyer = await shop.addBuyer();
    const single = await sell(shop, { isBundle: false, courses: 3 });
    const other = await sell(shop);
    const [, wanted] = single.courseIds;
    await expect(claim(shop, buyer, single)).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await expect(claim(shop, buyer, single, { courseId: other.courseIds[0] as string })).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
    await expect(claim(shop, buyer, other, { courseId: other.courseIds[0] as string })).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
    await approve(await claim(shop, buyer, single, { courseId: wanted as string }));
    expect(await learning(shop, buyer, single.courseIds)).toEqual([null, "ENROLLED 0", null]);
  });

  test("pays the members' price only while staff says that he is one", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop);
    for (const how of [{ proofUrl: PROOF }, { method: "SNAP" as const }]) {
      await expect(order(shop, buyer, sold, { type: "DIKE", ...how })).rejects.toMatchObject({ code: "NOT_A_MEMBER" });
    }
    await expect(setMember(shop.app, buyer, { userId: buyer.userId, isMember: true })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    await setMember(shop.app, staff, { userId: buyer.userId, isMember: true });
    const paymentId = await claim(shop, buyer, sold, { type: "DIKE" });
    expect(await shop.one("select amount from payments where id = $1", paymentId)).toEqual({ amount: PRICES.DIKE });
  });

  test("gets the same payment for the same key, and one for many at once", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop);
    const idempotencyKey = newKey();
    const tries = Array.from({ length: MANY }, () => claim(shop, buyer, sold, { idempotencyKey }));
    const ids = (await Promise.allSettled(tries)).flatMap((each) => (each.status === "fulfilled" ? each.value : []));
    expect(new Set(ids).size).toBe(1);
    await approve(ids[0] as string);
    // The answer of a key stays, although the package is owned now.
    expect(await claim(shop, buyer, sold, { idempotencyKey })).toBe(ids[0]);
    await expect(
      claim(shop, buyer, sold, { idempotencyKey, proofUrl: "https://bukti.lunas.test/2.png" }),
    ).rejects.toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED" });
    expect(
      await shop.one("select count(*)::integer as payments from payments where user_id = $1", buyer.userId),
    ).toEqual({ payments: 1 });
  });

  test("is refused what he owns before money is asked for, all of it or a part", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop, { isBundle: false, courses: 2 });
    const [owned, other] = sold.courseIds;
    await approve(await claim(shop, buyer, sold, { courseId: owned as string }));
    for (const how of [{ proofUrl: PROOF }, { method: "SNAP" as const }, {}]) {
      await expect(order(shop, buyer, sold, { courseId: owned as string, ...how })).rejects.toMatchObject({
        code: "ALREADY_ENROLLED",
        details: { courseIds: [owned] },
      });
    }
    await claim(shop, buyer, sold, { courseId: other as string });
    expect(
      await shop.one("select count(*)::integer as payments from payments where user_id = $1", buyer.userId),
    ).toEqual({ payments: 2 });
  });

  test.each(["http://bukti.lunas.test/1.png", "ftp://x", "javascript:alert(1)", "https://a:b@c.test/", "bukti", " "])(
    "shows no proof at %p",
    async (proofUrl) => {
      const sold = await sell(shop);
      await expect(claim(shop, await shop.addBuyer(), sold, { proofUrl })).rejects.toMatchObject({
        code: "INVALID_INPUT",
      });
    },
  );

  test("keeps what he wrote of his proof sealed", async () => {
    const paymentId = await claim(shop, await shop.addBuyer(), await sell(shop));
    const { raw } = await shop.one<{ raw: string }>(
      "select proof_sealed as raw from enrollment_payments where id = $1",
      paymentId,
    );
    expect(raw).not.toContain("bukti");
  });
});

describe("staff who decides about a payment", () => {
  test("16 at once approve it once", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop, { courses: 3 });
    const paymentId = await claim(shop, buyer, sold);
    const results = await Promise.allSettled(Array.from({ length: MANY }, () => approve(paymentId)));
    expect(codes(results)).toEqual(Array(MANY).fill(undefined));
    expect(await grantsOf(shop, paymentId)).toEqual({ live: 3, revoked: 0 });
    const { steps } = await shop.one<{ steps: number }>(
      "select count(*) as steps from payment_logs where payment_id = $1 and to_status = 'APPROVED'",
      paymentId,
    );
    expect(steps).toBe(1);
    expect(await shop.audit()).toEqual([]);
  });

  test("approving and rejecting it at once has one outcome, and the courses are as it says", async () => {
    for (let round = 0; round < 4; round++) {
      const buyer = await shop.addBuyer();
      const sold = await sell(shop);
      const paymentId = await claim(shop, buyer, sold);
      const acts = Array.from({ length: MANY }, (_, i) => (i % 2 === round % 2 ? approve : reject)(paymentId));
      await Promise.allSettled(acts);
      const status = await statusOf(shop, paymentId);
      const isApproved = status === "APPROVED";
      expect(["APPROVED", "REJECTED"]).toContain(status);
      expect(await learning(shop, buyer, sold.courseIds)).toEqual(isApproved ? enrolled(2) : [null, null]);
      await expect((isApproved ? reject : approve)(paymentId)).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
    }
    expect(await shop.audit()).toEqual([]);
  });

  test("enrols in all courses or approves nothing", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop);
    const paymentId = await claim(shop, buyer, sold);
    // One of its courses cannot be written: there is no such course.
    const before = await shop.one<{ ids: string[] }>(
      "select course_ids as ids from enrollment_payments where id = $1",
      paymentId,
    );
    await shop.app.db.sql("update enrollment_payments set course_ids = course_ids || $2::uuid where id = $1", [
      paymentId,
      shop.app.ids.next<"course">(),
    ]);
    await expect(approve(paymentId)).rejects.toThrow();
    expect(await statusOf(shop, paymentId)).toBe("PAID");
    expect(await learning(shop, buyer, sold.courseIds)).toEqual([null, null]);
    await shop.app.db.sql("update enrollment_payments set course_ids = $2::uuid[] where id = $1", [
      paymentId,
      before.ids,
    ]);
    await approve(paymentId);
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(enrolled(2));
  });

  test("rejects a proof with a reason, for good; a new proof is a new payment", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop);
    const paymentId = await claim(shop, buyer, sold);
    await expect(reject(paymentId, "  ")).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await reject(paymentId);
    await reject(paymentId, "another word");
    await expect(approve(paymentId)).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
    expect(await shop.one("select reject_reason from enrollment_payments where id = $1", paymentId)).toEqual({
      rejectReason: "Bukti tidak terbaca",
    });
    await approve(await claim(shop, buyer, sold));
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(enrolled(2));
  });

  test("is on record, and customers and services may only what is theirs", async () => {
    const buyer = await shop.addBuyer();
    const paymentId = await claim(shop, buyer, await sell(shop));
    const service = { role: "SERVICE", userId: null } as const;
    for (const actor of [buyer, { role: "ANONYMOUS", userId: null } as const]) {
      await expect(approvePayment(shop.app, actor, { paymentId })).rejects.toMatchObject({
        code: actor.role === "ANONYMOUS" ? "UNAUTHENTICATED" : "FORBIDDEN",
      });
    }
    await expect(rejectPayment(shop.app, service, { paymentId, reason: "x" })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    await approvePayment(shop.app, service, { paymentId });
    expect(await shop.one("select actor_role, permission from audit_logs where entity_id = $1", paymentId)).toEqual({
      actorRole: "SERVICE",
      permission: "payment.approve",
    });
  });

  test("finds no payment that is not there, nor one of goods", async () => {
    await expect(approve("nonsense")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(approve(shop.app.ids.next<"payment">())).rejects.toMatchObject({ code: "NOT_FOUND" });
    const bought = await shop.buy(await shop.addBuyer(), shop.order([{ ...(await shop.addProduct()), quantity: 1 }]));
    await happens(shop, bought.gatewayOrderId as string, BY_QRIS);
    await expect(approve(bought.paymentId)).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
  });
});

describe("money that goes back", () => {
  const REFUND = { transaction_status: "refund" };

  async function enrol(courses = 2) {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop, { approval: "AUTO", courses });
    const payment = await begin(shop, buyer, sold);
    await happens(shop, payment.gatewayOrderId, BY_QRIS);
    return { buyer, sold, ...payment };
  }

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
