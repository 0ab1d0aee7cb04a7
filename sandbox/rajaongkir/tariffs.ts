import type { Zone } from "./data.ts";

export interface Tariff {
  code: string;
  name: string;
  service: string;
  description: string;
  /** Rupiah for one billed kg by zone A to E; null where the zone is not served. */
  perKg: readonly (number | null)[];
  etd: readonly string[];
  /** Least billed kg that the service takes. */
  minKg: number;
}

const ZONES: readonly Zone[] = ["A", "B", "C", "D", "E"];

const days = (...texts: string[]): string[] => texts.map((text) => `${text} day`);
const always = (text: string): string[] => ZONES.map(() => text);

const NAMES: Record<string, string> = {
  jne: "Jalur Nugraha Ekakurir (JNE)",
  jnt: "J&T Express",
  sicepat: "SiCepat Express",
  ninja: "Ninja Xpress",
  ide: "ID Express",
  sap: "Satria Antaran Prima",
  lion: "Lion Parcel",
  tiki: "Citra Van Titipan Kilat (TIKI)",
  pos: "POS Indonesia (POS)",
  anteraja: "AnterAja",
};

const row = (
  code: string,
  service: string,
  description: string,
  perKg: readonly (number | null)[],
  etd: readonly string[],
  minKg = 0,
): Tariff => ({ code, name: NAMES[code] ?? code, service, description, perKg, etd, minKg });

/** The made-up tariff of rajaongkir.md 8.3, with the odd etd texts and descriptions of the real replies. */
export const TARIFFS: readonly Tariff[] = [
  row(
    "jne",
    "REG",
    "Layanan Reguler",
    [11_000, 20_000, 34_000, 45_000, 89_000],
    days("1-2", "2-3", "3-4", "3-5", "5-8"),
  ),
  row("jne", "YES", "Yakin Esok Sampai", [19_000, 34_000, null, null, null], always("1 day")),
  row(
    "jne",
    "JTR",
    "JNE Trucking",
    [4_500, 5_500, 9_000, 12_000, 27_000],
    days("3-4", "3-5", "5-8", "7-10", "10-20"),
    10,
  ),
  row("jnt", "EZ", "Reguler", [10_000, 19_000, 33_000, 44_000, 92_000], always("")),
  row("sicepat", "REG", "Reguler", [10_500, 18_500, 32_000, 43_000, 87_000], days("1-2", "2-3", "3-4", "3-5", "6-9")),
  row("sicepat", "GOKIL", "Cargo", [4_000, 5_000, 8_500, 11_500, null], days("2-4", "3-5", "5-8", "6-10", "-"), 10),
  row("ninja", "STANDARD", "Standard", [9_500, 17_500, 31_000, 42_000, 85_000], always("")),
  row("ide", "STD", "Standard", [9_500, 18_000, 32_000, 43_500, 90_000], always("0-0 day")),
  row("sap", "UDRREG", "Reguler", [10_000, 18_000, 31_500, 42_500, 88_000], days("1-3", "2-4", "3-5", "4-6", "7-10")),
  row(
    "lion",
    "REGPACK",
    "Unknown Service",
    [9_000, 17_000, 30_000, 40_000, 80_000],
    days("1-2", "2-3", "3-4", "3-5", "5-8"),
  ),
  row("tiki", "REG", "Regular Service", [11_000, 19_500, 33_500, 44_500, 88_500], days("2", "3", "4", "5", "8")),
  row("pos", "Pos Reguler", "240", [9_000, 16_500, 29_000, 39_000, 78_000], days("2", "3", "4", "6", "9")),
  row("anteraja", "REG", "Reguler", [9_500, 17_500, 31_000, 42_000, null], days("1-2", "2-3", "3-4", "4-6", "-")),
];

/** Courier codes that the service knows (rajaongkir.md 2.1); some of them serve none of the fixtures. */
export const COURIERS: readonly string[] =
  "jne:sicepat:ide:sap:jnt:ninja:tiki:lion:anteraja:pos:ncs:rex:rpx:sentral:star:wahana:dse".split(":");

/** Billed whole kg of a parcel in grams: couriers let 0.3 kg pass (rajaongkir.md 8.3, made up). */
export const billedKg = (grams: number): number => Math.max(1, Math.ceil((grams - 300) / 1_000));

/** The zone of a pair: the same city is A, else the farther letter of the two. */
export function zoneOf(from: Place, to: Place): Zone {
  if (from.city_name === to.city_name) return "A";
  return from.zone > to.zone ? from.zone : to.zone;
}

export interface Place {
  city_name: string;
  zone: Zone;
}

export interface Quote {
  name: string;
  code: string;
  service: string;
  description: string;
  cost: number;
  etd: string;
}

/** Quotes of the asked couriers in their order, for `grams`; empty where none serves the route. */
export function quotes(from: Place, to: Place, grams: number, couriers: readonly string[]): Quote[] {
  const kg = billedKg(grams);
  const column = ZONES.indexOf(zoneOf(from, to));
  return couriers.flatMap((courier) =>
    TARIFFS.filter((tariff) => tariff.code === courier && kg >= tariff.minKg).flatMap((tariff) => {
      const price = tariff.perKg[column];
      if (price === null || price === undefined) return [];
      const { name, code, service, description } = tariff;
      return [{ name, code, service, description, cost: price * kg, etd: tariff.etd[column] ?? "" }];
    }),
  );
}
