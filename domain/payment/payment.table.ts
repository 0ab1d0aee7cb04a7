import { defineEntity, p } from "@mikro-orm/postgresql";

export const PaymentTable = defineEntity({
  name: "Payment",
  tableName: "payments",
  properties: {
    id: p.uuid().primary(),
    number: p.text(),
    purpose: p.text(),
    channel: p.text(),
    status: p.text(),
    userId: p.uuid(),
    sessionId: p.uuid().nullable(),
    method: p.text().nullable(),
    amount: p.bigint("number"),
    refundedAmount: p.bigint("number").default(0),
    currency: p.text().default("IDR"),
    coveringTransactionId: p.uuid().nullable(),
    tries: p.integer().default(0),
    version: p.integer().default(1),
    paidAt: p.datetime().columnType("timestamptz").nullable(),
    expiresAt: p.datetime().columnType("timestamptz"),
    createdAt: p.datetime().columnType("timestamptz"),
    updatedAt: p.datetime().columnType("timestamptz"),
  },
});

export const PaymentTransactionTable = defineEntity({
  name: "PaymentTransaction",
  tableName: "payment_transactions",
  properties: {
    id: p.uuid().primary(),
    paymentId: p.uuid(),
    gatewayOrderId: p.text(),
    method: p.text(),
    state: p.text(),
    gatewayTransactionId: p.text().nullable(),
    gatewayPaymentType: p.text().nullable(),
    gatewayStatus: p.text().nullable(),
    fraudStatus: p.text().nullable(),
    cardHash: p.text().nullable(),
    amount: p.bigint("number"),
    itemTotal: p.bigint("number"),
    feeAmount: p.bigint("number").default(0),
    capturedAmount: p.bigint("number").default(0),
    refundedAmount: p.bigint("number").default(0),
    chargedBackAmount: p.bigint("number").default(0),
    instructions: p.json().defaultRaw("'{}'"),
    expiresAt: p.datetime().columnType("timestamptz").nullable(),
    settledAt: p.datetime().columnType("timestamptz").nullable(),
    chargeSentAt: p.datetime().columnType("timestamptz").nullable(),
    polls: p.integer().default(0),
    nextPollAt: p.datetime().columnType("timestamptz").nullable(),
    cardLookAt: p.datetime().columnType("timestamptz").nullable(),
    lastCheckedAt: p.datetime().columnType("timestamptz").nullable(),
    createdAt: p.datetime().columnType("timestamptz"),
    updatedAt: p.datetime().columnType("timestamptz"),
  },
});

export const PaymentTokenTable = defineEntity({
  name: "PaymentToken",
  tableName: "payment_tokens",
  properties: {
    tokenHash: p.text().primary(),
    paymentId: p.uuid(),
    expiresAt: p.datetime().columnType("timestamptz"),
    usedAt: p.datetime().columnType("timestamptz").nullable(),
    createdAt: p.datetime().columnType("timestamptz"),
  },
});

export const PaymentLogTable = defineEntity({
  name: "PaymentLog",
  tableName: "payment_logs",
  properties: {
    id: p.bigint("number").primary().autoincrement(),
    paymentId: p.uuid(),
    transactionId: p.uuid().nullable(),
    step: p.text(),
    fromStatus: p.text().nullable(),
    toStatus: p.text().nullable(),
    detail: p.json().defaultRaw("'{}'"),
    source: p.text(),
    actorId: p.uuid().nullable(),
    requestId: p.text().nullable(),
    at: p.datetime().columnType("timestamptz"),
  },
});
