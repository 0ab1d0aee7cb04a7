import type { Account, Posting } from "../ledger/ledger.rules.ts";
import { ROUNDING_MAX } from "./fee.rules.ts";

/** The sums of a settlement line as they are booked. Whole rupiah. */
export interface LineSums {
  readonly gross: number;
  readonly fee: number;
  readonly feeTax: number;
  readonly net: number;
  /** Of the fee: what differs from its rate by rounding alone. */
  readonly feeRounding: number;
}

/** Where a line's money came from: what the gateway owed us, or nobody knows. null: it is not booked. */
export type LineSource = "RECEIVABLE" | "SUSPENSE" | null;

/** A duplicate is money that nobody owed us; what is not rupiah is not booked at all. */
export const sourceOf = (state: string): LineSource => {
  if (state === "MATCHED") return "RECEIVABLE";
  return state === "UNMATCHED" || state === "DUPLICATE" ? "SUSPENSE" : null;
};

/** What of a line adds up to nothing: gross less fee, PPN and net. */
export const residueOf = ({ gross, fee, feeTax, net }: LineSums): number => gross - fee - feeTax - net;

type Sums = Partial<Record<Account, number>>;

function sumsOf(line: LineSums, source: LineSource): Sums {
  if (source === null) return {};
  const residue = residueOf(line);
  const isRounding = Math.abs(residue) <= ROUNDING_MAX;
  const sums: Sums = {
    PAYOUTS: line.net,
    FEES: line.fee - line.feeRounding,
    FEE_TAX: line.feeTax,
    ROUNDING: line.feeRounding + (isRounding ? residue : 0),
    SUSPENSE: isRounding ? 0 : residue,
  };
  sums[source] = (sums[source] ?? 0) - line.gross;
  return sums;
}

/**
 * The postings that bring the books from what was booked of a line to what it is now: what was paid out is on its way
 * to the bank, its fees are spent, and the gateway owes us so much less. Empty where nothing is to be booked.
 */
export function settlementPostings(
  before: { readonly sums: LineSums; readonly source: LineSource } | null,
  after: { readonly sums: LineSums; readonly source: LineSource },
  method: string | null,
): Posting[] {
  const [was, is] = [before ? sumsOf(before.sums, before.source) : {}, sumsOf(after.sums, after.source)];
  const accounts = [...new Set([...Object.keys(is), ...Object.keys(was)])] as Account[];
  return accounts
    .map((account) => ({ account, amount: (is[account] ?? 0) - (was[account] ?? 0) }))
    .filter(({ amount }) => amount !== 0)
    .map((posting) => (posting.account === "RECEIVABLE" ? { ...posting, method } : posting));
}

/** Where a bank line's money came from or went. null: the books have it already. */
export type BankSource = "PAYOUTS" | "SUSPENSE" | null;

/** The same of a bank line. */
export function bankPostings(before: BankSource | "NEW", after: BankSource, amount: number): Posting[] {
  const cash = (after === null ? 0 : amount) - (before === null || before === "NEW" ? 0 : amount);
  const sums: Sums = { CASH: cash };
  if (before !== null && before !== "NEW") sums[before] = (sums[before] ?? 0) + amount;
  if (after !== null) sums[after] = (sums[after] ?? 0) - amount;
  return (Object.entries(sums) as [Account, number][])
    .map(([account, sum]) => ({ account, amount: sum }))
    .filter((posting) => posting.amount !== 0);
}

const SUNDAY = 0;
const SATURDAY = 6;
const DAY_MS = 86_400_000;

const isWorkday = (at: Date, holidays: ReadonlySet<string>): boolean =>
  at.getUTCDay() !== SUNDAY && at.getUTCDay() !== SATURDAY && !holidays.has(at.toISOString().slice(0, 10));

/** The day that lies so many working days after a day, weekends and the bank's holidays aside. */
export function workdaysLater(day: string, count: number, holidays: ReadonlySet<string>): string {
  let at = new Date(`${day}T00:00:00Z`);
  for (let left = count; left > 0; ) {
    at = new Date(at.getTime() + DAY_MS);
    if (isWorkday(at, holidays)) left -= 1;
  }
  return at.toISOString().slice(0, 10);
}

/** What the files say of one transaction, and what our books do. Whole rupiah. */
export interface Position {
  /** Ours: captured, paid back through the gateway, taken back by banks. */
  readonly captured: number;
  readonly refunded: number;
  readonly chargedBack: number;
  /** Lines that say that it was paid, and what is left of them with their corrections. */
  readonly payments: number;
  readonly gross: number;
  /** Withheld of it, and what the rates allow; null: there is no rate. */
  readonly fee: number;
  readonly feeTax: number;
  readonly net: number;
  readonly expectedFee: number | null;
  readonly expectedFeeTax: number | null;
  /** Lines that were held against a rate. */
  readonly rated: number;
  /** Theirs: sums of refund and chargeback lines, above 0, and of those that name a refund of ours of another sum. */
  readonly refundLines: number;
  readonly refundGross: number;
  readonly refundAmiss: number;
  readonly chargebackLines: number;
  readonly chargebackGross: number;
  /** Fees that were taken for refunds and chargebacks, where none is agreed. */
  readonly backFees: number;
  /** Lines in another currency. */
  readonly foreign: number;
}

/** What does not agree about a transaction, by kind. `amount`: ours less theirs. */
export interface Finding {
  readonly kind: "STATUS" | "AMOUNT" | "DUPLICATE" | "FEE" | "REFUND" | "CHARGEBACK" | "CURRENCY";
  readonly ours: string | null;
  readonly theirs: string | null;
  readonly amount: number;
}

const rupiahText = (amount: number): string => `IDR ${amount}`;

/** What of a payment is to be paid out still, in words. */
export const lateText = (left: number, due: string): string => `${rupiahText(left)}, due ${due}`;

function grossFinding(p: Position): Finding | null {
  // A correction alone is no payment: what was captured is still to come.
  const due = p.payments === 0 ? 0 : p.captured;
  if (p.gross === due) return null;
  const sums = { ours: rupiahText(p.captured), theirs: rupiahText(p.gross), amount: due - p.gross };
  if (p.captured === 0) return { kind: "STATUS", ...sums, ours: "not paid", theirs: `paid out ${rupiahText(p.gross)}` };
  if (p.payments > 1 && p.gross > p.captured) return { kind: "DUPLICATE", ...sums };
  return { kind: "AMOUNT", ...sums };
}

/** Fees by what was withheld: gross less net, whatever its parts are called. */
function feeFinding(p: Position): Finding | null {
  const withheld = p.gross - p.net;
  if (p.rated > 0 && (p.expectedFee === null || p.expectedFeeTax === null)) {
    return { kind: "FEE", ours: "no rate", theirs: rupiahText(withheld), amount: 0 };
  }
  const expected = (p.expectedFee ?? 0) + (p.expectedFeeTax ?? 0);
  const slack = ROUNDING_MAX * Math.max(p.rated, 1);
  const isRight =
    Math.abs(p.fee - (p.expectedFee ?? 0)) <= slack &&
    Math.abs(p.feeTax - (p.expectedFeeTax ?? 0)) <= slack &&
    Math.abs(withheld - p.fee - p.feeTax) <= slack;
  if ((p.payments === 0 ? withheld === 0 : isRight) && p.backFees === 0) return null;
  const [ours, theirs] = [p.payments === 0 ? 0 : expected, withheld + p.backFees];
  return { kind: "FEE", ours: rupiahText(ours), theirs: rupiahText(theirs), amount: theirs - ours };
}

/** Money that went back is below 0 for both: ours less theirs is what they took beyond what we know of. */
function backFinding(kind: "REFUND" | "CHARGEBACK", ours: number, theirs: number, lines: number): Finding | null {
  // What we know of and no file has yet is on its way, until it is due.
  if (lines === 0 || theirs === ours) return null;
  return { kind, ours: rupiahText(ours), theirs: rupiahText(theirs), amount: theirs - ours };
}

/** All that does not agree about a transaction that some file has. Empty where books and files are of one mind. */
export function findingsOf(p: Position): Finding[] {
  const refundDiffers = p.refundGross > p.refunded || p.refundAmiss > 0;
  const found = [
    grossFinding(p),
    feeFinding(p),
    refundDiffers ? backFinding("REFUND", p.refunded, p.refundGross, p.refundLines) : null,
    p.chargebackGross > p.chargedBack
      ? backFinding("CHARGEBACK", p.chargedBack, p.chargebackGross, p.chargebackLines)
      : null,
    p.foreign === 0
      ? null
      : ({
          kind: "CURRENCY",
          ours: "IDR",
          theirs: "another currency",
          amount: p.payments === 0 ? p.captured : 0,
        } as const),
  ];
  return found.filter((finding) => finding !== null);
}
