import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { paymentNumber } from "../../../domain/kernel/codes.ts";
import { rupiah } from "../../../domain/kernel/money.ts";
import { currentTransaction } from "../../../domain/payment/lockPayment.ts";
import { isReversible } from "../../../domain/payment/methods.rules.ts";
import { eventOf, gatewayOrderId, nextPollAt, stateAfter } from "../../../domain/payment/payment.rules.ts";
import { GATEWAY_STATUSES, type GatewayStatus, type PaymentReport } from "../../../domain/payment/paymentGateway.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = new Date("2026-11-20T03:00:00Z");
const at = (ms: number) => new Date(START.getTime() + ms);
const END = at(DAY);

const report = (status: GatewayStatus, fraudStatus: string | null): PaymentReport => ({
  gatewayOrderId: "LNS-20261120-7F3K9Q-01A",
  gatewayTransactionId: "t-1",
  merchantId: "M",
  status,
  statusText: status,
  fraudStatus,
  paymentType: "qris",
  currency: "IDR",
  grossAmount: rupiah(1000),
  originalAmount: rupiah(1000),
  refundedAmount: rupiah(0),
  settledAt: null,
  expiresAt: null,
  instructions: {},
});
const NEW = { method: "SNAP", capturedAmount: 0, settledAt: null, gatewayStatus: null };

describe("what a status of the gateway means", () => {
  // fraud status:   none                  accept                challenge             deny
  const TABLE: Readonly<Record<GatewayStatus, readonly [string, string, string, string]>> = {
    pending: ["pending", "pending", "pending", "pending"],
    authorize: ["strange", "strange", "strange", "strange"],
    capture: ["strange", "captured", "challenged", "strange"],
    settlement: ["captured", "captured", "strange", "strange"],
    deny: ["denied", "denied", "denied", "denied"],
    failure: ["denied", "denied", "denied", "denied"],
    expire: ["expired", "expired", "expired", "expired"],
    cancel: ["cancelledByOthers", "cancelledByOthers", "cancelledByOthers", "cancelledByOthers"],
    refund: ["refunded", "refunded", "refunded", "refunded"],
    partial_refund: ["partiallyRefunded", "partiallyRefunded", "partiallyRefunded", "partiallyRefunded"],
    chargeback: ["chargedBack", "chargedBack", "chargedBack", "chargedBack"],
    partial_chargeback: ["strange", "strange", "strange", "strange"],
    unknown: ["strange", "strange", "strange", "strange"],
  };
  const FRAUDS = [null, "accept", "challenge", "deny"];
  const cells = GATEWAY_STATUSES.flatMap((status) =>
    FRAUDS.map((fraud, i) => ({ status, fraud, means: TABLE[status][i] as string })),
  );
  const twofold = (means: string) => ["denied", "expired", "cancelledByOthers"].includes(means);

  test.each(cells)("$status with fraud status $fraud is $means", ({ status, fraud, means }) => {
    const whileOpen = eventOf(report(status, fraud), NEW, { expiresAt: END }, at(HOUR));
    const whenOver = eventOf(report(status, fraud), NEW, { expiresAt: END }, END);
    expect(whileOpen).toBe(twofold(means) ? `${means}WhileOpen` : means);
    expect(whenOver).toBe(twofold(means) ? `${means}WhenOver` : means);
  });

  test("a fraud status that nobody knows never pays", () => {
    expect(eventOf(report("settlement", "maybe"), NEW, { expiresAt: END }, START)).toBe("strange");
    expect(eventOf(report("capture", "maybe"), NEW, { expiresAt: END }, START)).toBe("strange");
  });

  test("a deny after a stored settlement is a reversal, and money after that is for a person", () => {
    const settled = { ...NEW, capturedAmount: 1000, settledAt: at(MINUTE), gatewayStatus: "settlement" };
    expect(eventOf(report("deny", "accept"), settled, { expiresAt: END }, at(5 * MINUTE))).toBe("reversed");
    const reversed = { ...settled, capturedAmount: 0, gatewayStatus: "deny" };
    expect(eventOf(report("settlement", "accept"), reversed, { expiresAt: END }, at(9 * MINUTE))).toBe(
      "capturedAfterReversal",
    );
  });

  test("a cancel voids a capture, and says nothing of money that has settled", () => {
    const captured = { ...NEW, capturedAmount: 1000, gatewayStatus: "capture" };
    const settled = { ...captured, settledAt: at(MINUTE), gatewayStatus: "settlement" };
    expect(eventOf(report("cancel", "accept"), captured, { expiresAt: END }, at(HOUR))).toBe(
      "cancelledByOthersWhileOpen",
    );
    expect(eventOf(report("cancel", "accept"), settled, { expiresAt: END }, at(HOUR))).toBe("strange");
  });

  test("a deny of a capture that has not settled is no reversal: that needs a settlement first", () => {
    const captured = { ...NEW, capturedAmount: 1000, gatewayStatus: "capture" };
    expect(eventOf(report("deny", "accept"), captured, { expiresAt: END }, at(MINUTE))).toBe("deniedWhileOpen");
  });
});

describe("the state of a try after a report", () => {
  test.each([
    ["settlement", "captured", "LIVE", "PAID"],
    ["capture", "captured", "LIVE", "PAID"],
    ["capture", "challenged", "LIVE", "LIVE"],
    ["pending", "pending", "STARTING", "LIVE"],
    ["pending", "pending", "PAID", "PAID"],
    ["deny", "deniedWhileOpen", "LIVE", "LIVE"],
    ["deny", "deniedWhenOver", "LIVE", "LIVE"],
    ["deny", "reversed", "PAID", "CLOSED"],
    ["deny", "deniedWhileOpen", "PAID", "PAID"],
    ["deny", "deniedWhenOver", "PAID", "PAID"],
    ["failure", "deniedWhenOver", "LIVE", "LIVE"],
    ["expire", "expiredWhileOpen", "LIVE", "LIVE"],
    ["expire", "expiredWhenOver", "PAID", "PAID"],
    ["cancel", "cancelledByOthersWhileOpen", "LIVE", "LIVE"],
    ["cancel", "cancelledByOthersWhileOpen", "PAID", "CLOSED"],
    ["refund", "refunded", "PAID", "PAID"],
    ["partial_refund", "partiallyRefunded", "PAID", "PAID"],
    ["chargeback", "chargedBack", "PAID", "PAID"],
    ["authorize", "strange", "LIVE", "LIVE"],
    ["settlement", "strange", "STARTING", "STARTING"],
  ] as const)("%s (%s) on a %s one leaves it %s", (status, event, before, expected) => {
    expect(stateAfter(report(status, null), event, "SNAP", before)).toBe(expected);
  });

  test("a refusal closes a number that stands outside a hosted page", () => {
    expect(stateAfter(report("deny", null), "deniedWhileOpen", "VA_BCA", "LIVE")).toBe("CLOSED");
  });
});

describe("the gateway's order id", () => {
  const sequence = fc.integer({ min: 0, max: 2 ** 30 - 1 });
  const attempt = fc.integer({ min: 1, max: 99 });

  test("has one length and ends in a letter, whatever the payment and the try", () => {
    fc.assert(
      fc.property(sequence, attempt, (n, tries) => {
        const id = gatewayOrderId(paymentNumber(START, n), tries);
        expect(id).toMatch(/^LNS-\d{8}-[0-9A-HJKMNP-TV-Z]{6}-\d{2}[A-Z]$/);
        expect(id).toHaveLength(23);
      }),
    );
  });

  test("cannot be split two ways: an id that is another's beginning does not exist", () => {
    fc.assert(
      fc.property(sequence, attempt, sequence, attempt, (n, i, m, k) => {
        const [one, other] = [gatewayOrderId(paymentNumber(START, n), i), gatewayOrderId(paymentNumber(START, m), k)];
        expect(one === other || !`${other}201`.startsWith(`${one}2`)).toBe(true);
      }),
    );
  });

  test.each([0, 100, 1.5, -1, Number.NaN])("is not made for try %p", (tries) => {
    expect(() => gatewayOrderId("LNS-20261120-7F3K9Q", tries)).toThrow(RangeError);
  });
});

describe("when the gateway is asked next", () => {
  const POLLS = [MINUTE, 3 * MINUTE, 10 * MINUTE];
  const live = { state: "LIVE", createdAt: START, paymentType: null, settledAt: null } as const;
  const payment = { expiresAt: END, status: "PENDING" } as const;
  const ages = (until: number): number[] => {
    const list: number[] = [];
    for (
      let at = nextPollAt(live, payment, POLLS, START);
      at && at.getTime() <= START.getTime() + until;
      at = nextPollAt(live, payment, POLLS, at)
    ) {
      list.push(at.getTime() - START.getTime());
    }
    return list;
  };

  test("at 1, 3 and 10 minutes, then every 10 while the window is open, then every hour for a day, then never", () => {
    const all = ages(10 * DAY);
    expect(all.slice(0, 5).map((ms) => ms / MINUTE)).toEqual([1, 3, 10, 20, 30]);
    const gaps = all.map((at, i) => ({ at, gap: at - (all[i - 1] ?? 0) }));
    expect(gaps.filter(({ at, gap }) => at <= DAY && gap > 10 * MINUTE)).toEqual([]);
    expect(gaps.filter(({ at, gap }) => at > DAY && gap > HOUR)).toEqual([]);
    const last = all.at(-1) as number;
    expect(last).toBeGreaterThan(2 * DAY - HOUR);
    expect(last).toBeLessThanOrEqual(2 * DAY + HOUR);
  });

  test("so soon that any change inside the window is seen within 15 minutes", () => {
    const all = ages(3 * DAY);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: DAY }), (changedAt) => {
        const seen = all.find((at) => at >= changedAt) as number;
        expect(seen - changedAt).toBeLessThanOrEqual(15 * MINUTE);
      }),
    );
  });

  test("once more after a settlement that a bank may take back, and not after another", () => {
    const paid = { state: "PAID", createdAt: START, settledAt: at(5 * MINUTE) } as const;
    for (const paymentType of ["bank_transfer", "echannel", "cstore"]) {
      expect(isReversible(paymentType)).toBe(true);
      const look = nextPollAt({ ...paid, paymentType }, payment, POLLS, at(6 * MINUTE));
      expect(look).toEqual(at(15 * MINUTE));
      expect(nextPollAt({ ...paid, paymentType }, payment, POLLS, at(15 * MINUTE))).toBeNull();
    }
    for (const paymentType of ["qris", "gopay", "credit_card", null]) {
      expect(nextPollAt({ ...paid, paymentType }, payment, POLLS, at(6 * MINUTE))).toBeNull();
    }
  });

  test("never, once the try is closed", () => {
    expect(nextPollAt({ ...live, state: "CLOSED" }, payment, POLLS, at(MINUTE))).toBeNull();
  });
});

describe("the try that a person is shown", () => {
  const [stray, closed, live] = [{ state: "PAID" }, { state: "CLOSED" }, { state: "LIVE" }] as const;

  test("is the one that can be paid, after money of another sum that goes back", () => {
    expect(currentTransaction("PENDING", [stray, live])).toBe(live);
    expect(currentTransaction("PENDING", [closed, { state: "UNKNOWN" as const }])).toEqual({ state: "UNKNOWN" });
  });

  test("is the one that paid, once it is paid; the last one, where none did", () => {
    expect(currentTransaction("PAID", [stray, closed])).toBe(stray);
    expect(currentTransaction("EXPIRED", [closed])).toBe(closed);
    expect(currentTransaction("PENDING", [])).toBeNull();
  });
});
