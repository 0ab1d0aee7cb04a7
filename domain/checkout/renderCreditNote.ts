import { type PdfBlock, type PdfContent, renderPdf } from "../../platform/pdf.ts";
import { formatRupiah } from "../kernel/money.ts";
import { formatJakarta } from "../kernel/time.ts";
import type { CreditNoteSnapshot } from "./creditNote.rules.ts";

function head({ number, issuedAt, seller, order, invoice }: CreditNoteSnapshot): PdfBlock[] {
  return [
    {
      kind: "row",
      columns: [{ share: 3 }, { share: 2, align: "right" }],
      cells: [
        [
          { text: seller.name, size: 17, isBold: true },
          { text: seller.legalName },
          { text: seller.address, isMuted: true },
          ...(seller.isPkp && seller.npwp ? [{ text: `NPWP ${seller.npwp}`, isMuted: true }] : []),
          { text: `${seller.phone}, ${seller.email}`, isMuted: true },
        ],
        [
          { text: "NOTA KREDIT", size: 13, isBold: true },
          { text: number, isBold: true },
          { text: formatJakarta(new Date(issuedAt)), isMuted: true },
          { text: `Atas faktur ${invoice.number}`, isMuted: true },
          { text: `tanggal ${formatJakarta(new Date(invoice.issuedAt))}`, isMuted: true },
          { text: `Pesanan ${order.number}`, isMuted: true },
        ],
      ],
    },
    { kind: "space", height: 12 },
    { kind: "rule" },
    { kind: "space", height: 12 },
  ];
}

function parties({ buyer, reason, way }: CreditNoteSnapshot): PdfBlock[] {
  return [
    {
      kind: "row",
      columns: [{ share: 1 }, { share: 1 }],
      cells: [
        [
          { text: "Pembeli", isMuted: true },
          { text: buyer.name, isBold: true },
          { text: buyer.address },
          { text: buyer.phone },
        ],
        [
          { text: "Alasan", isMuted: true },
          { text: reason },
          { text: "Uang dikembalikan lewat", isMuted: true },
          { text: way },
        ],
      ],
    },
    { kind: "space", height: 12 },
  ];
}

/** What the PDF of a credit note shows. Pure, as an invoice's. */
export function creditNoteContent(snapshot: CreditNoteSnapshot): PdfContent {
  const { number, issuedAt, seller, invoice, totals, before, left } = snapshot;
  const isTaxed = totals.tax > 0 || totals.price > 0;
  const rows: readonly (readonly [string, number])[] = [
    ["Total faktur", invoice.total],
    ["Dikembalikan sebelumnya", before],
    ["Dikembalikan sekarang", totals.amount],
    ...(isTaxed
      ? ([
          ["DPP harga jual", totals.price],
          ["DPP nilai lain (11/12)", totals.otherBase],
          ["PPN 12% x 11/12, termasuk di dalamnya", totals.tax],
        ] as const)
      : []),
    ["Sisa faktur", left],
  ];
  const note = `Pertanyaan: ${seller.email}, ${seller.phone}. Semua jumlah dalam rupiah (IDR).`;
  return {
    title: `Nota kredit ${number}`,
    footer: `${seller.name}, nota kredit ${number}`,
    author: seller.legalName,
    createdAt: new Date(issuedAt),
    blocks: [
      ...head(snapshot),
      ...parties(snapshot),
      {
        kind: "table",
        columns: [
          { title: "Keterangan", share: 5 },
          { title: "Jumlah", share: 2, align: "right" },
        ],
        rows: rows.map(([label, amount]) => [
          [{ text: label, isBold: amount === totals.amount && label === "Dikembalikan sekarang" }],
          [{ text: formatRupiah(amount) }],
        ]),
      },
      { kind: "space", height: 12 },
      { kind: "row", columns: [{ share: 1 }], cells: [[{ text: note, isMuted: true }]] },
    ],
  };
}

/** The credit note as a PDF (A4). */
export const renderCreditNote = (snapshot: CreditNoteSnapshot): Promise<Buffer> =>
  renderPdf(creditNoteContent(snapshot));
