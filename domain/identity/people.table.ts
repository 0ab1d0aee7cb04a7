import { defineEntity, p } from "@mikro-orm/postgresql";

export const UserTable = defineEntity({
  name: "User",
  tableName: "users",
  properties: {
    id: p.uuid().primary(),
    email: p.text(),
    emailKey: p.text(),
    passwordHash: p.text(),
    name: p.text(),
    phone: p.text().nullable(),
    role: p.text(),
    isMember: p.boolean().default(false),
    marketingConsent: p.boolean().default(false),
    marketingConsentAt: p.datetime().columnType("timestamptz").nullable(),
    isActive: p.boolean().default(true),
    createdAt: p.datetime().columnType("timestamptz"),
    updatedAt: p.datetime().columnType("timestamptz"),
  },
});

export const RefreshTokenTable = defineEntity({
  name: "RefreshToken",
  tableName: "refresh_tokens",
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    familyId: p.uuid(),
    tokenHash: p.text(),
    addressKey: p.text().nullable(),
    expiresAt: p.datetime().columnType("timestamptz"),
    usedAt: p.datetime().columnType("timestamptz").nullable(),
    revokedAt: p.datetime().columnType("timestamptz").nullable(),
    createdAt: p.datetime().columnType("timestamptz"),
  },
});

export const AuditLogTable = defineEntity({
  name: "AuditLog",
  tableName: "audit_logs",
  properties: {
    id: p.bigint("number").primary().autoincrement(),
    actorRole: p.text(),
    actorId: p.uuid().nullable(),
    permission: p.text(),
    entity: p.text(),
    entityId: p.text(),
    before: p.json().nullable(),
    after: p.json().nullable(),
    reason: p.text().nullable(),
    requestId: p.text().nullable(),
    at: p.datetime().columnType("timestamptz"),
  },
});
