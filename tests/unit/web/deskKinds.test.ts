import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { DISCREPANCY_KINDS } from "../../../domain/reconciliation/discrepancy.rules.ts";
import { kindsOf } from "../../../web/admin/kindsOf.ts";
import { alertDeskId } from "../../../web/ui/words/alertDesk.id.ts";
import { closeDeskId } from "../../../web/ui/words/closeDesk.id.ts";
import { deskId } from "../../../web/ui/words/desk.id.ts";
import { shipId } from "../../../web/ui/words/ship.id.ts";

/** The kinds that a page lists in the tables below a heading of these words. */
function kindsIn(page: string, heading: string): string[] {
  const lines = readFileSync(`docs/${page}.md`, "utf8").split("\n");
  const from = lines.findIndex((line) => line.startsWith(heading));
  const rows = lines.slice(from + 2).findIndex((line) => !line.startsWith("|"));
  const cells = lines.slice(from + 2, from + 2 + rows).map((line) => line.split("|")[1] ?? "");
  return cells.flatMap((cell) => cell.match(/[A-Z]+(_[A-Z]+)+|[A-Z]{4,}/g) ?? []);
}

const without = (kinds: readonly string[], named: readonly string[]) => kinds.filter((kind) => !named.includes(kind));

describe("the back office names in words", () => {
  test("every kind of alert that the runbook and the page on the close know", () => {
    const kinds = [...kindsIn("runbook", "| kind | subject |"), ...kindsIn("reconciliation", "| alert |")];
    expect(kinds.length).toBeGreaterThan(30);
    expect(without(kinds, kindsOf(alertDeskId, "alertKind"))).toEqual([]);
  });

  test("every kind of money case that the runbook knows", () => {
    const kinds = [
      ...kindsIn("runbook", "| kind | what happened |"),
      ...kindsIn("runbook", "| case | what happened |"),
    ];
    expect(kinds.length).toBeGreaterThan(8);
    expect(without(kinds, kindsOf({ ...deskId, ...shipId }, "caseKind"))).toEqual([]);
  });

  test("every kind of discrepancy", () => {
    expect(kindsOf(closeDeskId, "gapKind").sort()).toEqual([...DISCREPANCY_KINDS].sort());
  });
});
