import { invalidInput, Refusal } from "../kernel/errors.ts";
import { isId, type ProductId } from "../kernel/ids.ts";

/** Pieces of one product in a cart or an order: the database's own limit (cart_items, order_items). */
export const QUANTITY_MAX = 999;
/** Lines of a cart or a checkout: what one page shows and one transaction locks. */
export const LINES_MAX = 100;

/** Some pieces of a product, as a customer asks for them. */
export interface Line {
  readonly productId: ProductId;
  readonly quantity: number;
}

/**
 * What lines ask of each product, in the order of product ids (in which their rows are locked). Summed first: two
 * lines of one product must not each be held against the whole stock.
 *
 * @throws Refusal INVALID_INPUT for no or too many lines, or a quantity (also a summed one) that is not 1 to 999;
 * NOT_FOUND for an id that is none
 */
export function sumDemand(lines: readonly { productId: string; quantity: number }[]): Line[] {
  if (lines.length < 1 || lines.length > LINES_MAX) throw invalidInput({ lines: `1 to ${LINES_MAX} lines` });
  const demand = new Map<ProductId, number>();
  lines.forEach((line, i) => {
    if (!isId(line.productId)) throw productNotFound(line.productId);
    const productId = line.productId.toLowerCase() as ProductId;
    const sum = (demand.get(productId) ?? 0) + line.quantity;
    if (!Number.isInteger(line.quantity) || line.quantity < 1 || sum > QUANTITY_MAX) {
      throw invalidInput({ [`lines.${i}.quantity`]: `1 to ${QUANTITY_MAX} of a product` });
    }
    demand.set(productId, sum);
  });
  const byId = (a: Line, b: Line) => (a.productId < b.productId ? -1 : 1);
  return [...demand].map(([productId, quantity]) => ({ productId, quantity })).sort(byId);
}

/** What decides whether a product can be bought. */
export interface Shelf {
  readonly id: ProductId;
  readonly stock: number;
  /** Neither the product nor its store is withdrawn. */
  readonly isActive: boolean;
}

/** Pieces that can be bought right now; none of what is withdrawn. */
export const availableOf = (shelf: Pick<Shelf, "stock" | "isActive">): number => (shelf.isActive ? shelf.stock : 0);

/**
 * Holds a whole demand against the shelves.
 *
 * @throws Refusal NOT_FOUND for a product that does not exist, OUT_OF_STOCK (productId, available) for the first one
 * of which there is too little
 */
export function requireStock(demand: readonly Line[], shelves: ReadonlyMap<ProductId, Shelf>): void {
  for (const { productId, quantity } of demand) {
    const shelf = shelves.get(productId);
    if (!shelf) throw productNotFound(productId);
    if (availableOf(shelf) < quantity) throw outOfStock(productId, availableOf(shelf));
  }
}

export const productNotFound = (productId: string): Refusal =>
  new Refusal("NOT_FOUND", "There is no such product", { productId });

export const outOfStock = (productId: string, available: number): Refusal =>
  new Refusal("OUT_OF_STOCK", `Only ${available} left`, { productId, available });
