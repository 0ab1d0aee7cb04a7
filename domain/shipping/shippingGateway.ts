import type { ParcelHistory } from "./courierGateway.ts";

/** A place that parcels can be sent to; `id` is the rate company's sub-district id. */
export interface Destination {
  readonly id: number;
  readonly label: string;
  readonly province: string;
  readonly city: string;
  readonly district: string;
  readonly subdistrict: string;
  readonly postalCode: string;
}

/** What a courier asks for one parcel. */
export interface CourierRate {
  readonly courier: string;
  readonly service: string;
  readonly description: string;
  /** Whole rupiah. */
  readonly cost: number;
  /** Working days, null where the courier does not say. */
  readonly etd: { readonly minDays: number; readonly maxDays: number } | null;
}

/**
 * Asked before every request that would leave for the company, retries included: each counts against the plan's daily
 * quota. False: it is not sent.
 */
export type MayAsk = () => Promise<boolean>;

export interface RatesRequest {
  readonly originId: number;
  readonly destinationId: number;
  readonly weightGrams: number;
  /** The company's codes. */
  readonly couriers: readonly string[];
}

/** A parcel as a courier knows it. */
export interface Waybill {
  /** The company's code. */
  readonly courier: string;
  readonly airwayBill: string;
  /** The last five digits of the recipient's phone, which some couriers ask for; null where they are not known. */
  readonly phoneSuffix: string | null;
}

/** A company that knows places, prices and parcels of couriers. Reads only. Never called inside a transaction. */
export interface ShippingGateway {
  /** Places whose name or postal code fits; empty where there is none. @throws GatewayUnavailable */
  searchDestinations(search: string, mayAsk: MayAsk): Promise<Destination[]>;
  /** Rates of every courier asked for; empty where none serves the route. @throws GatewayUnavailable */
  domesticRates(request: RatesRequest, mayAsk: MayAsk): Promise<CourierRate[]>;
  /** A parcel's way; null where it is not known yet, which a fresh waybill is for hours. @throws GatewayUnavailable */
  waybill(parcel: Waybill, mayAsk: MayAsk): Promise<ParcelHistory | null>;
}
