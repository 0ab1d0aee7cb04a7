import { defineEntity, p } from "@mikro-orm/postgresql";

export const CheckoutSessionTable = defineEntity({
  name: "CheckoutSession",
  tableName: "checkout_sessions",
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    status: p.text(),
    total: p.bigint("number"),
    currency: p.text().default("IDR"),
    expiresAt: p.datetime().columnType("timestamptz"),
    createdAt: p.datetime().columnType("timestamptz"),
    updatedAt: p.datetime().columnType("timestamptz"),
  },
});

export const OrderTable = defineEntity({
  name: "Order",
  tableName: "orders",
  properties: {
    id: p.uuid().primary(),
    number: p.text(),
    sessionId: p.uuid(),
    userId: p.uuid(),
    storeId: p.uuid(),
    status: p.text(),
    paymentStatus: p.text(),
    subtotal: p.bigint("number"),
    shippingCost: p.bigint("number"),
    discount: p.bigint("number").default(0),
    tax: p.bigint("number"),
    total: p.bigint("number"),
    currency: p.text().default("IDR"),
    shippingTax: p.json(),
    shippingAddress: p.json(),
    shippingQuote: p.json(),
    isArchived: p.boolean().default(false),
    version: p.integer().default(1),
    paidAt: p.datetime().columnType("timestamptz").nullable(),
    createdAt: p.datetime().columnType("timestamptz"),
    updatedAt: p.datetime().columnType("timestamptz"),
  },
});

export const OrderItemTable = defineEntity({
  name: "OrderItem",
  tableName: "order_items",
  properties: {
    id: p.uuid().primary(),
    orderId: p.uuid(),
    productId: p.uuid(),
    productName: p.text(),
    unitPrice: p.bigint("number"),
    quantity: p.integer(),
    weightGrams: p.integer(),
    total: p.bigint("number"),
    tax: p.json(),
  },
});

export const OrderStatusLogTable = defineEntity({
  name: "OrderStatusLog",
  tableName: "order_status_logs",
  properties: {
    id: p.bigint("number").primary().autoincrement(),
    orderId: p.uuid(),
    fromStatus: p.text().nullable(),
    toStatus: p.text(),
    event: p.text(),
    source: p.text(),
    actorId: p.uuid().nullable(),
    reason: p.text().nullable(),
    externalStatus: p.text().nullable(),
    at: p.datetime().columnType("timestamptz"),
  },
});
