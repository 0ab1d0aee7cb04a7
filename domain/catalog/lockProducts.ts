import type { Tx } from "../../platform/db.ts";
import { anyId } from "../../platform/sqlClient.ts";
import type { ProductId, StoreId } from "../kernel/ids.ts";
import { dayInJakarta } from "../kernel/time.ts";
import type { Shelf } from "./stock.rules.ts";

export const TAX_CLASSES = ["taxable", "not_vatable"] as const;
export type TaxClass = (typeof TAX_CLASSES)[number];

/** A product with what a checkout needs of its store; stock and price are locked. */
export interface LockedProduct extends Shelf {
  readonly name: string;
  /** Whole rupiah. */
  readonly price: number;
  readonly weightGrams: number;
  readonly lengthCm: number;
  readonly widthCm: number;
  readonly heightCm: number;
  readonly taxClass: TaxClass;
  readonly storeId: StoreId;
  readonly storeSlug: string;
  readonly storeName: string;
  /** RajaOngkir's id of the place that the store sends from. */
  readonly originId: number;
  /** Charges PPN on this day: a taxable entrepreneur since its date, in Jakarta. */
  readonly isPkp: boolean;
}

/**
 * Locks the rows of these products in the order of their ids, so that two buyers never wait for each other, and reads
 * them as they are then. One statement; an id without a product has no entry. The lock lets rows that refer to the
 * product be inserted meanwhile, but no price or stock be changed.
 */
export async function lockProducts(
  tx: Tx,
  ids: readonly ProductId[],
  now: Date,
): Promise<Map<ProductId, LockedProduct>> {
  const rows = await tx.sql<LockedProduct>(
    `select p.id, p.name, p.price, p.stock, p.weight_grams, p.length_cm, p.width_cm, p.height_cm, p.tax_class,
            p.is_active and s.is_active as is_active,
            p.store_id, s.slug as store_slug, s.name as store_name, s.origin_id,
            s.is_pkp and s.pkp_since <= $2::date as is_pkp
       from products p join stores s on s.id = p.store_id
      where p.id = ${anyId(1)} order by p.id for no key update of p`,
    [ids, dayInJakarta(now)],
  );
  return new Map(rows.map((row) => [row.id, row]));
}
