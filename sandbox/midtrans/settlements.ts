import { wib, wibDay } from "../clock.ts";
import type { Transaction, TransactionStatus } from "../model.ts";
import type { Sandbox } from "../sandbox.ts";
import { paymentTypeOf } from "./wire.ts";

/** What is kept of a payment: basis points and rupiah, with PPN inside or on top, and working days to its payout. */
interface Terms {
  readonly bps: number;
  readonly fixed: number;
  readonly isTaxInside: boolean;
  readonly days: number;
}

const inside = (bps: number, days: number): Terms => ({ bps, fixed: 0, isTaxInside: true, days });
const onTop = (bps: number, fixed: number, days: number): Terms => ({ bps, fixed, isTaxInside: false, days });

/** Published prices (compliance facts 7); by payment type, as the merchant's contract has them. */
const TERMS: Readonly<Record<string, Terms>> = {
  credit_card: onTop(290, 2_000, 3),
  gopay: inside(200, 3),
  shopeepay: inside(200, 3),
  dana: inside(150, 3),
  ovo: inside(200, 3),
  qris: inside(70, 2),
  bank_transfer: onTop(0, 4_000, 3),
  echannel: onTop(0, 4_000, 3),
  cstore: onTop(0, 5_000, 5),
  akulaku: inside(170, 4),
  kredivo: inside(200, 5),
};

/** A line of the dashboard's export. Whole rupiah; what went back is below 0. */
export interface SettlementRow {
  readonly transactionId: string;
  readonly orderId: string;
  readonly refundKey: string;
  readonly type: "PAYMENT" | "REFUND" | "CHARGEBACK";
  readonly paymentType: string;
  readonly at: string;
  readonly settledOn: string;
  readonly gross: number;
  readonly fee: number;
  readonly tax: number;
  readonly net: number;
  readonly currency: string;
  readonly payout: string;
}

const halfUp = (value: number): number => Math.floor(value + 0.5);

/** Fee and PPN of an amount; a fee that the buyer paid is kept from him, and not from the shop. */
function feeOf(terms: Terms, amount: number, isBuyers: boolean): { fee: number; tax: number } {
  if (isBuyers) return { fee: 0, tax: 0 };
  const asked = halfUp((amount * terms.bps) / 10_000) + terms.fixed;
  if (!terms.isTaxInside) return { fee: asked, tax: halfUp((asked * 11) / 100) };
  const tax = halfUp((asked * 11) / 111);
  return { fee: asked - tax, tax };
}

const DAY_MS = 86_400_000;
const SATURDAY = 6;

/** So many working days later; holidays are no matter here. */
function workdaysLater(day: string, count: number): string {
  let at = Date.parse(`${day}T00:00:00Z`);
  for (let left = count; left > 0; ) {
    at += DAY_MS;
    if (new Date(at).getUTCDay() % SATURDAY !== 0) left -= 1;
  }
  return new Date(at).toISOString().slice(0, 10);
}

const PAID: readonly TransactionStatus[] = [
  "settlement",
  "refund",
  "partial_refund",
  "chargeback",
  "partial_chargeback",
];

function rowsOf(transaction: Transaction, day: string): SettlementRow[] {
  const { id, order_id, settled_at, gross_amount, original_amount } = transaction;
  if (settled_at === null || !PAID.includes(transaction.status)) return [];
  const paymentType = paymentTypeOf(transaction);
  const terms = TERMS[paymentType] ?? inside(0, 3);
  const settledOn = workdaysLater(day, terms.days);
  const same = {
    transactionId: id,
    orderId: order_id,
    paymentType,
    settledOn,
    currency: "IDR",
    payout: `PO-${settledOn.replaceAll("-", "")}-${day.slice(5).replace("-", "")}`,
  };
  const back = (type: "REFUND" | "CHARGEBACK", at: number, amount: number, refundKey = ""): SettlementRow => {
    const sums = { gross: 0 - amount, fee: 0, tax: 0, net: 0 - amount };
    return { ...same, ...sums, refundKey, type, at: wib(at) };
  };
  const rows: SettlementRow[] = [];
  if (wibDay(settled_at) === day) {
    const gross = Math.min(original_amount, gross_amount);
    const { fee, tax } = feeOf(terms, gross, gross_amount > original_amount);
    const sums = { gross, fee, tax, net: gross - fee - tax };
    rows.push({ ...same, ...sums, refundKey: "", type: "PAYMENT", at: wib(settled_at) });
  }
  for (const { created_at, amount, key } of transaction.refunds) {
    if (wibDay(created_at) === day) rows.push(back("REFUND", created_at, amount, key));
  }
  for (const { created_at, amount } of transaction.chargebacks ?? []) {
    if (wibDay(created_at) === day) rows.push(back("CHARGEBACK", created_at, amount));
  }
  return rows;
}

/** All that is paid out of a day in Jakarta: its payments, and what went back on it. Oldest first. */
export const settlementRows = (sandbox: Pick<Sandbox, "store">, day: string): SettlementRow[] =>
  sandbox.store.transactions.values().flatMap((transaction) => rowsOf(transaction, day));

/** What a test may have wrong in a file, by the kind that a shop should call it. */
export const MISTAKES = [
  "amount",
  "fee",
  "rounding",
  "duplicate",
  "missing",
  "currency",
  "refund",
  "chargeback",
  "unknown",
] as const;
export type Mistake = (typeof MISTAKES)[number];

const ADDED = 1_000; // rupiah that a wrong amount has too many

const UNKNOWN: Pick<SettlementRow, "transactionId" | "orderId"> = {
  transactionId: "00000000-0000-4000-8000-000000000000",
  orderId: "QR-AT-THE-COUNTER",
};

function spoil(row: SettlementRow, mistake: Mistake): SettlementRow[] {
  const back = { gross: 0 - row.gross, fee: 0, tax: 0, net: 0 - row.gross };
  switch (mistake) {
    case "amount":
      return [{ ...row, gross: row.gross + ADDED, net: row.net + ADDED }];
    case "fee":
      return [{ ...row, fee: row.fee + ADDED, net: row.net - ADDED }];
    case "rounding":
      return [{ ...row, fee: row.fee + 1, net: row.net - 1 }];
    case "duplicate":
      return [row, { ...row, payout: `${row.payout}-B` }];
    case "missing":
      return [];
    case "currency":
      return [{ ...row, currency: "USD" }];
    case "refund":
      return [row, { ...row, ...back, type: "REFUND", refundKey: "made-in-the-dashboard" }];
    case "chargeback":
      return [row, { ...row, ...back, type: "CHARGEBACK" }];
    case "unknown":
      return [row, { ...row, ...UNKNOWN }];
  }
}

/** A mistake that was made, and in which order's line. */
interface Planted {
  readonly mistake: Mistake;
  readonly orderId: string;
}

/** Makes each mistake in a payment's line of its own, from the first on, as far as there are lines. */
export function plantMistakes(
  rows: readonly SettlementRow[],
  mistakes: readonly Mistake[],
): { rows: SettlementRow[]; planted: Planted[] } {
  const left = [...mistakes];
  const planted: Planted[] = [];
  const spoiled = rows.flatMap((row) => {
    const mistake = row.type === "PAYMENT" ? left.shift() : undefined;
    if (mistake === undefined) return [row];
    planted.push({ mistake, orderId: row.orderId });
    return spoil(row, mistake);
  });
  return { rows: spoiled, planted };
}

const HEADER = [
  "Transaction ID",
  "Order ID",
  "Refund Key",
  "Transaction Type",
  "Payment Type",
  "Transaction Time",
  "Settlement Date",
  "Gross Amount",
  "Fee",
  "VAT",
  "Net Amount",
  "Currency",
  "Payout Reference",
];

const money = (amount: number): string => `${amount}.00`;

/** The dashboard's export of some lines. */
export const settlementCsv = (rows: readonly SettlementRow[]): string =>
  [
    HEADER,
    ...rows.map((row) => [
      row.transactionId,
      row.orderId,
      row.refundKey,
      row.type,
      row.paymentType,
      row.at,
      row.settledOn,
      money(row.gross),
      money(row.fee),
      money(row.tax),
      money(row.net),
      row.currency,
      row.payout,
    ]),
  ]
    .map((cells) => cells.join(","))
    .join("\r\n");

/** The bank's statement of the payouts of some lines, one line a payout; `off` rupiah are missing in each. */
export function bankCsv(rows: readonly SettlementRow[], off = 0): string {
  const payouts = new Map<string, { on: string; net: number }>();
  for (const { payout, settledOn, net, currency } of rows) {
    const known = payouts.get(payout) ?? { on: settledOn, net: 0 };
    payouts.set(payout, { on: settledOn, net: known.net + (currency === "IDR" ? net : 0) });
  }
  const lines = [...payouts].map(([payout, { on, net }]) => `${on},${money(net - off)},IDR,MIDTRANS PAYOUT ${payout}`);
  return ["Date,Amount,Currency,Description", ...lines].join("\r\n");
}
