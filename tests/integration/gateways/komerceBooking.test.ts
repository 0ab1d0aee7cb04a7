import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { BookingRequest } from "../../../domain/shipping/courierGateway.ts";
import { inTransaction } from "../../../platform/db.ts";
import { type Behaviour, envelope, type FakeCourier, html, startFakeCourier } from "../../support/fakeCourier.ts";
import {
  answer,
  BOOKING,
  booking,
  impatientOf,
  komerceAt,
  parcel,
  rates,
  stored,
} from "../../support/komerceAnswers.ts";
import { openTestShop, type TestShop } from "../../support/shopRows.ts";

let komerce: FakeCourier;
let shop: TestShop;
beforeAll(async () => {
  [komerce, shop] = await Promise.all([startFakeCourier(), openTestShop()]);
});
afterAll(async () => {
  await komerce?.stop();
  await shop?.drop();
});
beforeEach(() => {
  komerce.requests.length = 0;
});

const gatewayWith = (options: Parameters<typeof komerceAt>[1] = {}) => komerceAt(komerce.url, options);

describe("a booking", () => {
  test("is sent in Jakarta's day, with 62-phones, gross totals, and its order's number to find it by", async () => {
    komerce.behave(stored);
    expect(await gatewayWith().gateway.storeBooking(booking)).toEqual({ kind: "stored", bookingNo: BOOKING });
    expect(komerce.requests).toHaveLength(1);
    expect(komerce.requests[0]).toMatchObject({ method: "POST", path: "/order/api/v1/orders/store" });
    expect(komerce.requests[0]?.json).toEqual({
      order_date: "2026-10-01 00:30:00",
      brand_name: "Toko Contoh",
      shipper_name: "Gudang Contoh",
      shipper_phone: "6281200000001",
      shipper_destination_id: 900101,
      shipper_address: "Jl. Contoh 1 Gambir",
      shipper_email: "gudang@example.test",
      origin_pin_point: "",
      receiver_name: "Budi",
      receiver_phone: "6281200000002",
      receiver_destination_id: 900113,
      receiver_address: "Jl. Contoh 2",
      destination_pin_point: "",
      shipping: "JNE",
      shipping_type: "REG23",
      payment_method: "BANK TRANSFER",
      shipping_cost: 20_000,
      shipping_cashback: 5_000,
      service_fee: 0,
      additional_cost: 0,
      grand_total: 220_000,
      cod_value: 0,
      insurance_value: 0,
      notes: "LNO-20261001-7F3K9Q",
      order_details: [
        {
          product_name: "Kaos",
          product_variant_name: "LNO-20261001-7F3K9Q",
          product_price: 100_000,
          product_weight: 500,
          product_width: 21,
          product_height: 1,
          product_length: 30,
          qty: 2,
          subtotal: 200_000,
        },
      ],
    });
  });

  test.each<[string, Behaviour]>([
    ["silence", "hang"],
    ["a cut connection", "cut"],
    ["half an answer", "half"],
    ["a server error", answer(500, "Server Error")],
    ["a proxy's page", { status: 504, body: "<html>Gateway Time-out</html>" }],
    ["HTML in place of JSON", html],
    ["nothing at all", { status: 201, body: "" }],
    ["a success without its number", answer(201, "Success Create New Order", { order_id: 1 })],
    ["a success that failed", { status: 201, body: { meta: { message: "x", code: 201, status: "failed" }, data: {} } }],
    ["an error inside a 200", { status: 200, body: envelope(500, "Server Error") }],
    ["a time-out of its own", answer(408, "Request Timeout")],
  ])("is sent once, and of unknown outcome on %s", async (_, behaviour) => {
    komerce.behave(behaviour);
    const { gateway, calls } = gatewayWith(impatientOf(behaviour));
    await expect(gateway.storeBooking(booking)).rejects.toMatchObject({
      name: "GatewayUnavailable",
      outcome: "unknown",
    });
    expect(komerce.requests).toHaveLength(1);
    expect(calls).toHaveLength(1);
  });

  test.each<[string, Behaviour, RegExp]>([
    ["its key is refused", { status: 401, body: "" }, /key is refused/],
    ["a key's error that is called not found", answer(400, "Invalid Api key, key not found"), /key is refused/],
    ["calls are throttled", answer(429, "Too Many Requests"), /throttled/],
    ["the endpoint is gone", { status: 410, body: { success: false, code: 410 } }, /retired/],
  ])("did not happen for certain when %s", async (_, behaviour, message) => {
    komerce.behave(behaviour);
    const sent = gatewayWith().gateway.storeBooking(booking);
    await expect(sent).rejects.toMatchObject({ outcome: "none", message: expect.stringMatching(message) });
  });

  test("did not happen for certain when nobody takes the connection", async () => {
    const gone = await startFakeCourier();
    await gone.stop();
    const { gateway: away } = komerceAt(gone.url);
    await expect(away.storeBooking(booking)).rejects.toMatchObject({ outcome: "none" });
  });

  test.each<[string, Behaviour, boolean]>([
    ["date order can't be before today", answer(422, "Create Order failed, date order can't be before today"), false],
    [
      "'ShipperName' failed on the 'required' tag",
      answer(
        422,
        "Key: 'CreateOrderRequest.ShipperName' Error:Field validation for 'ShipperName' failed on the 'required' tag",
      ),
      false,
    ],
    ["minimum grand_total", answer(400, "minimum grand_total equals shipping_cost"), false],
    ["Insufficent Balance", answer(400, "failed", "Insufficent Balance"), true],
    ["Insufficient balance", answer(400, "failed", { errors: "Insufficient balance" }), true],
  ])("is refused with the company's own words: %s", async (words, behaviour, isBalance) => {
    komerce.behave(behaviour);
    expect(await gatewayWith().gateway.storeBooking(booking)).toEqual({
      kind: "refused",
      why: expect.stringContaining(words),
      isBalance,
    });
  });

  test.each<[string, Partial<BookingRequest>, RegExp]>([
    ["a phone that is none", { recipient: { ...booking.recipient, phone: "call me" } }, /recipient's phone/],
    ["a foreign phone", { recipient: { ...booking.recipient, phone: "+1 (212) 555-0100-99999" } }, /recipient's phone/],
    ["no address", { recipient: { ...booking.recipient, address: "\n " } }, /no address/],
    ["a sender without e-mail", { sender: { ...booking.sender, email: null } }, /e-mail/],
    ["nothing in it", { items: [] }, /nothing to send/],
  ])("never leaves with %s", async (_, change, why) => {
    const refusal = await gatewayWith().gateway.storeBooking({ ...booking, ...change });
    expect(refusal).toEqual({ kind: "refused", why: expect.stringMatching(why), isBalance: false });
    expect(komerce.requests).toHaveLength(0);
  });

  test("five failures in a row end all calls for a while, and then one goes to see", async () => {
    komerce.behave(answer(500, "Server Error"));
    const { gateway } = gatewayWith({ breakMs: 1_500 });
    for (let i = 0; i < 5; i++)
      await expect(gateway.storeBooking(booking)).rejects.toMatchObject({ outcome: "unknown" });
    await expect(gateway.storeBooking(booking)).rejects.toMatchObject({ outcome: "none", message: /not asked/ });
    expect(komerce.requests).toHaveLength(5);
    komerce.behave(rates);
    const endsAt = performance.now() + 60_000;
    let found: unknown[] = [];
    while (found.length === 0 && performance.now() < endsAt) {
      found = await gateway.bookingRates(parcel).catch(() => []);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(found).toHaveLength(2);
    expect(komerce.requests).toHaveLength(6);
  });

  test("that is refused again and again says nothing against the company", async () => {
    komerce.behave(answer(422, "no"));
    const { gateway } = gatewayWith();
    for (let i = 0; i < 6; i++) expect(await gateway.storeBooking(booking)).toMatchObject({ kind: "refused" });
    expect(komerce.requests).toHaveLength(6);
  });

  test("is refused inside a transaction", async () => {
    const { gateway } = gatewayWith();
    await expect(inTransaction(shop.db, () => gateway.storeBooking(booking))).rejects.toThrow(/database transaction/);
    expect(komerce.requests).toHaveLength(0);
  });
});
