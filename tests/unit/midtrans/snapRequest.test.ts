import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rupiah } from "../../../domain/kernel/money.ts";
import type { PageRequest } from "../../../domain/payment/paymentGateway.ts";
import { snapRequest } from "../../../gateways/midtrans/requests.ts";

const BYTES_MAX = 16_000; // Midtrans refuses a larger request
const MINUTE = 60_000;
const START = new Date("2026-11-20T03:00:00Z");

interface Body {
  readonly transaction_details: { order_id: string; gross_amount: number };
  readonly item_details: { id: string; name: string; price: number; quantity: number }[];
  readonly customer_details: Record<string, unknown> & { shipping_address?: Record<string, string> };
  readonly expiry: { start_time: string; unit: string; duration: number };
  readonly page_expiry: { unit: string; duration: number };
}
type Item = PageRequest["items"][number];

const totalOf = (items: readonly Item[]) => items.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
const request = (items: readonly Item[], change: Partial<PageRequest> = {}): PageRequest => ({
  gatewayOrderId: "LNS-20261120-7F3K9Q-01A",
  amount: rupiah(totalOf(items)),
  items,
  customer: { name: "Pembeli", email: "customer@lunas.test", phone: "+6281200000001" },
  address: null,
  returnUrl: "http://127.0.0.1:4000/payments/x/result",
  startsAt: START,
  expiresAt: new Date(START.getTime() + 1440 * MINUTE),
  ...change,
});
const bodyOf = (items: readonly Item[], change?: Partial<PageRequest>) => snapRequest(request(items, change)) as Body;
const item = (change: Partial<Item> = {}): Item => ({
  id: "0192f3c4-5b6a-7c8d-9e0f-1a2b3c4d5e6f",
  name: "Kopi",
  price: 1000,
  quantity: 2,
  ...change,
});

const anyName = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 120 }),
  fc.string({ unit: "binary", maxLength: 120 }),
  fc.constant("😀".repeat(80)),
  fc.constant('"\\'.repeat(60)),
);
const anyItem = fc.record({
  id: fc.uuid(),
  name: anyName,
  price: fc.integer({ min: 1, max: 50_000_000 }),
  quantity: fc.integer({ min: 1, max: 999 }),
});
const anyText = fc.oneof(fc.string({ unit: "grapheme", minLength: 1, maxLength: 300 }), fc.constant("😀".repeat(300)));
const anyAddress = fc.record({
  recipient: anyText,
  phone: fc.constant("+6281200000001"),
  line: anyText,
  city: anyText,
  postalCode: fc.constant("10110"),
});

describe("what a hosted page is asked for", () => {
  test("sums to the amount, to the rupiah, in items that Midtrans takes, for any cart", () => {
    fc.assert(
      fc.property(
        fc.array(anyItem, { minLength: 1, maxLength: 130 }),
        fc.option(anyAddress),
        anyText,
        (items, address, name) => {
          const customer = { name, email: "customer@lunas.test", phone: null };
          const body = bodyOf(items, { address, customer });
          expect(totalOf(body.item_details)).toBe(body.transaction_details.gross_amount);
          for (const line of body.item_details) {
            expect([...line.name].length).toBeGreaterThan(0);
            expect([...line.name].length).toBeLessThanOrEqual(50);
            expect(line.id.length).toBeLessThanOrEqual(50);
            expect(line.name).not.toMatch(/[|\p{Cc}]/u);
            expect(
              Number.isSafeInteger(line.price) &&
                line.price > 0 &&
                Number.isInteger(line.quantity) &&
                line.quantity > 0,
            ).toBe(true);
          }
          expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(BYTES_MAX);
        },
      ),
      { numRuns: 100 },
    );
  });

  test("names as many lines as fit, and folds the rest into one that says how many they are", () => {
    expect(bodyOf(Array.from({ length: 60 }, () => item())).item_details).toHaveLength(60);
    const folded = bodyOf(Array.from({ length: 100 }, () => item())).item_details;
    expect(folded).toHaveLength(60);
    expect(folded.at(-1)).toEqual({ id: "REST", name: "41 baris lainnya", price: 82_000, quantity: 1 });
  });

  test("fits into what Midtrans takes also where every character needs four bytes", () => {
    const wide = "😀".repeat(300);
    const address = { recipient: wide, phone: "+6281200000001", line: wide, city: wide, postalCode: "10110" };
    const customer = { name: wide, email: "customer@lunas.test", phone: null };
    const body = bodyOf(
      Array.from({ length: 60 }, () => item({ name: wide })),
      { address, customer },
    );
    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(BYTES_MAX);
    expect(totalOf(body.item_details)).toBe(body.transaction_details.gross_amount);
    expect(body.item_details.length).toBeGreaterThan(30);
  });

  test("cuts a name at 50 characters, never through one, and replaces what breaks a receipt", () => {
    const [long, pipe, empty, smile] = bodyOf([
      item({ name: "x".repeat(51) }),
      item({ name: "a|b\nc" }),
      item({ name: "|\n " }),
      item({ name: `${"x".repeat(49)}😀😀` }),
    ]).item_details;
    expect([long?.name, pipe?.name, empty?.name, smile?.name]).toEqual([
      "x".repeat(50),
      "a b c",
      "Barang",
      `${"x".repeat(49)}😀`,
    ]);
  });

  test("is refused by ourselves where lines and amount differ by a rupiah: nothing wrong is ever sent", () => {
    expect(() => snapRequest({ ...request([item()]), amount: rupiah(2001) })).toThrow(/sum to 2000, not 2001/);
  });

  test("ends with the payment's own window, and its page not before five minutes", () => {
    expect(bodyOf([item()])).toMatchObject({
      expiry: { start_time: "2026-11-20 10:00:00 +0700", unit: "minutes", duration: 1440 },
      page_expiry: { unit: "minutes", duration: 1440 },
    });
    expect(bodyOf([item()], { expiresAt: new Date(START.getTime() + 2 * MINUTE) })).toMatchObject({
      expiry: { duration: 2 },
      page_expiry: { duration: 5 },
    });
  });

  test("says nothing of a phone or an address that is not known", () => {
    const { customer_details } = bodyOf([item()], { customer: { name: "A", email: "a@lunas.test", phone: null } });
    expect(Object.keys(customer_details).sort()).toEqual(["email", "first_name"]);
  });
});
