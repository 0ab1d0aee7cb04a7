import type { StoreId } from "../../domain/kernel/ids.ts";
import type { Asker, CourierApp } from "../../domain/shipping/askCourier.ts";
import { quoteForStores } from "../../domain/shipping/quoteForStores.ts";
import type { Route, ShippingQuote } from "../../domain/shipping/quoteShipping.ts";

const STORE = "019a0000-0000-7000-8000-000000000001" as StoreId;

/** What one parcel costs, asked as a checkout asks. */
export async function quoteShipping(app: CourierApp, route: Route, asker: Asker = null): Promise<ShippingQuote> {
  const { originId, weightGrams, destination } = route;
  const stores = [{ storeId: STORE, originId, weightGrams }];
  const { stores: quotes } = await quoteForStores(app, { destinationId: destination.id, stores, asker });
  const { rates, source, quotedAt } = quotes[0] as ShippingQuote;
  return { rates, source, quotedAt };
}
