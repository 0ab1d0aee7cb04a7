import { defineEntity, p } from "@mikro-orm/postgresql";

export const DestinationTable = defineEntity({
  name: "Destination",
  tableName: "destinations",
  properties: {
    id: p.integer().primary(),
    label: p.text(),
    province: p.text(),
    city: p.text(),
    district: p.text(),
    subdistrict: p.text(),
    postalCode: p.text(),
    fetchedAt: p.datetime().columnType("timestamptz"),
  },
});

export const DestinationSearchTable = defineEntity({
  name: "DestinationSearch",
  tableName: "destination_searches",
  properties: {
    search: p.text().primary(),
    destinationIds: p.array().columnType("integer[]"),
    fetchedAt: p.datetime().columnType("timestamptz"),
  },
});

export const ShippingQuoteTable = defineEntity({
  name: "ShippingQuote",
  tableName: "shipping_quotes",
  properties: {
    originId: p.integer().primary(),
    destinationId: p.integer().primary(),
    weightGrams: p.integer().primary(),
    rates: p.json(),
    quotedAt: p.datetime().columnType("timestamptz"),
  },
});

export const CourierQuotaTable = defineEntity({
  name: "CourierQuota",
  tableName: "courier_quota",
  properties: {
    day: p.date().primary(),
    api: p.text().primary(),
    used: p.integer(),
  },
});
