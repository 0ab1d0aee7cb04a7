import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { taxRecord } from "../../../domain/kernel/tax.rules.ts";
import {
  type PaidOrder,
  partsOfOutside,
  type SharedOrder,
  sharesOf,
} from "../../../domain/refund/refundShares.rules.ts";

const RUNS = 300;

const item = fc.record({
  price: fc.integer({ min: 1, max: 5_000_000 }),
  quantity: fc.integer({ min: 1, max: 9 }),
  isTaxed: fc.boolean(),
});

const orders = fc
  .record({
    items: fc.array(item, { minLength: 1, maxLength: 5 }),
    shippingCost: fc.integer({ min: 0, max: 300_000 }),
    isPkp: fc.boolean(),
    off: fc.integer({ min: 0, max: 100 }),
  })
  .map(({ items, shippingCost, isPkp, off }): SharedOrder => {
    const priced = items.map(({ price, quantity, isTaxed }, n) => {
      const total = price * quantity;
      const taxClass = isTaxed ? ("taxable" as const) : ("not_vatable" as const);
      return { id: `item-${n}`, quantity, total, tax: taxRecord(total, { isPkp, taxClass }).tax };
    });
    const subtotal = priced.reduce((sum, { total }) => sum + total, 0);
    const shippingTax = taxRecord(shippingCost, { isPkp, taxClass: "taxable" }).tax;
    return { items: priced, shippingCost, shippingTax, discount: Math.floor((subtotal * off) / 100) };
  });

const totalOf = ({ items, shippingCost, discount }: SharedOrder) =>
  items.reduce((sum, { total }) => sum + total, 0) + shippingCost - discount;
const taxOf = ({ items, shippingTax }: SharedOrder) => items.reduce((sum, { tax }) => sum + tax, 0) + shippingTax;

/** Every piece of the order, in an order and in groups that the seeds say. */
function splits(order: SharedOrder, seeds: readonly number[]): Map<string, number>[] {
  const pieces = order.items.flatMap(({ id, quantity }) => Array.from({ length: quantity }, () => id));
  const groups = new Map<number, Map<string, number>>();
  pieces.forEach((id, n) => {
    const seed = seeds[n % seeds.length] ?? 0;
    const group = groups.get(seed) ?? new Map<string, number>();
    groups.set(seed, group.set(id, (group.get(id) ?? 0) + 1));
  });
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}

describe("what pieces of an order stand for", () => {
  test("adds up to its total, its shipping, its discount and its PPN, to the rupiah, however it is split", () => {
    fc.assert(
      fc.property(orders, fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 45 }), (order, seeds) => {
        const before = new Map<string, number>();
        const sum = { goods: 0, discount: 0, shipping: 0, tax: 0, amount: 0 };
        for (const part of splits(order, seeds)) {
          const shares = sharesOf(order, before, part);
          for (const name of Object.keys(sum) as (keyof typeof sum)[]) {
            expect(Number.isSafeInteger(shares[name])).toBe(true);
            if (name !== "amount") expect(shares[name]).toBeGreaterThanOrEqual(0);
            sum[name] += shares[name];
          }
          expect(shares.amount).toBe(shares.goods - shares.discount + shares.shipping);
          expect(shares.tax).toBeLessThanOrEqual(shares.goods + shares.shipping);
          for (const [id, quantity] of part) before.set(id, (before.get(id) ?? 0) + quantity);
        }
        expect(sum.amount).toBe(totalOf(order));
        expect(sum.tax).toBe(taxOf(order));
        expect(sum.shipping).toBe(order.shippingCost);
        expect(sum.discount).toBe(order.discount);
      }),
      { numRuns: RUNS },
    );
  });

  test("is its price and its part of the shipping", () => {
    const order: SharedOrder = {
      items: [
        { id: "a", quantity: 2, total: 50_000, tax: 4_955 },
        { id: "b", quantity: 1, total: 50_000, tax: 4_955 },
      ],
      shippingCost: 11_000,
      shippingTax: 1_090,
      discount: 0,
    };
    expect(sharesOf(order, new Map(), new Map([["a", 1]]))).toEqual({
      goods: 25_000,
      discount: 0,
      shipping: 2_750,
      tax: 2_477 + 272,
      amount: 27_750,
    });
  });
});

describe("a refund that began at the gateway", () => {
  const paidOrders = fc.array(
    fc
      .tuple(fc.integer({ min: 0, max: 9_000_000 }), fc.integer({ min: 0, max: 9_000_000 }))
      .map(([a, b]) => ({ notGone: Math.max(a, b), notOwed: Math.min(a, b) })),
    { minLength: 1, maxLength: 5 },
  );
  const named = (lefts: readonly Omit<PaidOrder, "id">[]): PaidOrder[] =>
    lefts.map((left, n) => ({ ...left, id: `order-${n}` as PaidOrder["id"] }));

  test("is shared out over its orders to the rupiah, none of which gets more back than it has left", () => {
    fc.assert(
      fc.property(paidOrders, fc.integer({ min: 1, max: 30_000_000 }), (lefts, amount) => {
        const orders = named(lefts);
        const parts = partsOfOutside(orders, amount);
        expect(parts.reduce((sum, part) => sum + part.amount, 0)).toBe(amount);
        expect(new Set(parts.map(({ orderId }) => orderId)).size).toBe(parts.length);
        if (orders.length === 1) return;
        for (const { id, notGone } of orders)
          expect(parts.find(({ orderId }) => orderId === id)?.amount ?? 0).toBeLessThanOrEqual(notGone);
      }),
      { numRuns: RUNS },
    );
  });

  test("is one order's where it is all that is left of that one, and every order's where it is everything", () => {
    const left = (notOwed: number) => ({ notGone: notOwed, notOwed });
    const orders = named([left(70_000), left(30_000)]);
    expect(partsOfOutside(orders, 30_000)).toEqual([{ orderId: "order-1", amount: 30_000 }]);
    expect(partsOfOutside(orders, 100_000).map(({ amount }) => amount)).toEqual([70_000, 30_000]);
    expect(partsOfOutside(orders, 1_001).map(({ amount }) => amount)).toEqual([700, 301]);
    expect(partsOfOutside([], 5)).toEqual([{ orderId: null, amount: 5 }]);
  });
});
