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

/** Rounding of one fee and of its PPN: whoever rounds otherwise differs by a rupiah, and by no more. */
export const ROUNDING_MAX = 1;

/** What decides the fee of a settlement line. */
interface RatedLine {
  readonly gross: number;
  readonly fee: number;
  readonly feeTax: number;
  readonly paidType: string | null;
  readonly paidOn: string;
  /** What the buyer paid the gateway besides: then it keeps no fee of ours. */
  readonly buyersFee: number;
}

/** The fee that a line should have by its day's rate, null where there is none, and what differs by rounding alone. */
export function rateLine(
  rates: readonly FeeRate[],
  line: RatedLine,
): { readonly expected: Fee | null; readonly rounding: number } {
  const rate = rateOn(rates, line.paidType, line.paidOn);
  if (!rate || line.gross < 0) return { expected: null, rounding: 0 };
  const expected = line.buyersFee > 0 ? { fee: 0, tax: 0 } : feeOf(rate, line.gross);
  const [fee, tax] = [line.fee - expected.fee, line.feeTax - expected.tax];
  const isRounding = Math.abs(fee) <= ROUNDING_MAX && Math.abs(tax) <= ROUNDING_MAX;
  return { expected, rounding: isRounding ? fee + tax : 0 };
}
