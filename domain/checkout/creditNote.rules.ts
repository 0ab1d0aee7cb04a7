import { type InvoiceSnapshot, invoiceYear } from "./invoice.rules.ts";

/** A part of an invoice that goes back, in whole rupiah: `amount` contains the others. */
export interface Share {
  readonly amount: number;
  /** DPP harga jual, DPP nilai lain and PPN of it; 0 where nothing of the invoice is taxed. */
  readonly price: number;
  readonly otherBase: number;
  readonly tax: number;
}

/** All that a credit note says, as it was when it was issued. */
export interface CreditNoteSnapshot {
  readonly number: string;
  readonly issuedAt: string;
  readonly invoice: { readonly number: string; readonly issuedAt: string; readonly total: number };
  readonly order: InvoiceSnapshot["order"];
  readonly seller: InvoiceSnapshot["seller"];
  readonly buyer: InvoiceSnapshot["buyer"];
  readonly reason: string;
  /** How the money went back, in Indonesian. */
  readonly way: string;
  readonly totals: Share;
  /** What of the invoice went back before, and is left after. */
  readonly before: number;
  readonly left: number;
}

const SEQUENCE_DIGITS = 6; // as invoices have

/** `CN/BATIK-SEKAR/2026/000042`: gapless for each store and Jakarta year, beside the invoices' own series. */
export const creditNoteNumber = (storeSlug: string, year: number, sequence: number): string =>
  `CN/${storeSlug.toUpperCase()}/${year}/${String(sequence).padStart(SEQUENCE_DIGITS, "0")}`;

/** The year of its series: a note counts in the period in which it is made (PMK 81/2024 arts. 286-289). */
export const creditNoteYear = invoiceYear;

/** The part of `whole` that belongs to the first `upTo` of `total`, rounded half up. Exact beyond 2^53. */
function partOf(whole: number, upTo: number, total: number): number {
  const [w, u, t] = [BigInt(whole), BigInt(upTo), BigInt(total)];
  return Number((2n * w * u + t) / (2n * t));
}

/**
 * What of an invoice's sums a refund takes with it, when `before` of it went back already. Each is the difference of
 * two roundings, so that however an invoice goes back in parts, the parts together are its sums to the rupiah.
 *
 * @returns null where all of it went back before
 */
export function shareOf(totals: InvoiceSnapshot["totals"], before: number, refund: number): Share | null {
  const amount = Math.min(refund, totals.total - before);
  if (amount <= 0) return null;
  const part = (whole: number) => partOf(whole, before + amount, totals.total) - partOf(whole, before, totals.total);
  return { amount, price: part(totals.price), otherBase: part(totals.otherBase), tax: part(totals.tax) };
}
