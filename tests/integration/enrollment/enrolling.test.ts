import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { approvePayment } from "../../../domain/enrollment/approvePayment.ts";
import { setMember } from "../../../domain/identity/setMember.ts";
import { renewPaymentToken, startPayment } from "../../../domain/payment/startPayment.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import {
  BY_BILL,
  BY_QRIS,
  begin,
  claim,
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

  test("by a method whose bank may take it back is enrolled after the hold and the gateway's fresh word", async () => {
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
