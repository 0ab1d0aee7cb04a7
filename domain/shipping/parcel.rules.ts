import { Refusal } from "../kernel/errors.ts";

export interface Boxed {
  readonly weightGrams: number;
  readonly lengthCm: number;
  readonly widthCm: number;
  readonly heightCm: number;
}

/**
 * Couriers in Indonesia bill 6,000 cubic centimetres as a kilogram. RajaOngkir's rate API takes no sizes, so the larger
 * weight is ours to find.
 */
const CUBIC_CM_PER_GRAM = 6;

/** Grams that a courier bills for one piece: what it weighs, or what its size stands for. */
export function billedGrams(piece: Boxed): number {
  const volumetric = Math.ceil((piece.lengthCm * piece.widthCm * piece.heightCm) / CUBIC_CM_PER_GRAM);
  return Math.max(piece.weightGrams, volumetric, 1);
}

/** No courier of ours takes more in one parcel; also keeps the sum inside the database's integer. */
const PARCEL_GRAMS_MAX = 500_000;

/**
 * The weight of one store's parcel in grams.
 *
 * @throws Refusal SHIPPING_UNAVAILABLE above 500 kg
 */
export function parcelGrams(pieces: readonly { readonly product: Boxed; readonly quantity: number }[]): number {
  const grams = pieces.reduce((sum, { product, quantity }) => sum + billedGrams(product) * quantity, 0);
  if (grams > PARCEL_GRAMS_MAX) {
    throw new Refusal("SHIPPING_UNAVAILABLE", "This is too heavy for one parcel", {
      weightGrams: grams,
      maxGrams: PARCEL_GRAMS_MAX,
    });
  }
  return grams;
}

const CLASS_GRAMS = 100;

/**
 * The weight that rates are asked for: rounded up, so that like baskets share a cached quote. Couriers bill whole
 * kilograms and let 300 g pass, which a step of 100 g keeps.
 */
export const weightClass = (grams: number): number =>
  Math.max(CLASS_GRAMS, Math.ceil(grams / CLASS_GRAMS) * CLASS_GRAMS);
