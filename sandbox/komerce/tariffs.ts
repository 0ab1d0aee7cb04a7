import { DESTINATIONS } from "../rajaongkir/data.ts";
import { billedKg, type Place, TARIFFS, zoneOf } from "../rajaongkir/tariffs.ts";

type Kind = "calculate_reguler" | "calculate_cargo" | "calculate_instant";

/** A service of the delivery API, under the names that it writes (rajaongkir.md 2.2, 8.3). */
interface Service {
  shipping: string;
  type: string;
  kind: Kind;
  isCod: boolean;
  needsPins: boolean;
  /** Cashback in thousandths of the cost, as the official samples have it. */
  cashback: number;
  /** The row of the made-up tariff; null where it has none, so that the service can be stored but is not quoted. */
  tariff: { code: string; service: string } | null;
  /** What stands for the days where the courier does not say; undefined: the tariff's own. */
  etd?: string;
}

const service = (
  shipping: string,
  type: string,
  cashback: number,
  tariff: string | null,
  more: Partial<Service> = {},
) => {
  const [code = "", name = ""] = tariff?.split("/") ?? [];
  const row: Service = {
    shipping,
    type,
    kind: "calculate_reguler",
    isCod: true,
    needsPins: false,
    cashback,
    tariff: tariff === null ? null : { code, service: name },
    ...more,
  };
  return row;
};

const CARGO: Partial<Service> = { kind: "calculate_cargo" };
const PINS: Partial<Service> = { needsPins: true, isCod: false };

/** Everything that `store` takes; the order is that of the answers. */
const SERVICES: readonly Service[] = [
  service("JNE", "REG23", 250, "jne/REG"),
  service("JNE", "JTR23", 25, "jne/JTR", CARGO),
  service("JNE", "REG19", 250, null),
  service("JNE", "CTC19", 250, null),
  service("SAP", "UDRREG", 300, "sap/UDRREG"),
  service("SAP", "SAPFlat", 0, null),
  service("SAP", "DRGREG", 300, null, CARGO),
  service("IDEXPRESS", "STD", 250, "ide/STD", { etd: "-" }),
  service("IDEXPRESS", "Idtruck", 20, null, CARGO),
  service("SICEPAT", "REG", 300, "sicepat/REG"),
  service("SICEPAT", "SIUNT", 300, null),
  service("SICEPAT", "GOKIL", 50, "sicepat/GOKIL", CARGO),
  service("JNT", "EZ", 250, "jnt/EZ"),
  service("NINJA", "Standard", 450, "ninja/STANDARD", { etd: "-" }),
  service("LION", "REGPACK", 200, "lion/REGPACK", PINS),
  service("LION", "BIGPACK", 200, null, { ...CARGO, ...PINS }),
  service("GOSEND", "Instant", 0, null, { kind: "calculate_instant", etd: "1-2 hours", ...PINS }),
];

/** The service of exactly these names, as `store` wants them (4.1). */
export const serviceOf = (shipping: string, type: string): Service | undefined =>
  SERVICES.find((row) => row.shipping === shipping && row.type === type);

/** What an instant courier takes for a ride within its city, in rupiah, and its heaviest load in grams (8.3). */
const INSTANT = { cost: 25_000, maxGrams: 20_000 };

/** COD's fee in thousandths of the grand total (1.3). */
const COD_FEE = 28;

/** A place that parcels go to; placeholder rows are none. */
export const placeById = (id: number): (Place & { id: number }) | undefined =>
  DESTINATIONS.find((row) => row.id === id && row.zip_code !== "0");

export interface RateRow {
  shipping_name: string;
  service_name: string;
  weight: number;
  is_cod: boolean;
  shipping_cost: number;
  shipping_cashback: number;
  shipping_cost_net: number;
  grandtotal: number;
  service_fee: number;
  net_income: number;
  etd: string;
}

export interface Asked {
  from: Place;
  to: Place;
  kg: number;
  itemValue: number;
  isCod: boolean;
  hasPins: boolean;
}

const ZONES = ["A", "B", "C", "D", "E"];

/** Rupiah and days of one service on the route; null where it does not go. */
function priced(row: Service, { from, to, kg, hasPins }: Asked): { cost: number; etd: string } | null {
  const grams = Math.round(kg * 1_000);
  if (row.needsPins && !hasPins) return null;
  if (row.kind === "calculate_instant") {
    const goes = from.city_name === to.city_name && grams <= INSTANT.maxGrams;
    return goes ? { cost: INSTANT.cost, etd: row.etd ?? "" } : null;
  }
  const tariff = TARIFFS.find(({ code, service: name }) => code === row.tariff?.code && name === row.tariff.service);
  const column = ZONES.indexOf(zoneOf(from, to));
  const price = tariff?.perKg[column];
  const billed = billedKg(grams);
  if (!tariff || price === null || price === undefined || billed < tariff.minKg) return null;
  return { cost: price * billed, etd: row.etd ?? tariff.etd[column] ?? "" };
}

/** The three lists of `calculate` with the identities that hold in every official sample (1.3). */
export function rates(asked: Asked): Record<Kind, RateRow[]> {
  const lists: Record<Kind, RateRow[]> = { calculate_reguler: [], calculate_cargo: [], calculate_instant: [] };
  for (const row of SERVICES) {
    const found = priced(row, asked);
    if (!found) continue;
    const cashback = Math.floor((found.cost * row.cashback) / 1_000);
    const net = found.cost - cashback;
    const grandtotal = asked.itemValue + found.cost;
    const hasFee = asked.isCod && row.kind !== "calculate_instant";
    const fee = hasFee ? Math.round((grandtotal * COD_FEE) / 1_000) : 0;
    lists[row.kind].push({
      shipping_name: row.shipping,
      service_name: row.type,
      weight: asked.kg,
      is_cod: row.isCod,
      shipping_cost: found.cost,
      shipping_cashback: cashback,
      shipping_cost_net: net,
      grandtotal,
      service_fee: fee,
      net_income: grandtotal - net - fee,
      etd: found.etd,
    });
  }
  return lists;
}
