import { describe, expect, test } from "vitest";
import { caseAge } from "../../../web/admin/caseAge.ts";

const OPENED = "2026-11-21T03:00:00.000Z";
const after = (hours: number) => Date.parse(OPENED) + hours * 60 * 60 * 1000;

describe("the age of a money case", () => {
  test.each([
    [0.5, "minutes", 30],
    [1.9, "minutes", 114],
    [2, "hours", 2],
    [47.9, "hours", 47],
    [48, "days", 2],
    [200, "days", 8],
    [-1, "minutes", 0],
  ] as const)("after %d hours is told in %s", (hours, unit, count) => {
    expect(caseAge(OPENED, after(hours))).toEqual({ unit, count });
  });
});
