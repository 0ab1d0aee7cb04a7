import { inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { InvoiceSnapshot } from "../../../domain/checkout/invoice.rules.ts";
import { renderInvoice } from "../../../domain/checkout/renderInvoice.ts";
import { TAX_RULE, taxInside } from "../../../domain/kernel/tax.rules.ts";
import { printable } from "../../../platform/pdf.ts";

const taxed = (gross: number) => ({ taxCode: "taxable" as const, ...taxInside(gross), ruleVersion: TAX_RULE.version });

function invoice(lines: number, isPkp = true): InvoiceSnapshot {
  const total = lines * 300_000;
  return {
    number: "INV/BATIK-SEKAR/2026/000042",
    issuedAt: "2026-11-20T07:05:00.000Z",
    status: "PAID",
    order: { number: "ORD-20261120-7F3K9Q", placedAt: "2026-11-20T06:00:00.000Z" },
    seller: {
      name: "Batik Sekar",
      legalName: "PT Batik Sekar",
      address: "Jl. Malioboro 12",
      phone: "0274555012",
      email: "halo@batik.test",
      npwp: isPkp ? "0012345678901000" : null,
      isPkp,
    },
    buyer: { name: "Siti", recipient: "Siti", phone: "0812000", address: "Jl. Kemang 8" },
    lines: Array.from({ length: lines }, (_, i) => ({
      name: `Kemeja ${i + 1}`,
      sku: `kemeja-${i + 1}`,
      quantity: 2,
      unitPrice: 150_000,
      total: 300_000,
      tax: isPkp ? taxed(300_000) : null,
    })),
    shipping: { description: "Ongkos kirim JNE REG", cost: 18_000, tax: isPkp ? taxed(18_000) : null },
    totals: {
      subtotal: total,
      shipping: 18_000,
      discount: 0,
      price: 286_486,
      otherBase: 262_613,
      tax: 31_514,
      total: total + 18_000,
    },
    payment: {
      number: "LNS-20261120-7F3K9Q",
      method: "qris",
      reference: "LNS-20261120-7F3K9Q-01A",
      paidAt: "2026-11-20T07:05:00.000Z",
    },
  };
}

/** The text of each page: its streams inflated, the letters of each line of text joined. */
function pagesOf(pdf: Buffer): string[] {
  const bytes = pdf.toString("latin1");
  const streams = [...bytes.matchAll(/stream\n([\s\S]*?)\nendstream/g)].map((match) =>
    inflateSync(Buffer.from(match[1] as string, "latin1")).toString("latin1"),
  );
  return streams.map((stream) =>
    [...stream.matchAll(/\[(.*?)\] TJ/g)]
      .map((line) =>
        [...(line[1] as string).matchAll(/<([0-9a-f]+)>/g)]
          .map((part) => Buffer.from(part[1] as string, "hex").toString("latin1"))
          .join(""),
      )
      .join("\n"),
  );
}

describe("an invoice's PDF", () => {
  test("names number, seller, buyer, lines, sums and payment", async () => {
    const [page] = pagesOf(await renderInvoice(invoice(1)));
    for (const words of [
      "FAKTUR PENJUALAN",
      "INV/BATIK-SEKAR/2026/000042",
      "20 Nov 2026, 14.05 WIB",
      "PT Batik Sekar",
      "NPWP 0012345678901000",
      "Siti",
      "Kemeja 1",
      "Kode barang kemeja-1",
      "Rp150.000",
      "Ongkos kirim JNE REG",
      "Rp318.000",
      "QRIS",
      "Referensi LNS-20261120-7F3K9Q-01A",
      "LUNAS",
      "Halaman 1 dari 1",
    ]) {
      expect(page).toContain(words);
    }
  });

  test("shows PPN by its formula with both bases, never as 11 %", async () => {
    const [page] = pagesOf(await renderInvoice(invoice(1)));
    expect(page).toContain("DPP Rp270.270, DPP nilai lain Rp247.748, PPN 12% x 11/12 Rp29.730 (kode 04)");
    expect(page).toContain("PPN 12% x 11/12, sudah termasuk");
    expect(page).not.toContain("11%");
  });

  test("has no word of tax for a seller that charges none", async () => {
    const [page] = pagesOf(await renderInvoice(invoice(1, false)));
    expect(page).not.toMatch(/PPN|DPP|NPWP/);
  });

  test("repeats the titles on every page and keeps the sums on one", async () => {
    for (const lines of [10, 11, 12, 13, 14, 40]) {
      const pages = pagesOf(await renderInvoice(invoice(lines)));
      const withLines = pages.filter((page) => page.includes("Kode barang"));
      expect(withLines.every((page) => page.includes("Jumlah"))).toBe(true);
      expect(pages.find((page) => page.includes("Subtotal barang"))).toContain("sudah termasuk");
      expect(pages.flatMap((page) => page.match(/Kemeja \d+/g) ?? [])).toHaveLength(lines);
      expect(pages.at(-1)).toContain(`Halaman ${pages.length} dari ${pages.length}`);
    }
  });

  test("is the same file for the same snapshot", async () => {
    expect(await renderInvoice(invoice(2))).toEqual(await renderInvoice(invoice(2)));
  });

  test("shows a name in letters that its fonts have", () => {
    expect(printable("Kopi Gayō ☕ – 250 gram\u0000\n“asli”")).toBe("Kopi Gayo ? – 250 gram “asli”");
    expect(printable("x".repeat(1000))).toHaveLength(400);
  });
});
