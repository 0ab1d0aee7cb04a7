import { defineEntity, p } from "@mikro-orm/postgresql";

export const LinkedAccountTable = defineEntity({
  name: "LinkedAccount",
  tableName: "linked_accounts",
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    state: p.text(),
    maskedPhone: p.text(),
    gatewayAccountId: p.text().nullable(),
    linksSealed: p.text().nullable(),
    tokenSealed: p.text().nullable(),
    refusal: p.text().nullable(),
    nextLookAt: p.datetime().columnType("timestamptz").nullable(),
    lastLookedAt: p.datetime().columnType("timestamptz").nullable(),
    linkedAt: p.datetime().columnType("timestamptz").nullable(),
    endedAt: p.datetime().columnType("timestamptz").nullable(),
    createdAt: p.datetime().columnType("timestamptz"),
    updatedAt: p.datetime().columnType("timestamptz"),
  },
});

export const LinkedAccountLogTable = defineEntity({
  name: "LinkedAccountLog",
  tableName: "linked_account_logs",
  properties: {
    id: p.bigint("number").primary().autoincrement(),
    linkedAccountId: p.uuid(),
    fromState: p.text().nullable(),
    toState: p.text(),
    event: p.text(),
    source: p.text(),
    actorId: p.uuid().nullable(),
    requestId: p.text().nullable(),
    at: p.datetime().columnType("timestamptz"),
  },
});
