import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkShipment } from "../../../domain/fulfilment/checkShipment.ts";
import { trackShipments } from "../../../domain/fulfilment/trackShipments.ts";
import type { OrderId } from "../../../domain/kernel/ids.ts";
import { openMoneyCase } from "../../../domain/kernel/openMoneyCase.ts";
import { raiseAlert } from "../../../domain/kernel/raiseAlert.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../domain/kernel/time.ts";
import { inTransaction } from "../../../platform/db.ts";
import { hears, INTERVAL_MS, openParcelShop, type ParcelShop, scanned } from "../../support/parcels.ts";
import { ids } from "../../support/shopRows.ts";

let shop: ParcelShop;
beforeEach(async () => {
  shop = await openParcelShop();
});
afterEach(async () => {
  await shop?.drop();
});

describe("a parcel moves its order with the courier's own words", () => {
  test.each([
    ["Diajukan", "PACKED", "PROCESSING", null],
    ["Dipacking", "PACKED", "PROCESSING", "packed"],
    ["Dijemput", "TRANSIT", "SHIPPED", "pickedUp"],
    ["Dikirim", "TRANSIT", "SHIPPED", null],
    ["OUT FOR DELIVERY", "TRANSIT", "SHIPPED", "outForDelivery"],
    ["UNDELIVERED", "TRANSIT", "SHIPPED", "problem"],
    ["Diterima", "DELIVERED", "COMPLETED", null],
    ["Retur", "RETURNING", "SHIPPED", null],
    ["RETURN DONE", "RETURNED", "RETURNED", null],
    ["Hilang", "LOST", "SHIPPED", null],
    ["Batal", "CANCELLED", "PAID", null],
    ["Sesuatu yang baru", "PACKED", "PROCESSING", null],
  ])("%s: %s, %s", async (words, shipment, order, flag) => {
    const parcel = await shop.ship();
    const state = await hears(shop, parcel, words);
    expect(state).toMatchObject({ shipment, order, flag });
    const steps = await shop.steps(parcel);
    if (order !== "PROCESSING") expect(steps.at(-1)).toEqual({ to: order, source: "RAJAONGKIR", words });
    expect(state.next === null).toBe(["DELIVERED", "RETURNED", "LOST", "CANCELLED"].includes(shipment));
    expect(await shop.breaches()).toEqual([]);
  });

  test("by the history where it says more than the booking, each line kept once", async () => {
    const parcel = await shop.ship();
    parcel.parcel.scans = [scanned(3, "Process"), scanned(1, "Pickup")];
    expect(await hears(shop, parcel, "Dikirim", "Problem")).toMatchObject({ shipment: "TRANSIT", flag: "problem" });
    parcel.parcel.scans = [scanned(1, "Pickup"), scanned(3, "Process"), scanned(9, "Delivered")];
    expect(await hears(shop, parcel, "Dikirim", "Delivered")).toMatchObject({
      shipment: "DELIVERED",
      order: "COMPLETED",
    });
    const lines = await shop.rows<{ words: string }>(
      "select external_status as words from shipment_events where description <> '' order by at",
    );
    expect(lines.map(({ words }) => words)).toEqual(["Pickup", "Process", "Delivered"]);
  });

  test("and tells the customer of each step once, of trouble once, and of a way back when it is over", async () => {
    const parcel = await shop.ship();
    for (const words of ["Dikirim", "UNDELIVERED", "ON PROCESS", "UNDELIVERED", "Retur", "Retur", "RETURN DONE"]) {
      await hears(shop, parcel, words);
    }
    const told = (await shop.messages("shipment.changed")).map(({ payload }) => payload["event"]);
    expect(told).toEqual(["shipped", "problem", "problem", "returned"]);
    const cases = await shop.rows("select kind, actions from money_cases where order_id = $1", parcel.order.orderId);
    expect(cases).toEqual([{ kind: "RETURNED", actions: ["RESTOCK_REFUND", "RESTOCK", "REFUND_ORDER", "DISMISS"] }]);
  });

  test("a booking whose pickup was never answered has its waybill by its own word", async () => {
    const parcel = await shop.ship({ status: "BOOKED" });
    parcel.parcel.airwayBill = "JP777";
    expect(await hears(shop, parcel, "Diajukan")).toMatchObject({ shipment: "PACKED" });
    expect(await shop.rows("select airway_bill as no from shipments")).toEqual([{ no: "JP777" }]);
  });

  test("a booking whose pickup came about after all is in nobody's way any more", async () => {
    const parcel = await shop.ship({ status: "BOOKED" });
    await shop.rows("update shipments set pickup_why = 'failed', pickup_tries = 5 where id = $1", parcel.shipmentId);
    const alert = { kind: "PICKUP_REFUSED", subject: parcel.shipmentId, severity: "CRITICAL", message: "m" } as const;
    await inTransaction(shop.db, (tx) => raiseAlert(tx, { ids, now: shop.app.clock.now() }, alert));
    parcel.parcel.airwayBill = "AWB-OF-THE-DESK";
    expect(await hears(shop, parcel, "Dipacking")).toMatchObject({ shipment: "PACKED" });
    expect(await shop.openAlerts()).toEqual([]);
    const [row] = await shop.rows("select pickup_why, airway_bill from shipments where id = $1", parcel.shipmentId);
    expect(row).toEqual({ pickupWhy: null, airwayBill: "AWB-OF-THE-DESK" });
  });

  test("a cancel that came too late is answered by the parcel itself, and the customer is told", async () => {
    const parcel = await shop.ship();
    await shop.rows("update orders set status = 'CANCEL_REQUESTED' where id = $1", parcel.order.orderId);
    await shop.rows(
      `insert into order_status_logs (order_id, from_status, to_status, event, source, at)
       values ($1, 'PROCESSING', 'CANCEL_REQUESTED', 'cancelAsked', 'CUSTOMER', now())`,
      parcel.order.orderId,
    );
    expect(await hears(shop, parcel, "Dikirim")).toMatchObject({ shipment: "TRANSIT", order: "SHIPPED" });
    const told = (await shop.messages("shipment.changed")).map(({ payload }) => payload["event"]);
    expect(told).toEqual(["shipped", "cancelRefused"]);
    expect(await shop.breaches()).toEqual([]);
  });

  test("a cancel that was waiting is over when the company gives the booking up: goods and money go back", async () => {
    const parcel = await shop.ship();
    await shop.rows("update orders set status = 'CANCEL_REQUESTED' where id = $1", parcel.order.orderId);
    await shop.rows(
      `insert into order_status_logs (order_id, from_status, to_status, event, source, at)
       values ($1, 'PROCESSING', 'CANCEL_REQUESTED', 'cancelAsked', 'CUSTOMER', now())`,
      parcel.order.orderId,
    );
    await inTransaction(shop.db, (tx) =>
      openMoneyCase(
        tx,
        { ids, now: shop.app.clock.now() },
        {
          kind: "CANCEL_UNANSWERED",
          subject: parcel.order.orderId,
          orderId: parcel.order.orderId as OrderId,
          amount: 1,
          summary: "no clear answer",
          evidence: {},
          actions: ["RESTOCK_REFUND", "DISMISS"],
        },
      ),
    );
    expect(await hears(shop, parcel, "Dibatalkan")).toMatchObject({ shipment: "CANCELLED", order: "CANCELLED" });
    expect(await shop.rows("select kind from money_cases where resolved_at is null")).toEqual([]);
    expect((await shop.openAlerts()).map(({ kind }) => kind)).toEqual([]);
    expect(await shop.rows("select amount, cause from refunds")).toEqual([
      { amount: parcel.order.total, cause: "CANCEL" },
    ]);
    expect(await shop.breaches()).toEqual([]);
  });
});

describe("what is not known changes nothing", () => {
  test("a word that nobody knows raises one alert, however many parcels say it and however often", async () => {
    const parcels = [await shop.ship(), await shop.ship()];
    for (const parcel of [...parcels, ...parcels]) {
      expect(await hears(shop, parcel, "Diproses_ulang")).toMatchObject({ shipment: "PACKED", order: "PROCESSING" });
    }
    const alerts = await shop.openAlerts();
    expect(alerts).toEqual([{ kind: "COURIER_WORD", subject: "DIPROSES ULANG", raises: 2 }]);
    expect((await shop.messages("alert.raised")).length).toBe(1);
  });

  test("a waybill that no courier knows is looked for less and less often, and given up after a week", async () => {
    const parcel = await shop.ship();
    const pauses: number[] = [];
    for (let state = await shop.stateOf(parcel); state.next !== null; ) {
      shop.move(state.next.getTime() - shop.app.clock.now().getTime());
      await trackShipments(shop.app);
      state = await shop.stateOf(parcel);
      if (state.next) pauses.push((state.next.getTime() - shop.app.clock.now().getTime()) / MINUTE_MS);
    }
    expect(pauses.slice(0, 7)).toEqual([30, 60, 120, 240, 480, 480, 480]);
    expect(pauses.reduce((sum, pause) => sum + pause, 0) * MINUTE_MS).toBeLessThanOrEqual(7 * DAY_MS + 8 * HOUR_MS);
    expect(await shop.openAlerts()).toMatchObject([{ kind: "SHIPMENT_SILENT", subject: parcel.shipmentId }]);
  });

  test("a booking that its company does not know is told to people, and stays as it is", async () => {
    const parcel = await shop.ship();
    const [known] = [...shop.parcels];
    shop.parcels.clear();
    await trackShipments(shop.app);
    expect(await shop.stateOf(parcel)).toMatchObject({ shipment: "PACKED", order: "PROCESSING" });
    expect(await shop.openAlerts()).toMatchObject([{ kind: "BOOKING_MISSING", subject: parcel.shipmentId }]);
    if (known) shop.parcels.set(...known);
    await hears(shop, parcel, "Dikirim");
    expect(await shop.openAlerts()).toEqual([]);
  });

  test("a booking that only its courier calls cancelled lives: nobody books a second one", async () => {
    const parcel = await shop.ship();
    expect(await hears(shop, parcel, "Dipacking", "CANCELLED")).toMatchObject({
      shipment: "PACKED",
      order: "PROCESSING",
    });
    expect(await shop.openAlerts()).toMatchObject([{ kind: "COURIER_WORD", subject: "CANCELLED" }]);
    expect(await hears(shop, parcel, "Batal")).toMatchObject({ shipment: "CANCELLED", order: "PAID" });
  });

  test("news of a parcel that was delivered changes nothing and is for a person", async () => {
    const parcel = await shop.ship();
    await hears(shop, parcel, "Diterima");
    expect(await hears(shop, parcel, "RETURN DONE")).toMatchObject({ shipment: "DELIVERED", order: "COMPLETED" });
    const cases = await shop.rows("select kind, subject from money_cases");
    expect(cases).toEqual([{ kind: "SHIPMENT_CONTRADICTED", subject: parcel.shipmentId }]);
  });
});

describe("when the company cannot be asked", () => {
  test("nothing changes, the parcel is due again after its lease, and a backlog of hours is told", async () => {
    const parcel = await shop.ship({ words: "Diterima" });
    shop.state.isAway = true;
    expect(await trackShipments(shop.app)).toBe(1);
    expect(await trackShipments(shop.app)).toBe(0);
    expect(await shop.stateOf(parcel)).toMatchObject({ shipment: "PACKED", order: "PROCESSING" });
    shop.move(3 * HOUR_MS);
    await trackShipments(shop.app);
    expect(await shop.openAlerts()).toMatchObject([{ kind: "TRACKING_BEHIND" }]);
    shop.state.isAway = false;
    shop.move(3 * MINUTE_MS);
    await trackShipments(shop.app);
    expect(await shop.stateOf(parcel)).toMatchObject({ shipment: "DELIVERED", order: "COMPLETED" });
    expect(await shop.openAlerts()).toEqual([]);
  });

  test("for its history alone, the booking's own status is believed", async () => {
    const parcel = await shop.ship();
    shop.state.isHistoryAway = true;
    expect(await hears(shop, parcel, "Diterima")).toMatchObject({ shipment: "DELIVERED", order: "COMPLETED" });
  });

  test("an answer that cannot be applied is told to people, and not tried again at once", async () => {
    const parcel = await shop.ship();
    const broken = { ...shop.app, couriers: { ...shop.app.couriers, readBooking: async () => ({}) as never } };
    await trackShipments(broken);
    expect(await shop.openAlerts()).toMatchObject([{ kind: "TRACKING_FAILED", subject: parcel.shipmentId }]);
    const { next } = await shop.stateOf(parcel);
    expect(next?.getTime()).toBe(shop.app.clock.now().getTime() + HOUR_MS);
    await hears(shop, parcel, "Dikirim");
    expect(await shop.openAlerts()).toEqual([]);
  });
});

describe("a foreign waybill", () => {
  test("is asked for within the day's quota, and tomorrow once that is used up", async () => {
    const few = await openParcelShop(2);
    try {
      const parcels = [];
      for (let i = 0; i < 4; i += 1) parcels.push(await few.ship({ foreign: true }));
      for (const { parcel } of parcels) parcel.history = "DELIVERED";
      await trackShipments(few.app);
      expect(few.asked).toHaveLength(2);
      const states = await Promise.all(parcels.map((parcel) => few.stateOf(parcel)));
      expect(states.filter(({ shipment }) => shipment === "DELIVERED")).toHaveLength(2);
      const isAbout = async () => (await few.openAlerts()).filter(({ kind }) => kind === "TRACKING_QUOTA");
      expect(await isAbout()).toMatchObject([{ subject: "rajaongkir" }]);
      for (let looks = 0; looks < 3; looks += 1) {
        few.move(INTERVAL_MS);
        expect(await trackShipments(few.app)).toBe(0);
      }
      few.move(DAY_MS);
      await trackShipments(few.app);
      expect(await Promise.all(parcels.map((parcel) => few.stateOf(parcel)))).toMatchObject(
        parcels.map(() => ({ shipment: "DELIVERED", order: "COMPLETED" })),
      );
      expect(await isAbout()).toEqual([]);
    } finally {
      await few.drop();
    }
  });
});

describe("two workers", () => {
  test("never look at one parcel twice in an interval", async () => {
    const parcels = [];
    for (let i = 0; i < 30; i += 1) parcels.push(await shop.ship({ words: "Dikirim" }));
    await Promise.all([trackShipments(shop.app), trackShipments(shop.app), trackShipments(shop.app)]);
    expect([...shop.asked].sort()).toEqual(parcels.map(({ bookingNo }) => bookingNo).sort());
    const { length } = await shop.messages("shipment.changed");
    expect(length).toBe(parcels.length);
  });

  test("the one whose claim ran out records nothing over what the other has found", async () => {
    const parcel = await shop.ship({ words: "Dikirim" });
    let isFirst = true;
    shop.state.beforeAnswer = async () => {
      if (!isFirst) return;
      isFirst = false;
      // The first one sleeps over its lease; meanwhile another looks, and finds it delivered.
      shop.move(4 * MINUTE_MS);
      parcel.parcel.words = "Diterima";
      await trackShipments(shop.app);
      parcel.parcel.words = "Dikirim";
    };
    await trackShipments(shop.app);
    expect(await shop.stateOf(parcel)).toMatchObject({ shipment: "DELIVERED", order: "COMPLETED", next: null });
    expect(await shop.rows("select external_status as words from shipments")).toEqual([{ words: "Diterima" }]);
  });

  test("a clock that was ahead when it claimed a parcel keeps it from nobody", async () => {
    const parcel = await shop.ship({ words: "Dikirim" });
    shop.state.isAway = true;
    shop.move(5 * DAY_MS);
    await trackShipments(shop.app);
    shop.move(-5 * DAY_MS);
    shop.state.isAway = false;
    await checkShipment(shop.app, { shipmentId: parcel.shipmentId });
    expect(await shop.stateOf(parcel)).toMatchObject({ shipment: "TRANSIT" });
  });
});
