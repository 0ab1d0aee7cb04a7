import { describe, expect, test } from "vitest";
import { rupiah } from "../../../domain/kernel/money.ts";
import { METHODS } from "../../../domain/payment/methods.rules.ts";
import type { ChargeRequest } from "../../../domain/payment/paymentGateway.ts";
import { coreCharge } from "../../../gateways/midtrans/requests.ts";
import { readStatus } from "../../../gateways/midtrans/wire.ts";

const START = new Date("2026-11-20T03:00:00.900Z");
const request = (change: Partial<ChargeRequest> = {}): ChargeRequest => ({
  gatewayOrderId: "LNS-20261120-7F3K9Q-01A",
  amount: rupiah(150_000),
  items: [{ id: "KOPI", name: "Kopi Gayo", price: 75_000, quantity: 2 }],
  customer: { name: "Siti", email: "siti@lunas.test", phone: "+6281200000001" },
  address: null,
  returnUrl: "http://127.0.0.1:4000/payments/x/result",
  startsAt: START,
  expiresAt: new Date(START.getTime() + 3_600_000),
  charge: { paymentType: "bank_transfer", parts: { bank: "bca" } },
  idempotencyKey: "charge-x",
  ...change,
});
type Body = Record<string, Record<string, unknown>>;

describe("a charge", () => {
  test("asks for its type and parts, and ends when the try does, whenever it is sent", () => {
    expect(coreCharge(request())).toMatchObject({
      payment_type: "bank_transfer",
      bank_transfer: { bank: "bca" },
      transaction_details: { order_id: "LNS-20261120-7F3K9Q-01A", gross_amount: 150_000 },
      custom_expiry: { order_time: "2026-11-20 10:00:00 +0700", expiry_duration: 3600, unit: "second" },
    });
  });

  test("of every method fits the fields of its type", () => {
    for (const { charge } of METHODS) {
      if (!charge) continue;
      const body = coreCharge(request({ charge })) as Body;
      const part = body[charge.paymentType] as Record<string, string>;
      expect(part).toMatchObject(charge.parts);
      if (charge.paymentType === "echannel") expect(part["bill_info2"]?.length).toBeLessThanOrEqual(30);
      if (charge.paymentType === "cstore") expect(part["message"]?.length).toBeLessThanOrEqual(20);
      expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(16_000);
    }
  });

  test("whose lines are not its amount is never sent", () => {
    expect(() => coreCharge(request({ amount: rupiah(1) }))).toThrow("sum to 150000, not 1");
  });
});

describe("an answer", () => {
  const answer = (change: object) =>
    readStatus({
      order_id: "LNS-20261120-7F3K9Q-01A",
      transaction_id: "t-1",
      transaction_status: "pending",
      gross_amount: "150000.00",
      payment_type: "gopay",
      ...change,
    })?.instructions;
  const action = (name: string, url: string) => ({ name, method: "GET", url });

  test("gives the QR's text, its picture in the national frame, and the address of the app", () => {
    expect(
      answer({
        qr_string: "0002",
        actions: [
          action("generate-qr-code", "https://a.test/1"),
          action("generate-qr-code-v2", "https://a.test/2"),
          action("deeplink-redirect", "https://a.test/3"),
          action("of-tomorrow", "https://a.test/4"),
        ],
      }),
    ).toEqual({ qrString: "0002", qrImageUrl: "https://a.test/2", deeplinkUrl: "https://a.test/3" });
  });

  test("with the older picture alone gives that one", () => {
    expect(answer({ actions: [action("generate-qr-code", "https://a.test/1")] })).toEqual({
      qrImageUrl: "https://a.test/1",
    });
  });

  test("never sends a browser to an address that is no web page", () => {
    expect(answer({ actions: [action("deeplink-redirect", "javascript:alert(1)")] })).toEqual({});
    expect(answer({ actions: "none" })).toEqual({});
  });

  test.each([
    ["9007199254740991.00", Number.MAX_SAFE_INTEGER],
    ["9007199254740992.00", null],
    ["9007199254740993", null],
  ])("of %s is read to the rupiah, or not at all", (gross_amount, amount) => {
    const report = readStatus({
      order_id: "x",
      transaction_id: "t",
      transaction_status: "pending",
      payment_type: "a_new_type",
      gross_amount,
    });
    expect(report?.grossAmount ?? null).toBe(amount);
    if (report) expect(report.paymentType).toBe("a_new_type");
  });
});
