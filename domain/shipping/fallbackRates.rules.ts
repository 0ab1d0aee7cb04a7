import { courierService } from "./couriers.rules.ts";
import type { CourierRate } from "./shippingGateway.ts";

/**
 * Our own table for when the couriers cannot be asked. Prices lie a little above what they usually cost, because the
 * shop pays the difference: whole rupiah a started kilogram.
 */
const RUPIAH_PER_KG = { nearby: 14_000, sameIsland: 24_000, nextIsland: 40_000, far: 55_000, east: 105_000 } as const;
type Zone = keyof typeof RUPIAH_PER_KG;

/** How far a group of provinces is from Java, where most parcels begin. */
const REGIONS = {
  java: ["DKI JAKARTA", "BANTEN", "JAWA BARAT", "JAWA TENGAH", "DI YOGYAKARTA", "JAWA TIMUR"],
  sumatraBali: [
    "BALI",
    "LAMPUNG",
    "SUMATERA SELATAN",
    "BENGKULU",
    "JAMBI",
    "RIAU",
    "KEPULAUAN RIAU",
    "BANGKA BELITUNG",
    "SUMATERA BARAT",
    "SUMATERA UTARA",
    "NANGGROE ACEH DARUSSALAM (NAD)",
  ],
  middle: [
    "KALIMANTAN BARAT",
    "KALIMANTAN TENGAH",
    "KALIMANTAN SELATAN",
    "KALIMANTAN TIMUR",
    "KALIMANTAN UTARA",
    "SULAWESI SELATAN",
    "SULAWESI BARAT",
    "SULAWESI TENGAH",
    "SULAWESI TENGGARA",
    "SULAWESI UTARA",
    "GORONTALO",
    "NUSA TENGGARA BARAT",
    "NUSA TENGGARA BARAT (NTB)",
    "NUSA TENGGARA TIMUR (NTT)",
  ],
} as const satisfies Record<string, readonly string[]>;
type Region = keyof typeof REGIONS | "east";

/** Papua, Maluku and every name that we don't know: the dearest. */
function regionOf(province: string): Region {
  const found = Object.entries(REGIONS).find(([, names]) =>
    (names as readonly string[]).includes(province.toUpperCase()),
  );
  return found ? (found[0] as Region) : "east";
}

const DISTANCE: Readonly<Record<Region, Zone>> = {
  java: "sameIsland",
  sumatraBali: "nextIsland",
  middle: "far",
  east: "east",
};
const FARTHEST_FIRST: readonly Region[] = ["east", "middle", "sumatraBali", "java"];

/** The zone of a route: the same province is near, else the farther of the two regions counts. */
export function zoneOf(originProvince: string | null, destinationProvince: string): Zone {
  if (originProvince !== null && originProvince.toUpperCase() === destinationProvince.toUpperCase()) return "nearby";
  const regions = [regionOf(originProvince ?? ""), regionOf(destinationProvince)];
  const farthest = FARTHEST_FIRST.find((region) => regions.includes(region)) ?? "east";
  return DISTANCE[farthest];
}

/** Couriers with branches in every province; each is booked by a fresh quote, so no other price is promised to it. */
const OFFERED = [
  ["jne", "REG"],
  ["jnt", "EZ"],
  ["sicepat", "REG"],
] as const;

const GRAMS_PER_KG = 1_000;

/**
 * The rates of our own table. There is always at least one: a checkout never dies of a courier.
 *
 * @param originProvince null when the store's place is not known: then the farthest zone counts
 */
export function fallbackRates(
  originProvince: string | null,
  destinationProvince: string,
  weightGrams: number,
): CourierRate[] {
  const cost =
    RUPIAH_PER_KG[zoneOf(originProvince, destinationProvince)] * Math.max(1, Math.ceil(weightGrams / GRAMS_PER_KG));
  return OFFERED.map(([courier, service]) => ({
    courier,
    service,
    cost,
    etd: null,
    description: courierService(courier, service)?.label ?? service,
  }));
}
