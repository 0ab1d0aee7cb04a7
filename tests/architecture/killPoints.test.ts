import { describe, expect, test } from "vitest";
import { KILL_POINTS } from "../../domain/kernel/killPoint.ts";
import { FLOWS } from "../../scripts/drill/killFlows.ts";
import { planted, readSources, SERVER_FOLDERS, type SourceFile, withoutComments } from "./sources.ts";

/** Points that are said where no list names them, or that are not said exactly once. */
function misplaced(files: readonly SourceFile[], names: readonly string[]): string[] {
  const said = files.flatMap(({ text }) =>
    [...withoutComments(text).matchAll(/\bkillPoint\("([^"]+)"\)/g)].map((match) => match[1] as string),
  );
  const timesOf = (name: string) => said.filter((each) => each === name).length;
  return [
    ...new Set(said.filter((name) => !names.includes(name)).map((name) => `${name} is not in the list`)),
    ...names.filter((name) => timesOf(name) !== 1).map((name) => `${name} is passed at ${timesOf(name)} places`),
  ];
}

describe("a process may end between any two side effects", () => {
  test("at points of which each stands at one place", () => {
    expect(misplaced(readSources(SERVER_FOLDERS), KILL_POINTS)).toEqual([]);
    expect(KILL_POINTS.length).toBeGreaterThan(25);
    expect(new Set(KILL_POINTS).size).toBe(KILL_POINTS.length);
  });

  test("and a flow comes by each of them", () => {
    expect(Object.keys(FLOWS).sort()).toEqual([...KILL_POINTS].sort());
  });

  test("so one that was forgotten, written twice or made up is noticed", () => {
    const files = [
      planted("domain/a.ts", 'killPoint("a.done");\n// killPoint("b.done");\n'),
      planted("domain/c.ts", 'killPoint("c.done");\nkillPoint("c.done");\nkillPoint("d.done");\n'),
    ];
    expect(misplaced(files, ["a.done", "b.done", "c.done"])).toEqual([
      "d.done is not in the list",
      "b.done is passed at 0 places",
      "c.done is passed at 2 places",
    ]);
  });
});
