import { createHash } from "node:crypto";
import type { BankField, FileColumns, SettlementField } from "../../platform/fileColumns.ts";
import { readDay, readRounded, readRupiah } from "./settlementValues.rules.ts";

/** What is wrong with a file or one of its lines; docs/reconciliation.md says what to do about each. */
export const FILE_PROBLEMS = [
  "NOT_TEXT",
  "EMPTY",
  "HEADER",
  "TOO_MANY_LINES",
  "QUOTES",
  "CELLS",
  "NO_ID",
  "TYPE",
  "DAY",
  "AMOUNT",
  "CURRENCY",
  "TOO_LONG",
] as const;
export type FileProblemCode = (typeof FILE_PROBLEMS)[number];

/** `line` counts as an editor does, the header being the first; 0 is the file itself. */
export interface FileProblem {
  readonly line: number;
  readonly code: FileProblemCode;
  /** The field that it is about, or what was expected. Never what stands there: it may be somebody's name. */
  readonly detail: string;
}

export const LINE_TYPES = ["PAYMENT", "REFUND", "CHARGEBACK", "CORRECTION"] as const;
export type LineType = (typeof LINE_TYPES)[number];

/** A line of the gateway's file. Whole rupiah; a refund and a chargeback have sums below 0. */
export interface SettlementLine {
  readonly type: LineType;
  readonly gatewayTransactionId: string | null;
  readonly gatewayOrderId: string | null;
  readonly refundKey: string | null;
  readonly vaNumber: string | null;
  readonly paymentType: string | null;
  readonly paidOn: string | null;
  readonly settledOn: string;
  readonly payoutReference: string | null;
  readonly currency: string;
  /** null: rupiah. Else as the file has it, and the sums are 0. */
  readonly foreignGross: string | null;
  readonly gross: number;
  readonly fee: number;
  readonly feeTax: number;
  readonly net: number;
}

/** A line of the bank's statement. In above 0, out below. */
export interface BankLine {
  readonly bookedOn: string;
  readonly amount: number;
  /** What the sender and the bank wrote, and a reference where the file has a column for it. */
  readonly texts: readonly string[];
  /** What else tells it from a line of the same day, sum and words, where the file has it. */
  readonly marks?: readonly string[];
}

/** Where a file has each field that it has. */
export type Places<Field extends string> = Partial<Record<Field, number>>;

const plain = (header: string): string => header.trim().toLowerCase().replace(/\s+/g, " ");

/** Finds the fields of a file by its header; a header that stands twice is taken where it stands first. */
export function placesOf<Field extends string>(columns: FileColumns<Field>, header: readonly string[]): Places<Field> {
  const places: Places<Field> = {};
  const written = header.map(plain);
  for (const [field, names] of Object.entries(columns) as [Field, readonly string[]][]) {
    const at = names.map((name) => written.indexOf(plain(name))).find((index) => index >= 0);
    if (at !== undefined) places[field] = at;
  }
  return places;
}

/** The fields that a settlement file lacks and cannot do without; `a|b`: one of both is enough. */
export function missingOfSettlement(places: Places<SettlementField>): string[] {
  const lacks: [string, boolean][] = [
    ["transactionId|orderId", places.transactionId === undefined && places.orderId === undefined],
    ["settledOn", places.settledOn === undefined],
    ["gross", places.gross === undefined],
    ["fee|net", places.fee === undefined && places.net === undefined],
  ];
  return lacks.filter(([, isMissing]) => isMissing).map(([name]) => name);
}

/** The same of a bank's statement. */
export function missingOfBank(places: Places<BankField>): string[] {
  const hasWays = places.credit !== undefined && places.debit !== undefined;
  const lacks: [string, boolean][] = [
    ["bookedOn", places.bookedOn === undefined],
    ["amount|credit and debit", places.amount === undefined && !hasWays],
  ];
  return lacks.filter(([, isMissing]) => isMissing).map(([name]) => name);
}

/** Longest cell that is an id, a reference or a word: the gateway's order ids have 50 characters at most. */
const CELL_CHARS_MAX = 255;

const TYPES: readonly (readonly [RegExp, LineType])[] = [
  [/charge\s*-?back|dispute/i, "CHARGEBACK"],
  [/refund|pengembalian/i, "REFUND"],
  [/correction|adjust|koreksi|penyesuaian|reversal/i, "CORRECTION"],
  [/pay|settle|capture|sale|pembayaran|transaksi|transaction/i, "PAYMENT"],
];

/** What a line says that it is; without a word a sum below 0 is a refund. null: a word that means nothing to us. */
function typeOf(word: string | null, gross: number): LineType | null {
  if (word === null) return gross < 0 ? "REFUND" : "PAYMENT";
  return TYPES.find(([pattern]) => pattern.test(word))?.[1] ?? null;
}

/** Spreadsheets and banks strip the dashes of our order ids, whose form is fixed (LNS-20261120-7F3K9Q-01A). */
const STRIPPED = /^LNS(\d{8})([0-9A-Z]{6})(\d{2}[A-Z])$/;
const orderIdOf = (text: string | null): string | null => text?.replace(STRIPPED, "LNS-$1-$2-$3") ?? null;

/** A problem of one line, or what it says. */
export type Read<Line> = { readonly line: Line } | { readonly code: FileProblemCode; readonly detail: string };

const bad = (code: FileProblemCode, detail: string) => ({ code, detail });

type Cells<Field extends string> = (field: Field) => string | null;

const cellsOf =
  <Field extends string>(record: readonly string[], places: Places<Field>): Cells<Field> =>
  (field) => {
    const at = places[field];
    return (at === undefined ? undefined : record[at])?.trim() || null;
  };

/** Part of a fee that is PPN, where a file does not tell it: both kinds of price have 11 parts of 111. */
export const taxInFee = (withheld: number): number => {
  const part = Math.floor((Math.abs(withheld) * 22 + 111) / 222);
  return withheld < 0 ? 0 - part : part;
};

interface Sums {
  readonly gross: number;
  readonly fee: number;
  readonly feeTax: number;
  readonly net: number;
}

/** The sums of a line: what the file does not tell follows from the others. null: an amount cannot be read. */
function sumsOf(cell: Cells<SettlementField>): Sums | null {
  const read = (field: SettlementField) => {
    const text = cell(field);
    return text === null ? undefined : readRounded(text);
  };
  const gross = readRupiah(cell("gross") ?? "");
  const [fee, feeTax, net] = [read("fee"), read("feeTax"), read("net")];
  if (gross === null || fee === null || feeTax === null || net === null) return null;
  if (fee === undefined && net === undefined) return null;
  const withheld = fee === undefined ? gross - (net ?? 0) : fee + (feeTax ?? 0);
  const tax = feeTax ?? taxInFee(withheld);
  return { gross, fee: withheld - tax, feeTax: tax, net: net ?? gross - withheld };
}

const NO_SUMS: Sums = { gross: 0, fee: 0, feeTax: 0, net: 0 };
const CURRENCY = /^[A-Z]{3}$/;

/** A refund that a file writes without its sign is one all the same. */
function signed(type: LineType, sums: Sums): Sums {
  if ((type !== "REFUND" && type !== "CHARGEBACK") || sums.gross <= 0) return sums;
  return { ...sums, gross: 0 - sums.gross, net: sums.net > 0 ? 0 - sums.net : sums.net };
}

/** What one line of a settlement file says. */
export function readSettlementLine(record: readonly string[], places: Places<SettlementField>): Read<SettlementLine> {
  const cell = cellsOf(record, places);
  const currency = cell("currency")?.toUpperCase() ?? "IDR";
  if (!CURRENCY.test(currency)) return bad("CURRENCY", "currency");
  const isForeign = currency !== "IDR";
  const sums = isForeign ? NO_SUMS : sumsOf(cell);
  if (!sums) return bad("AMOUNT", "gross, fee, feeTax, net");
  const settledOn = readDay(cell("settledOn") ?? "");
  const paidOn = cell("paidOn") === null ? null : readDay(cell("paidOn") ?? "");
  if (settledOn === null || (paidOn === null && cell("paidOn") !== null)) return bad("DAY", "settledOn, paidOn");
  const type = typeOf(cell("type"), sums.gross);
  if (!type) return bad("TYPE", "type");
  const names: readonly SettlementField[] = ["transactionId", "orderId", "refundKey", "vaNumber", "payoutReference"];
  const long = names.find((name) => (cell(name)?.length ?? 0) > CELL_CHARS_MAX);
  if (long) return bad("TOO_LONG", long);
  if (cell("transactionId") === null && cell("orderId") === null && cell("vaNumber") === null) {
    return bad("NO_ID", "transactionId, orderId, vaNumber");
  }
  return {
    line: {
      type,
      gatewayTransactionId: cell("transactionId"),
      gatewayOrderId: orderIdOf(cell("orderId")),
      refundKey: cell("refundKey"),
      vaNumber: cell("vaNumber"),
      paymentType: cell("paymentType")?.toLowerCase().slice(0, CELL_CHARS_MAX).toWellFormed() ?? null,
      paidOn,
      settledOn,
      // Banks and dashboards write one reference now large, now small.
      payoutReference: cell("payoutReference")?.toUpperCase() ?? null,
      currency,
      foreignGross: isForeign ? (cell("gross")?.slice(0, CELL_CHARS_MAX).toWellFormed() ?? "") : null,
      ...signed(type, sums),
    },
  };
}

/** A time of day, as a column of its own or beside the day has it. */
const TIME = /(\d{1,2}:\d{2})(:\d{2})?/;

/** What tells equal lines apart, each named: the same line of two exports has the same, however amounts are written. */
function marksOf(cell: Cells<BankField>): string[] {
  const [, minute, second = ""] = TIME.exec(`${cell("time") ?? ""} ${cell("bookedOn") ?? ""}`) ?? [];
  const balance = cell("balance");
  const rowId = cell("rowId");
  return [
    ...(minute ? [`time ${minute.padStart(5, "0")}${second === ":00" ? "" : second}`] : []),
    ...(balance ? [`balance ${readRupiah(balance) ?? balance}`] : []),
    ...(rowId ? [`row ${rowId}`] : []),
  ];
}

const WENT_OUT = /^(d|db|dr|debit|debet)$/i;
const CAME_IN = /^(c|cr|k|kr|credit|kredit)$/i;

/** An amount by the word beside it; without such a column it has its sign itself. NaN: what is no amount. */
function amountOf(text: string, direction: string | null): number {
  const amount = readRupiah(text) ?? Number.NaN;
  if (direction === null) return amount;
  if (WENT_OUT.test(direction)) return 0 - Math.abs(amount);
  return amount < 0 ? Number.NaN : amount;
}

/** What one line of a bank's statement says. */
export function readBankLine(record: readonly string[], places: Places<BankField>): Read<BankLine> {
  const cell = cellsOf(record, places);
  if ((cell("currency")?.toUpperCase() ?? "IDR") !== "IDR") return bad("CURRENCY", "currency");
  const bookedOn = readDay(cell("bookedOn") ?? "");
  if (bookedOn === null) return bad("DAY", "bookedOn");
  const [single, credit, debit] = [cell("amount"), cell("credit"), cell("debit")];
  const direction = places.direction === undefined ? null : (cell("direction") ?? "");
  const isKnown = direction === null || WENT_OUT.test(direction) || CAME_IN.test(direction);
  if (single !== null && !isKnown) return bad("TYPE", "direction");
  const amount =
    single === null
      ? (credit === null ? 0 : (readRupiah(credit) ?? Number.NaN)) -
        Math.abs(debit === null ? 0 : (readRupiah(debit) ?? Number.NaN))
      : amountOf(single, direction);
  if (!Number.isSafeInteger(amount) || amount === 0) return bad("AMOUNT", "amount, credit, debit");
  const texts = [cell("payoutReference"), cell("reference"), cell("description")].filter((text) => text !== null);
  const marks = marksOf(cell);
  return { line: { bookedOn, amount, texts, ...(marks.length > 0 ? { marks } : {}) } };
}

/** What may be a reference in a text: no shorter word with a digit in it is one. */
const WORD = /[A-Za-z0-9][A-Za-z0-9._/-]{4,63}/g;
const WORDS_MAX = 40; // of one line; a bank's own text has some ten

/** The words of a bank's line by which a payout or a refund may be named, written large. */
export const wordsOf = (texts: readonly string[]): string[] =>
  [...new Set(texts.flatMap((text) => text.match(WORD) ?? []))]
    .filter((word) => /\d/.test(word))
    .slice(0, WORDS_MAX)
    .map((word) => word.toUpperCase());

/** What makes two lines of different files the same one. */
export const digestOf = (line: SettlementLine | BankLine): string =>
  createHash("sha256")
    .update(JSON.stringify(Object.entries(line).sort(([a], [b]) => (a < b ? -1 : 1))))
    .digest("hex");
