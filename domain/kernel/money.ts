declare const rupiahBrand: unique symbol;

/**
 * Whole rupiah, 0 to 2^53-1. Rupiah have no minor unit in practice, so nothing is ever divided without a named
 * rounding.
 */
export type Rupiah = number & { readonly [rupiahBrand]: true };

/** @throws RangeError for a fraction, a negative amount or one beyond 2^53-1 */
export function rupiah(value: number): Rupiah {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a whole rupiah amount: ${value}`);
  return value as Rupiah;
}

export const NO_MONEY = rupiah(0);

/** @throws RangeError when the sum leaves the safe range */
export function sumOf(amounts: Iterable<number>): Rupiah {
  let total = 0;
  for (const amount of amounts) total += amount;
  return rupiah(total);
}

/** @throws RangeError when the product leaves the safe range */
export const times = (price: number, quantity: number): Rupiah => rupiah(price * quantity);

/** `Rp150.000`, as Indonesian shops write it. */
export const formatRupiah = (amount: number): string => `Rp${String(amount).replace(/\B(?=(\d{3})+$)/g, ".")}`;
