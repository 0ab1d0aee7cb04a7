import type { LedgerAccount, LedgerPostingInput } from "../graphql/generated/admin/graphql.ts";
import { ledgerDeskId } from "../ui/words/ledgerDesk.id.ts";
import { kindsOf } from "./kindsOf.ts";

/** The accounts in the order of a balance sheet. */
export const ACCOUNTS: readonly LedgerAccount[] = kindsOf(ledgerDeskId, "account");
/** The only account that is told by method. */
const BY_METHOD: LedgerAccount = "RECEIVABLE";
/** As the server takes it. */
export const LINES_MAX = 40;
export const LINES_MIN = 2;

/** A line as it is typed. */
export interface DraftLine {
  readonly key: number;
  readonly account: LedgerAccount | "";
  readonly method: string;
  readonly storeId: string;
  readonly debit: string;
  readonly credit: string;
}

export const emptyLine = (key: number): DraftLine => ({
  key,
  account: "",
  method: "",
  storeId: "",
  debit: "",
  credit: "",
});

export const needsMethod = ({ account }: DraftLine): boolean => account === BY_METHOD;

/** Whole rupiah as people type them, `1.250.000` or `1250000`; 0 for nothing, NaN for what is no amount. */
export function readAmount(text: string): number {
  const digits = text
    .trim()
    .replace(/^Rp\s*/i, "")
    .replace(/[.\s]/g, "");
  if (digits === "") return 0;
  return /^\d{1,15}$/.test(digits) ? Number(digits) : Number.NaN;
}

/** Debit above 0, credit below. */
export const amountOf = (line: DraftLine): number => readAmount(line.debit) - readAmount(line.credit);

/** What debits are more than credits; NaN while something typed is no amount. */
export const sumOf = (lines: readonly DraftLine[]): number => lines.reduce((sum, line) => sum + amountOf(line), 0);

const isWhole = (line: DraftLine): boolean =>
  line.account !== "" &&
  amountOf(line) !== 0 &&
  !Number.isNaN(amountOf(line)) &&
  (!needsMethod(line) || line.method !== "");

/** Whether the lines can be an entry: each says all that it must, and together they are nothing. */
export const isBalanced = (lines: readonly DraftLine[]): boolean =>
  lines.length >= LINES_MIN && lines.every(isWhole) && sumOf(lines) === 0;

/** The lines as the server takes them; only of lines that are balanced. */
export const postingsOf = (lines: readonly DraftLine[]): LedgerPostingInput[] =>
  lines.flatMap((line) =>
    line.account === ""
      ? []
      : [
          {
            account: line.account,
            amount: amountOf(line),
            ...(needsMethod(line) && { method: line.method }),
            ...(line.storeId !== "" && { storeId: line.storeId }),
          },
        ],
  );

/** Whether anything of them was typed or chosen. */
export const isTyped = (lines: readonly DraftLine[]): boolean =>
  lines.some(({ key: _, ...fields }) => Object.values(fields).some((text) => text !== ""));
