import { expect, test } from "vitest";
import { arrivalDays, countdown, day, fill, moment, money, placeName, rating, weight } from "../../../web/ui/format.ts";
import { aheadBy } from "../../../web/ui/shopClock.ts";

test("money is written as people write it, without decimals", () => {
  expect([0, 950, 1_000, 150_000, 218_000, 12_345_678].map(money)).toEqual([
    "Rp0",
    "Rp950",
    "Rp1.000",
    "Rp150.000",
    "Rp218.000",
    "Rp12.345.678",
  ]);
  expect(money(-5_000)).toBe("-Rp5.000");
});

test("an instant is told in WIB, whatever the browser's own clock is set to", () => {
  expect(moment("2026-11-20T07:05:00.000Z", "id")).toBe("20 Nov 2026, 14.05 WIB");
  expect(moment("2026-12-31T17:00:00.000Z", "id")).toBe("1 Jan 2027, 00.00 WIB");
  expect(moment("2026-05-01T20:30:00.000Z", "id")).toBe("2 Mei 2026, 03.30 WIB");
  expect(moment("2026-05-01T20:30:00.000Z", "en")).toBe("2 May 2026, 03.30 WIB");
  expect(day("2026-08-16T18:00:00.000Z", "id")).toBe("17 Agu 2026");
  expect(moment(null, "id")).toBe("");
});

test("a countdown ends at zero and counts hours past a day", () => {
  expect(countdown(24 * 3_600_000 - 1)).toBe("23:59:59");
  expect(countdown(61_500)).toBe("00:01:01");
  expect(countdown(49 * 3_600_000)).toBe("49:00:00");
  expect(countdown(-1)).toBe("00:00:00");
});

test("a courier's estimate is read in every spelling that couriers use", () => {
  expect(["2-3", "2-3 day", "1 HARI", "2 - 4 hari", ""].map(arrivalDays)).toEqual(["2-3", "2-3", "1", "2-4", ""]);
});

test("weights and means are short", () => {
  expect([850, 1_000, 1_250].map(weight)).toEqual(["850 g", "1 kg", "1,3 kg"]);
  expect(rating(4.55)).toMatch(/^4,[56]$/);
});

test("a place is said quietly, its short forms keep their capitals", () => {
  expect(placeName("GAMBIR, JAKARTA PUSAT, DKI JAKARTA, 10110")).toBe("Gambir, Jakarta Pusat, DKI Jakarta, 10110");
});

test("a sentence shows a value that it was not given instead of hiding it", () => {
  expect(fill("Bayar {total} ke {store}", { total: "Rp1" })).toBe("Bayar Rp1 ke {store}");
});

test("a device whose clock is wrong is not believed about the shop's deadlines", () => {
  const heard = Date.parse("2026-11-22T10:00:00Z");
  expect(aheadBy("Sat, 21 Nov 2026 10:00:00 GMT", heard)).toBe(24 * 60 * 60 * 1000);
  expect(aheadBy("Sun, 22 Nov 2026 10:30:00 GMT", heard)).toBe(-30 * 60 * 1000);
  expect([aheadBy("Sun, 22 Nov 2026 09:59:55 GMT", heard), aheadBy("soon", heard), aheadBy(null, heard)]).toEqual([
    0, 0, 0,
  ]);
});
