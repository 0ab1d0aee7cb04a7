import { type ExecutionResult, type GraphQLSchema, graphql } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Context } from "../../../api/graphql/context.ts";
import { createLoaders } from "../../../api/graphql/loaders.ts";
import { buildApiSchema } from "../../../api/graphql/schema.ts";
import type { Actor } from "../../../domain/kernel/actor.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";
import type { Person } from "../payment/facts.ts";
import { lineOf } from "./parcelFacts.ts";
import { paidBy } from "./refundFacts.ts";

let shop: LiveShop;
let schema: GraphQLSchema;
let buyer: Person;
let admin: Person;
beforeAll(async () => {
  shop = await openLiveShop();
  schema = buildApiSchema();
  buyer = await shop.addBuyer();
  admin = { ...(await shop.addStaff()), role: "ADMIN" };
});
afterAll(() => shop.close());

/** As a request of this actor is answered, but for HTTP. */
async function ask(actor: Actor, source: string, variableValues: Record<string, unknown>): Promise<unknown> {
  const contextValue = {
    app: shop.app,
    actor,
    loaders: createLoaders(shop.app),
    limits: { consume: async () => {} },
  } as unknown as Context;
  const { data, errors = [] }: ExecutionResult = await graphql({ schema, source, variableValues, contextValue });
  if (errors[0]) throw errors[0].originalError ?? errors[0];
  return JSON.parse(JSON.stringify(data)) as unknown;
}

const CANCEL_PREVIEW = `query P($id: ID!) { cancelPreview(orderId: $id) {
  becomes orders { id } stock { productName quantity } refusal { code }
  moneyBack { amount currency way paidWith notBefore withinDays } } }`;
const REFUND_PREVIEW = `query P($input: RefundPreviewInput!) { refundPreview(input: $input) {
  amount suggested max left currency shares { goods discount shipping tax amount }
  items { orderItemId refundable restockable } moneyBack { way } refusal { code message } } }`;
const REFUND = `mutation R($input: RefundInput!) { refundPayment(input: $input) {
  id amount status reason order { id canCancel } payment { id } } }`;
const ORDER = "query O($id: ID!) { order(id: $id) { canCancel status } }";

describe("the contract", () => {
  test("shows a customer what a cancel would do, and that he may ask for it", async () => {
    const order = await paidBy(shop, buyer, "gopay");
    const { orderId, total } = await lineOf(shop, order);
    expect(await ask(buyer, ORDER, { id: orderId })).toEqual({ order: { canCancel: true, status: "PAID" } });
    expect(await ask(buyer, CANCEL_PREVIEW, { id: orderId })).toEqual({
      cancelPreview: {
        becomes: "CANCELLED",
        orders: [{ id: orderId }],
        stock: [{ productName: "Kopi Gayo 250 g", quantity: 2 }],
        refusal: null,
        moneyBack: {
          amount: total,
          currency: "IDR",
          way: "GATEWAY",
          paidWith: "GoPay",
          notBefore: null,
          withinDays: 1,
        },
      },
    });
  });

  test("shows an admin what a refund would be, and gives it", async () => {
    const order = await paidBy(shop, buyer, "gopay");
    const { orderId, itemId, total } = await lineOf(shop, order);
    const wish = { paymentId: order.paymentId, items: [{ orderItemId: itemId, quantity: 1, restock: true }] };
    expect(await ask(admin, REFUND_PREVIEW, { input: wish })).toEqual({
      refundPreview: {
        amount: 30_500,
        suggested: 30_500,
        max: 36_000,
        left: total,
        currency: "IDR",
        shares: { goods: 25_000, discount: 0, shipping: 5_500, tax: expect.any(Number), amount: 30_500 },
        items: [{ orderItemId: itemId, refundable: 2, restockable: 2 }],
        moneyBack: { way: "GATEWAY" },
        refusal: null,
      },
    });
    const input = { ...wish, amount: 30_500, reason: "cacat", idempotencyKey: "by-graphql-0001" };
    expect(await ask(admin, REFUND, { input })).toMatchObject({
      refundPayment: { amount: 30_500, status: "PENDING", order: { id: orderId, canCancel: true } },
    });
    const again = { paymentId: order.paymentId, amount: total };
    expect(await ask(admin, REFUND_PREVIEW, { input: again })).toMatchObject({
      refundPreview: { left: 30_500, moneyBack: null, refusal: { code: "REFUND_EXCEEDS_CAPTURED" } },
    });
    await expect(ask(buyer, REFUND_PREVIEW, { input: again })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await shop.drain();
    expect(await shop.audit()).toEqual([]);
  });
});
