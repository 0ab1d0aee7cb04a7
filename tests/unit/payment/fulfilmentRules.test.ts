import { describe, expect, test } from "vitest";
import { type FulfilmentFacts, forbidsFulfilment, holdOf } from "../../../domain/payment/fulfilment.rules.ts";
import { isPaidMethodReversible, METHODS } from "../../../domain/payment/methods.rules.ts";
import { PAYMENT_STATUSES, type PaymentStatus } from "../../../domain/payment/payment.states.ts";

const HOLD = 10 * 60_000;
const PAID_AT = new Date("2026-11-20T03:00:00Z");
const at = (ms: number) => new Date(PAID_AT.getTime() + ms);
const FREE: FulfilmentFacts = {
  status: "PAID",
  channel: "MIDTRANS",
  paidAt: PAID_AT,
  settledAt: PAID_AT,
  method: "QRIS",
  paymentType: "qris",
  isInReview: false,
  openCases: [],
};
const hold = (facts: Partial<FulfilmentFacts>, now = at(1)) => holdOf({ ...FREE, ...facts }, HOLD, now);

describe("what a payment pays for leaves", () => {
  const BY_STATUS: Readonly<Record<PaymentStatus, string | null>> = {
    PENDING: "NOT_PAID",
    CHALLENGED: "CHALLENGED",
    PAID: null,
    APPROVED: null,
    REJECTED: "NOT_PAID",
    FAILED: "NOT_PAID",
    EXPIRED: "NOT_PAID",
    CANCELLED: "NOT_PAID",
    PARTIALLY_REFUNDED: null,
    REFUNDED: "NOT_PAID",
    CHARGEBACK: "NOT_PAID",
  };
  test.each(PAYMENT_STATUSES)("only while its money is here: %s", (status) => {
    expect(hold({ status })?.reason ?? null).toBe(BY_STATUS[status]);
  });

  test("never for one that is called paid and has no time of it", () => {
    expect(hold({ paidAt: null })).toEqual({ reason: "NOT_PAID", until: null });
  });

  test("after a person believed a proof, not before", () => {
    const proof = { channel: "MANUAL_TRANSFER", method: "MANUAL_TRANSFER", paymentType: null } as const;
    expect(hold(proof)).toEqual({ reason: "UNAPPROVED", until: null });
    expect(hold({ ...proof, status: "APPROVED" })).toBeNull();
  });

  test("after whoever looks at it has released it", () => {
    expect(hold({ isInReview: true }, at(1_000 * HOLD))).toEqual({ reason: "REVIEW", until: null });
  });

  test.each(["AMOUNT_MISMATCH", "UNMATCHED", "STRANGE_STATUS", "CHARGEBACK", "REFUNDED_OUTSIDE", "SOMETHING_NEW"])(
    "not while a case is open that doubts its money: %s",
    (kind) => expect(hold({ openCases: ["PAID_TWICE", kind] })).toEqual({ reason: "MONEY_CASE", until: null }),
  );

  test.each(["PAID_TWICE", "COURSE_PAID_TWICE", "LATE_PAYMENT", "SECOND_TRANSACTION", "UNKNOWN_OUTCOME"])(
    "although too much came for it: %s",
    (kind) => {
      expect(forbidsFulfilment(kind)).toBe(false);
      expect(hold({ openCases: [kind] })).toBeNull();
    },
  );

  test("when the bank cannot take its money back any more, to the millisecond", () => {
    const permata = { method: "VA_PERMATA", paymentType: "bank_transfer" };
    expect(hold(permata, at(HOLD - 1))).toEqual({ reason: "REVERSAL", until: at(HOLD) });
    expect(hold(permata, at(HOLD))).toBeNull();
    expect(hold({ ...permata, settledAt: at(60_000) }, at(HOLD))?.until).toEqual(at(HOLD + 60_000));
    expect(hold({ ...permata, settledAt: at(-HOLD) }, at(1))?.until).toEqual(at(HOLD));
    expect(hold({ ...permata, settledAt: null })?.until).toEqual(at(HOLD));
  });

  const REVERSIBLE = new Set(["VA_PERMATA", "MANDIRI_BILL", "INDOMARET", "SNAP"]);
  test.each(METHODS.map(({ method }) => method))("%s waits for the bank only where it may take back", (method) => {
    expect(isPaidMethodReversible(method, null)).toBe(REVERSIBLE.has(method));
  });

  test.each([
    ["bank_transfer", true],
    ["echannel", true],
    ["cstore", true],
    ["a_new_type", true],
    ["qris", false],
    ["gopay", false],
    ["shopeepay", false],
    ["credit_card", false],
  ])("paid on the hosted page by %s: waits %s", (paymentType, waits) => {
    expect(hold({ method: "SNAP", paymentType }) !== null).toBe(waits);
  });

  test("not by a method that nobody knows, before the bank's time is over", () => {
    expect(hold({ method: null, paymentType: null })?.reason).toBe("REVERSAL");
  });
});
