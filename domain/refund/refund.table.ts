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
  },
});
