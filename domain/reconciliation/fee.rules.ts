/** What the gateway takes of a payment by one of its types, from a day on. Whole rupiah. */
export interface FeeRate {
  readonly paymentType: string;
  /** Hundredths of a percent of the amount. */
  readonly basisPoints: number;
  readonly fixed: number;
  /** Whether PPN is inside the price or comes on top of it. */
  readonly vat: FeeVat;
  /** Working days from the payment to its payout. */
  readonly settleDays: number;
  /** YYYY-MM-DD; until a rate of a later day. */
  readonly validFrom: string;
}

export const FEE_VATS = ["INCLUDED", "EXCLUDED"] as const;
export type FeeVat = (typeof FEE_VATS)[number];

/** What a type without a rate is paid out after: the longest that is published for a usual one, in working days. */
const SETTLE_DAYS_ELSE = 5;

/** A fee without its PPN, and the PPN on it. Whole rupiah. */
export interface Fee {
  readonly fee: number;
  readonly tax: number;
}

const POINTS_OF_ALL = 10_000n;

const halfUp = (numerator: bigint, denominator: bigint): number =>
  Number((2n * numerator + denominator) / (2n * denominator));

/** What is taken of an amount by a rate. PPN of it: 11 % on top, or 11 parts of the 111 that are asked. */
export function feeOf({ basisPoints, fixed, vat }: FeeRate, gross: number): Fee {
  const asked = halfUp(BigInt(gross) * BigInt(basisPoints), POINTS_OF_ALL) + fixed;
  if (vat === "EXCLUDED") return { fee: asked, tax: halfUp(BigInt(asked) * 11n, 100n) };
  const tax = halfUp(BigInt(asked) * 11n, 111n);
  return { fee: asked - tax, tax };
}

/** The rate of a type on a day: the newest that had begun. null: none had. */
export function rateOn(rates: readonly FeeRate[], paymentType: string | null, day: string): FeeRate | null {
  const known = rates.filter((rate) => rate.paymentType === paymentType && rate.validFrom <= day);
  return known.reduce<FeeRate | null>((best, rate) => (best && best.validFrom > rate.validFrom ? best : rate), null);
}

/** Working days from a payment by a type on a day to its payout. */
export const settleDaysOf = (rates: readonly FeeRate[], paymentType: string | null, day: string): number =>
  rateOn(rates, paymentType, day)?.settleDays ?? SETTLE_DAYS_ELSE;
