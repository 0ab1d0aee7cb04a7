import { defineEntity, p } from "@mikro-orm/postgresql";

export const ReviewTable = defineEntity({
  name: "Review",
  tableName: "reviews",
  properties: {
    id: p.uuid().primary(),
    productId: p.uuid(),
    userId: p.uuid(),
    orderItemId: p.uuid(),
    rating: p.integer().nullable(),
    comment: p.text(),
    likeness: p.text().nullable(),
    isActive: p.boolean().default(true),
    isArchived: p.boolean().default(false),
    archivedBy: p.uuid().nullable(),
    archivedAt: p.datetime().columnType("timestamptz").nullable(),
    archiveReason: p.text().nullable(),
    createdAt: p.datetime().columnType("timestamptz"),
    updatedAt: p.datetime().columnType("timestamptz"),
  },
});
