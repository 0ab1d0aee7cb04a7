import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { requireKey, takeKey } from "../../../domain/kernel/idempotency.ts";
import type { UserId } from "../../../domain/kernel/ids.ts";
import type { Tx } from "../../../platform/db.ts";

/** What would be stored as the fingerprint of an input: the statement's fourth value. */
async function fingerprint(input: object): Promise<unknown> {
  let values: readonly unknown[] = [];
  const sql = async (_text: string, given: readonly unknown[]) => {
    values = given;
    return [{ key: "k" }];
  };
  const use = { userId: "u" as UserId, operation: "o", key: "k-1234567", input };
  await takeKey({ sql } as unknown as Tx, new Date(0), use, {});
  return values[3];
}
const areSame = async (a: object, b: object) => (await fingerprint(a)) === (await fingerprint(b));

describe("what makes two inputs the same", () => {
  test("is not the order of their members, at any depth", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string(), fc.oneof(fc.integer(), fc.dictionary(fc.string(), fc.jsonValue()))),
        async (input) => {
          const turned = (value: unknown): unknown =>
            value === null || typeof value !== "object" || Array.isArray(value)
              ? value
              : Object.fromEntries(
                  Object.entries(value)
                    .reverse()
                    .map(([name, inner]) => [name, turned(inner)]),
                );
          expect(await areSame(input, turned(input) as object)).toBe(true);
        },
      ),
    );
  });

  test("is not a member that is left out, null or undefined", async () => {
    expect(await areSame({ a: 1 }, { a: 1, b: null, c: undefined })).toBe(true);
    expect(await areSame({ a: { b: 1 } }, { a: { b: 1, c: null } })).toBe(true);
  });

  test.each([
    ["another value", { a: 1 }, { a: 2 }],
    ["a number for its text", { a: 1 }, { a: "1" }],
    ["another order of a list", { a: [1, 2] }, { a: [2, 1] }],
    ["false for nothing", { a: false }, {}],
    ["0 for nothing", { a: 0 }, {}],
    ["an empty text for nothing", { a: "" }, {}],
    ["an empty list for nothing", { a: [] }, {}],
    ["a member of another depth", { a: { b: 1 } }, { a: 1, b: 1 }],
    ["a name that objects know already", { __proto__x: 1, ["__proto__"]: 2 }, { __proto__x: 1, ["__proto__"]: 3 }],
  ])("is not %s", async (_what, a, b) => {
    expect(await areSame(a, b)).toBe(false);
  });
});

test.each(["", "short-7", "x".repeat(65), "has a space", "tab\tinside", "nul\0inside", "kunci-ключ-1"])(
  "%p is no idempotency key",
  (key) => {
    expect(() => requireKey(key)).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
  },
);
test.each(["12345678", "x".repeat(64), "7f3k-9q:2026/11/20~"])("%p is an idempotency key", (key) => {
  expect(() => requireKey(key)).not.toThrow();
});
