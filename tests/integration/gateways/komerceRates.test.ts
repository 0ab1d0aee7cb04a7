import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Behaviour, envelope, type FakeCourier, html, startFakeCourier } from "../../support/fakeCourier.ts";
import { answer, booking, DELIVERY_KEY, impatientOf, komerceAt, parcel, rates } from "../../support/komerceAnswers.ts";

let komerce: FakeCourier;
beforeAll(async () => {
  komerce = await startFakeCourier();
});
afterAll(() => komerce?.stop());
beforeEach(() => {
  komerce.requests.length = 0;
});

const gatewayWith = (options: Parameters<typeof komerceAt>[1] = {}) => komerceAt(komerce.url, options);

describe("rates to book at", () => {
  test("are asked for in kilograms with a dot, by the delivery key, and without pin points", async () => {
    komerce.behave(rates);
    const found = await gatewayWith().gateway.bookingRates(parcel);
    expect(komerce.requests[0]).toMatchObject({ method: "GET", path: "/tariff/api/v1/calculate" });
    expect(komerce.requests[0]?.headers["x-api-key"]).toBe(DELIVERY_KEY);
    expect(komerce.requests[0]?.fields).toEqual({
      shipper_destination_id: "900101",
      receiver_destination_id: "900113",
      weight: "1.2",
      item_value: "200000",
      cod: "no",
    });
    expect(found).toEqual([
      { ...booking.rate, etd: { minDays: 2, maxDays: 3 } },
      { shipping: "JNE", shippingType: "JTR23", kind: "cargo", cost: 5_500, cashback: 137, etd: null },
    ]);
  });

  test.each<[string, Behaviour]>([
    ["three empty lists", answer(200, "x", { calculate_reguler: [], calculate_cargo: [], calculate_instant: [] })],
    ["no data", answer(200, "x", null)],
    ["an empty object", answer(200, "x", {})],
    ["400 not found", answer(400, "Calculate Shipping not found")],
    ["404 not found", answer(404, "Data Not Found")],
  ])("are none where no courier serves the route: %s", async (_, behaviour) => {
    komerce.behave(behaviour);
    expect(await gatewayWith().gateway.bookingRates(parcel)).toEqual([]);
    expect(komerce.requests).toHaveLength(1);
  });

  test.each<[string, Behaviour]>([
    ["server errors", answer(500, "Server Error")],
    ["HTML", html],
    ["nothing at all", { status: 200, body: "" }],
    ["the word null", { status: 200, body: "null" }],
    ["a list", { status: 200, body: "[]" }],
    ["an error inside a 200", { status: 200, body: envelope(500, "Server Error") }],
    ["another API's rows", answer(200, "x", { calculate_reguler: [{ costs: [] }], calculate_cargo: [] })],
    ["a cut connection", "cut"],
    ["half an answer", "half"],
    ["silence", "hang"],
  ])("are asked for three times on %s, then given up without effect", async (_, behaviour) => {
    komerce.behave(behaviour);
    await expect(gatewayWith(impatientOf(behaviour)).gateway.bookingRates(parcel)).rejects.toMatchObject({
      name: "GatewayUnavailable",
      gateway: "komerce",
      outcome: "none",
    });
    expect(komerce.requests).toHaveLength(3);
  });

  test("are not asked for again with a key that is refused", async () => {
    komerce.behave({ status: 401, body: "" });
    await expect(gatewayWith().gateway.bookingRates(parcel)).rejects.toThrow(/key is refused/);
    expect(komerce.requests).toHaveLength(1);
  });
});
