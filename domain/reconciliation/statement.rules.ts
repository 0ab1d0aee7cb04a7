import { type CsvCell, csvText } from "../kernel/csvText.ts";

/** What one store sold in a day, what went back of it and its share of the gateway's fees. Whole rupiah, signed. */
export interface StatementSums {
  /** Goods without PPN. */
  readonly sales: number;
  /** Shipping without PPN. */
  readonly shipping: number;
  readonly discount: number;
  /** PPN of what was sold, less that of credit notes. */
  readonly ppn: number;
  /** What went back, without the PPN that credit notes took back; and its share of what banks took back. */
  readonly refunds: number;
  /** Its share of what the gateway kept, as it was booked that day: fees, their PPN, rounding, corrections. */
  readonly fees: number;
  /** sales + shipping - discount + ppn - refunds - fees. */
  readonly net: number;
}

/** A store's statement of a day; without a store it is of what is no store's: courses, and fees of unknown payments. */
export interface StoreStatement extends StatementSums {
  readonly day: string;
  readonly storeId: string | null;
  readonly storeName: string | null;
}

/** Balances of the ledger's accounts, debit above 0, as the day moved them. */
export type DayBalances = Readonly<Partial<Record<string, number>>>;

/** A statement out of what a day moved on the store's accounts; under FEES is its share of fees, PPN and rounding. */
export function sumsOfStatement(balances: DayBalances): StatementSums {
  const of = (account: string): number => balances[account] ?? 0;
  // Credits are below 0 in the ledger; a statement shows what was earned above it.
  const parts = {
    sales: 0 - of("SALES"),
    shipping: 0 - of("SHIPPING"),
    discount: of("DISCOUNTS"),
    ppn: 0 - of("PPN_PAYABLE"),
    refunds: of("RETURNS") + of("CHARGEBACKS"),
    fees: of("FEES"),
  };
  const { sales, shipping, discount, ppn, refunds, fees } = parts;
  return { ...parts, net: sales + shipping - discount + ppn - refunds - fees };
}

/**
 * Shares a sum out by weights, exact to the rupiah: each gets its part rounded down, and what is left goes to the
 * largest remainders, among equal ones to the first (Hamilton's way). Of a sum below 0 the shares are those of its
 * amount, below 0.
 *
 * @throws RangeError for weights below 0, or none above it
 */
export function sharesByRemainder(sum: number, weights: readonly number[]): number[] {
  const total = weights.reduce((all, weight) => all + BigInt(weight), 0n);
  if (total <= 0n || weights.some((weight) => weight < 0))
    throw new RangeError("weights of 0 or more, and one above it");
  const amount = BigInt(Math.abs(sum));
  const parts = weights.map((weight) => (amount * BigInt(weight)) / total);
  const rests = weights.map((weight) => (amount * BigInt(weight)) % total);
  let left = Number(amount - parts.reduce((all, part) => all + part, 0n));
  const order = rests
    .map((rest, i) => ({ rest, i }))
    .sort((a, b) => (a.rest === b.rest ? a.i - b.i : a.rest > b.rest ? -1 : 1));
  const shares = parts.map(Number);
  for (const { i } of order) {
    if (left === 0) break;
    shares[i] = (shares[i] ?? 0) + 1;
    left -= 1;
  }
  return sum < 0 ? shares.map((share) => 0 - share) : shares;
}

const COLUMNS = ["sales", "shipping", "discount", "ppn", "refunds", "fees", "net"] as const;
const HEADER = ["Day", "Store ID", "Store", "Sales", "Shipping", "Discount", "PPN", "Refunds", "Fees", "Net"];

/** Statements as a file. */
export const statementCsv = (statements: readonly StoreStatement[]): string =>
  csvText(
    HEADER,
    statements.map((statement): CsvCell[] => [
      statement.day,
      statement.storeId,
      statement.storeName,
      ...COLUMNS.map((column) => statement[column]),
    ]),
  );
