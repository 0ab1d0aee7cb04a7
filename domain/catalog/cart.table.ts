import { defineEntity, p } from "@mikro-orm/postgresql";

export const CartTable = defineEntity({
  name: "Cart",
  tableName: "carts",
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    updatedAt: p.datetime().columnType("timestamptz"),
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
    addedAt: p.datetime().columnType("timestamptz"),
  },
});
