import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { creditNoteNumber, type Share, shareOf } from "../../../domain/checkout/creditNote.rules.ts";
import type { InvoiceSnapshot } from "../../../domain/checkout/invoice.rules.ts";

const totalsOf = (total: number, price: number, otherBase: number, tax: number): InvoiceSnapshot["totals"] => ({
  subtotal: total,
  shipping: 0,
  discount: 0,
  price,
  otherBase,
  tax,
  total,
});

/** What each of these refunds, one after another, takes with it. */
function sharesOf(totals: InvoiceSnapshot["totals"], refunds: readonly number[]): Share[] {
  let before = 0;
  return refunds.flatMap((refund) => {
    const share = shareOf(totals, before, refund);
    before += share?.amount ?? 0;
    return share ?? [];
  });
}
const sum = (shares: readonly Share[], part: keyof Share): number => shares.reduce((all, one) => all + one[part], 0);

const invoices = fc
  .tuple(
    fc.integer({ min: 1, max: 1_000_000_000_000 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 0.11, noNaN: true }),
  )
  .map(([total, taxed, rate]) => {
    const price = Math.floor(total * taxed);
    return totalsOf(total, price, Math.floor((price * 11) / 12), Math.floor(price * rate));
  });
const refunds = fc.array(fc.integer({ min: 1, max: 1_000_000_000_000 }), { maxLength: 30 });

describe("the credit notes of an invoice", () => {
  test("never take more of any of its sums than it has, nor less than nothing", () => {
    fc.assert(
      fc.property(invoices, refunds, (totals, amounts) => {
        const shares = sharesOf(totals, amounts);
        expect(sum(shares, "amount")).toBe(
          Math.min(
            totals.total,
            amounts.reduce((all, one) => all + one, 0),
          ),
        );
        for (const part of ["price", "otherBase", "tax"] as const) {
          expect(sum(shares, part)).toBeLessThanOrEqual(totals[part]);
          for (const share of shares) expect(share[part]).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  test("are its sums to the rupiah when all of it has gone back, in whatever parts", () => {
    fc.assert(
      fc.property(invoices, refunds, (totals, amounts) => {
        const shares = sharesOf(totals, [...amounts, totals.total]);
        for (const part of ["price", "otherBase", "tax"] as const) expect(sum(shares, part)).toBe(totals[part]);
      }),
    );
  });

  test("are within one rupiah of their share of the PPN", () => {
    fc.assert(
      fc.property(invoices, refunds, (totals, amounts) => {
        for (const share of sharesOf(totals, amounts)) {
          const exact = Number((BigInt(totals.tax) * BigInt(share.amount) * 1000n) / BigInt(totals.total)) / 1000;
          expect(Math.abs(share.tax - exact)).toBeLessThanOrEqual(1.01);
        }
      }),
    );
  });

  test("end where nothing of it is left", () => {
    const totals = totalsOf(61_000, 61_000, 55_917, 6_045);
    expect(shareOf(totals, 61_000, 1)).toBeNull();
    expect(shareOf(totals, 60_000, 5_000)).toEqual({ amount: 1_000, price: 1_000, otherBase: 917, tax: 99 });
  });

  test("have a series of their own", () => {
    expect(creditNoteNumber("batik-sekar", 2026, 42)).toBe("CN/BATIK-SEKAR/2026/000042");
  });
});
