import { describe, expect, test } from "vitest";
import { nextSlot, planPickup, slotFor, vehicleFor } from "../../../domain/fulfilment/pickup.rules.ts";
import { Refusal } from "../../../domain/kernel/errors.ts";

const at = (text: string) => new Date(`${text}+07:00`);
const NOW = at("2026-11-20T14:05:00");

describe("the hour of a pickup", () => {
  test.each([
    ["in the middle of the day", "2026-11-20T14:05:00", "2026-11-20T16:00:00"],
    ["early in the morning", "2026-11-20T02:00:00", "2026-11-20T09:00:00"],
    ["when the day is too short for it", "2026-11-20T19:30:00", "2026-11-21T09:00:00"],
    ["in the last half hour", "2026-11-20T18:40:00", "2026-11-20T20:30:00"],
    ["late at night", "2026-11-20T23:30:00", "2026-11-21T09:00:00"],
    ["at the turn of the year", "2026-12-31T22:00:00", "2027-01-01T09:00:00"],
  ])("%s is one at which somebody is there", (_when, now, slot) => {
    expect(nextSlot(at(now))).toEqual(at(slot));
  });

  test("stays as it was planned while that is far enough ahead", () => {
    expect(slotFor(at("2026-11-20T15:35:00"), NOW)).toEqual(at("2026-11-20T15:35:00"));
    expect(slotFor(at("2026-11-20T15:34:00"), NOW)).toEqual(at("2026-11-20T16:00:00"));
  });

  test.each([
    [at("2026-11-20T15:34:59"), null],
    [at("2026-11-27T14:05:01"), null],
    [null, "Sepeda"],
    [null, "motor"],
  ])("is refused at %s by %s", (pickupAt, vehicle) => {
    expect(() => planPickup({ pickupAt, vehicle }, 1_000, NOW)).toThrow(Refusal);
  });
});

describe("what fetches a parcel", () => {
  test.each([
    [1, "Motor"],
    [5_000, "Motor"],
    [5_001, "Mobil"],
    [9_999, "Mobil"],
    [10_000, "Truk"],
  ])("of %d g is a %s", (grams, vehicle) => {
    expect(vehicleFor(grams)).toBe(vehicle);
    expect(planPickup({}, grams, NOW).vehicle).toBe(vehicle);
  });

  test("is what was wished where that takes the weight", () => {
    expect(planPickup({ vehicle: "Mobil" }, 100, NOW).vehicle).toBe("Mobil");
    expect(() => planPickup({ vehicle: "Motor" }, 5_001, NOW)).toThrow(Refusal);
    expect(() => planPickup({ vehicle: "Truk" }, 9_999, NOW)).toThrow(Refusal);
  });
});
