/** The chart of accounts, as the database has it. */
export const ACCOUNTS = [
  "RECEIVABLE",
  "CASH",
  "PAYOUTS",
  "SUSPENSE",
  "PPN_PAYABLE",
  "REFUNDS_PAYABLE",
  "SALES",
  "SHIPPING",
  "DISCOUNTS",
  "RETURNS",
  "CHARGEBACKS",
  "FEES",
  "FEE_TAX",
  "ROUNDING",
] as const;
export type Account = (typeof ACCOUNTS)[number];

/** One line of an entry. */
export interface Posting {
  readonly account: Account;
  /** Left out: of no one store. */
  readonly storeId?: string | null;
  /** Left out: of no one payment method. RECEIVABLE has its transaction's. */
  readonly method?: string | null;
  /** Whole rupiah, never 0: debit above, credit below. */
  readonly amount: number;
}

/** Lines of one entry: what a person or one line of a file brings is far less. */
export const POSTINGS_MAX = 40;

/**
 * What speaks against some lines as an entry, null where nothing does: two lines at least, whole sums, and together 0.
 */
export function faultOf(postings: readonly Posting[]): string | null {
  if (postings.length < 2 || postings.length > POSTINGS_MAX) return `2 to ${POSTINGS_MAX} lines`;
  if (postings.some(({ account }) => !ACCOUNTS.includes(account))) return "an account that is none";
  if (postings.some(({ amount }) => !Number.isSafeInteger(amount) || amount === 0)) return "whole rupiah, and not 0";
  const sum = postings.reduce((total, { amount }) => total + BigInt(amount), 0n);
  return sum === 0n ? null : `debits and credits differ by ${sum}`;
}
