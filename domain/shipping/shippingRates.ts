import { shopperOf } from "../catalog/cart.access.ts";
import { readCartLines } from "../catalog/cart.queries.ts";
import { type Line, productNotFound, sumDemand } from "../catalog/stock.rules.ts";
import type { Actor } from "../kernel/actor.ts";
import type { ProductId, StoreId } from "../kernel/ids.ts";
import { sumOf, times } from "../kernel/money.ts";
import { type TaxedSale, taxRecord } from "../kernel/tax.rules.ts";
import { dayInJakarta } from "../kernel/time.ts";
import type { Asker, CourierApp } from "./askCourier.ts";
import { type Boxed, parcelGrams } from "./parcel.rules.ts";
import { quoteForStores, type StoreParcel, type StoreQuote } from "./quoteForStores.ts";

interface Piece extends Boxed, TaxedSale {
  readonly productId: ProductId;
  readonly storeId: StoreId;
  readonly originId: number;
  readonly isActive: boolean;
  readonly price: number;
}

/** A store's rates, with the PPN that the prices of its goods contain. Whole rupiah. */
export interface StoreOffer extends StoreQuote {
  readonly isPkp: boolean;
  readonly goodsTax: number;
}

/** Pieces of each product by store; the stores in the order of their ids. */
export function parcelsOf(
  lines: readonly Line[],
  pieces: ReadonlyMap<ProductId, Boxed & { storeId: StoreId; originId: number }>,
): StoreParcel[] {
  const byStore = new Map<StoreId, { originId: number; content: { product: Boxed; quantity: number }[] }>();
  for (const { productId, quantity } of lines) {
    const product = pieces.get(productId);
    if (!product) throw productNotFound(productId);
    const parcel = byStore.get(product.storeId) ?? { originId: product.originId, content: [] };
    parcel.content.push({ product, quantity });
    byStore.set(product.storeId, parcel);
  }
  return [...byStore]
    .map(([storeId, { originId, content }]) => ({ storeId, originId, weightGrams: parcelGrams(content) }))
    .sort((a, b) => (a.storeId < b.storeId ? -1 : 1));
}

/**
 * What shipping costs a store, for these lines or for the caller's cart; none for an empty cart. Withdrawn products of
 * a cart are left out, as they will be refused at the checkout anyway.
 *
 * @throws Refusal INVALID_INPUT for lines, quantities or a place that are not of their form, NOT_FOUND for a product
 * that is not on sale, SHIPPING_UNAVAILABLE for a parcel above 500 kg, UNAUTHENTICATED without lines and an account
 */
export async function shippingRates(
  app: CourierApp,
  actor: Actor,
  input: { readonly destinationId: number; readonly lines?: readonly { productId: string; quantity: number }[] | null },
  asker: Asker = null,
): Promise<StoreOffer[]> {
  const isCart = !input.lines;
  const lines = input.lines ? sumDemand(input.lines) : await readCartLines(app.db, shopperOf(actor));
  const rows = await app.db.sql<Piece>(
    `select p.id as product_id, p.store_id, s.origin_id, p.weight_grams, p.length_cm, p.width_cm, p.height_cm,
            p.is_active and s.is_active as is_active, p.price, p.tax_class,
            s.is_pkp and s.pkp_since <= $2::date as is_pkp
       from products p join stores s on s.id = p.store_id where p.id = any($1::uuid[])`,
    [lines.map((line) => line.productId), dayInJakarta(app.clock.now())],
  );
  const pieces = new Map(rows.filter((row) => row.isActive).map((row) => [row.productId, row]));
  const wanted = isCart ? lines.filter((line) => pieces.has(line.productId)) : lines;
  const { stores } = await quoteForStores(app, {
    destinationId: input.destinationId,
    stores: parcelsOf(wanted, pieces),
    asker,
  });
  return stores.map((store) => {
    const sold = wanted.flatMap((line) => {
      const piece = pieces.get(line.productId);
      return piece?.storeId === store.storeId ? [{ piece, gross: times(piece.price, line.quantity) }] : [];
    });
    return {
      ...store,
      isPkp: sold.some(({ piece }) => piece.isPkp),
      goodsTax: sumOf(sold.map(({ piece, gross }) => taxRecord(gross, piece).tax)),
    };
  });
}
