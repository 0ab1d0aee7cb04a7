import { defineEntity, p } from "@mikro-orm/postgresql";

export const PaymentNotificationTable = defineEntity({
  name: "PaymentNotification",
  tableName: "payment_notifications",
  properties: {
    id: p.uuid().primary(),
    digest: p.text(),
    gatewayOrderId: p.text(),
    gatewayTransactionId: p.text().nullable(),
    gatewayStatus: p.text().nullable(),
    bodySealed: p.text(),
    isTest: p.boolean().default(false),
    state: p.text(),
    folded: p.integer().default(0),
    attempts: p.integer().default(0),
    error: p.text().nullable(),
    receivedAt: p.datetime().columnType("timestamptz"),
    appliedAt: p.datetime().columnType("timestamptz").nullable(),
  },
});
