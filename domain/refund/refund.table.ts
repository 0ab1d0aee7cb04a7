import { defineEntity, p } from "@mikro-orm/postgresql";

export const RefundTable = defineEntity({
  name: "Refund",
  tableName: "refunds",
  properties: {
    id: p.uuid().primary(),
    paymentId: p.uuid(),
    transactionId: p.uuid(),
    orderId: p.uuid().nullable(),
    amount: p.bigint("number"),
    reason: p.text(),
    status: p.text(),
    cause: p.text(),
    nextAttemptAt: p.datetime().columnType("timestamptz").nullable(),
    createdAt: p.datetime().columnType("timestamptz"),
    updatedAt: p.datetime().columnType("timestamptz"),
    keyNumber: p.integer().default(1),
    keySentAt: p.datetime().columnType("timestamptz").nullable(),
    attempts: p.integer().default(0),
    unanswered: p.integer().default(0),
    claimedUntil: p.datetime().columnType("timestamptz").nullable(),
    gatewayRefundId: p.text().nullable(),
    bankConfirmedAt: p.datetime().columnType("timestamptz").nullable(),
    requestedBy: p.uuid().nullable(),
    approvedBy: p.uuid().nullable(),
    approvedAt: p.datetime().columnType("timestamptz").nullable(),
    settledBy: p.uuid().nullable(),
    bankReference: p.text().nullable(),
    succeededAt: p.datetime().columnType("timestamptz").nullable(),
  },
});

export const RefundAttemptTable = defineEntity({
  name: "RefundAttempt",
  tableName: "refund_attempts",
  properties: {
    id: p.bigint("number").primary().autoincrement(),
    refundId: p.uuid(),
    refundKey: p.text(),
    outcome: p.text(),
    gatewayCode: p.text().nullable(),
    message: p.text().nullable(),
    at: p.datetime().columnType("timestamptz"),
  },
});

export const RefundItemTable = defineEntity({
  name: "RefundItem",
  tableName: "refund_items",
  properties: {
    refundId: p.uuid().primary(),
    orderItemId: p.uuid().primary(),
    quantity: p.integer(),
    restock: p.boolean(),
  },
});

export const RefundAccountTable = defineEntity({
  name: "RefundAccount",
  tableName: "refund_accounts",
  properties: {
    id: p.uuid().primary(),
    refundId: p.uuid(),
    bankCode: p.text(),
    accountSealed: p.text(),
    masked: p.text(),
    setBy: p.uuid(),
    setAt: p.datetime().columnType("timestamptz"),
  },
});

export const CreditNoteTable = defineEntity({
  name: "CreditNote",
  tableName: "credit_notes",
  properties: {
    id: p.uuid().primary(),
    number: p.text(),
    storeId: p.uuid(),
    year: p.integer(),
    sequence: p.integer(),
    invoiceId: p.uuid(),
    refundId: p.uuid(),
    amount: p.bigint("number"),
    tax: p.bigint("number"),
    snapshot: p.json(),
    issuedAt: p.datetime().columnType("timestamptz"),
  },
});

export const CreditNoteCounterTable = defineEntity({
  name: "CreditNoteCounter",
  tableName: "credit_note_counters",
  properties: {
    storeId: p.uuid().primary(),
    year: p.integer().primary(),
    last: p.integer(),
  },
});
