import { describe, expect, test } from "vitest";
import { REFUND_STATUSES } from "../../../domain/refund/refund.states.ts";
import { BANK_CODES, readAccount } from "../../../domain/refund/refundAccount.rules.ts";
import { accountGaps, BANKS } from "../../../web/account/bankAccount.ts";
import { isMoving, refundStage, stageMeaning, takesAccount } from "../../../web/account/refundStage.ts";
import { refusedCancel } from "../../../web/account/refusedCancel.ts";
import { readRupiah, wishOf } from "../../../web/admin/giveBack.ts";
import { moneyStrip, orderMoneyStrip } from "../../../web/admin/moneyStrip.ts";
import { refundId } from "../../../web/ui/words/refund.id.ts";

const WHEN = "2026-11-20T07:00:00.000Z";

describe("where a refund stands for its owner", () => {
  test("is known in every status, and has its words", () => {
    for (const status of REFUND_STATUSES) {
      const stage = refundStage({ status });
      expect(stageMeaning[stage]).toBeDefined();
      expect(refundId[`refundStage.${stage}`]).toBeTruthy();
      expect(refundId[`refundNext.${stage}`]).toBeTruthy();
    }
  });

  test("by hand: first the account, then its approval, then the transfer", () => {
    const status = "MANUAL";
    expect(refundStage({ status })).toBe("account");
    expect(refundStage({ status, accountMasked: "BCA ••••1234" })).toBe("approval");
    expect(refundStage({ status, accountMasked: "BCA ••••1234", approvedAt: WHEN })).toBe("transfer");
  });

  test("is received only when the bank said so", () => {
    expect(refundStage({ status: "SUCCEEDED", bankReference: "TRF 1" })).toBe("sent");
    expect(refundStage({ status: "SUCCEEDED", bankConfirmedAt: WHEN })).toBe("received");
  });

  test("is looked at again only while others than its owner move it", () => {
    const now = Date.parse(WHEN);
    expect(isMoving({ status: "PENDING" }, now)).toBe(true);
    expect(isMoving({ status: "PROCESSING" }, now)).toBe(true);
    expect(isMoving({ status: "MANUAL" }, now)).toBe(false);
    expect(isMoving({ status: "SUCCEEDED", bankConfirmedAt: WHEN }, now)).toBe(false);
    expect(isMoving({ status: "WITHDRAWN" }, now)).toBe(false);
  });

  test("is looked at for its credit note for a minute, and then no more", () => {
    const now = Date.parse(WHEN);
    const sent = { status: "SUCCEEDED" as const, succeededAt: WHEN };
    expect(isMoving(sent, now + 59_000)).toBe(true);
    expect(isMoving(sent, now + 60_000)).toBe(false);
    expect(isMoving({ ...sent, creditNote: {} }, now)).toBe(false);
  });
});

describe("the account for a refund by hand", () => {
  test("may be changed until somebody has approved it, and is asked for only where people pay", () => {
    expect(takesAccount({ status: "MANUAL" })).toBe(true);
    expect(takesAccount({ status: "FAILED" })).toBe(true);
    expect(takesAccount({ status: "MANUAL", approvedAt: WHEN })).toBe(false);
    expect(takesAccount({ status: "PENDING" })).toBe(false);
    expect(takesAccount({ status: "SUCCEEDED" })).toBe(false);
  });

  test("offers the very banks that the server takes", () => {
    expect(Object.keys(BANKS).sort()).toEqual([...BANK_CODES].sort());
  });

  test.each([
    [{ bankCode: "BCA", accountNumber: "123-456.78 90", accountName: "  Siti   Nur'aini " }, []],
    [{ bankCode: "", accountNumber: "12345", accountName: "S" }, ["accountName", "accountNumber", "bankCode"]],
    [{ bankCode: "BCA", accountNumber: "1234567a", accountName: "Budi 2" }, ["accountName", "accountNumber"]],
    [
      { bankCode: "toString", accountNumber: "123456789012345678901", accountName: "Budi" },
      ["accountNumber", "bankCode"],
    ],
  ])("is held against the server's own rules before it is sent: %j", (draft, gaps) => {
    expect([...accountGaps(draft)].sort()).toEqual(gaps);
    if (gaps.length === 0) expect(() => readAccount(draft)).not.toThrow();
    else expect(() => readAccount(draft)).toThrow();
  });
});

describe("the strip of money that goes back", () => {
  const refunds = [
    { status: "SUCCEEDED", amount: 10_000, order: { id: "a" } },
    { status: "PENDING", amount: 20_000, order: { id: "a" } },
    { status: "MANUAL", amount: 5_000, order: null },
    { status: "PROCESSING", amount: 30_000, order: { id: "b" } },
    { status: "FAILED", amount: 40_000, order: { id: "a" } },
    { status: "WITHDRAWN", amount: 50_000, order: { id: "a" } },
  ];
  const status = "PARTIALLY_REFUNDED" as const;
  const payment = { status, amount: 200_000, refundedAmount: 10_000, refunds, transactions: [] };

  test("offers no rupiah twice: what is asked for and what is in doubt is not to be refunded again", () => {
    const strip = moneyStrip(payment);
    expect(strip).toMatchObject({ paid: 200_000, refunded: 10_000, returning: 25_000, inDoubt: 30_000 });
    expect(strip.refunded + strip.returning + strip.inDoubt + strip.refundable).toBe(strip.paid);
  });

  test("of an order counts its own refunds alone, out of its own total", () => {
    const strip = orderMoneyStrip({ id: "a", total: 120_000, payment });
    expect(strip).toMatchObject({ paid: 120_000, refunded: 10_000, returning: 20_000, inDoubt: 0, refundable: 90_000 });
  });
});

describe("what staff gives back", () => {
  const draft = { orderId: "order", way: "items" as const, pieces: {}, amount: "" };

  test("asks the server nothing before anything is chosen", () => {
    expect(wishOf("payment", draft)).toBeNull();
    expect(wishOf("payment", { ...draft, pieces: { a: { quantity: 0, restock: true } } })).toBeNull();
    expect(wishOf("payment", { ...draft, way: "amount" })).toBeNull();
  });

  test("by items leaves the amount to the server unless one is typed", () => {
    const pieces = { a: { quantity: 2, restock: true }, b: { quantity: 0, restock: false } };
    const items = [{ orderItemId: "a", quantity: 2, restock: true }];
    expect(wishOf("payment", { ...draft, pieces })).toEqual({
      paymentId: "payment",
      orderId: "order",
      items,
      amount: null,
    });
    expect(wishOf("payment", { ...draft, pieces, amount: "Rp 12.500" })).toMatchObject({ items, amount: 12_500 });
  });

  test("as an amount or as a whole names no items, whatever was chosen before", () => {
    const pieces = { a: { quantity: 1, restock: true } };
    expect(wishOf("payment", { ...draft, pieces, way: "amount", amount: "50000" })).toMatchObject({
      items: [],
      amount: 50_000,
    });
    expect(wishOf("payment", { ...draft, pieces, way: "whole", amount: "7" })).toMatchObject({
      items: [],
      amount: null,
    });
  });

  test("is typed in rupiah with or without dots", () => {
    expect(["50.000", "Rp 1.250.000", "7", "", "Rp"].map(readRupiah)).toEqual([50_000, 1_250_000, 7, null, null]);
  });
});

describe("a cancel that a courier refused", () => {
  const asked = { from: "PROCESSING", to: "CANCEL_REQUESTED", at: "2026-11-20T07:00:00.000Z" };
  const refused = { from: "CANCEL_REQUESTED", to: "SHIPPED", at: "2026-11-20T07:01:00.000Z" };
  const taken = { from: "CANCEL_REQUESTED", to: "CANCELLED", at: "2026-11-20T08:00:00.000Z" };

  test("is said with its reason for as long as no later one was taken", () => {
    expect(refusedCancel([asked, refused])).toBe(refused);
    expect(refusedCancel([taken, asked, refused])).toBeUndefined();
  });

  test("is not made up while the courier has not answered", () => {
    expect(refusedCancel([asked])).toBeUndefined();
    expect(refusedCancel([])).toBeUndefined();
  });
});
