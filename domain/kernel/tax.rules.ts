import { type Rupiah, rupiah } from "./money.ts";

/**
 * PPN on goods that are not luxury goods: 12 % of a base that is 11/12 of the price (PMK 131/2024), whole rupiah
 * rounded half up (PER-11/PJ/2025 art. 129). Kept with each invoice line, because the rule has changed before.
 */
export const TAX_RULE = { version: "PMK-131-2024", rate: 12, baseNumerator: 11, baseDenominator: 12 } as const;

export interface TaxInside {
  /** DPP harga jual: the price without PPN. */
  readonly price: Rupiah;
  /** DPP nilai lain: 11/12 of it. */
  readonly otherBase: Rupiah;
  /** PPN that is charged: what the gross amount holds beyond the price. */
  readonly tax: Rupiah;
  /** PPN by the formula; differs from `tax` by at most one rupiah. */
  readonly taxComputed: Rupiah;
}

/** Integer division, half up, for non-negative values. */
const divideHalfUp = (numerator: bigint, denominator: bigint): bigint =>
  (numerator * 2n + denominator) / (2n * denominator);

/**
 * The PPN inside a price that includes it. About one gross price in ten does not close by the formula, so the residual
 * is what is charged and the formula's value is kept beside it.
 */
export function taxInside(gross: number): TaxInside {
  const price = divideHalfUp(BigInt(gross) * 100n, 111n);
  const otherBase = divideHalfUp(price * BigInt(TAX_RULE.baseNumerator), BigInt(TAX_RULE.baseDenominator));
  const taxComputed = divideHalfUp(otherBase * BigInt(TAX_RULE.rate), 100n);
  return {
    price: rupiah(Number(price)),
    otherBase: rupiah(Number(otherBase)),
    tax: rupiah(gross - Number(price)),
    taxComputed: rupiah(Number(taxComputed)),
  };
}

/**
 * What is kept of the tax of a line or of shipping, by the rule of its day. Whole rupiah; all 0 where none is charged.
 */
export interface TaxRecord {
  readonly taxCode: "taxable" | "not_vatable" | "not_pkp";
  readonly price: number;
  readonly otherBase: number;
  readonly tax: number;
  readonly taxComputed: number;
  readonly ruleVersion: string;
}

/** What decides whether something is taxed: who sells it on this day, and what it is. */
export interface TaxedSale {
  /** The store is a taxable entrepreneur (PKP) today. */
  readonly isPkp: boolean;
  readonly taxClass: "taxable" | "not_vatable";
}

/** The tax of one line, or of shipping, whose price includes it: taxed line by line, so that sums are sums of lines. */
export function taxRecord(gross: number, { isPkp, taxClass }: TaxedSale): TaxRecord {
  const ruleVersion = TAX_RULE.version;
  if (isPkp && taxClass === "taxable") return { taxCode: "taxable", ...taxInside(gross), ruleVersion };
  return {
    taxCode: isPkp ? "not_vatable" : "not_pkp",
    price: gross,
    otherBase: 0,
    tax: 0,
    taxComputed: 0,
    ruleVersion,
  };
}
