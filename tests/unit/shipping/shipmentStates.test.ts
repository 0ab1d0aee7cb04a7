import { describe, expect, test } from "vitest";
import { reachable } from "../../../domain/kernel/stateTable.ts";
import {
  SHIPMENT_EVENTS,
  SHIPMENT_STATUSES,
  type ShipmentEvent,
  type ShipmentStatus,
  shipmentStates,
} from "../../../domain/shipping/shipment.states.ts";

const NAMES = {
  BG: "BOOKING",
  UN: "UNKNOWN",
  BO: "BOOKED",
  PK: "PACKED",
  TR: "TRANSIT",
  RG: "RETURNING",
  DE: "DELIVERED",
  RT: "RETURNED",
  LO: "LOST",
  CA: "CANCELLED",
} as const;
const COLUMNS = ["BG", "UN", "BO", "PK", "TR", "RG", "DE", "RT", "LO", "CA"] as const;

// Written by hand, apart from the code. A name is the next state; = nothing changes; x never; ! opens a case besides.
const TABLE: Readonly<Record<ShipmentEvent, string>> = {
  //                    BG  UN  BO  PK  TR  RG  DE  RT  LO  CA
  stored: /*         */ "BO  BO  =   =   =   =   =   =   =   x!",
  refused: /*        */ "CA  CA  x   x   x   x   x   x   x   =",
  noAnswer: /*       */ "UN! =   =   =   =   =   =   =   =   =",
  pickupArranged: /* */ "x   PK  PK  =   =   =   =   =   =   x!",
  moving: /*         */ "x!  TR  TR  TR  =   =   =   =   =   x!",
  problem: /*        */ "x!  TR  TR  TR  =   =   =   =   =   x!",
  delivered: /*      */ "x!  DE  DE  DE  DE  =!  =   =!  =!  x!",
  returning: /*      */ "x   RG  RG  RG  RG  =   =!  =   =   x!",
  returned: /*       */ "x   RT  RT  RT  RT  RT  =!  =   =   x!",
  cancelled: /*      */ "CA  CA  CA  CA  =!  =   =   =   =   =",
  lost: /*           */ "x   LO  LO  LO  LO  LO  =!  =   =   =",
  unknownWord: /*    */ "=   =   =   =   =   =   =   =   =   =",
};

const cells = SHIPMENT_EVENTS.flatMap((event) =>
  TABLE[event].split(/\s+/).map((cell, i) => ({ event, from: NAMES[COLUMNS[i] as keyof typeof NAMES], cell })),
);

describe("the life of a shipment", () => {
  test.each(cells)("$from and $event: $cell", ({ event, from, cell }) => {
    const word = cell.replace("!", "");
    const next: ShipmentStatus = word === "=" || word === "x" ? from : NAMES[word as keyof typeof NAMES];
    const kind = word === "=" ? "same" : word === "x" ? "never" : "moved";
    expect(shipmentStates.verdict(from, event)).toEqual({ next, kind, opensCase: cell.endsWith("!") });
  });

  test("reaches every status from a booking that was just written", () => {
    expect(reachable(shipmentStates, "BOOKING")).toEqual(new Set(SHIPMENT_STATUSES));
  });

  test.each(["DELIVERED", "RETURNED", "LOST", "CANCELLED"] as const)("never leaves %s", (end) => {
    expect(reachable(shipmentStates, end)).toEqual(new Set([end]));
  });

  test("never goes backwards", () => {
    expect(reachable(shipmentStates, "TRANSIT")).toEqual(
      new Set(["TRANSIT", "RETURNING", "DELIVERED", "RETURNED", "LOST"]),
    );
  });
});
