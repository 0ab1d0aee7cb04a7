import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Refusal } from "../../../domain/kernel/errors.ts";
import type { OrderId, OrderItemId, PaymentId, SessionId, TransactionId, UserId } from "../../../domain/kernel/ids.ts";
import { withinDaysOf } from "../../../domain/refund/moneyBack.rules.ts";
import type { Refundable, RefundableItem, RefundableOrder } from "../../../domain/refund/refundable.queries.ts";
import { type RefundWish, rangeOf, requireInRange } from "../../../domain/refund/refundPlan.rules.ts";

const RUNS = 200;
const ORDER_ID = "order-1" as OrderId;

interface Goods {
  readonly price: number;
  readonly quantity: number;
}

function sold(goods: readonly Goods[], shippingCost: number, status: RefundableOrder["status"]): Refundable {
  const items = goods.map(
    ({ price, quantity }, n): RefundableItem => ({
      id: `item-${n}` as OrderItemId,
      orderId: ORDER_ID,
      productName: "Kopi",
      quantity,
      total: price * quantity,
      tax: 0,
      refunded: 0,
      restocked: 0,
    }),
  );
  const total = items.reduce((sum, item) => sum + item.total, shippingCost);
  const order = { id: ORDER_ID, status, total, shippingCost, shippingTax: 0, discount: 0, taken: 0, givenForItems: 0 };
  return {
    paymentId: "payment-1" as PaymentId,
    sessionId: "session-1" as SessionId,
    userId: "buyer-1" as UserId,
    status: "PAID",
    transaction: {
      id: "transaction-1" as TransactionId,
      method: "GOPAY",
      paymentType: "gopay",
      paidAt: null,
      settledAt: null,
      capturedAmount: total,
      refundedAmount: 0,
      left: total,
    },
    orders: [{ ...order, items }],
  };
}

/** The books after a refund of so much was owed. */
function booked(facts: Refundable, wish: RefundWish, amount: number): Refundable {
  const taken = (id: string) => wish.items.find(({ orderItemId }) => orderItemId === id)?.quantity ?? 0;
  return {
    ...facts,
    transaction: facts.transaction && { ...facts.transaction, left: facts.transaction.left - amount },
    orders: facts.orders.map((order) => ({
      ...order,
      taken: order.taken + amount,
      givenForItems: order.givenForItems + (wish.items.length > 0 ? amount : 0),
      items: order.items.map((item) => ({ ...item, refunded: item.refunded + taken(item.id) })),
    })),
  };
}

const goodsOf = fc.array(
  fc.record({ price: fc.integer({ min: 1, max: 500_000 }), quantity: fc.integer({ min: 1, max: 5 }) }),
  { minLength: 1, maxLength: 4 },
);
const step = fc.record({
  items: fc.array(fc.record({ n: fc.nat(3), quantity: fc.integer({ min: 1, max: 5 }) }), { maxLength: 3 }),
  /** Of what the range allows; beyond 100 it exceeds it. */
  percent: fc.integer({ min: 0, max: 120 }),
});

describe("refunds that staff decides", () => {
  test("never give more than was paid, and no piece twice, whatever is asked for one after another", () => {
    fc.assert(
      fc.property(goodsOf, fc.nat(60_000), fc.array(step, { maxLength: 25 }), (goods, shipping, steps) => {
        let facts = sold(goods, shipping, "COMPLETED");
        const { total } = facts.orders[0] as RefundableOrder;
        for (const { items, percent } of steps) {
          const wish: RefundWish = {
            orderId: null,
            items: items.map(({ n, quantity }) => ({ orderItemId: `item-${n}`, quantity, restock: false })),
          };
          try {
            const range = rangeOf(facts, wish);
            expect(range.max).toBeLessThanOrEqual(range.left);
            expect(range.suggested).toBeLessThanOrEqual(range.max);
            const amount = Math.floor((range.max * percent) / 100);
            requireInRange(range, amount);
            facts = booked(facts, wish, amount);
          } catch (error) {
            if (!(error instanceof Refusal)) throw error;
          }
          const order = facts.orders[0] as RefundableOrder;
          expect(order.taken).toBeLessThanOrEqual(total);
          for (const item of order.items) expect(item.refunded).toBeLessThanOrEqual(item.quantity);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test("are all of it when every piece is given back as suggested, in any order", () => {
    fc.assert(
      fc.property(goodsOf, fc.nat(60_000), fc.boolean(), (goods, shipping, isBackwards) => {
        let facts = sold(goods, shipping, "COMPLETED");
        const { total, items } = facts.orders[0] as RefundableOrder;
        const pieces = items.flatMap(({ id, quantity }) => Array.from({ length: quantity }, () => id as string));
        if (isBackwards) pieces.reverse();
        for (const orderItemId of pieces) {
          const wish = { orderId: null, items: [{ orderItemId, quantity: 1, restock: false }] };
          const { suggested } = rangeOf(facts, wish);
          if (suggested > 0) facts = booked(facts, wish, suggested);
        }
        expect((facts.orders[0] as RefundableOrder).taken).toBe(total);
      }),
      { numRuns: RUNS },
    );
  });

  test.each([
    ["nothing is left of what was not sent", "PAID", { amount: 110_000 }, "USE_CANCEL_ORDER"],
    ["no piece is left of what was not sent", "PROCESSING", { amount: 1, quantity: 2 }, "USE_CANCEL_ORDER"],
    ["the courier is asked about a cancel", "CANCEL_REQUESTED", { amount: 1 }, "NOT_REFUNDABLE"],
    ["the stock is back with a cancel", "CANCELLED", { amount: 1, quantity: 1, restock: true }, "NOT_REFUNDABLE"],
    ["there are no such pieces", "COMPLETED", { amount: 1, quantity: 3 }, "NOT_REFUNDABLE"],
    ["more is asked than was paid", "COMPLETED", { amount: 110_001 }, "REFUND_EXCEEDS_CAPTURED"],
    ["more is asked than the pieces are", "COMPLETED", { amount: 60_001, quantity: 1 }, "INVALID_INPUT"],
    ["it is half a rupiah", "COMPLETED", { amount: 0.5 }, "INVALID_INPUT"],
  ] as const)("are refused when %s", (_why, status, { amount, ...asked }, code) => {
    const facts = sold([{ price: 50_000, quantity: 2 }], 10_000, status);
    const items =
      "quantity" in asked
        ? [{ orderItemId: "item-0", quantity: asked.quantity, restock: "restock" in asked && asked.restock }]
        : [];
    const decide = () => requireInRange(rangeOf(facts, { orderId: null, items }), amount);
    expect(decide).toThrow(expect.objectContaining({ code }));
  });
});

describe("when a refund's money is there", () => {
  const going = { status: "SUCCEEDED", approvedAt: null, settledBy: null, paymentType: "gopay" } as const;

  test.each([
    ["by the gateway as its pages state for what it was paid with", going, 1],
    ["by a card", { ...going, paymentType: "credit_card" }, 14],
    ["by what nobody states any for", { ...going, paymentType: "akulaku" }, null],
    ["by hand within a week of the request", { ...going, status: "MANUAL" } as const, 7],
    ["of one that is withdrawn: never", { ...going, status: "WITHDRAWN" } as const, null],
  ])("%s", (_, refund, days) => {
    expect(withinDaysOf(refund)).toBe(days);
  });
});
