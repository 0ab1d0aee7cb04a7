import { describe, expect, test } from "vitest";
import { type FeeRate, feeOf, rateOn } from "../../../domain/reconciliation/fee.rules.ts";
import { readCsv } from "../../../domain/reconciliation/readCsv.ts";
import { bankPostings, settlementPostings, workdaysLater } from "../../../domain/reconciliation/settlement.rules.ts";
import {
  missingOfBank,
  missingOfSettlement,
  placesOf,
  readBankLine,
  readSettlementLine,
  wordsOf,
} from "../../../domain/reconciliation/settlementLine.rules.ts";
import { readDay, readRounded, readRupiah } from "../../../domain/reconciliation/settlementValues.rules.ts";
import { BANK_COLUMNS, SETTLEMENT_COLUMNS, withOwnColumns } from "../../../platform/fileColumns.ts";

describe("amounts are read as people and programs write them", () => {
  test.each([
    ["150000", 150_000],
    ["150000.00", 150_000],
    ["150.000,00", 150_000],
    ["150,000.00", 150_000],
    ["150.000", 150_000],
    ["1,234,567", 1_234_567],
    ["Rp 1.234.567", 1_234_567],
    ["IDR 4.440", 4_440],
    ["-4.440", -4_440],
    ["(4,440.00)", -4_440],
    ["4.440-", -4_440],
    ["150.000,00 DB", -150_000],
    ["150.000,00 CR", 150_000],
    ["0", 0],
  ])("%s", (text, amount) => {
    expect(readRupiah(text)).toBe(amount);
  });

  test.each(["", "abc", "1.2.3", "12,34,567", "1.50", "150.000.00.0", "1e5", "--1", "(5", "99999999999999999"])(
    "%s is none",
    (text) => {
      expect(readRupiah(text)).toBeNull();
    },
  );

  test.each([
    ["86.42", 86],
    ["86,50", 87],
    ["-86.50", -87],
    ["0.4", 0],
  ])("a share of %s is rounded half up", (text, amount) => {
    expect(readRounded(text)).toBe(amount);
  });
});

describe("days are Jakarta's, and stand before months", () => {
  test.each([
    ["2026-11-20", "2026-11-20"],
    ["2026-11-20 23:59:59", "2026-11-20"],
    ["2026-11-20T20:00:00Z", "2026-11-21"],
    ["2026-11-20T23:30:00+07:00", "2026-11-20"],
    ["03/11/2026", "2026-11-03"],
    ["3-11-2026 14:05", "2026-11-03"],
    ["20 Nov 2026, 14:05", "2026-11-20"],
    ["20 Agustus 2026", "2026-08-20"],
  ])("%s", (text, day) => {
    expect(readDay(text)).toBe(day);
  });

  test.each(["", "2026-02-30", "31/02/2026", "13/13/2026", "tomorrow", "20261120"])("%s is none", (text) => {
    expect(readDay(text)).toBeNull();
  });
});

const bytes = (text: string) => Buffer.from(text, "utf8");

describe("a file", () => {
  test("may have a byte order mark, other marks between cells, quotes, and empty lines", async () => {
    const csv = await readCsv(bytes('\uFEFFOrder ID;"Name; full";Amount\r\n1;"He said ""x"";";3\r\n\r\n2;b;4\r\n'));
    expect(csv).toEqual({
      header: ["Order ID", "Name; full", "Amount"],
      lines: [
        { line: 2, cells: ["1", 'He said "x";', "3"] },
        { line: 4, cells: ["2", "b", "4"] },
      ],
    });
  });

  test.each([
    ["is no text", Buffer.from([0xff, 0xfe, 0x41, 0x00]), "NOT_TEXT"],
    ["is empty", bytes(""), "EMPTY"],
    ["has a header alone", bytes("a,b\n"), "EMPTY"],
    ["has a quote that is never closed", bytes('a,b\n1,"2\n3,4'), "QUOTES"],
  ])("that %s is refused", async (_what, content, code) => {
    expect(await readCsv(content)).toMatchObject({ problem: { code } });
  });

  test("has its fields where its header says, under one's own names first", () => {
    const columns = withOwnColumns(SETTLEMENT_COLUMNS, '{"gross": ["Jumlah"], "fee": "Biaya"}');
    expect(columns && placesOf(columns, [" ORDER  id", "Jumlah", "Amount", "Biaya", "settlement_time"])).toEqual({
      orderId: 0,
      gross: 1,
      fee: 3,
      settledOn: 4,
    });
    expect(missingOfSettlement({ orderId: 0, gross: 1 })).toEqual(["settledOn", "fee|net"]);
    expect(missingOfBank(placesOf(BANK_COLUMNS, ["Tanggal", "Kredit"]))).toEqual(["amount|credit and debit"]);
    expect(withOwnColumns(SETTLEMENT_COLUMNS, '{"price": "x"}')).toBeNull();
    expect(withOwnColumns(SETTLEMENT_COLUMNS, "[]")).toBeNull();
    expect(withOwnColumns(SETTLEMENT_COLUMNS, "{")).toBeNull();
  });
});

describe("a line", () => {
  const places = { orderId: 0, type: 1, settledOn: 2, gross: 3, fee: 4, feeTax: 5, net: 6, currency: 7 } as const;
  const line = (...cells: string[]) => readSettlementLine(cells, places);

  test("tells its sums, and what it does not tell follows from the others", () => {
    expect(
      line("LNS202611207F3K9Q01A", "Payment", "23/11/2026", "150.000,00", "4.000", "440", "145.560"),
    ).toMatchObject({
      line: {
        type: "PAYMENT",
        gatewayOrderId: "LNS-20261120-7F3K9Q-01A",
        settledOn: "2026-11-23",
        gross: 150_000,
        fee: 4_000,
        feeTax: 440,
        net: 145_560,
        currency: "IDR",
      },
    });
    const noParts = readSettlementLine(["a", "150000", "145560", "2026-11-23"], {
      orderId: 0,
      gross: 1,
      net: 2,
      settledOn: 3,
    });
    expect(noParts).toMatchObject({ line: { fee: 4_000, feeTax: 440, net: 145_560 } });
  });

  test("that went back has sums below 0, however the file writes them", () => {
    expect(line("a", "Partial Refund", "2026-11-23", "50000", "0", "0", "50000")).toMatchObject({
      line: { type: "REFUND", gross: -50_000, net: -50_000 },
    });
    expect(line("a", "", "2026-11-23", "-50000", "0", "0", "-50000")).toMatchObject({ line: { type: "REFUND" } });
    expect(line("a", "Chargeback", "2026-11-23", "-1", "0", "0", "-1")).toMatchObject({ line: { type: "CHARGEBACK" } });
  });

  test("in another currency has no sums that could be taken for rupiah", () => {
    expect(line("a", "Payment", "2026-11-23", "10.50", "x", "", "", "usd")).toMatchObject({
      line: { currency: "USD", foreignGross: "10.50", gross: 0, net: 0 },
    });
  });

  test.each([
    ["without an id", ["", "Payment", "2026-11-23", "1", "0", "0", "1"], "NO_ID"],
    ["of a day that there is not", ["a", "Payment", "2026-02-31", "1", "0", "0", "1"], "DAY"],
    ["with a fraction of a rupiah", ["a", "Payment", "2026-11-23", "1.50", "0", "0", "1"], "AMOUNT"],
    ["of a kind that means nothing", ["a", "Lottery", "2026-11-23", "1", "0", "0", "1"], "TYPE"],
    ["with an id that is a novel", ["a".repeat(300), "Payment", "2026-11-23", "1", "0", "0", "1"], "TOO_LONG"],
  ])("%s is refused", (_what, cells, code) => {
    expect(line(...cells)).toMatchObject({ code });
  });

  test("of the bank has one amount, or a column for each way", () => {
    const ways = { bookedOn: 0, credit: 1, debit: 2, description: 3 } as const;
    expect(readBankLine(["23/11/2026", "150.000,00", "", "MIDTRANS PO-1"], ways)).toEqual({
      line: { bookedOn: "2026-11-23", amount: 150_000, texts: ["MIDTRANS PO-1"] },
    });
    expect(readBankLine(["23/11/2026", "", "2.500", "ADM"], ways)).toMatchObject({ line: { amount: -2_500 } });
    expect(readBankLine(["23/11/2026", "", "", "ADM"], ways)).toMatchObject({ code: "AMOUNT" });
    expect(wordsOf(["TRSF midtrans po-20261123-1120 Budi 1234"])).toEqual(["PO-20261123-1120"]);
  });
});

const rate = (more: Partial<FeeRate>): FeeRate => ({
  paymentType: "x",
  basisPoints: 0,
  fixed: 0,
  vat: "EXCLUDED",
  settleDays: 3,
  validFrom: "2020-01-01",
  ...more,
});

describe("fees", () => {
  test("have their PPN on top or inside, half up", () => {
    expect(feeOf(rate({ fixed: 4_000 }), 150_000)).toEqual({ fee: 4_000, tax: 440 });
    expect(feeOf(rate({ basisPoints: 290, fixed: 2_000 }), 150_000)).toEqual({ fee: 6_350, tax: 699 });
    expect(feeOf(rate({ basisPoints: 70, vat: "INCLUDED" }), 12_345)).toEqual({ fee: 77, tax: 9 });
  });

  test("are those of the payment's day", () => {
    const rates = [rate({}), rate({ fixed: 5_000, validFrom: "2026-11-20" }), rate({ paymentType: "y" })];
    expect(rateOn(rates, "x", "2026-11-19")?.fixed).toBe(0);
    expect(rateOn(rates, "x", "2026-11-20")?.fixed).toBe(5_000);
    expect(rateOn(rates, "z", "2026-11-20")).toBeNull();
  });
});

test("working days leave out weekends and the bank's holidays", () => {
  expect(workdaysLater("2026-11-20", 1, new Set())).toBe("2026-11-23");
  expect(workdaysLater("2026-12-24", 2, new Set(["2026-12-25"]))).toBe("2026-12-29");
});

describe("what is booked of a line balances", () => {
  const sums = { gross: 150_000, fee: 4_001, feeTax: 440, net: 145_559, feeRounding: 1 };
  const total = (postings: readonly { amount: number }[]) => postings.reduce((sum, { amount }) => sum + amount, 0);

  test("whatever it is, and whatever it was before", () => {
    const odd = { ...sums, net: 140_000 };
    for (const line of [sums, odd]) {
      for (const source of ["RECEIVABLE", "SUSPENSE", null] as const) {
        expect(total(settlementPostings(null, { sums: line, source }, "VA"))).toBe(0);
        const before = { sums: { ...line, feeRounding: 0 }, source: "SUSPENSE" as const };
        expect(total(settlementPostings(before, { sums: line, source }, "VA"))).toBe(0);
      }
    }
    for (const after of ["PAYOUTS", "SUSPENSE", null] as const) {
      expect(total(bankPostings("NEW", after, 5_000))).toBe(0);
      expect(total(bankPostings("SUSPENSE", after, -5_000))).toBe(0);
    }
  });

  test("a fee's rounding has an account of its own", () => {
    expect(settlementPostings(null, { sums, source: "RECEIVABLE" }, "VA")).toEqual(
      expect.arrayContaining([
        { account: "PAYOUTS", amount: 145_559 },
        { account: "FEES", amount: 4_000 },
        { account: "FEE_TAX", amount: 440 },
        { account: "ROUNDING", amount: 1 },
        { account: "RECEIVABLE", amount: -150_000, method: "VA" },
      ]),
    );
  });

  test("what the books have already is not booked again", () => {
    expect(bankPostings("NEW", null, 5_000)).toEqual([]);
    expect(bankPostings("SUSPENSE", "SUSPENSE", 5_000)).toEqual([]);
  });
});
