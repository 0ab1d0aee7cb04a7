import { describe, expect, test } from "vitest";
import { SHIPMENT_EVENTS, SHIPMENT_STATUSES } from "../../../domain/shipping/shipment.states.ts";
import { expectedArrival, isDayOver, parcelLines, parcelMeaning, parcelState } from "../../../web/ui/parcel.ts";
import { parcelId } from "../../../web/ui/words/parcel.id.ts";

/** A Saturday, 16.00 WIB. */
const SATURDAY = "2026-11-21T09:00:00.000Z";

test("every state of a parcel, and all that can happen to it, has its words", () => {
  const flags = ["packed", "pickedUp", "outForDelivery", "problem", "pickupProblem", null];
  const states = SHIPMENT_STATUSES.flatMap((status) => flags.map((flag) => parcelState({ status, flag })));
  expect(new Set(states)).toEqual(new Set(Object.keys(parcelMeaning)));
  const wanted = [
    ...states.flatMap((state) => [`parcelState.${state}`, `parcelText.${state}`]),
    ...SHIPMENT_EVENTS.map((event) => `parcelEvent.${event}`),
  ];
  expect(wanted.filter((key) => !(key in parcelId))).toEqual([]);
});

test.each([
  ["TRANSIT", "problem", "PROBLEM"],
  ["TRANSIT", "outForDelivery", "OUT"],
  ["TRANSIT", "pickedUp", "TRANSIT"],
  ["PACKED", "pickupProblem", "NOT_FETCHED"],
  ["DELIVERED", "problem", "DELIVERED"],
  ["RETURNING", "problem", "RETURNING"],
] as const)("a parcel that is %s and %s is said to be %s", (status, flag, state) => {
  expect(parcelState({ status, flag })).toBe(state);
});

test("a bare status is not told beside a scan that means the same, and is told where nothing else is", () => {
  const line = (event: string, description: string) => ({ event, description });
  const lines = [line("pickupArranged", ""), line("moving", "Paket dijemput"), line("moving", ""), line("problem", "")];
  expect(parcelLines(lines)).toEqual([lines[0], lines[1], lines[3]]);
});

describe("when a parcel is expected", () => {
  test.each([
    ["", "a courier who said nothing"],
    ["besok", "a word without a number"],
    ["999 hari", "a number that is no days"],
  ])("is not told of %p: %s", (etd) => {
    expect(expectedArrival(etd, SATURDAY)).toBeNull();
  });

  test("is days alone until the courier has it", () => {
    expect(expectedArrival("2-3 hari", null)).toEqual({ days: "2-3", isSameDay: false, by: null });
  });

  test("is counted from then by the longest quoted, over no weekend", () => {
    expect(expectedArrival("2-3 hari", SATURDAY)?.by).toBe("2026-11-25T09:00:00.000Z");
    expect(expectedArrival("1 hari", "2026-11-20T09:00:00.000Z")?.by).toBe("2026-11-23T09:00:00.000Z");
    expect(expectedArrival("0 hari", SATURDAY)).toEqual({ days: "0", isSameDay: true, by: SATURDAY });
  });

  test("counts days as Jakarta does, where a Sunday begins at 17.00 UTC", () => {
    expect(expectedArrival("1 hari", "2026-11-19T18:00:00.000Z")?.by).toBe("2026-11-22T18:00:00.000Z");
  });

  test("is over only when that day is over in Jakarta", () => {
    expect(isDayOver(SATURDAY, Date.parse("2026-11-21T16:59:59.000Z"))).toBe(false);
    expect(isDayOver(SATURDAY, Date.parse("2026-11-21T17:00:00.000Z"))).toBe(true);
  });
});
