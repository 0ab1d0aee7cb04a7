import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatWibTime, parseWibTime, readStatus } from "../../../gateways/midtrans/wire.ts";

const SAMPLES = JSON.parse(readFileSync("tests/unit/midtrans/samples.json", "utf8")) as Record<
  string,
  Record<string, unknown>
>;
const answer = (change: object = {}): Record<string, unknown> => ({
  status_code: "200",
  status_message: "Success, transaction is found",
  transaction_id: "7d0a4d0c",
  order_id: "LNS-20261120-7F3K9Q-01A",
  merchant_id: "G100200300",
  gross_amount: "150000.00",
  currency: "IDR",
  payment_type: "qris",
  transaction_status: "settlement",
  fraud_status: "accept",
  settlement_time: "2026-11-20 10:06:20",
  ...change,
});
const fee = (original: unknown) => ({
  gross_amount_info: { original_amount: original, gross_amount: 150071, customer_imposed_payment_fee: 71 },
});

describe("a status answer", () => {
  test.each(Object.entries(SAMPLES))("of the kind '%s' is understood", (_kind, body) => {
    expect(readStatus(body)).toMatchObject({
      statusText: body["transaction_status"],
      grossAmount: 150_000,
      originalAmount: 150_000,
      currency: "IDR",
    });
  });

  test.each([
    [
      "a number of a bank",
      { va_numbers: [{ bank: "bca", va_number: "812785002530231" }] },
      { bank: "bca", vaNumber: "812785002530231" },
    ],
    ["Permata's number", { permata_va_number: "8562000087926752" }, { bank: "permata", vaNumber: "8562000087926752" }],
    [
      "Mandiri's bill",
      { biller_code: "70012", bill_key: "990000000260" },
      { billerCode: "70012", billKey: "990000000260" },
    ],
    [
      "a store's code",
      { store: "indomaret", payment_code: "300063000630006300" },
      { bank: "indomaret", paymentCode: "300063000630006300" },
    ],
    ["nothing", { va_numbers: [], permata_va_number: null }, {}],
  ])("says what the customer needs to pay by %s", (_what, members, instructions) => {
    expect(readStatus(answer(members))?.instructions).toEqual(instructions);
  });

  test("without a fraud status, currency or merchant is one of a store: accepted, in rupiah", () => {
    const { fraud_status: _f, currency: _c, merchant_id: _m, ...rest } = answer();
    expect(readStatus(rest)).toMatchObject({ fraudStatus: null, currency: "IDR", merchantId: null });
  });

  test("with a word that nobody knows keeps the word and means nothing", () => {
    expect(readStatus(answer({ transaction_status: "Half_Settled" }))).toMatchObject({
      status: "unknown",
      statusText: "half_settled",
    });
  });

  test("in capitals means the same", () => {
    expect(readStatus(answer({ transaction_status: "SETTLEMENT", fraud_status: "ACCEPT" }))).toMatchObject({
      status: "settlement",
      fraudStatus: "accept",
    });
  });

  test.each([
    ["equal", answer(), 150_000, 150_000],
    [
      "a fee under metadata",
      answer({ gross_amount: "150071.00", metadata: { extra_info: fee("150000.00") } }),
      150_071,
      150_000,
    ],
    [
      "a fee without the metadata level",
      answer({ gross_amount: "150071.00", extra_info: fee("150000") }),
      150_071,
      150_000,
    ],
    [
      "a fee as a number",
      answer({ gross_amount: "150071.00", metadata: { extra_info: fee(150_000) } }),
      150_071,
      150_000,
    ],
    ["71 more without a fee", answer({ gross_amount: "150071.00" }), 150_071, 150_071],
    ["an original amount above the gross", answer({ metadata: { extra_info: fee(999_999) } }), 150_000, 150_000],
    ["an original amount that is none", answer({ metadata: { extra_info: fee("much") } }), 150_000, 150_000],
    ["a negative original amount", answer({ metadata: { extra_info: fee(-5) } }), 150_000, 150_000],
    ["metadata of another form", answer({ metadata: "x", extra_info: [1] }), 150_000, 150_000],
    ["an amount without decimals", answer({ gross_amount: "150000" }), 150_000, 150_000],
  ])("with %s tells what was paid and what was asked for", (_what, body, gross, original) => {
    expect(readStatus(body)).toMatchObject({ grossAmount: gross, originalAmount: original });
  });

  test.each([
    ["nothing", null],
    ["a page", "<!doctype html><h1>Bad gateway</h1>"],
    ["a list", []],
    ["an empty object", {}],
    ["a number", 5],
    ["an error", { status_code: "500", status_message: "internal" }],
    ["one without an order", answer({ order_id: undefined })],
    ["one without an amount", answer({ gross_amount: undefined })],
    ["one with a fraction", answer({ gross_amount: "150000.50" })],
    ["one with a number for an amount", answer({ gross_amount: 150_000 })],
    ["one with a negative amount", answer({ gross_amount: "-150000.00" })],
    ["one without a status", answer({ transaction_status: undefined })],
  ])("that is %s is none", (_what, body) => expect(readStatus(body)).toBeNull());

  test("never makes the reader fail, whatever is in it", () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(...Object.keys(answer()), "va_numbers", "metadata", "refund_amount"),
          fc.jsonValue(),
        ),
        (change) => {
          const report = readStatus(answer(change));
          if (report)
            expect(Number.isSafeInteger(report.grossAmount) && report.originalAmount <= report.grossAmount).toBe(true);
        },
      ),
    );
  });
});

describe("a time of Midtrans", () => {
  test("is Jakarta's, and goes there and back", () => {
    expect(parseWibTime("2026-11-20 10:06:20")).toEqual(new Date("2026-11-20T03:06:20Z"));
    expect(formatWibTime(new Date("2026-11-20T17:30:00Z"))).toBe("2026-11-21 00:30:00 +0700");
    fc.assert(
      fc.property(fc.date({ min: new Date("2020-01-01"), max: new Date("2040-01-01"), noInvalidDate: true }), (at) => {
        expect(parseWibTime(formatWibTime(at))?.getTime()).toBe(Math.floor(at.getTime() / 1000) * 1000);
      }),
    );
  });
  test.each(["", "tomorrow", "2026-13-40 10:00:00", "2026-11-20", 5, null, undefined, {}])(
    "that is %p is none",
    (text) => {
      expect(parseWibTime(text)).toBeNull();
    },
  );
});
