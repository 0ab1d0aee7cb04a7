import { describe, expect, test } from "vitest";
import { firstChoice, groupMethods, isAway, type MethodInfo, obstacleOf } from "../../../web/shop/pay/methodGroups.ts";
import { isTryOver, payStep, payUntil, webAddress } from "../../../web/shop/payStep.ts";

const info = (method: MethodInfo["method"], kind: MethodInfo["kind"], more: Partial<MethodInfo> = {}): MethodInfo => ({
  method,
  kind,
  label: method,
  minAmount: 1,
  maxAmount: 1_000_000,
  available: true,
  ...more,
});

const METHODS = [
  info("SNAP", "PAGE"),
  info("CREDIT_CARD", "PAGE", { minAmount: 10_000 }),
  info("INDOMARET", "COUNTER", { minAmount: 10_000, maxAmount: 500_000 }),
  info("MANDIRI_BILL", "BILL"),
  info("VA_BCA", "VA", { minAmount: 10_000 }),
  info("GOPAY", "WALLET"),
  info("QRIS", "QR", { maxAmount: 100_000 }),
  info("MANUAL_TRANSFER", "OFFLINE"),
];

describe("the ways to pay", () => {
  test("stand by how one pays, the handiest first, and what is not paid online does not stand there", () => {
    expect(groupMethods(METHODS).map(({ group, methods }) => [group, methods.map(({ method }) => method)])).toEqual([
      ["QR", ["QRIS"]],
      ["WALLET", ["GOPAY"]],
      ["ACCOUNT", ["MANDIRI_BILL", "VA_BCA"]],
      ["COUNTER", ["INDOMARET"]],
      ["CARD", ["CREDIT_CARD"]],
      ["PAGE", ["SNAP"]],
    ]);
  });

  test.each([
    [9_999, true, "tooLittle"],
    [10_000, true, null],
    [500_000, true, null],
    [500_001, true, "tooMuch"],
    [50_000, false, "away"],
    [9_999, false, "tooLittle"],
  ])("for Rp%d, available %s, say %s", (amount, available, obstacle) => {
    expect(obstacleOf({ minAmount: 10_000, maxAmount: 500_000, available }, amount)).toBe(obstacle);
  });

  test("tell a gateway that is away from an amount that nobody takes", () => {
    const closed = METHODS.map((method) => ({ ...method, available: false }));
    expect(isAway(closed, 50_000)).toBe(true);
    expect(isAway(closed, 2_000_000)).toBe(false);
  });

  test("begin with the remembered one while it takes the amount, else with the handiest that does", () => {
    expect(firstChoice(METHODS, 50_000, "VA_BCA")?.method).toBe("VA_BCA");
    expect(firstChoice(METHODS, 9_999, "VA_BCA")?.method).toBe("QRIS");
    expect(firstChoice(METHODS, 100_001, null)?.method).toBe("GOPAY");
    expect(firstChoice(METHODS, 50_000, "MANUAL_TRANSFER")?.method).toBe("QRIS");
    expect(firstChoice(METHODS, 2_000_000, null)).toBeUndefined();
  });
});

describe("a try at the gateway", () => {
  const NOW = Date.parse("2026-11-20T09:00:00.000Z");
  const END = "2026-11-21T09:00:00.000Z";
  const live = { state: "LIVE" as const, gatewayStatus: "pending", expiresAt: END, instructions: {} };
  const pending = { status: "PENDING" as const, expiresAt: END, currentTransaction: live };

  test.each(["redirectUrl", "vaNumber", "billKey", "paymentCode", "qrString", "qrImageUrl", "deeplinkUrl"] as const)(
    "can be paid as soon as there is its %s",
    (name) => {
      const shown = { ...live, instructions: { [name]: "https://pay.example/1" } };
      expect(payStep({ ...pending, currentTransaction: shown }, NOW)).toBe("pay");
      expect(payStep(pending, NOW)).toBe("preparing");
    },
  );

  test("is never offered again while nobody knows what became of it", () => {
    const unknown = { ...live, state: "UNKNOWN" as const, gatewayStatus: null, expiresAt: "2026-11-20T08:00:00.000Z" };
    expect(payStep({ ...pending, currentTransaction: unknown }, NOW)).toBe("unknown");
  });

  test("that is over before the payment leaves the payment open for another", () => {
    const shown = { ...live, expiresAt: "2026-11-20T09:00:00.000Z", instructions: { vaNumber: "8127" } };
    const payment = { ...pending, currentTransaction: shown };
    expect([payStep(payment, NOW - 1), payStep(payment, NOW)]).toEqual(["pay", "again"]);
    expect([isTryOver(payment, NOW - 1), isTryOver(payment, NOW)]).toEqual([false, true]);
    expect(payUntil(payment)).toBe("2026-11-20T09:00:00.000Z");
    expect(payUntil({ ...payment, currentTransaction: null })).toBe(END);
  });

  test("leads to web addresses alone", () => {
    const addresses = ["https://wallet.example/pay", "javascript:alert(1)", "gojek://pay", "", null, undefined];
    expect(addresses.map(webAddress)).toEqual(["https://wallet.example/pay", null, null, null, null, null]);
  });
});
