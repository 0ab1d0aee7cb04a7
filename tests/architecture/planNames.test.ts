import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const PAGE = "docs/decisions/0031-names-of-the-plans.md";

/** Files and folders that the right-hand cells of a page's tables name. */
const placesOf = (page: string): string[] =>
  [...page.matchAll(/^\|[^|]+\|([^|]+)\|$/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([a-zA-Z]+\/[\w./]+|[a-z]+\.yaml)`/g)].map((match) => match[1] as string),
  );
const missingOf = (page: string): string[] => placesOf(page).filter((place) => !existsSync(place));

test("every place where a name of the requirements lives is there", () => {
  const page = readFileSync(PAGE, "utf8");
  expect(placesOf(page).length).toBeGreaterThan(60);
  expect(missingOf(page)).toEqual([]);
});

test("so a file that has moved is noticed", () => {
  expect(missingOf("| `Model` | `domain/gone.ts`, `domain/order/` |\n")).toEqual(["domain/gone.ts"]);
});
