import { describe, expect, test } from "vitest";
import { isCron, lastDue } from "../../../platform/cron.ts";

const at = (text: string) => new Date(`${text}:00+07:00`);

describe("a time table in Asia/Jakarta", () => {
  test.each([
    ["0 2 * * *", "2026-11-21T01:59", "2026-11-20T02:00"],
    ["0 2 * * *", "2026-11-21T02:00", "2026-11-21T02:00"],
    ["0 2 * * *", "2026-11-21T23:59", "2026-11-21T02:00"],
    ["5,35 8-17 * * mon-fri", "2026-11-21T12:00", "2026-11-20T17:35"], // a Saturday
    ["*/15 * * * *", "2026-11-21T12:44", "2026-11-21T12:30"],
    ["10/20 * * * *", "2026-11-21T12:55", "2026-11-21T12:50"],
    ["0 3 1 * *", "2026-11-21T12:00", "2026-11-01T03:00"],
    ["0 3 * * 0", "2026-11-21T12:00", "2026-11-15T03:00"],
    ["0 3 * * 7", "2026-11-21T12:00", "2026-11-15T03:00"],
    ["0 3 29 feb *", "2026-11-21T12:00", "2024-02-29T03:00"],
    ["0 3 1 * 5", "2026-11-21T12:00", "2026-11-20T03:00"], // either is enough: a Friday, or the first
  ])("%s was last due before %s at %s", (cron, now, due) => {
    expect(lastDue(cron, at(now))).toEqual(at(due));
  });

  test("that names no day is never due", () => {
    expect(isCron("0 3 31 feb *")).toBe(true);
    expect(lastDue("0 3 31 feb *", at("2026-11-21T12:00"))).toBeNull();
  });

  test("is one or is refused", () => {
    expect(() => lastDue("each night", at("2026-11-21T12:00"))).toThrow(RangeError);
  });
});
