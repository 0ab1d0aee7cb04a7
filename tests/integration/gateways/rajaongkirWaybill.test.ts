import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createRajaongkirGateway } from "../../../gateways/rajaongkir/http.ts";
import type { GatewayCall } from "../../../gateways/recordCall.ts";
import { type Behaviour, envelope, type FakeCourier, html, startFakeCourier } from "../../support/fakeCourier.ts";

const yes = async () => true;
const parcel = { courier: "JNE", airwayBill: "JP0000000001", phoneSuffix: "00042" };

let courier: FakeCourier;
beforeAll(async () => {
  courier = await startFakeCourier();
});
afterAll(() => courier?.stop());
beforeEach(() => {
  courier.requests.length = 0;
});

function gatewayWith(timeoutMs = 5_000) {
  const calls: GatewayCall[] = [];
  const gateway = createRajaongkirGateway({
    url: courier.url,
    key: "k",
    timeoutMs,
    random: () => 0,
    recordCall: async (call) => void calls.push(call),
  });
  return { gateway, calls };
}
const answer = (status: number, message: string, data: unknown = null): Behaviour => ({
  status,
  body: envelope(status, message, data),
});
const line = (manifest_description: string, manifest_date: string, manifest_time: string) => ({
  manifest_code: "1",
  manifest_description,
  manifest_date,
  manifest_time,
  city_name: "JAKARTA",
});
const waybill = (status: string, more: Record<string, unknown> = {}) =>
  answer(200, "Success Get Waybill", {
    delivered: false,
    summary: { courier_code: "jne", status, receiver_name: "BUDI" },
    delivery_status: { status, pod_receiver: "BUDI", pod_date: "", pod_time: "" },
    manifest: [],
    ...more,
  });

describe("a waybill", () => {
  test("is asked for by query, with an empty body, and for JNE with the digits as they are written", async () => {
    courier.behave(waybill("ON PROCESS"));
    const { gateway, calls } = gatewayWith();
    await gateway.waybill(parcel, yes);
    expect(courier.requests[0]).toMatchObject({
      method: "POST",
      path: "/api/v1/track/waybill",
      query: "?awb=JP0000000001&courier=jne&last_phone_number=00042",
    });
    expect(courier.requests[0]?.headers["content-length"] ?? "0").toBe("0");
    expect(calls[0]).toMatchObject({
      operation: "track",
      correlation: parcel.airwayBill,
      path: "/api/v1/track/waybill",
    });
  });

  test("of another courier is asked for without anybody's digits", async () => {
    courier.behave(waybill("ON PROCESS"));
    await gatewayWith().gateway.waybill({ ...parcel, courier: "jnt" }, yes);
    expect(courier.requests[0]?.fields).toEqual({ awb: parcel.airwayBill, courier: "jnt" });
  });

  test("is told in Jakarta's times, its lines sorted, whatever form and order they come in", async () => {
    const manifest = [
      line("WITH DELIVERY COURIER", "2026-10-03", "08:15:30"),
      line("DELIVERED TO BUDI", "no day", ""),
      line("Manifested", "01-10-2026", "10:20"),
      line("RECEIVED AT WAREHOUSE", "2026-10-01", "10:20"),
      "not a line",
    ];
    courier.behave(waybill("ON TRANSIT", { manifest }));
    const history = await gatewayWith().gateway.waybill(parcel, yes);
    expect(history?.news).toEqual({ event: "moving", flag: null, words: "ON TRANSIT" });
    expect(history?.events.map(({ at, description, news }) => [at.toISOString(), description, news.event])).toEqual([
      ["2026-10-01T03:20:00.000Z", "Manifested", "moving"],
      ["2026-10-01T03:20:00.000Z", "RECEIVED AT WAREHOUSE", "moving"],
      ["2026-10-03T01:15:30.000Z", "WITH DELIVERY COURIER", "moving"],
    ]);
    expect(history?.events[0]).toMatchObject({ location: "JAKARTA", code: "1" });
  });

  test.each<[string, Behaviour]>([
    ["delivered by its flag", waybill("ON PROCESS", { delivered: true })],
    ["delivered by its word", waybill("DELIVERED")],
    ["delivered by its other word", waybill("", { delivery_status: { status: "DELIVERED" } })],
  ])("is %s", async (_, behaviour) => {
    courier.behave(behaviour);
    expect((await gatewayWith().gateway.waybill(parcel, yes))?.news.event).toBe("delivered");
  });

  test.each<[string, Behaviour, string]>([
    ["one that was not delivered", waybill("UNDELIVERED"), "problem"],
    ["a return that is called delivered", waybill("RETURN PROCESS", { delivered: true }), "returning"],
    [
      "a return that one word of two tells of",
      waybill("DELIVERED", { delivery_status: { status: "RETUR" } }),
      "returning",
    ],
    [
      "a return that a line tells of",
      waybill("DELIVERED", { delivered: true, manifest: [line("RETURN TO ORIGIN", "2026-10-01", "10:20")] }),
      "returning",
    ],
    ["a word that nobody knows", waybill("RECEIVED BY BUDI"), "unknownWord"],
  ])("is not delivered: %s", async (_, behaviour, event) => {
    courier.behave(behaviour);
    expect((await gatewayWith().gateway.waybill(parcel, yes))?.news.event).toBe(event);
  });

  test.each<[string, Behaviour]>([
    ["404 Checking AWB not found", answer(404, "Checking AWB not found")],
    ["404 Invalid Awb", answer(404, "Invalid Awb")],
    ["400 Invalid waybill", answer(400, "Invalid waybill")],
    ["no data", answer(200, "Success Get Waybill", null)],
  ])("that nobody knows yet is none: %s", async (_, behaviour) => {
    courier.behave(behaviour);
    expect(await gatewayWith().gateway.waybill(parcel, yes)).toBeNull();
    expect(courier.requests).toHaveLength(1);
  });

  test.each<[string, Behaviour, number, RegExp]>([
    ["an error inside a 200", { status: 200, body: envelope(500, "Server Error") }, 3, /500/],
    ["HTML", html, 3, /no envelope/],
    ["half an answer", "half", 3, /no answer/],
    ["silence", "hang", 3, /no answer/],
    ["digits that are missing", answer(404, "last_phone_number not found"), 1, /phone digits/],
    ["another API's answer", answer(200, "x", { result: {} }), 1, /another form/],
    ["a used-up quota", answer(429, "Daily limit exceeded"), 1, /quota/],
    ["the retired API", { status: 410, body: { success: false, code: 410 } }, 1, /retired/],
  ])("fails on %s", async (_, behaviour, requests, message) => {
    courier.behave(behaviour);
    const asked = gatewayWith(behaviour === "hang" ? 300 : 5_000).gateway.waybill(parcel, yes);
    await expect(asked).rejects.toMatchObject({ outcome: "none", message: expect.stringMatching(message) });
    expect(courier.requests).toHaveLength(requests);
  });

  test("is asked for with leave alone, each try anew, and apart from what shoppers ask", async () => {
    courier.behave(html);
    const { gateway } = gatewayWith();
    let left = 2;
    await expect(gateway.waybill(parcel, async () => left-- > 0)).rejects.toThrow(/quota/);
    expect(courier.requests).toHaveLength(2);
    for (let i = 0; i < 2; i++) await expect(gateway.waybill(parcel, yes)).rejects.toThrow();
    await expect(gateway.waybill(parcel, yes)).rejects.toThrow(/failed too often/);
    courier.behave(answer(200, "x", []));
    expect(await gateway.searchDestinations("GAMBIR", yes)).toEqual([]);
  });
});
