import { describe, expect, it } from "vitest";
import { crc16, instrumentOf, qrText } from "../../../sandbox/midtrans/instruments.ts";
import { methodOf } from "../../../sandbox/midtrans/methods.ts";
import { notificationBody, signature, statusCode } from "../../../sandbox/midtrans/wire.ts";
import type { Transaction } from "../../../sandbox/model.ts";

const KEY = "SB-Mid-server-EXAMPLEKEY0123456789ab";
/** Half of a published signature tells it from every other, and fits a line. */
const firstHalf = (signed: unknown): string => {
  expect(signed).toMatch(/^[0-9a-f]{128}$/);
  return String(signed).slice(0, 64);
};

const merchant = { merchantId: "G100200300", signatureKey: KEY };
const at = (text: string): number => Date.parse(`${text.replace(" ", "T")}+07:00`);

const paid: Transaction = {
  id: "9aed5972-5b6a-401e-894b-000000000001",
  order_id: "ORD-N-01",
  token: null,
  born: at("2026-03-14 10:00:00"),
  method: "credit_card",
  gross_amount: 150_000,
  original_amount: 150_000,
  status: "settlement",
  fraud_status: "accept",
  transaction_at: at("2026-03-14 10:05:00"),
  expires_at: at("2026-03-15 10:05:00"),
  batch_at: null,
  settled_at: at("2026-03-14 10:06:10"),
  instrument: {},
  echo: {},
  refunds: [],
  callback_url: null,
  notification_urls: [],
  history: [],
};

/** A transaction of the published samples, whose signatures were made with the key above. */
const sample = (number: string, change: Partial<Transaction>): Transaction => ({
  ...paid,
  id: `9aed5972-5b6a-401e-894b-0000000000${number}`,
  order_id: `ORD-N-${number}`,
  ...change,
});

const card = { masked_card: "48111111-1114", card_type: "credit", bank: "bni" };

describe("signature", () => {
  it.each([
    ["200", "150000.00", "2489edaaaa683703039ae74b73a7c7cc84abd928c4d9e911141d1b3e4aa05c13"],
    ["201", "150000.00", "e37103164a3243f10f662f086e48b2216dd7895781348329bf411a8d1a752aaa"],
    ["202", "150000.00", "50b20e40c244d9cfcbff353fd4685465b265af3d95f8debadcdcf609f76f0851"],
    ["200", "150000", "9c8f93570b688b70697c180e4f4b03dd9d7b720cae02db067bc15acc1574dcbe"],
  ])("is the SHA-512 of the plain concatenation for %s and %s", (code, amount, expected) => {
    expect(firstHalf(signature("ORD-20260314-000123", code, amount, KEY))).toBe(expected);
  });

  it.each([
    ["card captured", "01", { status: "capture" }, "636c1feeea72a309164fa8fa478541ccc03efd3ed899d551e726bce7126d40e0"],
    [
      "card settled",
      "01",
      { status: "settlement" },
      "636c1feeea72a309164fa8fa478541ccc03efd3ed899d551e726bce7126d40e0",
    ],
    [
      "card challenged",
      "02",
      { status: "capture", fraud_status: "challenge" },
      "0e569498bde17960440acb386e42a7c6bb855a1fd1876cd822d9c15b2f0c495a",
    ],
    ["card denied", "03", { status: "deny" }, "319db4caf34e2493bac3bdd0d00afc915feb6b791ec8dbee72125d66384f74c5"],
    ["GoPay paid", "04", { method: "gopay" }, "43956c2796b85ad54550e1ac322167bf96f3bf18a3b0fc4c633add726ce6a734"],
    [
      "BCA VA pending",
      "07",
      { method: "bca_va", status: "pending" },
      "becaca6fc919f3357ae139055a49ec503263b30875bf259781f8b065eb9a0f4a",
    ],
    [
      "VA expired",
      "14",
      { method: "permata_va", status: "expire" },
      "38937071efc087a97af0020ab29a1ff8378656dced748abb45160a7b574f68fa",
    ],
    [
      "cancelled",
      "15",
      { method: "gopay", status: "cancel" },
      "558ad6e86c2e68835aed89f5fbc468d9ae41a6ddafd9fcaa37e4536c83af7b0a",
    ],
    [
      "GoPay partly refunded",
      "04",
      { method: "gopay", status: "partial_refund" },
      "43956c2796b85ad54550e1ac322167bf96f3bf18a3b0fc4c633add726ce6a734",
    ],
  ] as [string, string, Partial<Transaction>, string][])(
    "of a notification is the published one: %s",
    (_name, number, change, expected) => {
      expect(firstHalf(notificationBody(sample(number, change), merchant)["signature_key"])).toBe(expected);
    },
  );
});

describe("a notification carries the members of its payment type", () => {
  const common = { status_message: "midtrans payment notification", merchant_id: "G100200300", currency: "IDR" };

  it.each([
    [
      "card captured",
      sample("01", { status: "capture", settled_at: null, instrument: card }),
      {
        transaction_status: "capture",
        status_code: "200",
        payment_type: "credit_card",
        fraud_status: "accept",
        masked_card: "48111111-1114",
        eci: "05",
        channel_response_code: "00",
        channel_response_message: "Approved",
        card_type: "credit",
        bank: "bni",
      },
    ],
    [
      "card denied",
      sample("03", { status: "deny", settled_at: null, instrument: card }),
      {
        transaction_status: "deny",
        status_code: "202",
        channel_response_code: "05",
        channel_response_message: "Do not honour",
      },
    ],
    [
      "QRIS paid",
      sample("05", { method: "other_qris", instrument: { acquirer: "gopay" } }),
      {
        payment_type: "qris",
        transaction_type: "off-us",
        issuer: "dana",
        acquirer: "gopay",
        settlement_time: "2026-03-14 10:06:10",
      },
    ],
    [
      "BCA VA pending",
      sample("07", {
        method: "bca_va",
        status: "pending",
        settled_at: null,
        instrument: { va_numbers: [{ bank: "bca", va_number: "812785002530231" }] },
      }),
      {
        status_code: "201",
        va_numbers: [{ va_number: "812785002530231", bank: "bca" }],
        payment_amounts: [],
        expiry_time: "2026-03-15 10:05:00",
      },
    ],
    [
      "BNI VA paid",
      sample("08", {
        method: "bni_va",
        settled_at: at("2026-03-14 10:42:03"),
        instrument: { va_numbers: [{ bank: "bni", va_number: "9880000000111111" }] },
      }),
      {
        settlement_time: "2026-03-14 10:42:03",
        payment_amounts: [{ paid_at: "2026-03-14 10:42:02", amount: "150000.00" }],
      },
    ],
    [
      "Permata VA paid",
      sample("09", { method: "permata_va", instrument: { permata_va_number: "8562000087926752" } }),
      { payment_type: "bank_transfer", permata_va_number: "8562000087926752" },
    ],
    [
      "Mandiri bill paid",
      sample("10", { method: "echannel", instrument: { biller_code: "70012", bill_key: "990000000260" } }),
      { payment_type: "echannel", biller_code: "70012", bill_key: "990000000260" },
    ],
    [
      "Alfamart paid",
      sample("12", { method: "alfamart", instrument: { store: "alfamart", payment_code: "300063000630006301" } }),
      { payment_type: "cstore", fraud_status: "accept", store: "alfamart", payment_code: "300063000630006301" },
    ],
  ] as [string, Transaction, object][])("%s", (_name, transaction, expected) => {
    const body = notificationBody(transaction, merchant);
    expect(body).toMatchObject({
      ...common,
      ...expected,
      gross_amount: "150000.00",
      transaction_time: "2026-03-14 10:05:00",
    });
  });

  it("never sends fraud_status for Indomaret, and an approval code once paid", () => {
    const body = notificationBody(sample("11", { method: "indomaret", instrument: { store: "indomaret" } }), merchant);
    expect(body).not.toHaveProperty("fraud_status");
    expect(body).toHaveProperty("approval_code");
  });

  it("sends no approval code for a denied card and no response code for a challenged one", () => {
    expect(notificationBody(sample("03", { status: "deny" }), merchant)).not.toHaveProperty("approval_code");
    const challenged = notificationBody(sample("02", { status: "capture", fraud_status: "challenge" }), merchant);
    expect(challenged).not.toHaveProperty("channel_response_code");
    expect(challenged).toHaveProperty("approval_code");
  });

  it("tells all refunds so far, and the bank's word only once it is there", () => {
    const refund = {
      chargeback_id: 5513,
      chargeback_uuid: "b2f1c0de-0a51-4c1d-8a55-000000000004",
      key: "ORD-N-04-r1",
      amount: 40_000,
      reason: "item kosong",
      created_at: at("2026-03-16 09:00:00"),
      confirms_at: 0,
      bank_confirmed_at: null,
    };
    const open = notificationBody(
      sample("04", { method: "gopay", status: "partial_refund", refunds: [refund] }),
      merchant,
    );
    expect(open["refund_amount"]).toBe("40000.00");
    expect(open["refunds"]).toEqual([
      {
        refund_chargeback_id: 5513,
        refund_chargeback_uuid: "b2f1c0de-0a51-4c1d-8a55-000000000004",
        refund_amount: "40000.00",
        created_at: "2026-03-16 09:00:00",
        reason: "item kosong",
        refund_key: "ORD-N-04-r1",
      },
    ]);
    const confirmed = { ...refund, bank_confirmed_at: at("2026-03-17 11:30:20") };
    const later = notificationBody(
      sample("04", { method: "gopay", status: "partial_refund", refunds: [confirmed] }),
      merchant,
    );
    expect(later["refunds"]).toEqual([
      expect.objectContaining({ refund_method: "online", bank_confirmed_at: "2026-03-17 11:30:20" }),
    ]);
  });
});

describe("status_code", () => {
  it("differs between a notification and the status call where an order expired or was cancelled", () => {
    expect(notificationBody(sample("14", { status: "expire" }), merchant)["status_code"]).toBe("202");
    expect(statusCode(sample("14", { status: "expire" }))).toBe("407");
    expect(notificationBody(sample("15", { status: "cancel" }), merchant)["status_code"]).toBe("202");
    expect(statusCode(sample("15", { status: "cancel" }))).toBe("200");
  });
});

describe("instruments", () => {
  it("gives numbers of each bank's length", () => {
    const number = (code: "bca_va" | "bri_va"): string =>
      (instrumentOf(methodOf(code), false)["va_numbers"] as { va_number: string }[])[0]?.va_number ?? "";
    expect(number("bca_va")).toMatch(/^81278\d{10}$/);
    expect(number("bri_va")).toMatch(/^12345\d{13}$/);
    expect(instrumentOf(methodOf("permata_va"), false)["permata_va_number"]).toMatch(/^8562\d{12}$/);
  });

  it("turns a wallet on a desktop into QRIS", () => {
    expect(instrumentOf(methodOf("shopeepay"), true)).toEqual({ acquirer: "airpay shopee" });
    expect(instrumentOf(methodOf("shopeepay"), false)).toEqual({});
  });

  it("closes a QR text with the checksum of all that stands before it", () => {
    // The published check value of this checksum.
    expect(crc16("123456789")).toBe("29B1");
    const text = qrText("9aed5972-5b6a-401e-894b-000000000005", 150_000);
    expect(text).toMatch(/^000201010212.*5406150000.*6304[0-9A-F]{4}$/);
    expect(text.slice(-4)).toBe(crc16(text.slice(0, -4)));
  });
});
