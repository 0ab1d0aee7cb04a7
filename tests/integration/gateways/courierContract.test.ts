import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BookingRequest, CourierGateway } from "../../../domain/shipping/courierGateway.ts";
import { COURIER_SERVICES, COURIERS_ASKED, sellableRates } from "../../../domain/shipping/couriers.rules.ts";
import type { ShippingGateway } from "../../../domain/shipping/shippingGateway.ts";
import { createKomerceGateway } from "../../../gateways/komerce/http.ts";
import { createRajaongkirGateway } from "../../../gateways/rajaongkir/http.ts";
import { parcel, booking as recorded } from "../../support/komerceAnswers.ts";
import { DAY, HOUR, type Stand, stand } from "../sandbox/support.ts";

/** Both companies as the sandbox of this repository plays them, through the gateways that the shop uses. */
let rig: Stand;
let couriers: CourierGateway;
/** As `couriers`, for answers that never come. */
let hasty: CourierGateway;
let rates: ShippingGateway;
const yes = async () => true;

beforeEach(async () => {
  rig = await stand();
  const options = {
    url: rig.sandbox.url,
    key: "sim-ok",
    timeoutMs: 5_000,
    random: () => 0,
    recordCall: async () => undefined,
  };
  couriers = createKomerceGateway(options);
  hasty = createKomerceGateway({ ...options, timeoutMs: 1_000 });
  rates = createRajaongkirGateway(options);
});
afterEach(() => rig.close());

const now = () => new Date(rig.clock.now());
const fault = (target: string, kind: string, more: object = {}) =>
  rig.call("POST", "/sandbox/faults", { target, kind, ...more });
const made = async (): Promise<number> => (await rig.call("GET", "/sandbox/couriers")).body.count;
const move = (id: string, status: string) => rig.call("POST", `/sandbox/shipments/${id}`, { status });

async function order(change: Partial<BookingRequest> = {}): Promise<BookingRequest> {
  const found = await couriers.bookingRates(parcel);
  const rate = found.find(({ shipping, shippingType }) => shipping === "JNE" && shippingType === "REG23");
  if (!rate) throw new Error("the route has no REG23");
  return { ...recorded, at: now(), rate, ...change };
}
async function book(change: Partial<BookingRequest> = {}): Promise<string> {
  const answer = await couriers.storeBooking(await order(change));
  if (answer.kind !== "stored") throw new Error(answer.why);
  return answer.bookingNo;
}
const pickUp = (bookingNos: string[]) =>
  couriers.requestPickup({ at: new Date(rig.clock.now() + 2 * HOUR), vehicle: "Motor", bookingNos });
async function send(): Promise<{ bookingNo: string; airwayBill: string }> {
  const bookingNo = await book();
  const [told] = await pickUp([bookingNo]);
  if (!told?.airwayBill) throw new Error(told?.why ?? "no pickup");
  return { bookingNo, airwayBill: told.airwayBill };
}
const tracked = (airwayBill: string, phoneSuffix: string | null = "00002", courier = "jne") =>
  rates.waybill({ courier, airwayBill, phoneSuffix }, yes);

describe("what is offered", () => {
  test("can be booked: each service of both companies is found by both names, at the same price", async () => {
    for (const weightGrams of [1_200, 12_000]) {
      const route = { originId: 900101, destinationId: 900113, weightGrams };
      const offered = sellableRates(
        await rates.domesticRates({ ...route, couriers: COURIERS_ASKED }, yes),
        weightGrams,
      );
      const bookable = await couriers.bookingRates({ ...route, itemValue: 100_000 });
      expect(offered.length).toBeGreaterThan(4);
      for (const rate of offered) {
        const service = COURIER_SERVICES.find((each) => each.courier === rate.courier && each.service === rate.service);
        expect(bookable).toContainEqual(
          expect.objectContaining({
            shipping: service?.delivery.shipping,
            shippingType: service?.delivery.shippingType,
            cost: rate.cost,
          }),
        );
      }
    }
  });

  test("holds no instant courier, no free one, and nothing for a place that is none", async () => {
    const found = await couriers.bookingRates({ ...parcel, destinationId: 900101 });
    expect(found.map(({ shipping }) => shipping)).not.toContain("GOSEND");
    expect(await couriers.bookingRates({ ...parcel, destinationId: 1 })).toEqual([]);
  });

  test("is of places that parcels can be sent to", async () => {
    const places = await rates.searchDestinations("PURWOKERTO", yes);
    expect(places.length).toBeGreaterThan(0);
    expect(places.map(({ id }) => id)).not.toContain(900199);
  });
});

describe("a booking", () => {
  test("goes from its order to its end, and its order's number comes back with it", async () => {
    const { bookingNo, airwayBill } = await send();
    const view = await couriers.readBooking(bookingNo);
    expect(view).toMatchObject({ airwayBill, orderNumber: recorded.orderNumber, news: { event: "pickupArranged" } });
    await rig.pass(10 * DAY);
    expect(await couriers.readBooking(bookingNo)).toMatchObject({ news: { event: "delivered" } });
    const history = await couriers.history({ shipping: "JNE", airwayBill });
    expect(history?.news.event).toBe("delivered");
    expect(history?.events.map(({ news }) => news.event)).toContain("moving");
    expect(history?.events.at(-1)).toMatchObject({ news: { event: "delivered" }, location: expect.any(String) });
    const times = history?.events.map(({ at }) => at.getTime()) ?? [];
    expect(times).toEqual([...times].sort((one, other) => one - other));
  });

  test("at half past midnight in Jakarta is of the new day", async () => {
    await rig.pass(14.5 * HOUR);
    expect(now().toISOString()).toBe("2026-03-14T17:30:00.000Z");
    expect(await couriers.storeBooking(await order())).toMatchObject({ kind: "stored" });
    const yesterday = await order({ at: new Date(rig.clock.now() - HOUR) });
    expect(await couriers.storeBooking(yesterday)).toMatchObject({ kind: "refused", isBalance: false });
  });

  test.each(["timeout_after", "reset_after", "half"])(
    "whose answer is lost by %s is there once, and unknown",
    async (kind) => {
      const request = await order();
      await fault("komerce.store", kind, { ms: 60_000 });
      await expect(hasty.storeBooking(request)).rejects.toMatchObject({ outcome: "unknown" });
      expect(await made()).toBe(1);
    },
  );

  test.each(["500", "html", "empty", "timeout"])("that failed by %s may be there for all we know", async (kind) => {
    const request = await order();
    await fault("komerce.store", kind, { ms: 60_000 });
    await expect(hasty.storeBooking(request)).rejects.toMatchObject({ outcome: "unknown" });
    expect(await made()).toBe(0);
  });

  test("that the balance does not cover says so", async () => {
    const request = await order();
    await fault("komerce.store", "balance");
    expect(await couriers.storeBooking(request)).toMatchObject({ kind: "refused", isBalance: true });
    expect(await made()).toBe(0);
  });

  test("of a foreign key is refused for certain", async () => {
    const options = { url: rig.sandbox.url, timeoutMs: 5_000, random: () => 0, recordCall: async () => undefined };
    const foreign = createKomerceGateway({ ...options, key: "another-product" });
    await expect(foreign.storeBooking(await order())).rejects.toMatchObject({ outcome: "none" });
  });

  test("is picked up with others, of which some may fail", async () => {
    const bookingNos = [await book(), await book()];
    await fault("komerce.pickup", "failed");
    const told = await pickUp(bookingNos);
    expect(told.map(({ bookingNo }) => bookingNo)).toEqual(bookingNos);
    expect(told.filter(({ airwayBill }) => airwayBill === null).every(({ why }) => why !== null)).toBe(true);
    expect(told.some(({ airwayBill }) => airwayBill === null)).toBe(true);
  });

  test("whose pickup's answer is lost tells by its waybill that it was arranged", async () => {
    const bookingNo = await book();
    await fault("komerce.pickup", "reset_after");
    await expect(pickUp([bookingNo])).rejects.toMatchObject({ outcome: "unknown" });
    expect(await couriers.readBooking(bookingNo)).toMatchObject({
      airwayBill: expect.any(String),
      news: { event: "pickupArranged" },
    });
  });

  test("is cancelled before a courier scans it, again without harm, and not after", async () => {
    const stored = await book();
    const { bookingNo: packed } = await send();
    for (const bookingNo of [stored, packed, packed]) {
      expect(await couriers.cancelBooking(bookingNo)).toEqual({ kind: "accepted" });
    }
    const { bookingNo } = await send();
    await move(bookingNo, "Dikirim");
    expect(await couriers.cancelBooking(bookingNo)).toMatchObject({ kind: "refused", news: { event: "moving" } });
    expect(await couriers.cancelBooking("KOM00009209901010000")).toEqual({ kind: "notFound" });
    expect(await couriers.readBooking("KOM00009209901010000")).toBeNull();
  });

  test("whose cancel's answer is lost says afterwards what is true", async () => {
    const bookingNo = await book();
    await fault("komerce.cancel", "timeout_after", { ms: 60_000 });
    await expect(hasty.cancelBooking(bookingNo)).rejects.toMatchObject({ outcome: "unknown" });
    expect(await couriers.readBooking(bookingNo)).toMatchObject({ news: { event: "cancelled" } });
    expect(await couriers.cancelBooking(bookingNo)).toEqual({ kind: "accepted" });
  });

  test.each(["A4", "A4x2", "A4x4", "thermal10x10", "thermal10x15"] as const)("has a label on %s", async (page) => {
    const { bookingNo } = await send();
    const bytes = await couriers.label([bookingNo], page);
    expect(Buffer.from(bytes).subarray(0, 4).toString()).toBe("%PDF");
  });

  test("has no label before its pickup", async () => {
    await expect(couriers.label([await book()], "A4")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("a parcel", () => {
  test.each([
    ["Dikirim", "moving"],
    ["Problem", "problem"],
    ["Diterima", "delivered"],
    ["Retur", "returning"],
    ["Return Done", "returned"],
    ["Hilang", "lost"],
    ["Rusak", "lost"],
  ])("that is %s is so by booking or waybill", async (status, event) => {
    const { bookingNo, airwayBill } = await send();
    await move(bookingNo, status);
    const told = [await couriers.readBooking(bookingNo), await tracked(airwayBill)].map((each) => each?.news.event);
    expect(told).toContain(event);
    if (event !== "delivered") expect(told).not.toContain("delivered");
  });

  test("of JNE is told to who has the recipient's digits with their zeros, once it is scanned", async () => {
    const { bookingNo, airwayBill } = await send();
    expect(await tracked(airwayBill)).toBeNull();
    expect(await couriers.history({ shipping: "jne", airwayBill })).toBeNull();
    await move(bookingNo, "Dikirim");
    expect(await tracked(airwayBill, "2")).toMatchObject({ news: { event: "moving" } });
    expect(await tracked(airwayBill, "+62 812-0000-0002")).toMatchObject({ news: { event: "moving" } });
    await expect(tracked(airwayBill, null)).rejects.toThrow(/phone digits/);
    await expect(tracked(airwayBill, "99999")).rejects.toThrow(/phone digits/);
  });

  test.each([
    ["00", "delivered"],
    ["01", "moving"],
    ["02", "moving"],
    ["03", "problem"],
    ["04", "returning"],
    ["05", "returned"],
    ["07", "lost"],
  ])("that was booked elsewhere and ends with %s is %s", async (ending, event) => {
    expect(await tracked(`JP00000000${ending}`, null, "jnt")).toMatchObject({ news: { event } });
  });

  test("that nobody knows yet is found later", async () => {
    const told = [];
    for (let look = 0; look < 3; look++) told.push((await tracked("JP0000000006", null, "jnt"))?.news.event ?? null);
    expect(told).toEqual([null, null, "moving"]);
  });
});
