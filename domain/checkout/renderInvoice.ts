import {
  type PdfBlock,
  type PdfCell,
  type PdfContent,
  type PdfRow,
  type PdfSpace,
  renderPdf,
} from "../../platform/pdf.ts";
import { formatRupiah } from "../kernel/money.ts";
import type { TaxRecord } from "../kernel/tax.rules.ts";
import { formatJakarta } from "../kernel/time.ts";
import { labelOfPaid } from "../payment/methods.rules.ts";
import type { InvoiceLine, InvoiceSnapshot } from "./invoice.rules.ts";

const TITLE_SIZE = 17; // points
const TOTAL_SIZE = 12;

const TAX_FORMULA = "12% x 11/12"; // PMK 131/2024 art. 3: the rate of the statute on 11/12 of the price
const TRANSACTION_CODE = "04"; // the tax office's code for deliveries with another tax base

/** `PPN 12% x 11/12`, with both bases: "PPN 11%" alone would be wrong on a tax document. */
function taxLine(tax: TaxRecord): string {
  const bases = `DPP ${formatRupiah(tax.price)}, DPP nilai lain ${formatRupiah(tax.otherBase)}`;
  return `${bases}, PPN ${TAX_FORMULA} ${formatRupiah(tax.tax)} (kode ${TRANSACTION_CODE})`;
}

function head({ number, issuedAt, seller, order }: InvoiceSnapshot): PdfBlock[] {
  return [
    {
      kind: "row",
      columns: [{ share: 3 }, { share: 2, align: "right" }],
      cells: [
        [
          { text: seller.name, size: TITLE_SIZE, isBold: true },
          { text: seller.legalName },
          { text: seller.address, isMuted: true },
          ...(seller.isPkp && seller.npwp ? [{ text: `NPWP ${seller.npwp}`, isMuted: true }] : []),
          { text: `${seller.phone}, ${seller.email}`, isMuted: true },
        ],
        [
          { text: "FAKTUR PENJUALAN", size: 13, isBold: true },
          { text: number, isBold: true },
          { text: formatJakarta(new Date(issuedAt)), isMuted: true },
          { text: `Pesanan ${order.number}`, isMuted: true },
          { text: "LUNAS", size: TOTAL_SIZE, isBold: true },
        ],
      ],
    },
    { kind: "space", height: 12 },
    { kind: "rule" },
    { kind: "space", height: 12 },
  ];
}

function parties({ buyer, payment }: InvoiceSnapshot): PdfBlock[] {
  return [
    {
      kind: "row",
      columns: [{ share: 1 }, { share: 1 }],
      cells: [
        [
          { text: "Pembeli", isMuted: true },
          { text: buyer.name, isBold: true },
          ...(buyer.recipient === buyer.name ? [] : [{ text: `Penerima: ${buyer.recipient}` }]),
          { text: buyer.address },
          { text: buyer.phone },
        ],
        [
          { text: "Pembayaran", isMuted: true },
          { text: labelOfPaid(payment.method), isBold: true },
          { text: `Diterima ${formatJakarta(new Date(payment.paidAt))}` },
          { text: `Nomor pembayaran ${payment.number}` },
          ...(payment.reference ? [{ text: `Referensi ${payment.reference}` }] : []),
        ],
      ],
    },
    { kind: "space", height: 16 },
  ];
}

function lineRow(line: InvoiceLine): PdfCell[] {
  const details = [`Kode barang ${line.sku}`, ...(line.tax ? [taxLine(line.tax)] : [])];
  return [
    [{ text: line.name, isBold: true }, ...details.map((text) => ({ text, size: 7.5, isMuted: true }))],
    [{ text: String(line.quantity) }],
    [{ text: formatRupiah(line.unitPrice) }],
    [{ text: formatRupiah(line.total) }],
  ];
}

function table({ lines, shipping }: InvoiceSnapshot): PdfBlock[] {
  const shippingRow: PdfCell[] = [
    [
      { text: shipping.description, isBold: true },
      ...(shipping.tax ? [{ text: taxLine(shipping.tax), size: 7.5, isMuted: true }] : []),
    ],
    [],
    [],
    [{ text: formatRupiah(shipping.cost) }],
  ];
  return [
    {
      kind: "table",
      columns: [
        { title: "Barang", share: 11 },
        { title: "Jumlah", share: 2, align: "right" },
        { title: "Harga", share: 3, align: "right" },
        { title: "Total", share: 3, align: "right" },
      ],
      rows: [...lines.map(lineRow), shippingRow],
    },
    { kind: "space", height: 12 },
  ];
}

function sums(snapshot: InvoiceSnapshot): PdfBlock[] {
  const { totals, lines, shipping } = snapshot;
  const isTaxed = shipping.tax !== null || lines.some((line) => line.tax !== null);
  const rows: { label: string; amount: string }[] = [
    { label: "Subtotal barang", amount: formatRupiah(totals.subtotal) },
    { label: "Ongkos kirim", amount: formatRupiah(totals.shipping) },
    ...(totals.discount > 0 ? [{ label: "Diskon", amount: `-${formatRupiah(totals.discount)}` }] : []),
  ];
  const taxes = [
    { label: "DPP harga jual", amount: formatRupiah(totals.price) },
    { label: "DPP nilai lain (11/12)", amount: formatRupiah(totals.otherBase) },
    { label: `PPN ${TAX_FORMULA}, sudah termasuk`, amount: formatRupiah(totals.tax) },
  ];
  const columns = [{ share: 3 }, { share: 3, align: "right" as const }, { share: 2, align: "right" as const }];
  const rowOf = ({ label, amount }: { label: string; amount: string }, look: object): PdfRow => ({
    kind: "row",
    columns,
    cells: [[], [{ text: label, ...look }], [{ text: amount, ...look }]],
  });
  const blocks: (PdfRow | PdfSpace)[] = [
    ...rows.map((row) => rowOf(row, {})),
    { kind: "space", height: 4 },
    rowOf({ label: "Total", amount: formatRupiah(totals.total) }, { size: TOTAL_SIZE, isBold: true }),
    ...(isTaxed ? [{ kind: "space" as const, height: 8 }, ...taxes.map((row) => rowOf(row, { isMuted: true }))] : []),
    { kind: "space", height: 16 },
  ];
  return [{ kind: "together", blocks }];
}

/** What the PDF of an invoice shows. Pure: the snapshot alone decides, so it reads the same in ten years. */
export function invoiceContent(snapshot: InvoiceSnapshot): PdfContent {
  const { number, issuedAt, seller } = snapshot;
  const note = `Pertanyaan atau keluhan: ${seller.email}, ${seller.phone}. Semua jumlah dalam rupiah (IDR).`;
  return {
    title: `Faktur ${number}`,
    footer: `${seller.name}, faktur ${number}`,
    author: seller.legalName,
    createdAt: new Date(issuedAt),
    blocks: [
      ...head(snapshot),
      ...parties(snapshot),
      ...table(snapshot),
      ...sums(snapshot),
      { kind: "row", columns: [{ share: 1 }], cells: [[{ text: note, isMuted: true }]] },
    ],
  };
}

/** The invoice as a PDF (A4). */
export const renderInvoice = (snapshot: InvoiceSnapshot): Promise<Buffer> => renderPdf(invoiceContent(snapshot));
