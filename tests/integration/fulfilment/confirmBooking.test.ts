import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bookCourier } from "../../../domain/fulfilment/bookCourier.ts";
import { confirmBooking } from "../../../domain/fulfilment/confirmBooking.ts";
import { createShipment } from "../../../domain/fulfilment/createShipment.ts";
import { GatewayUnavailable, Refusal } from "../../../domain/kernel/errors.ts";
import { type BookingShop, openBookingShop } from "../../support/bookingShop.ts";
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

describe("what a person says of a lost booking", () => {
  beforeEach(async () => {
    shop.meets("storeBooking", "lost");
    await shop.work();
  });

  test("with its number: it is booked, fetched, and the case is over", async () => {
    await say(shop.bookings[0]?.bookingNo as string);
    expect(await shop.openCases()).toEqual([]);
    await shop.work();
    expect((await shop.shipmentOf(order)).status).toBe("PACKED");
    expect(sent()).toBe(1);
    expect(await shop.rows("select permission, reason from audit_logs where entity = 'shipment'")).toEqual([
      { permission: "shipment.book", reason: "looked at the company's list" },
    ]);
    await say(shop.bookings[0]?.bookingNo as string);
  });

  test("that there is none: the parcel is booked anew, once", async () => {
    shop.bookings.length = 0;
    await say(null);
    expect(await shop.statusOf(order)).toBe("PROCESSING");
    await shop.work();
    await shop.work();
    expect((await shop.shipmentOf(order)).status).toBe("PACKED");
    expect(sent()).toBe(2);
    expect(shop.bookings).toHaveLength(1);
    expect(await shop.openCases()).toEqual([]);
  });

  test("that there is none books nothing while the money is on hold: the order waits for another booking", async () => {
    shop.bookings.length = 0;
    await shop.rows(
      `insert into money_cases (id, kind, subject, payment_id, amount, summary, evidence, actions, opened_at)
       values (gen_random_uuid(), 'CHARGEBACK', 'x', $1, 1, 'x', '{}', '{DISMISS}', $2)`,
      order.paymentId,
      shop.app.clock.now(),
    );
    await say(null);
    await shop.work();
    expect(sent()).toBe(1);
    expect(await shop.statusOf(order)).toBe("PAID");
    expect(await shop.openAlerts()).toContain("BOOKING_GONE");
    expect(await codeOf(createShipment(shop.app, shop.staff, { orderId: order.orderId }))).toBe("ON_HOLD");
    await shop.rows("update money_cases set resolved_at = opened_at, action = 'DISMISS', resolution = 'x'");
    expect(await codeOf(createShipment(shop.app, shop.staff, { orderId: order.orderId }))).toBe("OK");
  });

  test("twenty times at once is one word: one more booking at most", async () => {
    shop.bookings.length = 0;
    const { id: shipmentId } = await shop.shipmentOf(order);
    const words = { shipmentId, bookingNo: null, note: "none there" };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => codeOf(confirmBooking(shop.app, shop.staff, words))),
    );
    expect(new Set(answers)).toEqual(new Set(["OK"]));
    await shop.work();
    expect(sent()).toBe(2);
  });

  test("is not believed of a booking that is another order's, is not there, or is another shipment's", async () => {
    const other = await shop.paidOrder();
    await createShipment(shop.app, shop.staff, { orderId: other.orderId });
    await shop.work();
    const [, others] = shop.bookings;
    expect(await codeOf(say(others?.bookingNo as string))).toBe("CONFLICT");
    expect(await codeOf(say("KOM99999999999999999"))).toBe("CONFLICT");
    await shop.work();
    expect((await shop.shipmentOf(order)).status).toBe("UNKNOWN");
    expect(await shop.openCases()).toHaveLength(1);
  });

  test("needs a note, the right, and something that is not known", async () => {
    expect(await codeOf(say(null, " "))).toBe("INVALID_INPUT");
    expect(await codeOf(say("no number!"))).toBe("INVALID_INPUT");
    const { id: shipmentId } = await shop.shipmentOf(order);
    const input = { shipmentId, bookingNo: null, note: "none" };
    expect(await codeOf(confirmBooking(shop.app, shop.customer, input))).toBe("FORBIDDEN");
    await say(shop.bookings[0]?.bookingNo as string);
    expect(await codeOf(say(null))).toBe("ILLEGAL_TRANSITION");
    await shop.work();
  });

  test("lets a cancel that was asked for meanwhile go on at the company", async () => {
    await shop.askForCancel(order);
    await shop.work();
    expect(await shop.statusOf(order)).toBe("CANCEL_REQUESTED");
    await say(shop.bookings[0]?.bookingNo as string);
    await shop.work();
    expect(await shop.statusOf(order)).toBe("CANCELLED");
    expect(shop.bookings[0]?.words).toBe("Batal");
    expect(await shop.refunds()).toMatchObject([{ amount: order.total, cause: "CANCEL" }]);
  });

  test("and is told otherwise by an answer that comes after all: a person has to end one of two bookings", async () => {
    await say(null);
    shop.state.afterEffect = async (call) => {
      if (call === "storeBooking" && sent() === 2) {
        shop.move(LEASE_MS);
        await bookCourier(shop.app, await message());
        await say(null);
      }
    };
    await shop.work();
    expect(sent()).toBe(2);
    expect(await shop.openCases()).toMatchObject([{ kind: "SHIPMENT_CONTRADICTED" }]);
    const kept = await shop.rows<{ bookingNo: string }>(
      "select booking_no from shipments where order_id = $1 and status = 'CANCELLED' and booking_no is not null",
      order.orderId,
    );
    expect(kept).toEqual([{ bookingNo: shop.bookings[1]?.bookingNo }]);
    await shop.work();
    expect(sent()).toBe(3);
  });

  test("that there is none cancels such an order at once", async () => {
    await shop.askForCancel(order);
    await say(null);
    expect(await shop.statusOf(order)).toBe("CANCELLED");
    expect(await shop.refunds()).toHaveLength(1);
    await shop.work();
    expect(sent()).toBe(1);
  });
});
