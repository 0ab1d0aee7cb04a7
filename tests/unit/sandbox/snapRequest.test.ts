import { describe, expect, it } from "vitest";
import { offeredMethods } from "../../../sandbox/midtrans/methods.ts";
import { pageDeadline, readSnapRequest } from "../../../sandbox/midtrans/snapRequest.ts";

const NOW = Date.parse("2026-03-14T10:00:00+07:00");
const DAY = 86_400_000;

const good = {
  transaction_details: { order_id: "LNS-20260314-000123-01A", gross_amount: 150_000 },
  item_details: [
    { id: "SKU-KOPI-250", name: "Kopi Gayo 250g", price: 70_000, quantity: 2 },
    { id: "SHIP", name: "Ongkir JNE REG", price: 18_000, quantity: 1 },
    { id: "DISC", name: "Diskon Maret", price: -8_000, quantity: 1 },
  ],
  customer_details: { first_name: "Siti", email: "siti@example.com", phone: "+628120000001" },
  expiry: { start_time: "2026-03-14 10:00:00 +0700", unit: "hours", duration: 24 },
  page_expiry: { duration: 24, unit: "hours" },
};
const details = (change: object): object => ({
  ...good,
  item_details: undefined,
  transaction_details: { ...good.transaction_details, ...change },
});
const item = (change: object): object => ({
  ...good,
  item_details: [{ name: "Kopi", price: 150_000, quantity: 1, ...change }],
});
const customer = (change: object): object => ({ ...good, customer_details: change });

describe("a Snap request", () => {
  it("is taken when it keeps every rule, discount lines included", () => {
    const { request, errors } = readSnapRequest(good, NOW);
    expect(errors).toEqual([]);
    expect(request).toMatchObject({
      order_id: "LNS-20260314-000123-01A",
      gross_amount: 150_000,
      expiry: { start: NOW, ms: DAY },
      page_ms: DAY,
    });
  });

  it.each([
    ["no object", [1], "request body must be a JSON object"],
    ["no details", { ...good, transaction_details: undefined }, "transaction_details is required"],
    ["no order_id", details({ order_id: undefined }), "transaction_details.order_id is required"],
    [
      "an order_id of 51 characters",
      details({ order_id: "A".repeat(51) }),
      "transaction_details.order_id must not be longer than 50 characters",
    ],
    [
      "a slash in the order_id",
      details({ order_id: "ORD/1" }),
      "transaction_details.order_id may only hold letters, digits, dash, underscore, tilde and dot",
    ],
    [
      "a space in the order_id",
      details({ order_id: "ORD 1" }),
      "transaction_details.order_id may only hold letters, digits, dash, underscore, tilde and dot",
    ],
    [
      "a zero amount",
      details({ gross_amount: 0 }),
      "transaction_details.gross_amount must be greater than or equal to 0.01",
    ],
    [
      "a negative amount",
      details({ gross_amount: -5 }),
      "transaction_details.gross_amount must be greater than or equal to 0.01",
    ],
    [
      "decimals",
      details({ gross_amount: 150_000.5 }),
      "transaction_details.gross_amount must be an integer without decimals",
    ],
    [
      "an amount as text",
      details({ gross_amount: "150000" }),
      "transaction_details.gross_amount must be an integer without decimals",
    ],
    [
      "a wrong sum",
      item({ price: 149_999 }),
      "transaction_details.gross_amount is not equal to the sum of item_details",
    ],
    [
      "an item name of 51 characters",
      item({ name: "K".repeat(51) }),
      "item_details[0].name must not be longer than 50 characters",
    ],
    ["an item without a name", item({ name: undefined }), "item_details[0].name is required"],
    [
      "an item id of 51 characters",
      item({ id: "K".repeat(51) }),
      "item_details[0].id must not be longer than 50 characters",
    ],
    ["quantity 0", item({ quantity: 0 }), "item_details[0].quantity must be at least 1"],
    ["half a rupiah", item({ price: 150_000.5 }), "item_details[0].price must be an integer without decimals"],
    ["items that are no list", { ...good, item_details: {} }, "item_details must be an array of at most 500 items"],
    ["a bad e-mail", customer({ email: "siti@example" }), "customer_details.email format is invalid"],
    [
      "a phone of 256 characters",
      customer({ phone: "0".repeat(256) }),
      "customer_details.phone must not be longer than 255 characters",
    ],
    [
      "a postal code of 11 characters",
      customer({ billing_address: { postal_code: "12345678901" } }),
      "customer_details.billing_address.postal_code must not be longer than 10 characters",
    ],
    ["an unknown unit", { ...good, expiry: { unit: "week", duration: 1 } }, "expiry.unit must be day, hour or minute"],
    [
      "a malformed start",
      { ...good, expiry: { start_time: "14-03-2026 10:00", unit: "day", duration: 1 } },
      "expiry.start_time must be written yyyy-MM-dd HH:mm:ss Z",
    ],
    [
      "a payment that is over already",
      { ...good, expiry: { start_time: "2026-03-13 09:59:00 +0700", unit: "day", duration: 1 } },
      "expiry must end at least 20 seconds from now",
    ],
    ["duration 0", { ...good, expiry: { unit: "day", duration: 0 } }, "expiry.duration must be at least 1"],
    [
      "a page of 4 minutes",
      { ...good, page_expiry: { unit: "minutes", duration: 4 } },
      "page_expiry must be between 5 minutes and 7 days",
    ],
    [
      "a page of 8 days",
      { ...good, page_expiry: { unit: "days", duration: 8 } },
      "page_expiry must be between 5 minutes and 7 days",
    ],
    [
      "a long callback",
      { ...good, callbacks: { finish: `https://shop.test/${"a".repeat(255)}` } },
      "callbacks.finish must not be longer than 255 characters",
    ],
    [
      "a long custom field",
      { ...good, custom_field1: "x".repeat(256) },
      "custom_field1 must not be longer than 255 characters",
    ],
    [
      "methods that are no list",
      { ...good, enabled_payments: "bca_va" },
      "enabled_payments must be an array of strings",
    ],
  ])("is refused with the reason for %s", (_name, body, reason) => {
    expect(readSnapRequest(body, NOW).errors).toContain(reason);
  });

  it("closes the page by page_expiry, then by expiry, then after a day, and never after more than 7 days", () => {
    const deadline = (change: object): number =>
      pageDeadline(readSnapRequest({ ...good, page_expiry: undefined, ...change }, NOW).request, NOW) - NOW;
    expect(deadline({ page_expiry: { unit: "hour", duration: 2 } })).toBe(DAY / 12);
    expect(deadline({ expiry: { unit: "hours", duration: 3 } })).toBe(DAY / 8);
    expect(deadline({ expiry: undefined })).toBe(DAY);
    expect(deadline({ expiry: { unit: "day", duration: 30 } })).toBe(7 * DAY);
  });
});

describe("offered methods", () => {
  it("are all where the shop names none, and only the activated ones it names otherwise", () => {
    expect(offeredMethods(undefined)).toHaveLength(20);
    expect(offeredMethods(["bca_va", "cimb_clicks", "no_such"]).map((method) => method.code)).toEqual(["bca_va"]);
    expect(offeredMethods(["cstore"]).map((method) => method.code)).toEqual(["indomaret", "alfamart"]);
    expect(offeredMethods(["bank_transfer"]).map((method) => method.code)).toEqual([
      "bca_va",
      "bni_va",
      "bri_va",
      "cimb_va",
      "permata_va",
      "danamon_va",
      "bsi_va",
      "seabank_va",
      "saqu_va",
    ]);
  });
});
