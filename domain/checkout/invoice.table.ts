import { defineEntity, p } from "@mikro-orm/postgresql";

export const InvoiceTable = defineEntity({
  name: "Invoice",
  tableName: "invoices",
  properties: {
    id: p.uuid().primary(),
    number: p.text(),
    storeId: p.uuid(),
    year: p.integer(),
    sequence: p.integer(),
    orderId: p.uuid(),
    snapshot: p.json(),
    issuedAt: p.datetime().columnType("timestamptz"),
  },
});

export const InvoiceCounterTable = defineEntity({
  name: "InvoiceCounter",
  tableName: "invoice_counters",
  properties: {
    storeId: p.uuid().primary(),
    year: p.integer().primary(),
    last: p.integer(),
  },
});
