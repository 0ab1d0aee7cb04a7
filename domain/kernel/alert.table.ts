import { defineEntity, p } from "@mikro-orm/postgresql";

export const AlertTable = defineEntity({
  name: "Alert",
  tableName: "alerts",
  properties: {
    id: p.uuid().primary(),
    kind: p.text(),
    subject: p.text(),
    severity: p.text(),
    message: p.text(),
    raises: p.integer().default(1),
    raisedAt: p.datetime().columnType("timestamptz"),
    clearedAt: p.datetime().columnType("timestamptz").nullable(),
    clearedBy: p.uuid().nullable(),
    note: p.text().nullable(),
  },
});

export const MoneyCaseTable = defineEntity({
  name: "MoneyCase",
  tableName: "money_cases",
  properties: {
    id: p.uuid().primary(),
    kind: p.text(),
    subject: p.text(),
    paymentId: p.uuid().nullable(),
    orderId: p.uuid().nullable(),
    transactionId: p.uuid().nullable(),
    amount: p.bigint("number"),
    currency: p.text().default("IDR"),
    summary: p.text(),
    evidence: p.json(),
    actions: p.array().columnType("text[]"),
    ownerId: p.uuid().nullable(),
    takenAt: p.datetime().columnType("timestamptz").nullable(),
    told: p.text().nullable(),
    openedAt: p.datetime().columnType("timestamptz"),
    resolvedAt: p.datetime().columnType("timestamptz").nullable(),
    resolvedBy: p.uuid().nullable(),
    action: p.text().nullable(),
    resolution: p.text().nullable(),
  },
});
