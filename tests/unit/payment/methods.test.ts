import { describe, expect, test } from "vitest";
import { guidesOf } from "../../../domain/payment/methodSteps.rules.ts";
import {
  expiryOf,
  isReversible,
  labelOfPaid,
  METHODS,
  methodInfo,
  PAYMENT_METHODS,
  usesPage,
} from "../../../domain/payment/methods.rules.ts";
import { checkPayer } from "../../../domain/payment/payer.rules.ts";

const DAY = 86_400_000;
const NOW = new Date("2026-11-20T03:00:00Z");

describe("the table of methods", () => {
  test("names each once, with words in both languages and limits that leave room", () => {
    expect(new Set(PAYMENT_METHODS).size).toBe(METHODS.length);
    for (const { label, min, max, defaultMs, longestMs } of METHODS) {
      expect(label.id).not.toBe("");
      expect(label.en).not.toBe("");
      expect(min).toBeGreaterThan(0);
      expect(max).toBeGreaterThan(min);
      expect(Number.isSafeInteger(max)).toBe(true);
      if (defaultMs !== null && longestMs !== null) expect(defaultMs).toBeLessThanOrEqual(longestMs);
    }
  });

  test("tells how to pay by each that is started here, step by step", () => {
    for (const { method, kind } of METHODS) {
      const guides = guidesOf(method);
      expect(guides.length > 0).toBe(kind !== "OFFLINE");
      for (const { steps } of guides) for (const step of steps) expect(step.id && step.en).toBeTruthy();
    }
  });

  test("has one way at the gateway: its page, or a charge of its own", () => {
    for (const { method, kind, charge } of METHODS) {
      expect(charge === null).toBe(kind === "PAGE" || kind === "OFFLINE");
      expect(usesPage(method)).toBe(kind === "PAGE");
    }
  });

  test("knows what a bank may take back by the type that the gateway tells", () => {
    expect(["bank_transfer", "echannel", "cstore"].filter(isReversible)).toHaveLength(3);
    expect(["qris", "gopay", "credit_card", "a_new_type", null].filter(isReversible)).toEqual([]);
  });

  test.each([
    ["qris", "QRIS"],
    ["bank_transfer", "Virtual account"],
    ["credit_card", "Kartu kredit atau debit"],
    ["VA_BCA", "BCA Virtual Account"],
    ["a_new_type", "a_new_type"],
  ])("calls %s %s, and a type that it never saw by its own word", (word, label) => {
    expect(labelOfPaid(word)).toBe(label);
  });

  test("ends a try with its payment, or sooner where the method lives no longer", () => {
    const inTwo = new Date(NOW.getTime() + 2 * DAY);
    const inTen = new Date(NOW.getTime() + 10 * DAY);
    expect(expiryOf("QRIS", NOW, inTwo)).toEqual(inTwo);
    expect(expiryOf("QRIS", NOW, inTen)).toEqual(new Date(NOW.getTime() + 7 * DAY));
    expect(expiryOf("VA_BCA", NOW, inTen)).toEqual(inTen);
    expect(expiryOf("MANUAL_TRANSFER", NOW, inTen)).toEqual(inTen);
  });

  test("knows no method beside its own", () => {
    expect(() => methodInfo("DOMPET" as never)).toThrow("no payment method DOMPET");
  });
});

describe("who pays", () => {
  const payer = { name: "Siti", email: "siti@lunas.test", phone: null, addressPhone: null, currency: "IDR" };

  test.each([
    ["0812-3456-7890", "+6281234567890"],
    ["+62 812 3456 7890", "+6281234567890"],
    ["62812.3456.7890", "+6281234567890"],
    ["(021) 555-0123", "+62215550123"],
  ])("is told to the gateway with the phone %s as %s", (phone, told) => {
    expect(checkPayer({ ...payer, phone }).phone).toBe(told);
  });

  test("may have no phone, and else the parcel's counts where his own is none", () => {
    expect(checkPayer(payer).phone).toBeNull();
    expect(checkPayer({ ...payer, phone: "1", addressPhone: "0812 3456 7890" }).phone).toBe("+6281234567890");
  });

  test.each([
    [{ email: "siti" }, "INVALID_INPUT"],
    [{ email: "siti@lunas.test\u202e" }, "INVALID_INPUT"],
    [{ phone: "+1 202 555 0123" }, "INVALID_INPUT"],
    [{ phone: "0812" }, "INVALID_INPUT"],
    [{ currency: "USD" }, "PAYMENT_METHOD_UNAVAILABLE"],
  ])("is refused with %j as %s", (change, code) => {
    expect(() => checkPayer({ ...payer, ...change })).toThrow(expect.objectContaining({ code }));
  });
});
