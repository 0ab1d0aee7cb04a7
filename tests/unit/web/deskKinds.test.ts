import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { paymentStates } from "../../../domain/payment/payment.states.ts";
import { DISCREPANCY_KINDS } from "../../../domain/reconciliation/discrepancy.rules.ts";
import { kindsOf } from "../../../web/admin/kindsOf.ts";
import { alertDeskId } from "../../../web/ui/words/alertDesk.id.ts";
import { closeDeskId } from "../../../web/ui/words/closeDesk.id.ts";
import { deskId } from "../../../web/ui/words/desk.id.ts";
import { shipId } from "../../../web/ui/words/ship.id.ts";

/** The heads of the runbook's tables of money cases. */
const CASES = ["| kind | what happened |", "| case | what happened |"];

/** The kinds in the first column of a page's tables with this head. */
function kindsIn(page: string, head: string): string[] {
  const lines = readFileSync(`docs/${page}.md`, "utf8").split("\n");
  const heads = [...lines.keys()].filter((at) => lines[at]?.startsWith(head));
  return heads.flatMap((at) => {
    const below = lines.slice(at + 2);
    const rows = below.slice(
      0,
      below.findIndex((line) => !line.startsWith("|")),
    );
    return rows.flatMap((row) => row.split("|")[1]?.match(/[A-Z]+(_[A-Z]+)+|[A-Z]{4,}/g) ?? []);
  });
}

const without = (kinds: readonly string[], named: readonly string[]) => kinds.filter((kind) => !named.includes(kind));

describe("the back office names in words", () => {
  test("every kind of alert that the runbook and the page on the close know", () => {
    const kinds = [...kindsIn("runbook", "| kind | subject |"), ...kindsIn("reconciliation", "| alert |")];
    expect(kinds.length).toBeGreaterThan(30);
    expect(without(kinds, kindsOf(alertDeskId, "alertKind"))).toEqual([]);
  });

  test("every kind of money case that the runbook knows, and that the table of payments opens", () => {
    const { states, events } = paymentStates;
    const opens = events.filter((event) => states.some((state) => paymentStates.verdict(state, event).opensCase));
    const kinds = [
      ...CASES.flatMap((about) => kindsIn("runbook", about)),
      ...opens.map((event) => event.toUpperCase()),
    ];
    expect(kinds.length).toBeGreaterThan(20);
    expect(without(kinds, kindsOf({ ...deskId, ...shipId }, "caseKind"))).toEqual([]);
  });

  test("every kind of discrepancy", () => {
    expect(kindsOf(closeDeskId, "gapKind").sort()).toEqual([...DISCREPANCY_KINDS].sort());
  });
});
