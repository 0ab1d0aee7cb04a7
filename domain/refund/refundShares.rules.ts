import type { OrderId } from "../kernel/ids.ts";

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

/** An order that a transaction pays for. Whole rupiah. */
export interface PaidOrder {
  readonly id: OrderId;
  /** Of its total, what has not gone back. */
  readonly notGone: number;
  /** The same, less what is on its way back. */
  readonly notOwed: number;
}

/** What of a refund that began at the gateway is of one order; null: of none that can be told. Whole rupiah. */
export interface OutsidePart {
  readonly orderId: OrderId | null;
  readonly amount: number;
}

/**
 * Shares an amount out over what is left of each, in proportion and to the rupiah: together they are the amount, and
 * none is more than what is left of it. Pure.
 *
 * @param amount whole rupiah, at most the sum of `lefts`
 */
export function shareOut(amount: number, lefts: readonly number[]): number[] {
  const whole = lefts.reduce((sum, left) => sum + left, 0);
  let upTo = 0;
  return lefts.map((left) => {
    const before = portion(amount, upTo, whole);
    upTo += left;
    return portion(amount, upTo, whole) - before;
  });
}

/**
 * Of which orders a refund is that began at the gateway, where nobody says of which. All that is left of every order is
 * of every order; exactly what is left of one alone is that one's; anything else is shared out. Pure.
 */
export function partsOfOutside(orders: readonly PaidOrder[], amount: number): OutsidePart[] {
  const [first, ...others] = orders;
  if (!first || others.length === 0) return [{ orderId: first?.id ?? null, amount }];
  const sumOf = (lefts: readonly number[]) => lefts.reduce((sum, left) => sum + left, 0);
  const [gone, owed] = [orders.map(({ notGone }) => notGone), orders.map(({ notOwed }) => notOwed)];
  const exact = orders.filter(({ notOwed }) => notOwed === amount);
  const known = Math.min(amount, sumOf(gone));
  const shares =
    exact.length === 1 && amount < sumOf(owed)
      ? orders.map((order) => (order === exact[0] ? amount : 0))
      : shareOut(known, known <= sumOf(owed) ? owed : gone);
  const parts: OutsidePart[] = orders.map(({ id }, n) => ({ orderId: id, amount: shares[n] ?? 0 }));
  // More than all orders cost: nobody's.
  if (amount > sumOf(shares)) parts.push({ orderId: null, amount: amount - sumOf(shares) });
  return parts.filter((part) => part.amount > 0);
}
