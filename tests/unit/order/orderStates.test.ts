import { describe, expect, test } from "vitest";
import { reachable } from "../../../domain/kernel/stateTable.ts";
import {
  ORDER_EVENTS,
  ORDER_STATUSES,
  type OrderEvent,
  type OrderStatus,
  orderStates,
} from "../../../domain/order/order.states.ts";

const NAMES = {
  PP: "PENDING_PAYMENT",
  PD: "PAID",
  PR: "PROCESSING",
  SH: "SHIPPED",
  CO: "COMPLETED",
  CQ: "CANCEL_REQUESTED",
  CA: "CANCELLED",
  RT: "RETURNED",
} as const;
const COLUMNS = ["PP", "PD", "PR", "SH", "CO", "CQ", "CA", "RT"] as const;

// Written by hand, apart from the code: a cell that changes there must change here too, by somebody who means it.
// A name is the next state; = nothing changes; x never; ! opens a case besides.
const TABLE: Readonly<Record<OrderEvent, string>> = {
  //                        PP  PD  PR  SH  CO  CQ  CA  RT
  paid: /*               */ "PD  =   =   =   =   =   =!  =",
  paymentEnded: /*       */ "CA  =   =   =   =   =   =   =",
  booked: /*             */ "x   PR  =   =   =   =   x!  x",
  cancelAsked: /*        */ "CA  CA  CQ  x   x   =   =   x",
  cancelAskedBooked: /*  */ "CA  CQ  CQ  x   x   =   =   x",
  courierAcceptsCancel: /**/ "x   x   x   x   x   CA  =   x",
  courierRefusesProcessing: "x   x   =   =   =   PR  x!  =",
  courierRefusesShipped: /**/ "x   x   =   =   =   SH  x!  =",
  courierRefusesCompleted: "x   x   =   =   =   CO  x!  =",
  courierRefusesReturned: "x   x   =   =   =   RT  x!  =",
  shipped: /*            */ "x   x!  SH  =   =   SH  x!  =",
  delivered: /*          */ "x   x!  CO  CO  =   CO  x!  =!",
  receiptConfirmed: /*   */ "x   x   x   CO  =   x   x   x",
  returned: /*           */ "x   x   RT  RT  =!  RT  =   =",
  bookingGone: /*        */ "x   =   PD  =!  =   CA  =   =",
  lostOrDamaged: /*      */ "x   x   =!  =!  =!  =!  =   =",
  moneyGone: /*          */ "x   CA  CQ  =!  =!  =   =   =!",
};

const cells = ORDER_EVENTS.flatMap((event) =>
  TABLE[event].split(/\s+/).map((cell, i) => ({ event, from: NAMES[COLUMNS[i] as keyof typeof NAMES], cell })),
);

describe("the life of an order", () => {
  test("has a row for every event and a cell for every state", () => {
    expect(Object.keys(TABLE).sort()).toEqual([...ORDER_EVENTS].sort());
    expect(cells).toHaveLength(ORDER_EVENTS.length * ORDER_STATUSES.length);
  });

  test.each(cells)("$from and $event: $cell", ({ event, from, cell }) => {
    const word = cell.replace("!", "");
    const moved = word !== "=" && word !== "x";
    const next: OrderStatus = moved ? NAMES[word as keyof typeof NAMES] : from;
    const kind = moved ? "moved" : word === "x" ? "never" : "same";
    expect(orderStates.verdict(from, event)).toEqual({ next, kind, opensCase: cell.endsWith("!") });
  });

  test("reaches every status from a placed order, and leaves none that is over", () => {
    expect(reachable(orderStates, "PENDING_PAYMENT")).toEqual(new Set(ORDER_STATUSES));
    expect(reachable(orderStates, "CANCELLED")).toEqual(new Set(["CANCELLED"]));
    expect(reachable(orderStates, "RETURNED")).toEqual(new Set(["RETURNED"]));
  });

  test("is paid by no other event than the payment, and never again once it is cancelled", () => {
    const paying = ORDER_EVENTS.filter((event) => orderStates.verdict("PENDING_PAYMENT", event).next === "PAID");
    expect(paying).toEqual(["paid"]);
    expect(ORDER_EVENTS.filter((event) => orderStates.verdict("CANCELLED", event).kind === "moved")).toEqual([]);
  });
});
