import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { printStates } from "../../scripts/printStates.ts";

test("docs/states.md is what the state tables say (npm run states)", () => {
  expect(readFileSync("docs/states.md", "utf8")).toBe(printStates());
});
