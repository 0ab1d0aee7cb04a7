import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CourierGateway } from "../../../domain/shipping/courierGateway.ts";
import type { ShippingGateway } from "../../../domain/shipping/shippingGateway.ts";
import { createKomerceGateway } from "../../../gateways/komerce/http.ts";
import { createRajaongkirGateway } from "../../../gateways/rajaongkir/http.ts";
import { booking as sample } from "../../support/komerceAnswers.ts";
import { HOUR, type Stand, stand } from "../sandbox/support.ts";

/** The shop's words for parcels and the stand-in's were written apart: here they meet, stage by stage. */
describe("where a parcel is, as the shop's adapters read it", () => {
  let rig: Stand;
  let couriers: CourierGateway;
  let rates: ShippingGateway;
  beforeEach(async () => {
    rig = await stand();
    const options = {
      url: rig.sandbox.url,
      key: "sim-ok",
      timeoutMs: 3_000,
      random: () => 0,
      recordCall: async () => undefined,
    };
    couriers = createKomerceGateway(options);
    rates = createRajaongkirGateway(options);
  });
  afterEach(() => rig.close());

  const send = async () => {
    const stored = await couriers.storeBooking({ ...sample, at: new Date(rig.clock.now()) });
    if (stored.kind !== "stored") throw new Error(stored.why);
    const at = new Date(rig.clock.now() + 2 * HOUR);
    const [row] = await couriers.requestPickup({ at, vehicle: "Motor", bookingNos: [stored.bookingNo] });
    return { bookingNo: stored.bookingNo, airwayBill: row?.airwayBill ?? "" };
  };
  const move = (id: string, body: object) => rig.call("POST", `/sandbox/shipments/${id}`, body);

  test.each([
    ["TRANSIT", "moving", "moving", "moving"],
    ["ARRIVED", "moving", "moving", "moving"],
    ["OUT_FOR_DELIVERY", "moving", "moving", "moving"],
    ["PROBLEM", "moving", "problem", "problem"],
    ["DELIVERED", "delivered", "delivered", "delivered"],
    ["RETURNING", "returning", "returning", "returning"],
    ["RETURNED", "returned", "returning", "returned"],
    ["LOST", "lost", "problem", "lost"],
    ["DAMAGED", "lost", "problem", "lost"],
  ])("is read of %s as the order, the history and the waybill tell it", async (status, order, history, waybill) => {
    const { bookingNo, airwayBill } = await send();
    const parcelOf = { shipping: "JNE", airwayBill };
    expect(await couriers.history(parcelOf)).toBeNull();
    await move(bookingNo, { status });
    const told = await couriers.history(parcelOf);
    const way = await rates.waybill({ courier: "jne", airwayBill, phoneSuffix: "00002" }, async () => true);
    expect((await couriers.readBooking(bookingNo))?.news.event).toBe(order);
    expect(told?.news.event).toBe(history);
    expect(way?.news.event).toBe(waybill);
    expect(way?.events.length).toBe(told?.events.length);
    expect(told?.events.map(({ at }) => at)).toEqual(way?.events.map(({ at }) => at));
  });

  test("is read of no word that nobody knows", async () => {
    const { bookingNo } = await send();
    await move(bookingNo, { status: "TRANSIT" });
    await move(bookingNo, { words: "Bongkar Muat" });
    expect((await couriers.readBooking(bookingNo))?.news).toMatchObject({
      event: "unknownWord",
      words: "Bongkar Muat",
    });
  });
});
