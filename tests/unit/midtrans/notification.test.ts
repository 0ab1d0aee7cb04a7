import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseGrossAmount, readNotification, signatureOf } from "../../../gateways/midtrans/wire.ts";

const SAMPLE_KEY = "SB-Mid-server-EXAMPLEKEY0123456789ab";
/** A notification of each kind and channel, signed with SAMPLE_KEY. */
const SAMPLES = Object.entries(
  JSON.parse(readFileSync("tests/unit/midtrans/samples.json", "utf8")) as Record<string, Record<string, string>>,
);

const refused = expect.objectContaining({ code: "INVALID_INPUT" });
const read = (body: unknown) => readNotification(typeof body === "string" ? body : JSON.stringify(body), SAMPLE_KEY);
const sample = (change: object = {}): Record<string, unknown> => ({ ...SAMPLES[0]?.[1], ...change });
const signed = (change: object = {}): Record<string, unknown> => {
  const body = sample(change);
  return {
    ...body,
    signature_key: signatureOf(
      String(body["order_id"]),
      String(body["status_code"]),
      String(body["gross_amount"]),
      SAMPLE_KEY,
    ),
  };
};

describe("a notification", () => {
  test.each([
    [
      "200",
      "150000.00",
      "2489edaaaa683703039ae74b73a7c7cc84abd928c4d9e911141d1b3e4aa05c13" +
        "eb2fe4291900b6da6f89906bf84fd874e64818904f174a2944672cd117aeba6e",
    ],
    [
      "201",
      "150000.00",
      "e37103164a3243f10f662f086e48b2216dd7895781348329bf411a8d1a752aaa" +
        "773c9afca2cd833d19baf53e81079666a3f599a037baab37b58ea8ed2a79d13a",
    ],
    [
      "202",
      "150000.00",
      "50b20e40c244d9cfcbff353fd4685465b265af3d95f8debadcdcf609f76f0851" +
        "af35bb64460cbf7e6401c2e2da5b0301bbc0099f3a39b68eec280dce290ae2a0",
    ],
    [
      "200",
      "150000",
      "9c8f93570b688b70697c180e4f4b03dd9d7b720cae02db067bc15acc1574dcbe" +
        "422f717923e718c9d2043d81482be39d8d662feb3f53002232c3f0f95b11d982",
    ],
  ])("with status code %s and amount %s is signed as the worked example has it", (code, amount, signature) => {
    expect(signatureOf("ORD-20260314-000123", code, amount, SAMPLE_KEY)).toBe(signature);
  });

  test.each(SAMPLES)("of the kind '%s' is read", (_kind, body) => {
    const { order_id, transaction_id, transaction_status } = body;
    expect(read(body)).toMatchObject({
      gatewayOrderId: order_id,
      gatewayTransactionId: transaction_id,
      statusText: transaction_status,
      isTest: false,
    });
  });

  test.each(SAMPLES)("of the kind '%s' is refused with another key, amount, code or order", (_kind, body) => {
    expect(() => readNotification(JSON.stringify(body), `${SAMPLE_KEY}x`)).toThrow(refused);
    for (const change of [
      { gross_amount: "150000" },
      { gross_amount: "150001.00" },
      { status_code: "203" },
      { order_id: `${body["order_id"]}0` },
    ]) {
      expect(() => read({ ...body, ...change })).toThrow(refused);
    }
  });

  test("in capitals or with members that nobody knows is read all the same", () => {
    const body = sample();
    expect(
      read({ ...body, signature_key: String(body["signature_key"]).toUpperCase(), brand_new: { a: [1] } }),
    ).toMatchObject({ gatewayOrderId: "ORD-N-01" });
  });

  test("keeps its signature when what is not signed is changed: nothing of that is more than a hint", () => {
    const notice = read(
      sample({
        transaction_status: "settlement",
        transaction_id: "another",
        fraud_status: "accept",
        merchant_id: "G000",
      }),
    );
    expect(notice).toMatchObject({ gatewayOrderId: "ORD-N-01", gatewayTransactionId: "another" });
    expect(Object.keys(notice).sort()).toEqual([
      "digest",
      "gatewayOrderId",
      "gatewayTransactionId",
      "isTest",
      "statusText",
    ]);
  });

  test("of the dashboard's test button is known by its order id", () => {
    expect(read(signed({ order_id: "payment_notif_test_G100200300_4a4d5b7e" }))).toMatchObject({ isTest: true });
  });

  test.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["a page", "<!doctype html><html></html>"],
    ["null", "null"],
    ["a list", "[]"],
    ["a text", '"x"'],
    ["a number", "7"],
    ["half a body", JSON.stringify(sample()).slice(0, 200)],
  ])("that is %s is refused", (_what, body) => expect(() => read(body)).toThrow(refused));

  test.each([
    ["order_id", undefined],
    ["order_id", ""],
    ["order_id", 7],
    ["order_id", "x".repeat(256)],
    ["order_id", { a: 1 }],
    ["order_id", "LNS-\0"],
    ["status_code", undefined],
    ["status_code", 200],
    ["status_code", "20"],
    ["status_code", "2000"],
    ["status_code", " 200"],
    ["gross_amount", undefined],
    ["gross_amount", 150000],
    ["gross_amount", "-1.00"],
    ["gross_amount", "1e5"],
    ["gross_amount", "150.000,00"],
    ["gross_amount", ""],
    ["gross_amount", "9".repeat(16)],
    ["transaction_id", undefined],
    ["transaction_id", ""],
    ["transaction_id", 5],
    ["transaction_id", "x".repeat(256)],
    ["transaction_id", "a\0b"],
    ["transaction_status", 5],
    ["transaction_status", "x".repeat(1001)],
    ["transaction_status", "settle\0ment"],
    ["fraud_status", ["accept"]],
    ["fraud_status", "\0"],
    ["refunds", "none"],
    ["refunds", Array(1001).fill({})],
  ])("whose %s is %p is refused although it is well signed", (name, value) => {
    expect(() => read(signed({ [name]: value }))).toThrow(refused);
  });

  test.each([undefined, "", "x", "0".repeat(127), "g".repeat(128), "0".repeat(129), 5, null, ["0".repeat(128)]])(
    "with the signature %p is refused",
    (signature_key) => {
      expect(() => read(sample({ signature_key }))).toThrow(refused);
    },
  );

  test("has nothing of its body in its refusal", () => {
    const body = sample({ gross_amount: "SECRET-7", signature_key: "SECRET-8" });
    try {
      read(body);
    } catch (error) {
      expect(JSON.stringify(error) + (error as Error).message).not.toMatch(/SECRET/);
    }
  });

  test("never makes the reader fail in another way than a refusal, whatever is in it", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(sample()), "refunds"), fc.jsonValue()), (change) => {
        for (const body of [sample(change), signed(change)]) {
          try {
            read(body);
          } catch (error) {
            expect(error).toEqual(refused);
          }
        }
      }),
    );
  });
});

describe("one signature for two splits", () => {
  const bodyOf = (order_id: string, status_code: string, gross_amount: string, signature_key: string) =>
    JSON.stringify({
      order_id,
      status_code,
      gross_amount,
      signature_key,
      transaction_id: "t",
      transaction_status: "settlement",
    });
  const signature = createHash("sha512").update(`ORD-1201200500.00${SAMPLE_KEY}`).digest("hex");

  test("exists for ids of any length: a pending body of one order verifies as the paid body of another", () => {
    expect(read(bodyOf("ORD-1", "201", "200500.00", signature)).gatewayOrderId).toBe("ORD-1");
    expect(read(bodyOf("ORD-1201", "200", "500.00", signature)).gatewayOrderId).toBe("ORD-1201");
  });

  test("cannot name two orders of ours: every other split is no id of our form", () => {
    const id = "LNS-20261120-7F3K9Q-01A";
    const text = `${id}201200500.00`;
    const splits = Array.from({ length: text.length }, (_, end) => text.slice(0, end)).filter((start) => start !== id);
    expect(splits.filter((start) => /^LNS-\d{8}-[0-9A-Z]{6}-\d{2}[A-Z]$/.test(start))).toEqual([]);
  });
});

describe("the digest of a notification", () => {
  const digest = (change: object) => read(sample(change)).digest;
  test("is the same for copies that differ in nothing that matters", () => {
    expect(digest({ transaction_time: "2026-03-14 10:05:01", status_message: "again", masked_card: "x" })).toBe(
      digest({}),
    );
  });
  test.each([
    [{ transaction_status: "settlement" }],
    [{ fraud_status: "challenge" }],
    [{ transaction_id: "x" }],
    [{ refunds: [{}] }],
    [{ refunds: [{ bank_confirmed_at: "2026-03-17 11:30:20" }] }],
  ])("is another one for %j", (change) => {
    expect(digest(change)).not.toBe(digest({}));
  });
  test("grows with a refund and again when its bank confirms it", () => {
    const all = [[], [{}], [{ bank_confirmed_at: "x" }], [{ bank_confirmed_at: "x" }, {}]].map((refunds) =>
      digest({ refunds }),
    );
    expect(new Set(all).size).toBe(4);
  });
});

test.each([
  ["150000.00", 150_000],
  ["150000", 150_000],
  ["150000.0", 150_000],
  ["0.00", 0],
  ["007.00", 7],
  ["999999999999999.00", 999_999_999_999_999],
])("the amount %p is %d rupiah", (text, value) => expect(parseGrossAmount(text)).toBe(value));
test.each([
  "150000.50",
  "150000.01",
  "-1",
  "+1",
  "1e5",
  "1,5",
  "",
  " 1",
  "0x10",
  "9999999999999999",
  5,
  null,
  undefined,
  {},
  "1.000",
  "NaN",
  "١",
])("the amount %p is none", (text) => expect(parseGrossAmount(text)).toBeNull());
