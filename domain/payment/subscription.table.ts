import { defineEntity, p } from "@mikro-orm/postgresql";

export const SavedCardTable = defineEntity({
  name: "SavedCard",
  tableName: "saved_cards",
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    tokenSealed: p.text().nullable(),
    tokenHash: p.text(),
    maskedCard: p.text(),
    bank: p.text().nullable(),
    expiresAt: p.datetime().columnType("timestamptz").nullable(),
    createdAt: p.datetime().columnType("timestamptz"),
    deletedAt: p.datetime().columnType("timestamptz").nullable(),
  },
});

export const SubscriptionTable = defineEntity({
  name: "Subscription",
  tableName: "subscriptions",
  properties: {
    id: p.uuid().primary(),
    number: p.text(),
    userId: p.uuid(),
    packageId: p.uuid(),
    method: p.text(),
    savedCardId: p.uuid().nullable(),
    linkedAccountId: p.uuid().nullable(),
    amount: p.bigint("number"),
    currency: p.text().default("IDR"),
    state: p.text(),
    gatewayId: p.text().nullable(),
    sentAt: p.datetime().columnType("timestamptz").nullable(),
    startsAt: p.datetime().columnType("timestamptz").nullable(),
    paidUntil: p.datetime().columnType("timestamptz").nullable(),
    nextChargeAt: p.datetime().columnType("timestamptz").nullable(),
    nextLookAt: p.datetime().columnType("timestamptz").nullable(),
    lastLookedAt: p.datetime().columnType("timestamptz").nullable(),
    endedAt: p.datetime().columnType("timestamptz").nullable(),
    createdAt: p.datetime().columnType("timestamptz"),
    updatedAt: p.datetime().columnType("timestamptz"),
  },
});

export const SubscriptionChargeTable = defineEntity({
  name: "SubscriptionCharge",
  tableName: "subscription_charges",
  properties: {
    id: p.uuid().primary(),
    subscriptionId: p.uuid(),
    paymentId: p.uuid(),
    gatewayTransactionId: p.text(),
    period: p.integer().nullable(),
    createdAt: p.datetime().columnType("timestamptz"),
  },
});

export const SubscriptionLogTable = defineEntity({
  name: "SubscriptionLog",
  tableName: "subscription_logs",
  properties: {
    id: p.bigint("number").primary().autoincrement(),
    subscriptionId: p.uuid(),
    fromState: p.text().nullable(),
    toState: p.text(),
    event: p.text(),
    source: p.text(),
    actorId: p.uuid().nullable(),
    requestId: p.text().nullable(),
    at: p.datetime().columnType("timestamptz"),
  },
});
