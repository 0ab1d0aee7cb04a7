import type { BookingRequest, CourierGateway } from "../../../domain/shipping/courierGateway.ts";
import type { ShippingGateway } from "../../../domain/shipping/shippingGateway.ts";
import { createKomerceGateway } from "../../../gateways/komerce/http.ts";
import { createRajaongkirGateway } from "../../../gateways/rajaongkir/http.ts";
import { parcel, booking as sample } from "../../support/komerceAnswers.ts";
import { faultsMet, HOUR, type Stand, stand } from "../sandbox/support.ts";

/** The shop's adapters and the stand-in were written apart: here they meet. */
describe("the shop's courier adapters, at the stand-in", () => {
  let rig: Stand;
  let couriers: CourierGateway;
  let rates: ShippingGateway;
  let booking: BookingRequest;
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
    booking = { ...sample, at: new Date(rig.clock.now()) };
  });
  afterEach(() => rig.close());

  const pickup = (...bookingNos: string[]) =>
    couriers.requestPickup({ at: new Date(rig.clock.now() + 2 * HOUR), vehicle: "Motor", bookingNos });
  const book = async (): Promise<string> => {
    const answer = await couriers.storeBooking(booking);
    if (answer.kind !== "stored") throw new Error(answer.why);
    return answer.bookingNo;
  };
  const send = async () => {
    const bookingNo = await book();
    const [row] = await pickup(bookingNo);
    return { bookingNo, airwayBill: row?.airwayBill ?? "" };
  };
  const move = (id: string, body: object) => rig.call("POST", `/sandbox/shipments/${id}`, body);

  test("book what they were quoted, to the last rupiah", async () => {
    const offered = await couriers.bookingRates(parcel);
    const rate = offered.find(({ shipping, shippingType }) => shipping === "JNE" && shippingType === "REG23");
    expect(rate).toMatchObject({ cost: 20_000, cashback: 5_000, etd: { minDays: 2, maxDays: 3 } });
    for (const each of offered) {
      expect(await couriers.storeBooking({ ...booking, rate: each })).toMatchObject({ kind: "stored" });
    }
    expect(await couriers.bookingRates({ ...parcel, destinationId: 1 })).toEqual([]);
  });

  test("learn the waybill number at pickup, and keep apart what was fetched and what was not", async () => {
    const [one, other] = [await book(), await book()];
    await couriers.cancelBooking(other);
    expect((await couriers.readBooking(one))?.airwayBill).toBeNull();
    const answers = await pickup(one, other);
    expect(answers.map(({ bookingNo, airwayBill }) => [bookingNo, airwayBill])).toEqual([
      [one, `KOMER${one}`],
      [other, null],
    ]);
    expect(await couriers.readBooking(one)).toMatchObject({
      airwayBill: `KOMER${one}`,
      news: { words: "Dipacking" },
      orderNumber: booking.orderNumber,
    });
    expect(await couriers.readBooking("KOM0")).toBeNull();
  });

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
  ])("read %s as the order, the history and the waybill tell it", async (status, order, history, waybill) => {
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

  test("know no word that nobody knows", async () => {
    const { bookingNo } = await send();
    await move(bookingNo, { status: "TRANSIT" });
    await move(bookingNo, { words: "Bongkar Muat" });
    expect((await couriers.readBooking(bookingNo))?.news).toMatchObject({
      event: "unknownWord",
      words: "Bongkar Muat",
    });
  });

  test("cancel until the courier has it, and hear afterwards where it is", async () => {
    const { bookingNo } = await send();
    expect(await couriers.cancelBooking(bookingNo)).toEqual({ kind: "accepted" });
    // Refused there, and what was wanted is true.
    expect(await couriers.cancelBooking(bookingNo)).toEqual({ kind: "accepted" });
    const late = await send();
    await move(late.bookingNo, { status: "TRANSIT" });
    expect(await couriers.cancelBooking(late.bookingNo)).toMatchObject({ kind: "refused", news: { event: "moving" } });
    expect(await couriers.cancelBooking("KOM0")).toEqual({ kind: "notFound" });
  });

  test("get labels, one or many, on every sheet", async () => {
    const [one, other] = [await send(), await send()];
    for (const page of ["A4", "A4x2", "A4x4", "thermal10x10", "thermal10x15"] as const) {
      const pdf = await couriers.label([one.bookingNo, other.bookingNo], page);
      expect(Buffer.from(pdf).toString("latin1").startsWith("%PDF-")).toBe(true);
    }
    await expect(couriers.label([await book()], "A4")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("tell a balance that is too low from every other no, and both from no answer at all", async () => {
    await rig.call("POST", "/sandbox/couriers", { balance: 0 });
    expect(await couriers.storeBooking(booking)).toMatchObject({ kind: "refused", isBalance: true });
    await rig.call("POST", "/sandbox/couriers", { balance: 1_000_000 });
    const strange = { ...booking, rate: { ...booking.rate, shippingType: "REG" } };
    expect(await couriers.storeBooking(strange)).toMatchObject({ kind: "refused", isBalance: false });
    await rig.call("POST", "/sandbox/faults", { target: "komerce.store", kind: "reset_after" });
    await expect(couriers.storeBooking(booking)).rejects.toMatchObject({ outcome: "unknown" });
    await faultsMet(rig);
    expect((await rig.call("GET", "/sandbox/couriers")).body.count).toBe(1);
  });
});
