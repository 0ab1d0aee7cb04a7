import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("every suite that a run begins with because it is long is still there", () => {
  const seconds = JSON.parse(readFileSync("tests/support/longSuites.json", "utf8")) as Record<string, number>;
  expect(Object.keys(seconds).length).toBeGreaterThan(10);
  expect(Object.keys(seconds).filter((name) => !existsSync(name))).toEqual([]);
  expect(Object.values(seconds).filter((each) => !(each > 0))).toEqual([]);
});
