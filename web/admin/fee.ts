import type { FeeRateInput, FeeVat } from "../graphql/generated/admin/graphql.ts";

/** Basis points of a percent. */
const POINTS_OF_PERCENT = 100;

/** A fee as it is typed. */
export interface FeeDraft {
  readonly paymentType: string;
  /** `0,7` or `0.7`. */
  readonly percent: string;
  readonly fixed: string;
  readonly vat: FeeVat;
  readonly settleDays: string;
  readonly validFrom: string;
}

/** A percentage as people write it: `0,7%`. */
export const percentOf = (basisPoints: number): string =>
  `${String(basisPoints / POINTS_OF_PERCENT).replace(".", ",")}%`;

/** The newest rate of a type as it would be typed; nothing of one that has none. */
export function draftOf(rates: readonly FeeRateInput[], paymentType: string): Partial<FeeDraft> {
  const newest = rates.findLast((rate) => rate.paymentType === paymentType);
  if (!newest) return {};
  const { basisPoints, fixed, vat, settleDays } = newest;
  const percent = percentOf(basisPoints).replace("%", "");
  return { percent, fixed: String(fixed), vat, settleDays: String(settleDays) };
}

const PERCENT = /^\d{1,3}([.,]\d{1,2})?$/;
const WHOLE = /^\d{1,7}$/;
const TYPE = /^[a-z][a-z0-9_]{1,39}$/;

/** The draft as the server takes it; null while something of it is missing or no figure. */
export function readFee(draft: FeeDraft): FeeRateInput | null {
  const percent = draft.percent.trim() || "0";
  const fixed = draft.fixed.trim().replace(/\./g, "") || "0";
  const { vat, validFrom } = draft;
  const [paymentType, settleDays] = [draft.paymentType.trim(), draft.settleDays.trim()];
  if (!TYPE.test(paymentType) || !PERCENT.test(percent) || !WHOLE.test(fixed)) return null;
  if (!WHOLE.test(settleDays) || validFrom === "") return null;
  const [units = "0", parts = ""] = percent.split(/[.,]/);
  const basisPoints = Number(units) * POINTS_OF_PERCENT + Number(parts.padEnd(2, "0"));
  return { paymentType, basisPoints, fixed: Number(fixed), vat, settleDays: Number(settleDays), validFrom };
}
