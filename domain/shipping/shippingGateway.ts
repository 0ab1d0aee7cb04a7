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

/** A company that knows places and prices of couriers. Never called inside a transaction. */
export interface ShippingGateway {
  /** Places whose name or postal code fits; empty where there is none. @throws GatewayUnavailable */
  searchDestinations(search: string): Promise<Destination[]>;
  /** Rates of every courier asked for; empty where none serves the route. @throws GatewayUnavailable */
  domesticRates(request: {
    originId: number;
    destinationId: number;
    weightGrams: number;
    couriers: readonly string[];
  }): Promise<CourierRate[]>;
}
