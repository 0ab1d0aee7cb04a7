import { defineEntity, p } from "@mikro-orm/postgresql";

export const CartTable = defineEntity({
  name: "Cart",
  tableName: "carts",
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    updatedAt: p.datetime().columnType("timestamptz"),
    startedAt: p.datetime().columnType("timestamptz").nullable(),
    abandonedAt: p.datetime().columnType("timestamptz").nullable(),
    remindedAt: p.datetime().columnType("timestamptz").nullable(),
    countedAt: p.datetime().columnType("timestamptz").nullable(),
    emptiedAt: p.datetime().columnType("timestamptz").nullable(),
  },
});

export const CartItemTable = defineEntity({
  name: "CartItem",
  tableName: "cart_items",
  properties: {
    id: p.uuid().primary(),
    cartId: p.uuid(),
    productId: p.uuid(),
    quantity: p.integer(),
    priceSeen: p.bigint("number").nullable(),
    addedAt: p.datetime().columnType("timestamptz"),
  },
});

export const CartEventTable = defineEntity({
  name: "CartEvent",
  tableName: "cart_events",
  properties: {
    id: p.bigint("number").primary(),
    cartId: p.uuid(),
    kind: p.text(),
    at: p.datetime().columnType("timestamptz"),
  },
});
