import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isId, uuidv7 } from "../../../domain/kernel/ids.ts";

const bytes = fc.uint8Array({ minLength: 10, maxLength: 10 });
const instant = fc.integer({ min: 0, max: 2 ** 48 - 1 });

describe("an id", () => {
  test("is a UUID of version 7 with the variant of RFC 9562, whatever the random bytes", () => {
    fc.assert(
      fc.property(instant, bytes, (ms, random) => {
        const id = uuidv7(ms, random);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toBe(ms);
      }),
    );
  });

  test("of a later millisecond stands behind every id of an earlier one", () => {
    fc.assert(
      fc.property(instant, instant, bytes, bytes, (a, b, x, y) => {
        fc.pre(a < b);
        expect(uuidv7(a, x) < uuidv7(b, y)).toBe(true);
      }),
    );
  });

  test.each([
    "",
    "1",
    "x".repeat(36),
    "0192f3c4-5b6a-7c8d-9e0f-1a2b3c4d5e6",
    "'; drop table orders; --",
    "0192f3c4-5b6a-7c8d-9e0f-1a2b3c4d5e6f ",
  ])("is not %p", (text) => expect(isId(text)).toBe(false));
});
