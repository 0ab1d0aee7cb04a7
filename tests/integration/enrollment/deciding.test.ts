import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { approvePayment, rejectPayment } from "../../../domain/enrollment/approvePayment.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import { BY_QRIS, begin, claim, codes, grantsOf, happens, learning, type Person, sell, statusOf } from "./facts.ts";

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

  test("cannot reject what came through Midtrans: that goes back by a refund", async () => {
    const { paymentId, gatewayOrderId } = await begin(shop, await shop.addBuyer(), await sell(shop));
    await happens(shop, gatewayOrderId, BY_QRIS);
    await expect(reject(paymentId)).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
    expect(await statusOf(shop, paymentId)).toBe("PAID");
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
