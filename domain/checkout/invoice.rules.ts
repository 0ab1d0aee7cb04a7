import type { TaxRecord } from "../kernel/tax.rules.ts";
import { dayInJakarta } from "../kernel/time.ts";

export interface InvoiceLine {
  readonly name: string;
  readonly sku: string;
  readonly quantity: number;
  readonly unitPrice: number;
  readonly total: number;
  /** null: there is no PPN in it. */
  readonly tax: TaxRecord | null;
}

/** All that an invoice says, as it was when it was issued: nothing on it is ever read from elsewhere again. */
export interface InvoiceSnapshot {
  readonly number: string;
  readonly issuedAt: string;
  readonly status: "PAID";
  readonly order: { readonly number: string; readonly placedAt: string };
  readonly seller: {
    readonly name: string;
    readonly legalName: string;
    readonly address: string;
    readonly phone: string;
    readonly email: string;
    readonly npwp: string | null;
    /** Registered for PPN on the day of issue. */
    readonly isPkp: boolean;
  };
  readonly buyer: {
    readonly name: string;
    readonly recipient: string;
    readonly phone: string;
    readonly address: string;
  };
  readonly lines: readonly InvoiceLine[];
  readonly shipping: { readonly description: string; readonly cost: number; readonly tax: TaxRecord | null };
  readonly totals: {
    readonly subtotal: number;
    readonly shipping: number;
    readonly discount: number;
    /** DPP harga jual, DPP nilai lain and PPN of all taxed lines; 0 where none is. */
    readonly price: number;
    readonly otherBase: number;
    readonly tax: number;
    readonly total: number;
  };
  readonly payment: {
    readonly number: string;
    readonly method: string;
    /** The order id that the gateway knows; null where no gateway was used. */
    readonly reference: string | null;
    readonly paidAt: string;
  };
}

/** An order with what its invoice says of it, as it is stored. */
export interface InvoicedOrder {
  readonly id: string;
  readonly number: string;
  readonly createdAt: Date;
  readonly storeId: string;
  readonly storeSlug: string;
  readonly storeName: string;
  readonly legalName: string;
  readonly storeAddress: string;
  readonly storePhone: string;
  readonly storeEmail: string;
  readonly npwp: string | null;
  readonly isPkp: boolean;
  readonly pkpSince: string | null;
  readonly buyerName: string;
  readonly shippingAddress: StoredAddress;
  readonly shippingQuote: { readonly courier?: string; readonly service?: string };
  readonly shippingTax: TaxRecord;
  readonly subtotal: number;
  readonly shippingCost: number;
  readonly discount: number;
  readonly total: number;
  readonly lines: readonly (InvoiceLine & { readonly tax: TaxRecord })[];
  readonly paymentNumber: string;
  readonly method: string | null;
  readonly gatewayPaymentType: string | null;
  readonly gatewayOrderId: string | null;
  readonly paidAt: Date | null;
}

interface StoredAddress {
  readonly recipient: string;
  readonly phone: string;
  readonly line: string;
  readonly destination?: { readonly label?: string };
}

const SEQUENCE_DIGITS = 6; // a million invoices a store and year keep one width; more still work

/** `INV/BATIK-SEKAR/2026/000042`: gapless for each store and Jakarta year. */
export const invoiceNumber = (storeSlug: string, year: number, sequence: number): string =>
  `INV/${storeSlug.toUpperCase()}/${year}/${String(sequence).padStart(SEQUENCE_DIGITS, "0")}`;

/** The number as a name for its PDF, without slashes. */
export const invoiceFileName = (number: string): string => `${number.replace(/[^A-Za-z0-9-]+/g, "-")}.pdf`;

/** The Jakarta year of an instant: the tax point of a prepaid order is its payment day there. */
export const invoiceYear = (at: Date): number => Number(dayInJakarta(at).slice(0, 4));

/** Where the seller or the thing itself is not taxed, the invoice has no word of PPN. */
const taxShown = (tax: TaxRecord): TaxRecord | null => (tax.taxCode === "taxable" ? tax : null);

function totalsOf(order: InvoicedOrder, taxes: readonly (TaxRecord | null)[]): InvoiceSnapshot["totals"] {
  const sum = (part: "price" | "otherBase" | "tax") => taxes.reduce((total, tax) => total + (tax?.[part] ?? 0), 0);
  return {
    subtotal: order.subtotal,
    shipping: order.shippingCost,
    discount: order.discount,
    price: sum("price"),
    otherBase: sum("otherBase"),
    tax: sum("tax"),
    total: order.total,
  };
}

/** What the invoice of a paid order says, at the instant of its issue. */
export function snapshotOf(order: InvoicedOrder, number: string, issuedAt: Date): InvoiceSnapshot {
  const { shippingAddress: address, shippingQuote: quote } = order;
  const lines = order.lines.map((line) => ({ ...line, tax: taxShown(line.tax) }));
  const shippingTax = taxShown(order.shippingTax);
  return {
    number,
    issuedAt: issuedAt.toISOString(),
    status: "PAID",
    order: { number: order.number, placedAt: order.createdAt.toISOString() },
    seller: {
      name: order.storeName,
      legalName: order.legalName,
      address: order.storeAddress,
      phone: order.storePhone,
      email: order.storeEmail,
      npwp: order.npwp,
      isPkp: order.isPkp && order.pkpSince !== null && order.pkpSince <= dayInJakarta(issuedAt),
    },
    buyer: {
      name: order.buyerName,
      recipient: address.recipient,
      phone: address.phone,
      address: [address.line, address.destination?.label].filter(Boolean).join(", "),
    },
    lines,
    shipping: {
      description: ["Ongkos kirim", quote.courier?.toUpperCase(), quote.service].filter(Boolean).join(" "),
      cost: order.shippingCost,
      tax: shippingTax,
    },
    totals: totalsOf(order, [...lines.map((line) => line.tax), shippingTax]),
    payment: {
      number: order.paymentNumber,
      method: order.gatewayPaymentType ?? order.method ?? "MIDTRANS",
      reference: order.gatewayOrderId,
      paidAt: (order.paidAt ?? issuedAt).toISOString(),
    },
  };
}
