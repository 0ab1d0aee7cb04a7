import { describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS, later, MINUTE_MS } from "../../../domain/kernel/time.ts";
import type { ParcelNews, ParcelScan } from "../../../domain/shipping/courierGateway.ts";
import { SHIPMENT_STATUSES, type ShipmentStatus } from "../../../domain/shipping/shipment.states.ts";
import {
  inOrderOfTruth,
  isTracked,
  keptScan,
  keptStatus,
  newestScans,
  nextCheckAt,
  quotaAgainAt,
  silenceMax,
  type Tracked,
  toldApartMs,
} from "../../../domain/shipping/tracking.rules.ts";

const NOW = new Date("2026-11-20T07:05:00.000Z");
const INTERVAL = 30 * MINUTE_MS;

const tracked = (status: ShipmentStatus, more: Partial<Tracked> = {}): Tracked => ({
  status,
  flag: null,
  checks: 0,
  newsAt: NOW,
  ...more,
});

/** Minutes until the next look, for so many looks without news. */
const pauses = (status: ShipmentStatus, flag: Tracked["flag"], looks: number, intervalMs = INTERVAL) =>
  Array.from({ length: looks }, (_, checks) => {
    const next = nextCheckAt(tracked(status, { flag, checks }), intervalMs, NOW);
    return next instanceof Date ? (next.getTime() - NOW.getTime()) / MINUTE_MS : next;
  });

describe("how soon a parcel is looked at again", () => {
  test.each([
    ["waits for its pickup", "BOOKED", null, [30, 60, 120, 240, 480, 480]],
    ["has a waybill that nobody has scanned", "PACKED", "packed", [30, 60, 120, 240, 480, 480]],
    ["is on the road", "TRANSIT", null, [120, 240, 240, 240, 240, 240]],
    ["is with the courier who rings", "TRANSIT", "outForDelivery", [30, 60, 60, 60, 60, 60]],
    ["could not be handed over", "TRANSIT", "problem", [240, 240, 240, 240, 240, 240]],
    ["comes back", "RETURNING", null, [720, 720, 720, 720, 720, 720]],
  ] as const)("grows while it %s", (_, status, flag, minutes) => {
    expect(pauses(status, flag, 6)).toEqual(minutes);
  });

  test("follows the interval that is set, and is a day at most", () => {
    expect(pauses("PACKED", null, 3, MINUTE_MS)).toEqual([1, 2, 4]);
    expect(pauses("RETURNING", null, 1, 6 * HOUR_MS)).toEqual([24 * 60]);
    expect(pauses("PACKED", null, 1_000, INTERVAL).at(-1)).toBe(480);
  });

  test("ends with the parcel's story, and before a booking there is nothing to look for", () => {
    const seen = SHIPMENT_STATUSES.filter((status) => nextCheckAt(tracked(status), INTERVAL, NOW) !== null);
    expect(seen).toEqual(["BOOKED", "PACKED", "TRANSIT", "RETURNING"]);
    expect(SHIPMENT_STATUSES.filter(isTracked)).toEqual(seen);
  });

  test.each([
    ["PACKED", 7 * DAY_MS],
    ["TRANSIT", 30 * DAY_MS],
  ] as const)("a parcel that is %s is given up after its limit, and not before", (status, limit) => {
    const silentFor = (ms: number) => nextCheckAt(tracked(status, { newsAt: later(NOW, -ms) }), INTERVAL, NOW);
    expect(silenceMax(status)).toBe(limit);
    expect(silentFor(limit)).toBe("givenUp");
    expect(silentFor(limit - 1)).toBeInstanceOf(Date);
  });

  test("news from a clock that was ahead does no harm", () => {
    expect(nextCheckAt(tracked("PACKED", { newsAt: later(NOW, DAY_MS) }), INTERVAL, NOW)).toEqual(later(NOW, INTERVAL));
  });

  test("a callback makes one look in ten minutes, or in the parcel's own pause", () => {
    expect(toldApartMs(INTERVAL)).toBe(10 * MINUTE_MS);
    expect(toldApartMs(MINUTE_MS)).toBe(MINUTE_MS);
  });

  test("a used-up quota is tried again after midnight in Jakarta", () => {
    expect(quotaAgainAt(NOW).toISOString()).toBe("2026-11-20T17:05:00.000Z");
    expect(quotaAgainAt(new Date("2026-11-20T17:00:00.000Z")).toISOString()).toBe("2026-11-21T17:05:00.000Z");
  });
});

const scan = (minute: number, words: string, more: Partial<ParcelScan> = {}): ParcelScan => ({
  at: later(NOW, minute * MINUTE_MS),
  news: { event: "moving", flag: null, words },
  description: `Paket tiba ${minute}`,
  location: "JAKARTA",
  code: "TP1",
  ...more,
});

describe("a courier's line is known again", () => {
  test("in another spelling of its status, and not when anything else of it differs", () => {
    const same = keptScan(scan(1, "ON_PROCESS"));
    expect(keptScan(scan(1, " on  process ")).digest).toBe(same.digest);
    const others = [
      scan(2, "ON PROCESS", { description: "Paket tiba 1" }),
      scan(1, "DELIVERY"),
      scan(1, "ON PROCESS", { description: "lain" }),
      scan(1, "ON PROCESS", { location: null }),
      scan(1, "ON PROCESS", { code: "TP2" }),
    ].map((one) => keptScan(one).digest);
    expect(new Set([same.digest, ...others]).size).toBe(others.length + 1);
  });

  test("without what a database or a page cannot hold", () => {
    const kept = keptScan(scan(1, "Problem\u0000\u0007", { description: `x\u0000${"y".repeat(2_000)}` }));
    expect(kept.externalStatus).toBe("Problem");
    expect(kept.description).toHaveLength(500);
    expect(kept.description.startsWith("x y")).toBe(true);
    const cut = keptScan(scan(1, `${"y".repeat(99)}🙂`, { description: `${"y".repeat(499)}🙂`, location: "\ud83d" }));
    for (const text of [cut.externalStatus, cut.description, cut.location]) expect(text?.isWellFormed()).toBe(true);
  });

  test("and a status without a time is the same one at every look", () => {
    const status: ParcelNews = { event: "moving", flag: null, words: "Dikirim" };
    const [first, later_] = [keptStatus(status, "KOMERCE", NOW), keptStatus(status, "KOMERCE", later(NOW, DAY_MS))];
    expect(later_.digest).toBe(first.digest);
    expect(keptStatus({ ...status, words: "Diterima" }, "KOMERCE", NOW).digest).not.toBe(first.digest);
  });

  test("in any order, and of a flood of lines the newest are kept", () => {
    const all = [scan(3, "c"), scan(1, "a"), scan(2, "b"), scan(2, "b2")];
    expect(newestScans(all).map(({ news }) => news.words)).toEqual(["a", "b", "b2", "c"]);
    const flood = Array.from({ length: 1_000 }, (_, minute) => scan(minute, "x"));
    expect(newestScans(flood.toReversed())).toEqual(flood.slice(-200));
  });
});

test("of two words of one look the return is believed before the delivery, whichever came first", () => {
  const word = (event: ParcelNews["event"]): ParcelNews => ({ event, flag: null, words: event });
  const all = [word("delivered"), word("returned"), word("moving"), word("stored")];
  const believed = ["stored", "moving", "returned", "delivered"];
  expect(inOrderOfTruth(all).map(({ event }) => event)).toEqual(believed);
  expect(inOrderOfTruth(all.toReversed()).map(({ event }) => event)).toEqual(believed);
});
