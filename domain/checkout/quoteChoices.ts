import { anyId } from "../../platform/sqlClient.ts";
import type { App } from "../app.ts";
import type { Line } from "../catalog/stock.rules.ts";
import { invalidInput, Refusal } from "../kernel/errors.ts";
import type { ProductId, StoreId } from "../kernel/ids.ts";
import type { Boxed } from "../shipping/parcel.rules.ts";
import { chosenRate, quoteForStores } from "../shipping/quoteForStores.ts";
import type { Destination } from "../shipping/shippingGateway.ts";
import { parcelsOf } from "../shipping/shippingRates.ts";
import { type ChosenRate, requireTotal } from "./checkout.rules.ts";

export interface ShippingChoice {
  readonly storeId: StoreId;
  readonly courier: string;
  readonly service: string;
}

type Piece = Boxed & {
  readonly productId: ProductId;
  readonly storeId: StoreId;
  readonly originId: number;
  readonly price: number;
};

/**
 * What the chosen couriers ask for each store's parcel. Sizes and weights are read unlocked: they decide a price that
 * is kept with the order, not what is on a shelf. `expected` is the total as prices are now, in whole rupiah.
 *
 * @throws Refusal NOT_FOUND for a product that is not there, SHIPPING_UNAVAILABLE for a store without a choice or a
 * choice that is not offered, INVALID_INPUT for a choice of a store from which nothing is bought, AMOUNT_OUT_OF_RANGE
 * for goods beyond the largest total
 */
export async function quoteChoices(
  app: App,
  demand: readonly Line[],
  destinationId: number,
  choices: readonly ShippingChoice[],
): Promise<{ destination: Destination; rates: Map<StoreId, ChosenRate>; expected: number }> {
  const rows = await app.db.sql<Piece>(
    `select p.id as product_id, p.store_id, s.origin_id, p.price, p.weight_grams, p.length_cm, p.width_cm, p.height_cm
       from products p join stores s on s.id = p.store_id where p.id = ${anyId(1)}`,
    [demand.map(({ productId }) => productId)],
  );
  const pieces = new Map(rows.map((row) => [row.productId, row]));
  const goods = demand.reduce((sum, line) => sum + (pieces.get(line.productId)?.price ?? 0) * line.quantity, 0);
  requireTotal(goods);
  const parcels = parcelsOf(demand, pieces);
  const foreign = choices.find(({ storeId }) => !parcels.some((parcel) => parcel.storeId === storeId));
  if (foreign) throw invalidInput({ "input.shipping": "choices of stores that the lines come from" });
  const missing = parcels.find(({ storeId }) => !choices.some((choice) => choice.storeId === storeId));
  if (missing)
    throw new Refusal("SHIPPING_UNAVAILABLE", "Choose how this store's parcel is sent", { storeId: missing.storeId });
  const { destination, stores } = await quoteForStores(app, { destinationId, stores: parcels });
  const rates = new Map(
    stores.map((quote) => {
      const choice = choices.find(({ storeId }) => storeId === quote.storeId) as ShippingChoice;
      const { courier, service, description, cost, etd } = chosenRate(quote, choice);
      const { originId, weightGrams, source, quotedAt, storeId } = quote;
      return [
        storeId,
        { courier, service, description, cost, etd, source, quotedAt, originId, destinationId, weightGrams },
      ];
    }),
  );
  const shipping = [...rates.values()].reduce((sum, { cost }) => sum + cost, 0);
  return { destination, rates, expected: goods + shipping };
}
