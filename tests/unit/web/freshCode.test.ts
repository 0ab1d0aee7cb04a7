import { expect, test } from "vitest";
import { isCodeMissing, mayLoadAnew } from "../../../web/shop/freshCode.ts";

test("after a release the page loads itself anew, and not again and again where that doesn't help", () => {
  const stored = new Map<string, string>();
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  };
  const now = Date.parse("2026-11-21T10:00:00Z");
  expect(mayLoadAnew(storage, false, now)).toBe(false);
  expect([0, 1_000, 59_000, 61_000].map((later) => mayLoadAnew(storage, true, now + later))).toEqual([
    true,
    false,
    false,
    true,
  ]);
});

test("code that is not there is told from a page that broke", () => {
  const missing = [
    "Failed to fetch dynamically imported module: http://shop/assets/CartPage.js",
    "error loading dynamically imported module",
    "Importing a module script failed.",
    "Unable to preload CSS for /assets/CartPage.css",
  ];
  expect(missing.every((words) => isCodeMissing(new TypeError(words)))).toBe(true);
  expect([new TypeError("x is not a function"), "dynamically imported module", null].some(isCodeMissing)).toBe(false);
});
