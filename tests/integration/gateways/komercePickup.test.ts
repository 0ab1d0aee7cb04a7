import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { GatewayRefused } from "../../../domain/kernel/errors.ts";
import { type Behaviour, type FakeCourier, html, startFakeCourier } from "../../support/fakeCourier.ts";
import {
  AWB,
  answer,
  BOOKING,
  booking,
  detail,
  impatientOf,
  komerceAt,
  OTHER_BOOKING,
} from "../../support/komerceAnswers.ts";

let komerce: FakeCourier;
beforeAll(async () => {
  komerce = await startFakeCourier();
});
afterAll(() => komerce?.stop());
beforeEach(() => {
  komerce.requests.length = 0;
});

const gatewayWith = (options: Parameters<typeof komerceAt>[1] = {}) => komerceAt(komerce.url, options);

const pickup = {
  at: new Date("2026-10-01T03:05:00Z"),
  vehicle: "Motor",
  bookingNos: [BOOKING, OTHER_BOOKING],
} as const;

describe("a pickup", () => {
  test("is asked for in Jakarta's time, and a success is read booking by booking", async () => {
    komerce.behave(
      answer(201, "Success", [
        { status: "failed", order_no: OTHER_BOOKING, awb: "" },
        { status: "success", order_no: BOOKING, awb: AWB },
      ]),
    );
    expect(await gatewayWith().gateway.requestPickup(pickup)).toEqual([
      { bookingNo: BOOKING, airwayBill: AWB, why: null },
      { bookingNo: OTHER_BOOKING, airwayBill: null, why: "pickup failed" },
    ]);
    expect(komerce.requests[0]?.json).toEqual({
      pickup_date: "2026-10-01",
      pickup_time: "10:05",
      pickup_vehicle: "Motor",
      orders: [{ order_no: BOOKING }, { order_no: OTHER_BOOKING }],
    });
  });

  test("answers for a booking that the company leaves out, and for one without a waybill number", async () => {
    komerce.behave(answer(201, "Success", [{ status: "success", order_no: BOOKING, awb: "" }]));
    const told = await gatewayWith().gateway.requestPickup(pickup);
    expect(told.map(({ airwayBill, why }) => [airwayBill, why !== null])).toEqual([
      [null, true],
      [null, true],
    ]);
  });

  test("that is refused is refused for each of its bookings", async () => {
    komerce.behave(answer(400, "Pickup request failed, date pickup is cannot before today"));
    const told = await gatewayWith().gateway.requestPickup(pickup);
    expect(told).toHaveLength(2);
    expect(told[1]).toMatchObject({
      bookingNo: OTHER_BOOKING,
      airwayBill: null,
      why: expect.stringMatching(/before today/),
    });
  });

  test.each<[string, Behaviour]>([
    ["its 500", answer(500, "Request Pickup failed")],
    ["half an answer", "half"],
    ["an empty list", answer(201, "Success", [])],
    ["a text in place of a list", answer(201, "Success", "ok")],
  ])("is of unknown outcome after %s, and not asked for again", async (_, behaviour) => {
    komerce.behave(behaviour);
    await expect(gatewayWith().gateway.requestPickup(pickup)).rejects.toMatchObject({ outcome: "unknown" });
    expect(komerce.requests).toHaveLength(1);
  });
});

describe("a booking that is read", () => {
  test.each([
    [{}, null, "stored", null],
    [{ order_status: "Dipacking", awb: AWB }, AWB, "pickupArranged", "packed"],
    [{ order_status: "Diajukan", awb: AWB }, AWB, "pickupArranged", "packed"],
    [{ order_status: "Dikirim", awb: AWB }, AWB, "moving", null],
    [{ order_status: "Hilang", awb: AWB }, AWB, "lost", null],
    [{ order_status: "Menunggu" }, null, "unknownWord", null],
    [{ order_status: null }, null, "unknownWord", null],
  ])("with %j says where it is", async (change, airwayBill, event, flag) => {
    komerce.behave(detail(change));
    expect(await gatewayWith().gateway.readBooking(BOOKING)).toMatchObject({
      airwayBill,
      orderNumber: booking.orderNumber,
      news: { event, flag },
    });
  });

  test("is none where the company has none, which it says as a 400", async () => {
    komerce.behave({
      status: 400,
      body: {
        meta: { message: "Get Order detail failed", code: 400, status: "error" },
        data: { errors: "Data not found" },
      },
    });
    expect(await gatewayWith().gateway.readBooking(BOOKING)).toBeNull();
    expect(komerce.requests).toHaveLength(1);
  });

  test("that the company refuses to tell of is asked for once, and is no outage", async () => {
    komerce.behave(answer(422, "Get Order detail failed"));
    await expect(gatewayWith().gateway.readBooking(BOOKING)).rejects.toBeInstanceOf(GatewayRefused);
    expect(komerce.requests).toHaveLength(1);
    komerce.behave(answer(503, "busy"));
    await expect(gatewayWith().gateway.readBooking(BOOKING)).rejects.not.toBeInstanceOf(GatewayRefused);
  });

  test("is never another one", async () => {
    komerce.behave(detail({ order_no: OTHER_BOOKING }));
    await expect(gatewayWith().gateway.readBooking(BOOKING)).rejects.toMatchObject({ outcome: "none" });
  });

  test.each(["", "../cancel", "a b", "x".repeat(61)])(
    "is not asked for under what is no number: %j",
    async (number) => {
      await expect(gatewayWith().gateway.readBooking(number)).rejects.toMatchObject({ code: "INVALID_INPUT" });
      expect(komerce.requests).toHaveLength(0);
    },
  );
});

const refusedCancel = (status: string) =>
  answer(422, "cancel order failed", { errors: `Failed Cancel order, order status ${status}` });

describe("a cancel", () => {
  test("goes out once as a PUT, and a success has no data", async () => {
    komerce.behave(answer(200, "success cancel order"));
    expect(await gatewayWith().gateway.cancelBooking(BOOKING)).toEqual({ kind: "accepted" });
    expect(komerce.requests).toMatchObject([
      { method: "PUT", path: "/order/api/v1/orders/cancel", json: { order_no: BOOKING } },
    ]);
  });

  test.each(["Batal", "Dibatalkan", "Canceled"])("of what is cancelled already (%s) is done", async (status) => {
    komerce.behave(refusedCancel(status));
    expect(await gatewayWith().gateway.cancelBooking(BOOKING)).toEqual({ kind: "accepted" });
  });

  test.each([
    ["Dikirim", "moving"],
    ["Diterima", "delivered"],
    ["Retur", "returning"],
    ["Sesuatu", "unknownWord"],
  ])("is refused with where the booking is: %s", async (status, event) => {
    komerce.behave(refusedCancel(status));
    expect(await gatewayWith().gateway.cancelBooking(BOOKING)).toMatchObject({
      kind: "refused",
      news: { event, words: status },
    });
  });

  test("of an unknown booking is said to be that, and never done", async () => {
    komerce.behave(answer(400, "cancel order failed", { errors: "Data not found" }));
    expect(await gatewayWith().gateway.cancelBooking(BOOKING)).toEqual({ kind: "notFound" });
  });

  test.each<[string, Behaviour]>([
    ["silence", "hang"],
    ["a server error", answer(500, "Server Error")],
    ["HTML", html],
  ])("is of unknown outcome after %s", async (_, behaviour) => {
    komerce.behave(behaviour);
    const { gateway } = gatewayWith(impatientOf(behaviour));
    await expect(gateway.cancelBooking(BOOKING)).rejects.toMatchObject({ outcome: "unknown" });
    expect(komerce.requests).toHaveLength(1);
  });
});
