import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { approvePayment, rejectPayment } from "../../../domain/enrollment/approvePayment.ts";
import { setMember } from "../../../domain/identity/setMember.ts";
import { startPayment } from "../../../domain/payment/startPayment.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import {
  BY_QRIS,
  begin,
  claim,
  codes,
  happens,
  learning,
  newKey,
  order,
  type Person,
  sell,
  statusOf,
} from "./facts.ts";

const MANY = 16;

let shop: LiveShop;
let staff: Person;
beforeAll(async () => {
  shop = await openLiveShop();
  staff = await shop.addStaff();
});
afterAll(() => shop.close());

const approve = (paymentId: string, by = staff) => approvePayment(shop.app, by, { paymentId });
const tries = (paymentId: string) =>
  shop.one("select count(*)::integer as tries from payment_transactions where payment_id = $1", paymentId);

describe("a course is not paid for twice", () => {
  test("by an older payment that was never begun, once it is owned or paid for", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop, { courses: 3 });
    const { paymentId, paymentToken } = await order(shop, buyer, sold);
    const start = () =>
      startPayment(shop.app, buyer, {
        paymentId,
        method: "QRIS",
        paymentToken: paymentToken as string,
        idempotencyKey: newKey(),
      });
    const shown = await claim(shop, buyer, sold);
    await expect(start()).rejects.toMatchObject({ code: "ALREADY_ENROLLED", details: { paymentId: shown } });
    await approve(shown);
    await expect(start()).rejects.toMatchObject({
      code: "ALREADY_ENROLLED",
      details: { courseIds: expect.arrayContaining([...sold.courseIds]) },
    });
    expect(await tries(paymentId)).toEqual({ tries: 0 });
    expect(await statusOf(shop, paymentId)).toBe("PENDING");
  });

  test("by two proofs, at once or one after the other, until the first is rejected", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop);
    const results = await Promise.allSettled(Array.from({ length: MANY }, () => claim(shop, buyer, sold)));
    expect(codes(results).filter((code) => code !== undefined)).toEqual(Array(MANY - 1).fill("ALREADY_ENROLLED"));
    const [first] = results.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    await rejectPayment(shop.app, staff, { paymentId: first as string, reason: "tidak terbaca" });
    await approve(await claim(shop, buyer, sold));
    expect(await learning(shop, buyer, sold.courseIds)).toEqual(["ENROLLED 0", "ENROLLED 0"]);
  });

  test("by a payment through Midtrans while a first one waits for staff, until its money is owed back", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop);
    const { paymentId, gatewayOrderId } = await begin(shop, buyer, sold);
    await happens(shop, gatewayOrderId, BY_QRIS);
    for (const how of [{ method: "SNAP" as const }, {}]) {
      await expect(order(shop, buyer, sold, how)).rejects.toMatchObject({
        code: "ALREADY_ENROLLED",
        details: { paymentId },
      });
    }
    await happens(shop, gatewayOrderId, { transaction_status: "refund" });
    await begin(shop, buyer, sold);
  });
});

describe("a part that went back before anybody approved", () => {
  test("takes the rest with it, so that no money is kept for nothing", async () => {
    const buyer = await shop.addBuyer();
    const sold = await sell(shop);
    const { paymentId, gatewayOrderId } = await begin(shop, buyer, sold);
    await happens(shop, gatewayOrderId, BY_QRIS);
    await happens(shop, gatewayOrderId, { transaction_status: "partial_refund", refund_amount: 50_000 });
    await shop.drain();
    await expect(approve(paymentId)).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
    expect(
      await shop.one(
        "select sum(amount)::integer as owed from refunds where payment_id = $1 and status <> 'WITHDRAWN'",
        paymentId,
      ),
    ).toEqual({ owed: 150_000 });
    expect(await learning(shop, buyer, sold.courseIds)).toEqual([null, null]);
    expect(await shop.audit()).toEqual([]);
  });
});

describe("staff who learns", () => {
  test("does not decide about his own payment, nor that he is a member", async () => {
    const sold = await sell(shop);
    const paymentId = await claim(shop, staff, sold);
    const refusal = { code: "SECOND_PERSON_NEEDED" };
    await expect(approve(paymentId)).rejects.toMatchObject(refusal);
    await expect(rejectPayment(shop.app, staff, { paymentId, reason: "x" })).rejects.toMatchObject(refusal);
    await expect(setMember(shop.app, staff, { userId: staff.userId, isMember: true })).rejects.toMatchObject(refusal);
    expect(await statusOf(shop, paymentId)).toBe("PAID");
    await approve(paymentId, await shop.addStaff());
    expect(await learning(shop, staff, sold.courseIds)).toEqual(["ENROLLED 0", "ENROLLED 0"]);
  });
});
