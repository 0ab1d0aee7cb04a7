/** What refunds are shared out of. Whole rupiah. */
export interface SharedItem {
  readonly id: string;
  readonly quantity: number;
  /** Of all its pieces, PPN included. */
  readonly total: number;
  /** PPN that the total contains. */
  readonly tax: number;
}

export interface SharedOrder {
  readonly items: readonly SharedItem[];
  readonly shippingCost: number;
  readonly shippingTax: number;
  readonly discount: number;
}

/** What some pieces of an order stand for, in whole rupiah: `amount` = goods - discount + shipping. */
export interface Shares {
  readonly goods: number;
  readonly discount: number;
  readonly shipping: number;
  /** PPN that goods and shipping contain. */
  readonly tax: number;
  readonly amount: number;
}

/** Pieces by the id of their item. */
export type Pieces = ReadonlyMap<string, number>;

/** `whole` times part of `of`, whole rupiah, rounded down: it grows with its part, and all of it is the whole. */
const portion = (whole: number, part: number, of: number): number =>
  of === 0 ? 0 : Number((BigInt(whole) * BigInt(part)) / BigInt(of));

/** What all of these pieces together stand for. Growing pieces never make any of it smaller. */
function worthOf({ items, shippingCost, shippingTax, discount }: SharedOrder, pieces: Pieces): Shares {
  const subtotal = items.reduce((sum, { total }) => sum + total, 0);
  let [goods, tax] = [0, 0];
  for (const { id, quantity, ...item } of items) {
    const taken = Math.min(pieces.get(id) ?? 0, quantity);
    goods += portion(item.total, taken, quantity);
    tax += portion(item.tax, taken, quantity);
  }
  const off = portion(discount, goods, subtotal);
  const shipping = portion(shippingCost, goods, subtotal);
  return {
    goods,
    discount: off,
    shipping,
    tax: tax + portion(shippingTax, goods, subtotal),
    amount: goods - off + shipping,
  };
}

/**
 * What some pieces of an order stand for after others went back: their price, their shares of discount and shipping,
 * and the PPN in it. Pure, and exact to the rupiah: however an order is split, its parts add up to its total and to its
 * PPN.
 *
 * @param before pieces that went back, or are about to
 */
export function sharesOf(order: SharedOrder, before: Pieces, pieces: Pieces): Shares {
  const after = new Map(before);
  for (const [id, quantity] of pieces) after.set(id, (after.get(id) ?? 0) + quantity);
  const [was, is] = [worthOf(order, before), worthOf(order, after)];
  return {
    goods: is.goods - was.goods,
    discount: is.discount - was.discount,
    shipping: is.shipping - was.shipping,
    tax: is.tax - was.tax,
    amount: is.amount - was.amount,
  };
}
