import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LockedProduct } from "../../../domain/catalog/lockProducts.ts";
import { type ChosenRate, priceOrders, totalOf } from "../../../domain/checkout/checkout.rules.ts";
import type { ProductId, StoreId } from "../../../domain/kernel/ids.ts";

const rate = (cost: number): ChosenRate => ({
  courier: "jne",
  service: "REG",
  description: "Reguler",
  cost,
  etd: null,
  source: "LIVE",
  quotedAt: new Date(0),
  originId: 1,
  destinationId: 2,
  weightGrams: 1,
});
const product = (n: number, store: number, change: Partial<LockedProduct> = {}): LockedProduct => ({
  id: `p${n}` as ProductId,
  storeId: `s${store}` as StoreId,
  name: "Kopi",
  price: 1000,
  stock: 999,
  isActive: true,
  weightGrams: 1,
  lengthCm: 1,
  widthCm: 1,
  heightCm: 1,
  taxClass: "taxable",
  storeSlug: "s",
  storeName: "S",
  originId: 1,
  isPkp: true,
  ...change,
});
const priced = (products: readonly LockedProduct[], quantities: readonly number[], costs: readonly number[]) =>
  priceOrders(
    products.map(({ id }, i) => ({ productId: id, quantity: quantities[i] ?? 1 })),
    new Map(products.map((one) => [one.id, one])),
    new Map(costs.map((cost, store) => [`s${store}` as StoreId, rate(cost)])),
  );

const cart = fc.array(
  fc.record({
    store: fc.integer({ min: 0, max: 3 }),
    price: fc.integer({ min: 1, max: 10_000_000 }),
    quantity: fc.integer({ min: 1, max: 999 }),
    taxClass: fc.constantFrom("taxable" as const, "not_vatable" as const),
  }),
  { minLength: 1, maxLength: 20 },
);
const shipping = fc.array(fc.integer({ min: 0, max: 5_000_000 }), { minLength: 4, maxLength: 4 });
const registered = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 });

describe("the price of a cart", () => {
  test("has one rounding, in whole rupiah: lines and shipping are the total, and a line's parts the line", () => {
    fc.assert(
      fc.property(cart, shipping, registered, (lines, costs, pkp) => {
        const products = lines.map(({ store, price, taxClass }, n) =>
          product(n, store, { price, taxClass, isPkp: pkp[store] as boolean }),
        );
        const orders = priced(
          products,
          lines.map(({ quantity }) => quantity),
          costs,
        );
        expect(orders).toHaveLength(new Set(lines.map(({ store }) => store)).size);
        for (const order of orders) {
          const items = order.items.reduce((sum, { total }) => sum + total, 0);
          expect([order.subtotal, order.total]).toEqual([items, items + order.shippingCost - order.discount]);
          expect(order.tax).toBe(order.items.reduce((sum, { tax }) => sum + tax.tax, order.shippingTax.tax));
          for (const { tax, total } of order.items) expect(tax.price + tax.tax).toBe(total);
          expect(order.shippingTax.price + order.shippingTax.tax).toBe(order.shippingCost);
        }
        const gross = lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
        const sent = [...new Set(lines.map(({ store }) => store))].reduce(
          (sum, store) => sum + (costs[store] as number),
          0,
        );
        expect(totalOf(orders)).toBe(gross + sent);
      }),
    );
  });

  test("holds PPN where the store collects it, on its shipping too, and none where it may not", () => {
    const [order] = priced([product(0, 0, { price: 15_000 })], [1], [11_100]);
    expect(order).toMatchObject({ tax: 1_486 + 1_100, total: 26_100, shippingTax: { taxCode: "taxable", tax: 1_100 } });
    expect(order?.items[0]?.tax).toMatchObject({
      taxCode: "taxable",
      price: 13_514,
      tax: 1_486,
      taxComputed: 1_487,
      ruleVersion: "PMK-131-2024",
    });
    const [small] = priced([product(0, 0, { price: 15_000, isPkp: false })], [1], [11_100]);
    expect(small).toMatchObject({ tax: 0, total: 26_100, shippingTax: { taxCode: "not_pkp", tax: 0 } });
    const [book] = priced([product(0, 0, { price: 15_000, taxClass: "not_vatable" })], [1], [0]);
    expect(book).toMatchObject({ tax: 0, items: [{ tax: { taxCode: "not_vatable", price: 15_000 } }] });
  });

  test("wants a shipping choice of every store", () => {
    expect(() => priced([product(0, 0), product(1, 1)], [1, 1], [5_000])).toThrow(
      expect.objectContaining({ code: "SHIPPING_UNAVAILABLE" }),
    );
  });

  test("is refused beyond a million million rupiah", () => {
    const orders = priced([product(0, 0, { price: 1_001_001_002 })], [999], [0]);
    expect(() => totalOf(orders)).toThrow(expect.objectContaining({ code: "AMOUNT_OUT_OF_RANGE" }));
  });
});
