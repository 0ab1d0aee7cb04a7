import { Refusal } from "../kernel/errors.ts";
import type { StoreId } from "../kernel/ids.ts";
import type { Asker, CourierApp } from "./askCourier.ts";
import { readRoutes } from "./destination.queries.ts";
import { weightClass } from "./parcel.rules.ts";
import { quoteShipping, type ShippingQuote } from "./quoteShipping.ts";
import type { CourierRate, Destination } from "./shippingGateway.ts";

/** One store's parcel. */
export interface StoreParcel {
  readonly storeId: StoreId;
  readonly originId: number;
  readonly weightGrams: number;
}

export interface StoreQuote extends StoreParcel, ShippingQuote {}

const AT_ONCE = 4; // quotes of one shopper under way together: more would crowd out others at the company

/**
 * What sending each store's parcel to a place costs, in the order of the stores. Asks the couriers where nothing fresh
 * is known: never inside a transaction. One statement where everything is known.
 *
 * @throws Refusal INVALID_INPUT for a place that no search has found
 */
export async function quoteForStores(
  app: CourierApp,
  request: { readonly destinationId: number; readonly stores: readonly StoreParcel[]; readonly asker?: Asker },
): Promise<{ destination: Destination; stores: StoreQuote[] }> {
  const parcels = request.stores.map(({ originId, weightGrams }) => ({ originId, grams: weightClass(weightGrams) }));
  const { destination, kept } = await readRoutes(app.db, request.destinationId, parcels);
  const stores: StoreQuote[] = [];
  for (let i = 0; i < request.stores.length; i += AT_ONCE) {
    const some = request.stores.slice(i, i + AT_ONCE);
    const quotes = await Promise.all(
      some.map(({ originId, weightGrams }, j) =>
        quoteShipping(app, { originId, weightGrams, destination }, kept[i + j] ?? null, request.asker ?? null),
      ),
    );
    stores.push(...some.map((store, j) => ({ ...store, ...(quotes[j] as ShippingQuote) })));
  }
  return { destination, stores };
}

/**
 * The rate that a shopper chose.
 *
 * @throws Refusal SHIPPING_UNAVAILABLE (storeId, courier, service) when it is not offered any more
 */
export function chosenRate(
  quote: StoreQuote,
  choice: { readonly courier: string; readonly service: string },
): CourierRate {
  const [courier, service] = [choice.courier.toLowerCase(), choice.service.toUpperCase()];
  const rate = quote.rates.find((offered) => offered.courier === courier && offered.service === service);
  if (rate) return rate;
  const details = { storeId: quote.storeId, courier: choice.courier, service: choice.service };
  throw new Refusal("SHIPPING_UNAVAILABLE", "This way of shipping is not offered for this parcel", details);
}
