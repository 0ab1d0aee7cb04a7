import type { ProductId, StoreId, UserId } from "../../domain/kernel/ids.ts";
import { type Db, inTransaction } from "../../platform/db.ts";
import { ids, NOW } from "./shopRows.ts";

export interface ProductInput {
  readonly name?: string;
  readonly description?: string;
  readonly price?: number;
  readonly stock?: number;
  readonly weightGrams?: number;
  readonly size?: readonly [number, number, number];
  readonly isActive?: boolean;
}

let serial = 0;

/** One more product of a store. */
export async function addProduct(db: Db, storeId: string, input: ProductInput = {}): Promise<ProductId> {
  const id = ids.next<"product">();
  const { name = `Barang ${++serial}`, description = "x", price = 50_000, stock = 10, weightGrams = 300 } = input;
  const { size = [10, 10, 5], isActive = true } = input;
  await inTransaction(db, (tx) =>
    tx.sql(
      `insert into products (id, store_id, slug, name, description, price, weight_grams, length_cm, width_cm, height_cm,
                             opening_stock, stock, is_active, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12, $13, $13)`,
      [id, storeId, `barang-${id}`, name, description, price, weightGrams, ...size, stock, isActive, NOW],
    ),
  );
  return id as ProductId;
}

/** A store without products, at a place of RajaOngkir's. */
export async function addEmptyStore(db: Db, originId: number, slug = `toko-${++serial}`): Promise<StoreId> {
  const id = ids.next<"store">();
  await inTransaction(db, (tx) =>
    tx.sql(
      `insert into stores (id, slug, name, legal_name, origin_id, phone, email, address, is_pkp, created_at)
       values ($1, $2, $2, $2, $3, '0274555012', 'toko@lunas.test', 'Jl. Toko 1', false, $4)`,
      [id, slug, originId, NOW],
    ),
  );
  return id as StoreId;
}

export const customer = (userId: string) => ({ role: "CUSTOMER", userId: userId as UserId }) as const;
