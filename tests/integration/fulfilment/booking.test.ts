import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bookCourier } from "../../../domain/fulfilment/bookCourier.ts";
import { bookingRates } from "../../../domain/fulfilment/bookingRates.ts";
import { confirmBooking } from "../../../domain/fulfilment/confirmBooking.ts";
import { createShipment } from "../../../domain/fulfilment/createShipment.ts";
import { GatewayUnavailable, Refusal } from "../../../domain/kernel/errors.ts";
import { type BookingShop, openBookingShop, RATE } from "../../support/bookingShop.ts";
import type { OrderRow } from "../../support/shopRows.ts";

const LEASE_MS = 3 * 60_000;

let shop: BookingShop;
let order: OrderRow;
beforeEach(async () => {
  shop = await openBookingShop();
  order = await shop.paidOrder();
  await createShipment(shop.app, shop.staff, { orderId: order.orderId });
});
afterEach(async () => {
  expect(await shop.breaches()).toEqual([]);
  await shop.drop();
});

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "OK",
    (error: unknown) =>
      error instanceof Refusal || error instanceof GatewayUnavailable
        ? ((error as Refusal).code ?? "AWAY")
        : Promise.reject(error),
  );
const message = async () => ({ shipmentId: (await shop.shipmentOf(order)).id });
const sent = () => shop.calls.filter((call) => call === "storeBooking").length;
const say = async (bookingNo: string | null, note = "looked at the company's list") =>
  confirmBooking(shop.app, shop.staff, { shipmentId: (await shop.shipmentOf(order)).id, bookingNo, note });

describe("a courier's booking", () => {
  test("is stored at a fresh price with what differs from the customer's, then fetched", async () => {
    expect(await shop.work()).toEqual(["bookCourier"]);
    expect(await shop.shipmentOf(order)).toMatchObject({ status: "BOOKED", cost: 20_000, cashback: 5_000 });
    const [request] = shop.requests;
    expect(request).toMatchObject({
      orderNumber: order.orderNumber,
      brand: "Batik Sekar",
      sender: { name: "Batik Sekar", phone: "0274555012", email: "halo@batik.test", destinationId: 1 },
      recipient: { name: "Ibu Penerima", phone: "0812000", destinationId: 2 },
      rate: RATE,
      items: [{ name: "Kemeja batik", price: 150_000, weightGrams: 334, quantity: 2, lengthCm: 20 }],
    });
    await shop.work();
    expect(await shop.shipmentOf(order)).toMatchObject({
      status: "PACKED",
      airwayBill: `AWB${shop.bookings[0]?.bookingNo}`,
    });
    expect(await shop.statusOf(order)).toBe("PROCESSING");
  });

  test("is sent once by all workers that are told of it at once", async () => {
    const told = await message();
    await Promise.all(Array.from({ length: 8 }, () => bookCourier(shop.app, told)));
    expect(sent()).toBe(1);
    expect((await shop.shipmentOf(order)).status).toBe("BOOKED");
    await bookCourier(shop.app, told);
    expect(sent()).toBe(1);
  });

  test("whose answer is lost waits for a person, and is never sent again by itself", async () => {
    shop.meets("storeBooking", "lost");
    await shop.work();
    expect((await shop.shipmentOf(order)).status).toBe("UNKNOWN");
    expect(await shop.openCases()).toMatchObject([{ kind: "STORE_UNKNOWN", actions: ["CONFIRM_BOOKING"] }]);
    for (const wait of [1_000, LEASE_MS, 86_400_000]) {
      shop.move(wait);
      await shop.work();
      await bookCourier(shop.app, await message());
    }
    expect(sent()).toBe(1);
    expect(await shop.statusOf(order)).toBe("PROCESSING");
  });

  test("of a process that died after the call is unknown, and not sent a second time", async () => {
    const { app } = shop;
    let isDead = false;
    const pool = { connect: () => (isDead ? Promise.reject(new Error("dead")) : app.db.pool.connect()) };
    shop.state.afterEffect = async (call) => {
      isDead = call === "storeBooking";
    };
    const told = await message();
    await expect(bookCourier({ ...app, db: { ...app.db, pool } } as never, told)).rejects.toThrow("dead");
    expect(await shop.shipmentOf(order)).toMatchObject({ status: "BOOKING", storeSentAt: app.clock.now() });
    await shop.work();
    expect((await shop.shipmentOf(order)).status).toBe("BOOKING");
    shop.move(LEASE_MS);
    await shop.work();
    expect((await shop.shipmentOf(order)).status).toBe("UNKNOWN");
    expect(sent()).toBe(1);
  });

  test("that never left is sent later", async () => {
    shop.meets("storeBooking", "unsent");
    await shop.work();
    const unsent = { status: "BOOKING", storeSentAt: null, cost: null, cashback: null };
    expect(await shop.shipmentOf(order)).toMatchObject(unsent);
    await shop.work();
    expect((await shop.shipmentOf(order)).status).toBe("BOOKED");
    expect(shop.bookings).toHaveLength(1);
  });

  test("that never left is sent later, though a second run left it alone and ended its job", async () => {
    const told = await message();
    shop.meets("storeBooking", "unsent");
    shop.state.afterEffect = async (call) => {
      if (call !== "storeBooking") return;
      await bookCourier(shop.app, told);
      const ended = "update outbox_messages set done_at = now() where handler = 'bookCourier' and key = $1";
      await shop.rows(ended, told.shipmentId);
    };
    await shop.work();
    shop.state.afterEffect = async () => {};
    shop.move(LEASE_MS);
    await shop.work();
    expect((await shop.shipmentOf(order)).status).toBe("BOOKED");
    expect(sent()).toBe(2);
  });

  test("is no more jobs, however long the company takes no bookings", async () => {
    shop.meets("storeBooking", ...Array.from({ length: 100 }, () => "unsent" as const));
    for (let round = 0; round < 6; round += 1) {
      await shop.work();
      shop.move(LEASE_MS);
    }
    expect(sent()).toBe(6);
    shop.meets("storeBooking");
    await shop.work();
    shop.move(LEASE_MS);
    await shop.work();
    expect(sent()).toBe(7);
    expect((await shop.shipmentOf(order)).status).toBe("PACKED");
  });

  test("waits while nobody says what it costs", async () => {
    shop.meets("bookingRates", "mute", "unsent");
    await shop.work();
    await shop.work();
    expect((await shop.shipmentOf(order)).status).toBe("BOOKING");
    expect(sent()).toBe(0);
    await shop.work();
    expect((await shop.shipmentOf(order)).status).toBe("BOOKED");
  });

  test.each([
    ["for want of balance", { why: "Insufficent Balance", isBalance: true }, ["BOOKING_GONE", "COURIER_BALANCE"]],
    ["for anything else", { why: "receiver_phone is not valid", isBalance: false }, ["BOOKING_GONE"]],
    ["in words that no database takes", { why: "no\u0000\u0007 good", isBalance: false }, ["BOOKING_GONE"]],
  ])(
    "that is refused %s makes the order PAID again, with the reason, and it can be booked again",
    async (_why, no, alerts) => {
      shop.state.refuses = no;
      await shop.work();
      expect(await shop.shipmentOf(order)).toMatchObject({
        status: "CANCELLED",
        endedWhy: no.why.replace("\u0000\u0007", " "),
        bookingNo: null,
      });
      expect(await shop.statusOf(order)).toBe("PAID");
      expect(await shop.openAlerts()).toEqual(alerts);
      shop.state.refuses = null;
      expect(await createShipment(shop.app, shop.staff, { orderId: order.orderId })).toMatchObject({ isNew: true });
      await shop.work();
      expect((await shop.shipmentOf(order)).status).toBe("BOOKED");
      expect(await shop.openAlerts()).toEqual([]);
    },
  );

  test("of a service that is not offered any more is not sent", async () => {
    shop.state.rates = [{ ...RATE, shippingType: "JTR23" }];
    await shop.work();
    expect(await shop.statusOf(order)).toBe("PAID");
    expect((await shop.shipmentOf(order)).endedWhy).toMatch(/JNE REG23 is not offered now, but JNE JTR23/);
    expect(sent()).toBe(0);
  });

  test("goes by another service where staff chooses one, and by that one again after a lost answer", async () => {
    const eez: typeof RATE = { ...RATE, shipping: "JNT", shippingType: "EZ", cost: 30_000, cashback: 0 };
    shop.state.rates = [eez];
    expect(await bookingRates(shop.app, shop.staff, order.orderId)).toEqual([
      {
        courier: "jnt",
        service: "EZ",
        description: "J&T Express EZ",
        cost: 30_000,
        cashback: 0,
        difference: 12_000,
        etd: null,
        isChosen: false,
      },
    ]);
    await shop.work();
    expect(await shop.statusOf(order)).toBe("PAID");
    const book = (courier: string | null, service: string | null) =>
      codeOf(createShipment(shop.app, shop.staff, { orderId: order.orderId, courier, service }));
    expect(await book("jnt", null)).toBe("INVALID_INPUT");
    expect(await book("jnt", "JTR")).toBe("SHIPPING_UNAVAILABLE");
    expect(await book("jne", "JTR")).toBe("SHIPPING_UNAVAILABLE");
    expect(await book("JNT", "ez")).toBe("OK");
    shop.meets("storeBooking", "mute");
    await shop.work();
    await say(null);
    await shop.work();
    expect(await shop.shipmentOf(order)).toMatchObject({
      status: "BOOKED",
      courier: "jnt",
      shipping: "JNT",
      cost: 30_000,
    });
    expect(shop.requests.map(({ rate }) => rate.shipping)).toEqual(["JNT"]);
    await shop.work();
  });

  test("tells staff why orders wait while the company is away, until it is back", async () => {
    shop.meets("bookingRates", "unsent", "unsent");
    await shop.work();
    await shop.work();
    expect(await shop.openAlerts()).toEqual(["COURIER_AWAY"]);
    await shop.work();
    expect(await shop.openAlerts()).toEqual([]);
  });

  test("whose refusal comes after its time was over still frees the order, and ends the case", async () => {
    shop.state.refuses = { why: "too late", isBalance: false };
    const told = await message();
    shop.state.afterEffect = async (call) => {
      if (call !== "storeBooking") return;
      shop.move(LEASE_MS);
      await bookCourier(shop.app, told);
      expect((await shop.shipmentOf(order)).status).toBe("UNKNOWN");
    };
    await bookCourier(shop.app, told);
    expect(await shop.statusOf(order)).toBe("PAID");
    expect(await shop.openCases()).toEqual([]);
  });
});
