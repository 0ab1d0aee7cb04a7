import type { CourierRate } from "./shippingGateway.ts";

/** A service that shoppers may choose: quoted by one API of the courier company, booked by the other. */
export interface CourierService {
  /** Code of the rate API. */
  readonly courier: string;
  /** As the rate API writes it; compared without case. */
  readonly service: string;
  /** What shoppers read: the API's own descriptions are numbers or "Unknown Service" for some couriers. */
  readonly label: string;
  /** Lighter parcels are not taken: freight would only confuse a basket of one kilogram. */
  readonly minGrams: number;
  /** The same service in the API that books it. */
  readonly delivery: { readonly shipping: string; readonly shippingType: string };
}

/** Cargo is offered from here: RajaOngkir quotes it and Komerce takes it from ten kilograms. */
const CARGO_GRAMS_MIN = 10_000;

/** A row of the table below: rate API's courier and service, our label, the delivery API's shipping and its type. */
const offeredFrom =
  (minGrams: number) =>
  (courier: string, service: string, label: string, shipping: string, shippingType: string): CourierService => ({
    courier,
    service,
    label,
    minGrams,
    delivery: { shipping, shippingType },
  });
const regular = offeredFrom(1);
const cargo = offeredFrom(CARGO_GRAMS_MIN);

/**
 * All that checkout offers: services that Komerce's delivery API can book. Source: its list of couriers ("3PL") held
 * against the service names of RajaOngkir's rate API. Lion Parcel and GoSend need pin points that we don't ask for.
 */
export const COURIER_SERVICES: readonly CourierService[] = [
  regular("jne", "REG", "JNE Reguler", "JNE", "REG23"),
  regular("jne", "CTC", "JNE Dalam Kota", "JNE", "REG23"),
  cargo("jne", "JTR", "JNE Trucking (kargo)", "JNE", "JTR23"),
  regular("jnt", "EZ", "J&T Express EZ", "JNT", "EZ"),
  regular("sicepat", "REG", "SiCepat Reguler", "SICEPAT", "REG"),
  regular("sicepat", "SIUNT", "SiCepat SiUntung", "SICEPAT", "SIUNT"),
  cargo("sicepat", "GOKIL", "SiCepat Gokil (kargo)", "SICEPAT", "GOKIL"),
  regular("ninja", "STANDARD", "Ninja Xpress Standard", "NINJA", "Standard"),
  regular("ide", "STD", "ID Express Standard", "IDEXPRESS", "STD"),
  regular("sap", "UDRREG", "SAP Express Reguler", "SAP", "UDRREG"),
  cargo("sap", "DRGREG", "SAP Express Kargo", "SAP", "DRGREG"),
];

/** Codes to ask rates of, in one call. */
export const COURIERS_ASKED: readonly string[] = [...new Set(COURIER_SERVICES.map(({ courier }) => courier))];

/** The service of this name; null where we don't sell it. */
export function courierService(courier: string, service: string): CourierService | null {
  const [code, name] = [courier.toLowerCase(), service.toUpperCase()];
  return COURIER_SERVICES.find((known) => known.courier === code && known.service === name) ?? null;
}

/** What of the quoted rates may be sold for a parcel of this weight: under our labels, the cheapest first. */
export function sellableRates(rates: readonly CourierRate[], weightGrams: number): CourierRate[] {
  const best = new Map<CourierService, CourierRate>();
  for (const rate of rates) {
    const known = courierService(rate.courier, rate.service);
    if (!known || weightGrams < known.minGrams) continue;
    const { courier, service, label } = known;
    const other = best.get(known);
    if (!other || rate.cost < other.cost) best.set(known, { ...rate, courier, service, description: label });
  }
  return [...best.values()].sort((a, b) => a.cost - b.cost || (a.description < b.description ? -1 : 1));
}

/** `2-3 hari`, in the courier's working days; empty where it does not say, for then nothing may be promised. */
export function formatEtd(etd: CourierRate["etd"]): string {
  if (etd === null) return "";
  return etd.minDays === etd.maxDays ? `${etd.minDays} hari` : `${etd.minDays}-${etd.maxDays} hari`;
}
