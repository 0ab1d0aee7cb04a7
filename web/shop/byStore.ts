import type { ProductCardFragment } from "../graphql/generated/shop/graphql.ts";

/** The lines by the store that they come from, in the order in which the stores first appear. */
export function byStore<Line extends { readonly product: Pick<ProductCardFragment, "store"> }>(
  lines: readonly Line[],
): ReadonlyArray<{ store: ProductCardFragment["store"]; lines: readonly Line[] }> {
  const groups = new Map<string, { store: ProductCardFragment["store"]; lines: Line[] }>();
  for (const line of lines) {
    const { store } = line.product;
    const group = groups.get(store.id) ?? { store, lines: [] };
    group.lines.push(line);
    groups.set(store.id, group);
  }
  return [...groups.values()];
}
