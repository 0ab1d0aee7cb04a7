import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codeOf, orderNumber, paymentNumber } from "../../../domain/kernel/codes.ts";

const SPACE = 2 ** 30;

describe("the code of a number", () => {
  test("is another one for each of 200,000 neighbours, at either end of the range", () => {
    const seen = new Set<string>();
    for (let n = 0; n < 100_000; n++) seen.add(codeOf(n)).add(codeOf(SPACE - 1 - n));
    expect(seen.size).toBe(200_000);
  });

  test("is another one for any two numbers", () => {
    const n = fc.integer({ min: 0, max: SPACE - 1 });
    fc.assert(fc.property(n, n, (a, b) => (codeOf(a) === codeOf(b)) === (a === b)));
  });

  test("gives nothing away: the codes of neighbours begin with other letters", () => {
    const firsts = new Set(Array.from({ length: 1000 }, (_, n) => codeOf(n).slice(0, 2)));
    expect(firsts.size).toBeGreaterThan(300);
  });

  test.each([-1, SPACE, 1.5, Number.NaN])("does not exist for %p", (n) => {
    expect(() => codeOf(n)).toThrow(RangeError);
  });

  test("stands behind the day in Jakarta, which begins at 17:00 UTC", () => {
    expect(orderNumber(new Date("2026-11-20T16:59:59.999Z"), 7)).toMatch(/^ORD-20261120-[0-9A-HJKMNP-TV-Z]{6}$/);
    expect(paymentNumber(new Date("2026-11-20T17:00:00Z"), 7)).toMatch(/^LNS-20261121-[0-9A-HJKMNP-TV-Z]{6}$/);
  });
});
