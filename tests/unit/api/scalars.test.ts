import { parseValue } from "graphql";
import { describe, expect, test } from "vitest";
import { CalendarDay, DateTime, Money, SignedMoney } from "../../../api/graphql/scalars.ts";

describe("money", () => {
  test.each([0, 1, 150_000, 2 ** 31, Number.MAX_SAFE_INTEGER])(
    "%d passes, as a variable, a literal and a result",
    (amount) => {
      expect(Money.parseValue(amount)).toBe(amount);
      expect(Money.parseLiteral(parseValue(String(amount)))).toBe(amount);
      expect(Money.serialize(amount)).toBe(amount);
    },
  );

  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "1000", true, null, [1], {}, 10n])(
    "%p is none",
    (amount) => {
      expect(() => Money.parseValue(amount)).toThrow("whole amount");
      expect(() => Money.serialize(amount)).toThrow("whole amount");
    },
  );

  test.each(["-1", "1.5", '"1"', "1e3", "9007199254740993", "true", "null", "[1]"])(
    "the literal %s is none",
    (literal) => {
      expect(() => Money.parseLiteral(parseValue(literal))).toThrow("whole amount");
    },
  );

  test("that may be owed has a sign and the same size", () => {
    expect(SignedMoney.parseValue(-150_000)).toBe(-150_000);
    expect(() => SignedMoney.parseValue(-(2 ** 53))).toThrow("whole amount");
  });
});

describe("an instant", () => {
  test("goes out in UTC with milliseconds, whatever offset it came in with", () => {
    const at = DateTime.parseValue("2026-11-20T14:00:00+07:00");
    expect(DateTime.serialize(at)).toBe("2026-11-20T07:00:00.000Z");
    expect(DateTime.parseLiteral(parseValue('"2026-11-20T07:00Z"'))).toEqual(at);
  });

  test.each(["2026-11-20", "2026-11-20T07:00:00", "20 Nov 2026", "2026-13-20T07:00:00Z", "", 1_795_000_000_000, null])(
    "%p is none",
    (value) => {
      expect(() => DateTime.parseValue(value)).toThrow("instant");
    },
  );
});

describe("a day", () => {
  test("stays the text that it is", () => {
    expect(CalendarDay.parseValue("2028-02-29")).toBe("2028-02-29");
    expect(CalendarDay.serialize("2026-11-20")).toBe("2026-11-20");
  });

  test.each(["2026-02-29", "2026-11-31", "2026-1-2", "20261120", "2026-11-20T00:00:00Z", "", 20_261_120, null])(
    "%p is none",
    (value) => {
      expect(() => CalendarDay.parseValue(value)).toThrow("calendar day");
    },
  );
});
