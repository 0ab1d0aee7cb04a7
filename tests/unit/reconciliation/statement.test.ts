import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csvLine, csvText } from "../../../domain/kernel/csvText.ts";
import { sharesByRemainder, statementCsv, sumsOfStatement } from "../../../domain/reconciliation/statement.rules.ts";

describe("a sum that is shared out", () => {
  const weights = fc.array(fc.integer({ min: 0, max: 2_000_000_000 }), { minLength: 1, maxLength: 20 });

  test("is all of it in the end, to the rupiah, and no share is a rupiah away from its part", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), weights, (sum, list) => {
        const total = list.reduce((all, weight) => all + weight, 0);
        fc.pre(total > 0);
        const shares = sharesByRemainder(sum, list);
        expect(shares.reduce((all, share) => all + share, 0)).toBe(sum + 0);
        for (const [i, share] of shares.entries()) {
          expect(Math.abs(share - (sum * (list[i] as number)) / total)).toBeLessThan(1);
        }
      }),
    );
  });

  test("gives what is left to the largest remainders, and among equal ones to the first", () => {
    expect(sharesByRemainder(4_440, [1, 1, 1])).toEqual([1_480, 1_480, 1_480]);
    expect(sharesByRemainder(100, [1, 1, 1])).toEqual([34, 33, 33]);
    expect(sharesByRemainder(10, [16, 5, 79])).toEqual([2, 0, 8]);
    expect(sharesByRemainder(-100, [1, 1, 1])).toEqual([-34, -33, -33]);
    expect(() => sharesByRemainder(1, [0, 0])).toThrow(RangeError);
    expect(() => sharesByRemainder(1, [2, -1])).toThrow(RangeError);
  });
});

describe("a statement", () => {
  test("shows what was earned above 0, and its net is the sum of its parts", () => {
    const sold = { SALES: -100_000, SHIPPING: -9_000, DISCOUNTS: 1_000, PPN_PAYABLE: -11_990 };
    expect(sumsOfStatement({ ...sold, RETURNS: 15_000, CHARGEBACKS: 5_000, FEES: 4_440 })).toEqual({
      sales: 100_000,
      shipping: 9_000,
      discount: 1_000,
      ppn: 11_990,
      refunds: 20_000,
      fees: 4_440,
      net: 95_550,
    });
  });

  test("as a file runs nothing in whoever's spreadsheet opens it", () => {
    const evil = {
      day: "2026-11-20",
      storeId: "s",
      storeName: '=HYPERLINK("http://x","y")',
      ...sumsOfStatement({ FEES: 5 }),
    };
    const [header, line] = statementCsv([evil]).split("\r\n");
    expect(header).toBe("\uFEFFDay,Store ID,Store,Sales,Shipping,Discount,PPN,Refunds,Fees,Net");
    expect(line).toBe(`2026-11-20,s,"'=HYPERLINK(""http://x"",""y"")",0,0,0,0,0,5,-5`);
  });
});

describe("a cell of a file", () => {
  test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1"])(
    "that begins as a formula (%j) is harmless",
    (text) => {
      expect(csvLine([text]).replaceAll('"', "").startsWith("'")).toBe(true);
    },
  );

  test("that is a number stays one, and nothing is nothing", () => {
    expect(csvText(["a"], [[-5], [null], ["a;b"]])).toBe('\uFEFFa\r\n-5\r\n\r\n"a;b"\r\n');
  });
});
