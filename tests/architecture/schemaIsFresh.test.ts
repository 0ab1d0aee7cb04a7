import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { buildApiSchema, printApiSchema } from "../../api/graphql/schema.ts";
import { printReference } from "../../scripts/printReference.ts";

/** The first line in which they differ, for a message that a person can use. */
function firstDifference(stored: string, printed: string): string | null {
  const [mine, theirs] = [stored.split("\n"), printed.split("\n")];
  const at = theirs.findIndex((line, index) => line !== mine[index]);
  if (at === -1 && mine.length === theirs.length) return null;
  const line = at === -1 ? theirs.length : at;
  return `line ${line + 1}: stored "${mine[line] ?? ""}", the code says "${theirs[line] ?? ""}" (npm run schema)`;
}

test("schema.graphql is what the code says", () => {
  expect(firstDifference(readFileSync("schema.graphql", "utf8"), printApiSchema())).toBeNull();
});

test("docs/reference.md is what the examples and the rights say", () => {
  expect(firstDifference(readFileSync("docs/reference.md", "utf8"), printReference(buildApiSchema()))).toBeNull();
});

test.each([
  ["type Query { a: Int }\n", "type Query { a: Int! }\n"],
  ["a\n", "a\nb\n"],
  ["a\nb\n", "a\n"],
])("a stored schema that differs is noticed (%j, %j)", (stored, printed) => {
  expect(firstDifference(stored, printed)).toContain("npm run schema");
});
