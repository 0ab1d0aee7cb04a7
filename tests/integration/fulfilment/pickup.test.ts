import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { arrangePickup } from "../../../domain/fulfilment/arrangePickup.ts";
import { createShipment } from "../../../domain/fulfilment/createShipment.ts";
import { labelPath, printLabels, readLabels } from "../../../domain/fulfilment/printLabels.ts";
import { rearrangePickup } from "../../../domain/fulfilment/rearrangePickup.ts";
import { listShipments } from "../../../domain/fulfilment/shipment.queries.ts";
import { Refusal } from "../../../domain/kernel/errors.ts";
import { checkLink } from "../../../platform/signedLink.ts";
import { type BookingShop, openBookingShop } from "../../support/bookingShop.ts";
import type { OrderRow } from "../../support/shopRows.ts";

const MINUTE_MS = 60_000;

let shop: BookingShop;
let order: OrderRow;
beforeEach(async () => {
  shop = await openBookingShop();
  order = await shop.paidOrder();
  await createShipment(shop.app, shop.staff, { orderId: order.orderId });
  await shop.work();
});
afterEach(async () => {
  expect(await shop.breaches()).toEqual([]);
  await shop.drop();
});

const asked = () => shop.calls.filter((call) => call === "requestPickup").length;
const message = async () => ({ shipmentId: (await shop.shipmentOf(order)).id });

describe("a pickup", () => {
  test("is asked for at the planned hour by what fetches the weight, and its waybill makes it PACKED", async () => {
    await shop.work();
    expect(shop.pickups).toMatchObject([{ vehicle: "Motor", at: new Date("2026-11-20T09:00:00.000Z") }]);
    expect(await shop.shipmentOf(order)).toMatchObject({ status: "PACKED", pickupAskedAt: null, pickupWhy: null });
    expect((await shop.shipmentOf(order)).nextCheckAt).toEqual(shop.app.clock.now());
  });

  test("is asked for once by all workers at once", async () => {
    const told = await message();
    await Promise.all(Array.from({ length: 8 }, () => arrangePickup(shop.app, told)));
    expect(asked()).toBe(1);
    expect((await shop.shipmentOf(order)).status).toBe("PACKED");
  });

  test("that was planned for an hour that is too near by now is asked for at a later one", async () => {
    shop.move(60 * MINUTE_MS);
    await shop.work();
    expect(shop.pickups[0]?.at).toEqual(new Date("2026-11-20T10:00:00.000Z"));
    expect((await shop.shipmentOf(order)).pickupAt).toEqual(shop.pickups[0]?.at);
  });

  test("whose answer is lost is found in the booking itself", async () => {
    shop.meets("requestPickup", "lost");
    await shop.work();
    expect((await shop.shipmentOf(order)).status).toBe("PACKED");
    expect(asked()).toBe(1);
  });

  test("that did not land and has no answer is asked for again, when it cannot land any more", async () => {
    shop.meets("requestPickup", "mute");
    await shop.work();
    await shop.work();
    expect(asked()).toBe(1);
    shop.move(3 * MINUTE_MS);
    await shop.work();
    expect(asked()).toBe(2);
    expect((await shop.shipmentOf(order)).status).toBe("PACKED");
  });

  test("that never left is asked for again, though a second run left it alone and ended its job", async () => {
    const told = await message();
    shop.meets("requestPickup", "unsent");
    shop.state.afterEffect = async (call) => {
      if (call !== "requestPickup") return;
      await arrangePickup(shop.app, told);
      const ended = "update outbox_messages set done_at = now() where handler = 'arrangePickup' and key = $1";
      await shop.rows(ended, told.shipmentId);
    };
    await shop.work();
    shop.state.afterEffect = async () => {};
    shop.move(3 * MINUTE_MS);
    await shop.work();
    expect((await shop.shipmentOf(order)).status).toBe("PACKED");
    expect(asked()).toBe(2);
  });

  test("is no more jobs, however long the company takes no calls", async () => {
    const unsent = Array.from({ length: 100 }, () => "unsent" as const);
    shop.meets("requestPickup", ...unsent);
    for (let round = 0; round < 6; round += 1) {
      await shop.work();
      shop.move(3 * MINUTE_MS);
    }
    expect(asked()).toBe(6);
    expect(await shop.openAlerts()).toEqual(["COURIER_AWAY"]);
    shop.meets("requestPickup");
    await shop.work();
    shop.move(3 * MINUTE_MS);
    await shop.work();
    expect(asked()).toBe(7);
    expect((await shop.shipmentOf(order)).status).toBe("PACKED");
    expect(await shop.openAlerts()).toEqual([]);
  });

  test("of a process that died after the call is found in the booking", async () => {
    const told = await message();
    await shop.rows("update shipments set pickup_asked_at = $2 where id = $1", told.shipmentId, shop.app.clock.now());
    const [booked] = shop.bookings;
    Object.assign(booked ?? {}, { airwayBill: "AWB-LANDED", words: "Dipacking" });
    await shop.work();
    expect(await shop.shipmentOf(order)).toMatchObject({ status: "PACKED", airwayBill: "AWB-LANDED" });
    expect(asked()).toBe(0);
  });

  test("that fails inside a good answer is asked for again at later hours, and then a person is told", async () => {
    shop.state.pickupWhy = "failed";
    const hours = new Set<number>();
    for (let tries = 1; tries <= 5; tries += 1) {
      await shop.work();
      expect(await shop.shipmentOf(order)).toMatchObject({ status: "BOOKED", pickupTries: tries, pickupWhy: "failed" });
      hours.add(shop.pickups.at(-1)?.at.getTime() ?? 0);
      expect(await shop.openAlerts()).toEqual(tries < 5 ? [] : ["PICKUP_REFUSED"]);
      shop.move(10 * MINUTE_MS * 2 ** (tries - 1));
    }
    expect(hours.size).toBeGreaterThan(2);
    await shop.work();
    expect(asked()).toBe(5);
    const troubled = await listShipments(shop.app, shop.staff, "TROUBLED", { first: 10 });
    expect(troubled.nodes.map(({ orderId }) => orderId)).toEqual([order.orderId]);
    shop.state.pickupWhy = null;
    await rearrangePickup(shop.app, shop.staff, { orderId: order.orderId, vehicle: "Mobil" });
    await shop.work();
    expect(await shop.shipmentOf(order)).toMatchObject({ status: "PACKED", pickupWhy: null, vehicle: "Mobil" });
    expect(await shop.openAlerts()).toEqual([]);
    const late = rearrangePickup(shop.app, shop.staff, { orderId: order.orderId });
    await expect(late).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
  });

  test("fails for one order and not for the other: each has its own outcome", async () => {
    const other = await shop.paidOrder();
    await createShipment(shop.app, shop.staff, { orderId: other.orderId });
    shop.state.pickupWhy = "failed";
    await arrangePickup(shop.app, await message());
    shop.state.pickupWhy = null;
    await shop.work();
    await shop.work();
    shop.move(3 * MINUTE_MS);
    await shop.work();
    expect((await shop.shipmentOf(order)).status).toBe("BOOKED");
    expect((await shop.shipmentOf(other)).status).toBe("PACKED");
    shop.move(7 * MINUTE_MS);
    await shop.work();
    expect((await shop.shipmentOf(order)).status).toBe("PACKED");
  });

  test("that landed and was refused when it was asked for again is found in the booking", async () => {
    shop.state.pickupWhy = "requested already";
    await shop.work();
    Object.assign(shop.bookings[0] ?? {}, { airwayBill: "AWB-LANDED", words: "Dipacking" });
    shop.move(10 * MINUTE_MS);
    await shop.work();
    expect(await shop.shipmentOf(order)).toMatchObject({ status: "PACKED", airwayBill: "AWB-LANDED", pickupTries: 1 });
    expect(asked()).toBe(1);
  });

  test("that is refused for good leaves the booking looked at, so that its end is seen", async () => {
    shop.state.pickupWhy = "failed";
    for (let tries = 1; tries <= 5; tries += 1) {
      await shop.work();
      shop.move(10 * MINUTE_MS * 2 ** (tries - 1));
    }
    expect(await shop.shipmentOf(order)).toMatchObject({ status: "BOOKED", nextCheckAt: expect.any(Date) });
  });

  test("of a booking that the company says it does not know frees nothing: it may exist all the same", async () => {
    shop.meets("requestPickup", "mute");
    await shop.work();
    const [booked] = shop.bookings.splice(0);
    shop.move(3 * MINUTE_MS);
    await shop.work();
    expect(await shop.shipmentOf(order)).toMatchObject({ status: "BOOKED", bookingNo: booked?.bookingNo });
    expect(await shop.statusOf(order)).toBe("PROCESSING");
  });

  test("of a booking that the company gave up frees the order", async () => {
    const told = await message();
    await shop.rows("update shipments set pickup_asked_at = $2 where id = $1", told.shipmentId, shop.app.clock.now());
    Object.assign(shop.bookings[0] ?? {}, { words: "Batal" });
    await shop.work();
    expect(await shop.statusOf(order)).toBe("PAID");
    expect(await shop.openAlerts()).toEqual(["BOOKING_GONE"]);
  });
});

describe("labels", () => {
  const labelsMade = () => shop.calls.filter((call) => call === "label").length;

  test("are one PDF of all orders, made once, sealed, behind a link that is signed and ends", async () => {
    const other = await shop.paidOrder();
    await createShipment(shop.app, shop.staff, { orderId: other.orderId });
    await shop.work();
    await shop.work();
    const input = { orderIds: [order.orderId, other.orderId], page: "A4x4" } as const;
    const first = await printLabels(shop.app, shop.staff, input);
    const again = await printLabels(shop.app, shop.staff, input);
    expect(labelsMade()).toBe(1);
    expect(first.count).toBe(2);
    const url = new URL(again.url);
    const id = /labels\/(.+)\.pdf/.exec(url.pathname)?.[1] as string;
    const query = Object.fromEntries(url.searchParams);
    const { linkSecret } = shop.app.settings;
    expect(checkLink(linkSecret, labelPath(id), query, shop.app.clock.now())).toBe("good");
    shop.move(15 * MINUTE_MS);
    expect(checkLink(linkSecret, labelPath(id), query, shop.app.clock.now())).toBe("over");
    const numbers = shop.bookings.map(({ bookingNo }) => bookingNo).join(",");
    expect((await readLabels(shop.app, id))?.toString("latin1")).toBe(`%PDF-1.4 ${numbers}`);
    const [raw] = await shop.rows<{ pdfSealed: string }>("select pdf_sealed from shipment_labels");
    expect(Buffer.from(raw?.pdfSealed ?? "", "base64url").toString("latin1")).not.toContain("%PDF");
    expect(await shop.rows("select 1 from audit_logs where entity = 'label'")).toHaveLength(2);
  });

  test("are refused before the pickup is arranged, to customers, and for more than 25 orders", async () => {
    const codeOf = (orderIds: string[], who = shop.staff) =>
      printLabels(shop.app, who, { orderIds, page: "A4" }).catch((error: unknown) => (error as Refusal).code);
    expect(await codeOf([order.orderId])).toBe("ILLEGAL_TRANSITION");
    expect(await codeOf([order.orderId], shop.customer)).toBe("FORBIDDEN");
    expect(await codeOf(Array.from({ length: 26 }, (_, n) => String(n)))).toBe("INVALID_INPUT");
    expect(await codeOf(["00000000-0000-7000-8000-000000000000"])).toBe("NOT_FOUND");
    expect(labelsMade()).toBe(0);
  });
});
