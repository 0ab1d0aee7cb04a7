import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { taxInside } from "../../../domain/kernel/tax.rules.ts";

describe("the PPN inside a price", () => {
  // gross, price without PPN, base of 11/12, PPN that is charged, PPN by the formula
  test.each([
    [100_000, 90_090, 82_583, 9_910, 9_910],
    [15_000, 13_514, 12_388, 1_486, 1_487],
    [5_000_000, 4_504_505, 4_129_130, 495_495, 495_496],
    [111_000, 100_000, 91_667, 11_000, 11_000],
    [56, 50, 46, 6, 6],
    [277, 250, 229, 27, 27],
    [3_833_334, 3_453_454, 3_165_666, 379_880, 379_880],
    [1, 1, 1, 0, 0],
    [0, 0, 0, 0, 0],
  ])("of %d is what stays beyond %d", (gross, price, otherBase, tax, taxComputed) => {
    expect(taxInside(gross)).toEqual({ price, otherBase, tax, taxComputed });
  });

  test("and the price are the gross amount again, and the formula is at most one rupiah away", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000_000 }), (gross) => {
        const { price, tax, taxComputed } = taxInside(gross);
        expect(price + tax).toBe(gross);
        expect(Math.abs(tax - taxComputed)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("does not close by the formula for 219 of the 2,220 multiples of Rp500 up to Rp1,110,000", () => {
    const multiples = Array.from({ length: 2220 }, (_, i) => taxInside((i + 1) * 500));
    expect(multiples.filter(({ tax, taxComputed }) => tax !== taxComputed)).toHaveLength(219);
  });

  test("is taxed line by line: three lines do not have the PPN of their sum", () => {
    const lines = [37_000, 37_000, 37_000].map(taxInside);
    expect(lines.map(({ price, tax }) => [price, tax])).toEqual(Array(3).fill([33_333, 3_667]));
    expect(lines.reduce((sum, { tax }) => sum + tax, 0)).toBe(11_001);
    expect(taxInside(111_000).tax).toBe(11_000);
    const small = Array.from({ length: 7 }, () => taxInside(1_609).tax);
    expect(small.reduce((sum, tax) => sum + tax, 0)).toBe(1_113);
    expect(taxInside(7 * 1_609).tax).toBe(1_116);
  });
});
