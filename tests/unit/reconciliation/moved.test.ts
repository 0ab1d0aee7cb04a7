import { describe, expect, test } from "vitest";
import { actionsOf, CASES, DISCREPANCY_KINDS, isMoved } from "../../../domain/reconciliation/discrepancy.rules.ts";

describe("an adjustment moves the sum in question", () => {
  test.each([
    ["from one account to another", [100, -100], true],
    ["to several accounts together", [90, 10, -100], true],
    ["less of it", [99, -99], false],
    ["more of it", [101, -101], false],
    ["nothing, where it was taken back", [0, 0], false],
  ])("%s: %p, %p", (_, amounts, expected) => {
    const moved = amounts.map((amount, i) => ({ account: `A${i}`, amount }));
    expect([isMoved(moved, 100), isMoved(moved, -100)]).toEqual([expected, expected]);
  });

  test("where a sale is taken back with its discount: what is owed by the gateway is the sum", () => {
    const sale = [
      { account: "SALES", amount: 110 },
      { account: "DISCOUNTS", amount: -10 },
      { account: "RECEIVABLE", amount: -60 },
      { account: "RECEIVABLE", amount: -40 },
    ];
    expect([isMoved(sale, 100), isMoved(sale, 50)]).toEqual([true, false]);
  });

  test("that is none: something must have been approved all the same", () => {
    expect([isMoved([], 0), isMoved([{ account: "FEES", amount: 1 }], 0)]).toEqual([false, true]);
  });
});

test("a discrepancy that a decision can end has money cases that fit it, and no other has", () => {
  const decidable = DISCREPANCY_KINDS.filter((kind) => actionsOf(kind).includes("DECIDED"));
  expect(DISCREPANCY_KINDS.filter((kind) => CASES[kind].length > 0)).toEqual(decidable);
});
