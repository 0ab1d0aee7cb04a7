import { defineEntity, p } from "@mikro-orm/postgresql";

export const IdempotencyKeyTable = defineEntity({
  name: "IdempotencyKey",
  tableName: "idempotency_keys",
  properties: {
    userId: p.uuid().primary(),
    operation: p.text().primary(),
    key: p.text().primary(),
    inputHash: p.text(),
    result: p.json(),
    createdAt: p.datetime().columnType("timestamptz"),
  },
});

export const OutboxMessageTable = defineEntity({
  name: "OutboxMessage",
  tableName: "outbox_messages",
  properties: {
    id: p.bigint("number").primary().autoincrement(),
    name: p.text(),
    handler: p.text(),
    payload: p.json(),
    key: p.text().nullable(),
    requestId: p.text().nullable(),
    touches: p.integer().default(0),
    attempts: p.integer().default(0),
    dueAt: p.datetime().columnType("timestamptz"),
    offeredAt: p.datetime().columnType("timestamptz").nullable(),
    doneAt: p.datetime().columnType("timestamptz").nullable(),
    parkedAt: p.datetime().columnType("timestamptz").nullable(),
    error: p.text().nullable(),
    createdAt: p.datetime().columnType("timestamptz"),
  },
});

export const GatewayCallTable = defineEntity({
  name: "GatewayCall",
  tableName: "gateway_calls",
  properties: {
    id: p.uuid().primary(),
    gateway: p.text(),
    operation: p.text(),
    method: p.text(),
    path: p.text(),
    correlation: p.text().nullable(),
    status: p.integer().nullable(),
    outcome: p.text(),
    durationMs: p.integer(),
    requestSealed: p.text(),
    responseSealed: p.text().nullable(),
    at: p.datetime().columnType("timestamptz"),
  },
});

export const RateLimitTable = defineEntity({
  name: "RateLimit",
  tableName: "rate_limits",
  properties: {
    key: p.string().length(255).primary(),
    points: p.integer().default(0),
    expire: p.bigint("number").nullable(),
  },
});
