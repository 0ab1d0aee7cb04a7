import { describe, expect, test } from "vitest";
import { reachable } from "../../../domain/kernel/stateTable.ts";
import {
  isPaidStatus,
  PAYMENT_EVENTS,
  PAYMENT_STATUSES,
  type PaymentEvent,
  type PaymentStatus,
  paymentStates,
} from "../../../domain/payment/payment.states.ts";

const NAMES = {
  PE: "PENDING",
  CH: "CHALLENGED",
  PD: "PAID",
  AP: "APPROVED",
  RJ: "REJECTED",
  FA: "FAILED",
  EX: "EXPIRED",
  CN: "CANCELLED",
  PR: "PARTIALLY_REFUNDED",
  RF: "REFUNDED",
  CB: "CHARGEBACK",
} as const;
const COLUMNS = ["PE", "CH", "PD", "AP", "RJ", "FA", "EX", "CN", "PR", "RF", "CB"] as const;

// Written by hand, apart from the code: a cell that changes there must change here too, by somebody who means it.
// A name is the next state; = nothing changes; x never; ! opens a case besides.
const TABLE: Readonly<Record<PaymentEvent, string>> = {
  //                                PE  CH  PD  AP  RJ  FA  EX  CN  PR  RF  CB
  pending: /*                    */ "=   =   =   =   x   =   =   =   =   =   =",
  captured: /*                   */ "PD  PD  =   =   x   PD  PD  PD  =   =   =",
  capturedAfterReversal: /*      */ "PD  PD  =   =   x   x!  x!  x!  =   =   =",
  challenged: /*                 */ "CH  =   =!  =!  x   =!  =!  =!  =   =   =",
  deniedWhileOpen: /*            */ "PE  PE  x!  x!  x   =   =   =   x!  =   =",
  deniedWhenOver: /*             */ "FA  FA  x!  x!  x   =   =   =   x!  =   =",
  expiredWhileOpen: /*           */ "PE  PE  =   =   x   =   =   =   =   =   =",
  expiredWhenOver: /*            */ "EX  EX  =   =   x   =   =   =   =   =   =",
  cancelledByOthersWhileOpen: /* */ "PE  PE  RF  RF  x   =   =   =   x!  =   =",
  cancelledByOthersWhenOver: /*  */ "EX  EX  RF  RF  x   =   =   =   x!  =   =",
  closedAsAsked: /*              */ "CN  CN  RF  RF  x   =   =   =   x   =   =",
  windowOver: /*                 */ "EX  =   =   =   x   =   =   =   =   =   =",
  reversed: /*                   */ "x   x   FA  FA  x   =   =   =   x!  x!  =",
  partiallyRefunded: /*          */ "x!  x!  PR  PR  x   x!  x!  x!  PR  =!  =!",
  refunded: /*                   */ "x!  x!  RF  RF  x   x!  x!  x!  RF  =   =!",
  chargedBack: /*                */ "x!  x!  CB  CB  x   x!  x!  x!  CB! =!  =",
  holdOver: /*                   */ "x   x   AP  =   x   =   =   =   =   =   =",
  approved: /*                   */ "x   x   AP  =   x   x   x   x   x   x   x",
  rejected: /*                   */ "x   x   RJ  x   =   x   x   x   x   x   x",
};

const cells = PAYMENT_EVENTS.flatMap((event) =>
  TABLE[event].split(/\s+/).map((cell, i) => ({ event, from: NAMES[COLUMNS[i] as keyof typeof NAMES], cell })),
);
const moves = (status: PaymentStatus) =>
  PAYMENT_EVENTS.filter((event) => paymentStates.verdict(status, event).next !== status);

describe("the life of a payment", () => {
  test("has a row for every event and a cell for every state", () => {
    expect(Object.keys(TABLE).sort()).toEqual([...PAYMENT_EVENTS].sort());
    expect(cells).toHaveLength(PAYMENT_EVENTS.length * PAYMENT_STATUSES.length);
  });

  test.each(cells)("$from and $event: $cell", ({ event, from, cell }) => {
    const word = cell.replace("!", "");
    const next: PaymentStatus = word === "=" || word === "x" ? from : NAMES[word as keyof typeof NAMES];
    const verdict = paymentStates.verdict(from, event);
    expect(verdict).toMatchObject({ next, opensCase: cell.endsWith("!") });
    // A state that leads to itself is as good as `=`.
    expect(verdict.kind === "never").toBe(word === "x");
    if (next !== from) expect(verdict.kind).toBe("moved");
  });

  test("reaches every status from a payment that was just made", () => {
    expect(reachable(paymentStates, "PENDING")).toEqual(new Set(PAYMENT_STATUSES));
  });

  test("is never brought from paid back to unpaid by late news of the time before", () => {
    const late: PaymentEvent[] = [
      "pending",
      "expiredWhileOpen",
      "expiredWhenOver",
      "windowOver",
      "deniedWhileOpen",
      "deniedWhenOver",
    ];
    for (const status of PAYMENT_STATUSES.filter(isPaidStatus)) {
      for (const event of late) expect(paymentStates.verdict(status, event).next).toBe(status);
    }
  });

  test("is over for good once it is rejected, refunded or charged back", () => {
    expect([moves("REJECTED"), moves("REFUNDED"), moves("CHARGEBACK")]).toEqual([[], [], []]);
  });

  test("that ended unpaid can only be paid after all", () => {
    for (const status of ["FAILED", "EXPIRED", "CANCELLED"] as const) expect(moves(status)).toEqual(["captured"]);
  });
});
