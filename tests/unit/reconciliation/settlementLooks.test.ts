import { describe, expect, test } from "vitest";
import { findingsOf, type Position } from "../../../domain/reconciliation/settlement.rules.ts";
import {
  digestOf,
  placesOf,
  readBankLine,
  readSettlementLine,
} from "../../../domain/reconciliation/settlementLine.rules.ts";
import { BANK_COLUMNS } from "../../../platform/fileColumns.ts";

describe("two equal lines of the bank are two", () => {
  const columns = ["Tanggal", "Jam", "Mutasi", "Keterangan", "Saldo", "Transaction ID"];
  const places = placesOf(BANK_COLUMNS, columns);
  const digest = (...cells: string[]) => {
    const read = readBankLine(cells, places);
    if ("code" in read) throw new Error(read.code);
    return digestOf(read.line);
  };
  const first = ["20/11/2026", "10:15", "50.000", "SETORAN", "1.050.000", "A1"];

  test.each([
    ["its time", 1, "10:16"],
    ["the balance after it", 4, "1.100.000"],
    ["the bank's number of it", 5, "A2"],
  ])("where %s differs", (_what, at, value) => {
    expect(digest(...first.with(at, value))).not.toBe(digest(...first));
  });

  test("by the time that stands beside its day, and one where it is written otherwise", () => {
    const at = (time: string) => digest(...first.with(0, `20/11/2026 ${time}`).with(1, ""));
    expect(at("10:16:09")).not.toBe(at("10:16:10"));
    expect(digest(...first.with(4, "1,050,000.00").with(1, " 10:15:00"))).toBe(digest(...first));
  });

  test("and a file without such columns has the lines that it always had", () => {
    const plain = readBankLine(["20/11/2026", "50.000", "SETORAN"], { bookedOn: 0, amount: 1, description: 2 });
    expect(plain).toEqual({ line: { bookedOn: "2026-11-20", amount: 50_000, texts: ["SETORAN"] } });
  });
});

describe("a bank that says beside the amount which way it went", () => {
  const places = placesOf(BANK_COLUMNS, ["Tanggal", "Jumlah", "DB/CR"]);

  test.each([
    ["50.000", "CR", 50_000],
    ["50.000", "K", 50_000],
    ["50.000", "DB", -50_000],
    ["-50.000", "Debet", -50_000],
  ])("means it: %s %s is %s", (amount, way, expected) => {
    expect(readBankLine(["20/11/2026", amount, way], places)).toMatchObject({ line: { amount: expected } });
  });

  test.each([
    ["50.000", "", "TYPE"],
    ["50.000", "X", "TYPE"],
    ["-50.000", "CR", "AMOUNT"],
  ])("is not guessed at: %s %s", (amount, way, code) => {
    expect(readBankLine(["20/11/2026", amount, way], places)).toMatchObject({ code });
  });
});

test("a payout's reference is one however it is written", () => {
  const read = (reference: string) =>
    readSettlementLine(["LNS-20261120-7F3K9Q-01A", "2026-11-23", "10000", "0", reference], {
      ...{ orderId: 0, settledOn: 1, gross: 2, fee: 3, payoutReference: 4 },
    });
  expect(read("po-1")).toEqual(read("PO-1"));
  expect(read("po-1")).toMatchObject({ line: { payoutReference: "PO-1" } });
});

test("a word that is cut keeps no half of a character, which no row can hold", () => {
  const read = readSettlementLine(
    ["LNS-20261120-7F3K9Q-01A", "2026-11-23", "10000", "0", `${"a".repeat(254)}\u{1f6d2}`],
    {
      ...{ orderId: 0, settledOn: 1, gross: 2, fee: 3, paymentType: 4 },
    },
  );
  expect(read).toMatchObject({ line: { paymentType: `${"a".repeat(254)}\ufffd` } });
});

describe("files and books about one transaction", () => {
  const nothing: Position = {
    captured: 100_000,
    refunded: 0,
    chargedBack: 0,
    payments: 0,
    gross: 0,
    fee: 0,
    feeTax: 0,
    net: 0,
    expectedFee: null,
    expectedFeeTax: null,
    rated: 0,
    refundLines: 0,
    refundGross: 0,
    refundAmiss: 0,
    chargebackLines: 0,
    chargebackGross: 0,
    backFees: 0,
    foreign: 0,
  };

  test("do not agree by a correction without a payment, whose money is still to come", () => {
    const corrected = { ...nothing, gross: 10_000_000, net: 9_999_000, fee: 1_000 };
    expect(findingsOf(corrected)).toMatchObject([
      { kind: "AMOUNT", theirs: "IDR 10000000", amount: -10_000_000 },
      { kind: "FEE", amount: 1_000 },
    ]);
    expect(findingsOf({ ...corrected, captured: 0 })).toMatchObject([{ kind: "STATUS" }, { kind: "FEE" }]);
    expect(findingsOf(nothing)).toEqual([]);
  });
});
