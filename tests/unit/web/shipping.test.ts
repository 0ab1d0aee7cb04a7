import { describe, expect, test } from "vitest";
import { HOLD_REASONS } from "../../../domain/payment/fulfilment.rules.ts";
import {
  type BookingRow,
  bookRows,
  inField,
  isPickupPossible,
  type RequestFailure,
  troubleOf,
  unfinished,
  waiting,
  wished,
} from "../../../web/admin/shipping.ts";
import { shipId } from "../../../web/ui/words/ship.id.ts";

const rowsOf = (count: number) => Array.from({ length: count }, (_, n) => waiting({ id: `o${n}`, number: `ORD-${n}` }));
const OFFLINE: RequestFailure = { code: "OFFLINE", details: {}, isRefusal: false };
const booked = (orderIds: readonly string[]) => orderIds.map((orderId) => ({ orderId, outcome: "BOOKED" as const }));

test("every reason of a hold has its words", () => {
  expect(HOLD_REASONS.filter((reason) => !(`hold.${reason}` in shipId))).toEqual([]);
});

describe("booking many orders", () => {
  test("asks for five at once, one after another, and tells each time how all stand", async () => {
    const [asked, told]: [number[], number[]] = [[], []];
    await bookRows(
      rowsOf(12),
      async (ids) => {
        asked.push(ids.length);
        return booked(ids);
      },
      () => OFFLINE,
      (rows) => told.push(rows.filter(({ outcome }) => outcome === "BOOKED").length),
    );
    expect([asked, told]).toEqual([
      [5, 5, 2],
      [5, 10, 12],
    ]);
  });

  test("keeps what is known when the line breaks, and goes on with the rest alone", async () => {
    let latest: readonly BookingRow[] = rowsOf(12);
    const tell = (rows: readonly BookingRow[]) => {
      latest = rows;
    };
    let requests = 0;
    const breaks = async (ids: readonly string[]) => {
      requests += 1;
      if (requests === 2) throw new TypeError("no line");
      return booked(ids);
    };
    await bookRows(latest, breaks, () => OFFLINE, tell);
    const count = (wanted: BookingRow["outcome"]) => latest.filter(({ outcome }) => outcome === wanted).length;
    expect([count("BOOKED"), count("UNSENT"), count("WAITING")]).toEqual([5, 5, 2]);
    const again: string[] = [];
    const send = async (ids: readonly string[]) => {
      again.push(...ids);
      return ids.map((orderId) => ({ orderId, outcome: "ALREADY_BOOKED" as const }));
    };
    await bookRows(latest, send, () => OFFLINE, tell);
    expect(again).toEqual(["o5", "o6", "o7", "o8", "o9", "o10", "o11"]);
    expect([count("BOOKED"), count("ALREADY_BOOKED"), unfinished(latest).length]).toEqual([5, 7, 0]);
  });

  test("says of each order why it was not booked, and of one that the answer forgets that nobody knows", async () => {
    let latest: readonly BookingRow[] = rowsOf(2);
    const details = JSON.stringify({ reason: "REVERSAL", until: "2026-11-22T02:00:00.000Z" });
    await bookRows(
      latest,
      async () => [{ orderId: "o0", outcome: "REFUSED", code: "ON_HOLD", details }],
      () => OFFLINE,
      (rows) => {
        latest = rows;
      },
    );
    expect(latest[0]).toMatchObject({ outcome: "REFUSED", code: "ON_HOLD", details: { reason: "REVERSAL" } });
    expect(latest[1]).toMatchObject({ outcome: "UNSENT" });
  });

  test("that is refused as a whole is refused for each of them", async () => {
    let latest: readonly BookingRow[] = rowsOf(7);
    await bookRows(
      latest,
      () => Promise.reject(new Error("refused")),
      () => ({ code: "INVALID_INPUT", details: {}, isRefusal: true }),
      (rows) => {
        latest = rows;
      },
    );
    expect(new Set(latest.map(({ outcome, code }) => `${outcome} ${code}`))).toEqual(
      new Set(["REFUSED INVALID_INPUT"]),
    );
  });
});

describe("a wish for a pickup", () => {
  const NOW = Date.parse("2026-11-21T09:00:00.000Z");

  test("is a moment in WIB, wherever the browser is", () => {
    expect(inField(NOW)).toBe("2026-11-21T16:00");
    expect(wished({ at: "2026-11-21T18:00", vehicle: "Mobil" })).toEqual({
      pickupAt: "2026-11-21T11:00:00.000Z",
      vehicle: "Mobil",
    });
    expect(wished({ at: "", vehicle: "" })).toEqual({ pickupAt: null, vehicle: null });
  });

  test.each([
    ["", true],
    ["2026-11-21T17:29", false],
    ["2026-11-21T17:30", true],
    ["2026-11-28T16:00", true],
    ["2026-11-28T16:01", false],
  ])("at %p is possible: %p", (at, possible) => {
    expect(isPickupPossible({ at, vehicle: "" }, NOW)).toBe(possible);
  });
});

test.each([
  [{ status: "UNKNOWN" }, "UNKNOWN"],
  [{ status: "BOOKED", booking: { pickupWhy: "no driver" } }, "PICKUP"],
  [{ status: "PACKED", flag: "pickupProblem" }, "NOT_FETCHED"],
  [{ status: "TRANSIT", flag: "problem" }, "PROBLEM"],
  [{ status: "LOST", flag: "problem" }, "LOST"],
  [{ status: "TRANSIT", flag: "outForDelivery", booking: { pickupWhy: "no driver" } }, null],
  [{ status: "DELIVERED", flag: null }, null],
])("the trouble of %p is %p", (parcel, trouble) => {
  expect(troubleOf(parcel)).toBe(trouble);
});
