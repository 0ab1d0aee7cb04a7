import DataLoader from "dataloader";
import type { App } from "../../domain/app.ts";
import { type ProductView, readProducts, readStores, type StoreView } from "../../domain/catalog/catalogue.queries.ts";
import type { ProductId, StoreId } from "../../domain/kernel/ids.ts";

/**
 * Rows in the order of their ids, as a DataLoader wants them.
 *
 * @throws Error for an id without a row: only ids that other rows refer to are loaded
 */
export function inOrderOf<I extends string, T extends { readonly id: I }>(ids: readonly I[], rows: readonly T[]): T[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => {
    const row = byId.get(id);
    if (!row) throw new Error(`nothing has the id ${id}`);
    return row;
  });
}

/** Batches what the list fields of one request ask for: made anew for every request, so nothing is shared between callers. */
export function createLoaders(app: Pick<App, "db">) {
  return {
    /** Products that something refers to, withdrawn ones too. */
    products: new DataLoader<ProductId, ProductView>(async (ids) => inOrderOf(ids, await readProducts(app.db, ids))),
    /** Stores that something refers to, closed ones too. */
    stores: new DataLoader<StoreId, StoreView>(async (ids) => inOrderOf(ids, await readStores(app.db, ids))),
  };
}

export type Loaders = ReturnType<typeof createLoaders>;
