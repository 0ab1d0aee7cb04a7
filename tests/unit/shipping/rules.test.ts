import { describe, expect, test } from "vitest";
import {
  COURIER_SERVICES,
  COURIERS_ASKED,
  courierService,
  formatEtd,
  sellableRates,
} from "../../../domain/shipping/couriers.rules.ts";
import { fallbackRates, zoneOf } from "../../../domain/shipping/fallbackRates.rules.ts";
import { billedGrams, parcelGrams, weightClass } from "../../../domain/shipping/parcel.rules.ts";

const rate = (courier: string, service: string, cost: number) => ({
  courier,
  service,
  cost,
  description: "240",
  etd: null,
});

describe("what a shopper may choose", () => {
  test("is only what the delivery company can book", () => {
    const quoted = [
      rate("lion", "REGPACK", 1),
      rate("tiki", "REG", 2),
      rate("jne", "YES", 3),
      rate("pos", "Pos Reguler", 4),
      rate("jne", "REG", 20_000),
    ];
    expect(sellableRates(quoted, 1_000).map(({ courier, service }) => `${courier}/${service}`)).toEqual(["jne/REG"]);
    expect(COURIERS_ASKED).not.toEqual(expect.arrayContaining(["lion", "gosend"]));
    expect(COURIER_SERVICES.filter(({ delivery }) => delivery.shipping === "" || delivery.shippingType === "")).toEqual(
      [],
    );
  });

  test("carries our own label, the cheapest first", () => {
    const offered = sellableRates([rate("jnt", "EZ", 19_000), rate("NINJA", "Standard", 17_500)], 1_000);
    expect(offered).toEqual([
      { courier: "ninja", service: "STANDARD", cost: 17_500, description: "Ninja Xpress Standard", etd: null },
      { courier: "jnt", service: "EZ", cost: 19_000, description: "J&T Express EZ", etd: null },
    ]);
  });

  test("holds cargo only from ten kilograms", () => {
    const quoted = [rate("jne", "JTR", 5_500), rate("sicepat", "GOKIL", 5_000), rate("jne", "REG", 20_000)];
    expect(sellableRates(quoted, 9_999)).toHaveLength(1);
    expect(sellableRates(quoted, 10_000)).toHaveLength(3);
  });

  test("offers a service once, at its lower price, when the courier lists it twice", () => {
    expect(
      sellableRates([rate("jne", "REG", 21_000), rate("jne", "REG", 20_000)], 500).map(({ cost }) => cost),
    ).toEqual([20_000]);
  });

  test("knows how each service is booked", () => {
    expect(courierService("ide", "std")?.delivery).toEqual({ shipping: "IDEXPRESS", shippingType: "STD" });
    expect(courierService("gosend", "Instant")).toBeNull();
  });

  test("promises no day that the courier does not name", () => {
    expect([formatEtd(null), formatEtd({ minDays: 2, maxDays: 3 }), formatEtd({ minDays: 1, maxDays: 1 })]).toEqual([
      "",
      "2-3 hari",
      "1 hari",
    ]);
  });
});

describe("the shop's own table", () => {
  test.each([
    ["DI YOGYAKARTA", "DI YOGYAKARTA", "nearby"],
    ["JAWA BARAT", "JAWA TIMUR", "sameIsland"],
    ["DKI JAKARTA", "BALI", "nextIsland"],
    ["SUMATERA UTARA", "SULAWESI SELATAN", "far"],
    ["DKI JAKARTA", "PAPUA", "east"],
    ["DKI JAKARTA", "PROVINSI BARU", "east"],
    [null, "DKI JAKARTA", "east"],
  ])("takes %s to %s as %s", (from, to, zone) => {
    expect(zoneOf(from, to)).toBe(zone);
  });

  test("always has something that can be booked, and costs more the heavier and the farther", () => {
    const near = fallbackRates("DKI JAKARTA", "JAWA BARAT", 1_000);
    const heavy = fallbackRates("DKI JAKARTA", "JAWA BARAT", 1_001);
    const far = fallbackRates("DKI JAKARTA", "PAPUA", 1_000);
    expect(near.length).toBeGreaterThan(0);
    expect(sellableRates(near, 1_000)).toHaveLength(near.length);
    expect(heavy[0]?.cost).toBe(2 * (near[0]?.cost ?? 0));
    expect(far[0]?.cost).toBeGreaterThan(near[0]?.cost ?? 0);
    expect(near.every(({ cost, etd }) => Number.isSafeInteger(cost) && etd === null)).toBe(true);
  });
});

describe("a parcel", () => {
  const piece = (weightGrams: number, [lengthCm, widthCm, heightCm]: [number, number, number]) => ({
    weightGrams,
    lengthCm,
    widthCm,
    heightCm,
  });

  test("weighs what the courier bills: its weight, or what its size stands for", () => {
    expect(billedGrams(piece(300, [30, 20, 5]))).toBe(500);
    expect(billedGrams(piece(900, [30, 20, 5]))).toBe(900);
    expect(
      parcelGrams([
        { product: piece(300, [30, 20, 5]), quantity: 3 },
        { product: piece(900, [1, 1, 1]), quantity: 1 },
      ]),
    ).toBe(2_400);
  });

  test("is refused when no courier takes it", () => {
    expect(() => parcelGrams([{ product: piece(250_001, [1, 1, 1]), quantity: 2 }])).toThrow(
      expect.objectContaining({ code: "SHIPPING_UNAVAILABLE" }),
    );
  });

  test("shares quotes with parcels of nearly its weight, never lighter ones", () => {
    expect([1, 100, 101, 1_300, 1_301].map(weightClass)).toEqual([100, 100, 200, 1_300, 1_400]);
  });
});
