import { defineEntity, p } from "@mikro-orm/postgresql";

export const NoticeTable = defineEntity({
  name: "Notice",
  tableName: "notices",
  properties: {
    id: p.uuid().primary(),
    event: p.text(),
    template: p.text(),
    userId: p.uuid().nullable(),
    recipient: p.text(),
    subject: p.text(),
    bodyText: p.text(),
    bodyHtml: p.text(),
    state: p.text(),
    createdAt: p.datetime().columnType("timestamptz"),
    sentAt: p.datetime().columnType("timestamptz").nullable(),
  },
});
