import { describe, expect, test } from "vitest";
import { reachable } from "../../../domain/kernel/stateTable.ts";
import {
  REFUND_EVENTS,
  REFUND_STATUSES,
  type RefundEvent,
  type RefundStatus,
  refundStates,
} from "../../../domain/refund/refund.states.ts";

const NAMES = {
  PE: "PENDING",
  PR: "PROCESSING",
  SU: "SUCCEEDED",
  FA: "FAILED",
  MA: "MANUAL",
  WI: "WITHDRAWN",
} as const;
const COLUMNS = ["PE", "PR", "SU", "FA", "MA", "WI"] as const;

// Written by hand, apart from the code. A name is the next state; = nothing changes; x never; ! opens a case besides.
const TABLE: Readonly<Record<RefundEvent, string>> = {
  //                          PE  PR  SU  FA  MA  WI
  claimed: /*              */ "PR  =   =   x   x   x",
  confirmed: /*            */ "SU  SU  =   SU! SU! SU!",
  refusedWithTriesLeft: /* */ "x   PE  x!  =   x   =",
  refusedForGood: /*       */ "x   FA  x!  =   x   =",
  noAnswer: /*             */ "x   =   =   =   x   =",
  mustWait: /*             */ "=   PE  =   =   x   =",
  noApi: /*                */ "MA  MA  =   MA  =   =",
  retried: /*              */ "=   =   x   PE  x   x",
  settledByHand: /*        */ "x   x   x   SU  SU  x",
  moneyGone: /*            */ "WI  =!  =!  WI  WI  =",
};

const cells = REFUND_EVENTS.flatMap((event) =>
  TABLE[event].split(/\s+/).map((cell, i) => ({ event, from: NAMES[COLUMNS[i] as keyof typeof NAMES], cell })),
);

describe("the life of a refund", () => {
  test.each(cells)("$from and $event: $cell", ({ event, from, cell }) => {
    const word = cell.replace("!", "");
    const next: RefundStatus = word === "=" || word === "x" ? from : NAMES[word as keyof typeof NAMES];
    const kind = word === "=" ? "same" : word === "x" ? "never" : "moved";
    expect(refundStates.verdict(from, event)).toEqual({ next, kind, opensCase: cell.endsWith("!") });
  });

  test("reaches every status from a refund that was just made", () => {
    expect(reachable(refundStates, "PENDING")).toEqual(new Set(REFUND_STATUSES));
  });

  test("never goes out a second time once it succeeded", () => {
    expect(reachable(refundStates, "SUCCEEDED")).toEqual(new Set(["SUCCEEDED"]));
  });
});
