import { expect, test } from "vitest";
import { readSources, SERVER_FOLDERS, type SourceFile } from "./sources.ts";

const NUMBER = /^(?:export )?const (?:\w+_)?LOCK = (0x[\da-f_]+|[\d_]+);/gim;

interface Lock {
  readonly path: string;
  readonly number: number;
}

/** The advisory locks of a database that are a number of their own, by the files that name them. */
const locksOf = (files: readonly SourceFile[]): Lock[] =>
  files.flatMap(({ path, text }) =>
    [...text.matchAll(NUMBER)].map((match) => ({ path, number: Number((match[1] ?? "").replaceAll("_", "")) })),
  );

const sharedBy = (locks: readonly Lock[]): string[] =>
  locks.filter((one) => locks.some((other) => other !== one && other.number === one.number)).map(({ path }) => path);

test("no two things that may be done at once wait for one number", () => {
  const locks = locksOf(readSources([...SERVER_FOLDERS, "scripts"]));
  expect(locks.length).toBeGreaterThanOrEqual(5);
  expect(sharedBy(locks)).toEqual([]);
});

test("so a number that is taken twice is noticed", () => {
  const one = { path: "domain/a.ts", text: "const A_LOCK = 0x10;\n" };
  const other = { path: "domain/b.ts", text: "export const LOCK = 1_6;\n" };
  expect(sharedBy(locksOf([one, other]))).toEqual(["domain/a.ts", "domain/b.ts"]);
});
