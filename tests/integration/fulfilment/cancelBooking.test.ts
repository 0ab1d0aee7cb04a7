import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createOrderEffects } from "../../../domain/checkout/orderEffects.ts";
import { cancelBooking } from "../../../domain/fulfilment/cancelBooking.ts";
import { createShipment } from "../../../domain/fulfilment/createShipment.ts";
import type { OrderId, PaymentId, SessionId, UserId } from "../../../domain/kernel/ids.ts";
import { bookPayments } from "../../../domain/ledger/bookPayments.ts";
import { inTransaction } from "../../../platform/db.ts";
import { type BookingShop, openBookingShop } from "../../support/bookingShop.ts";
import { expectCancelled, stockOf } from "../../support/expectCancelled.ts";
import type { OrderRow } from "../../support/shopRows.ts";

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

const cancels = () => shop.calls.filter((call) => call === "cancelBooking").length;
const told = () =>
  shop.rows<{ event: string }>(
    "select payload->>'event' as event from outbox_messages where name = 'shipment.changed'",
  );

describe("a cancel that was asked for", () => {
  test("before the courier was booked needs no courier: goods and money go back", async () => {
    await shop.askForCancel(order);
    await shop.work();
    await shop.work();
    await expectCancelled(shop, order);
    expect(shop.calls).toEqual([]);
  });

  test.each([1, 2])("after %d steps of the booking is taken by the courier: goods and money go back", async (steps) => {
    for (let step = 0; step < steps; step += 1) await shop.work();
    await shop.askForCancel(order);
    await shop.work();
    await expectCancelled(shop, order);
    expect(shop.bookings[0]?.words).toBe("Batal");
    await cancelBooking(shop.app, { orderId: order.orderId as OrderId });
    expect(cancels()).toBe(1);
    expect(await shop.refunds()).toHaveLength(1);
  });

  test("while the booking is on its way to the company is told when that has answered", async () => {
    shop.state.afterEffect = async (call) => {
      if (call !== "storeBooking") return;
      await shop.askForCancel(order);
      await cancelBooking(shop.app, { orderId: order.orderId as OrderId });
      expect(await shop.statusOf(order)).toBe("CANCEL_REQUESTED");
    };
    await shop.work();
    expect((await shop.shipmentOf(order)).status).toBe("BOOKED");
    await shop.work();
    await expectCancelled(shop, order);
  });

  test("while a booking is tried that never left needs no courier", async () => {
    shop.meets("storeBooking", "unsent");
    shop.state.afterEffect = async (call) => {
      if (call !== "storeBooking") return;
      await shop.askForCancel(order);
      await cancelBooking(shop.app, { orderId: order.orderId as OrderId });
      await shop.rows("update outbox_messages set done_at = $1 where handler = 'cancelBooking'", shop.app.clock.now());
    };
    await shop.work();
    for (let round = 0; round < 3; round += 1) {
      await shop.work();
      shop.move(180_000);
    }
    await expectCancelled(shop, order);
    expect(shop.bookings).toEqual([]);
  });

  test.each([
    ["Dikirim", "SHIPPED", "TRANSIT"],
    ["Diterima", "COMPLETED", "DELIVERED"],
    ["Retur", "SHIPPED", "RETURNING"],
    ["RETURN DONE", "RETURNED", "RETURNED"],
    ["a word of its own", "PROCESSING", "PACKED"],
  ])(
    "and is refused because it is %s leaves the order %s, and the customer is told why",
    async (words, status, parcel) => {
      await shop.work();
      await shop.work();
      Object.assign(shop.bookings[0] ?? {}, { words });
      await shop.askForCancel(order);
      await shop.work();
      expect(await shop.statusOf(order)).toBe(status);
      expect((await shop.shipmentOf(order)).status).toBe(parcel);
      expect(await told()).toEqual([{ event: "cancelRefused" }]);
      expect(await shop.refunds()).toEqual([]);
      expect(await stockOf(shop)).toBe(998);
      const [reason] = await shop.rows(
        "select reason from order_status_logs where order_id = $1 order by id desc limit 1",
        order.orderId,
      );
      expect(reason).toMatchObject({ reason: `order status ${words}` });
    },
  );

  test("and is refused for a parcel that was never asked to be fetched has it followed from then on", async () => {
    await shop.work();
    Object.assign(shop.bookings[0] ?? {}, { words: "Dikirim" });
    await shop.askForCancel(order);
    await shop.work();
    expect(await shop.shipmentOf(order)).toMatchObject({ status: "TRANSIT", nextCheckAt: shop.app.clock.now() });
  });

  test("and is refused because it is over there already is taken as done", async () => {
    await shop.work();
    Object.assign(shop.bookings[0] ?? {}, { words: "Dibatalkan" });
    await shop.askForCancel(order);
    await shop.work();
    await expectCancelled(shop, order);
  });

  test("and whose answer is lost is found in the booking", async () => {
    await shop.work();
    await shop.askForCancel(order);
    shop.meets("cancelBooking", "lost");
    await shop.work();
    await expectCancelled(shop, order);
    expect(cancels()).toBe(1);
  });

  test("is done once by all workers at once", async () => {
    await shop.work();
    await shop.askForCancel(order);
    await Promise.allSettled(
      Array.from({ length: 8 }, () => cancelBooking(shop.app, { orderId: order.orderId as OrderId })),
    );
    await expectCancelled(shop, order);
  });
});

describe("money that went away before the parcel did", () => {
  const reverse = async () => {
    await shop.rows(
      "update payments set status = 'FAILED', covering_transaction_id = null where id = $1",
      order.paymentId,
    );
    await shop.rows(
      "update payment_transactions set state = 'CLOSED', captured_amount = 0, gateway_status = 'deny' where id = $1",
      order.transactionId,
    );
    await shop.rows("update orders set payment_status = 'FAILED' where id = $1", order.orderId);
    await shop.rows(
      `insert into payment_logs (payment_id, step, from_status, to_status, source, at)
       values ($1, 'reversed', 'PAID', 'FAILED', 'MIDTRANS', $2)`,
      order.paymentId,
      shop.app.clock.now(),
    );
    await inTransaction(shop.app.db, (tx) => bookPayments(tx, shop.app.clock.now(), [order.paymentId as PaymentId]));
  };

  test("has the courier told by whoever learns that it went away", async () => {
    await shop.work();
    const effects = createOrderEffects(shop.app);
    await inTransaction(shop.db, (tx) =>
      effects.unsettle(tx, {
        paymentId: order.paymentId as PaymentId,
        paymentNumber: order.paymentNumber,
        sessionId: order.sessionId as SessionId,
        userId: shop.customer.userId as UserId,
        amount: order.total,
        now: shop.app.clock.now(),
        source: "MIDTRANS",
        actorId: null,
        reason: "deny",
        as: "FAILED",
        wasPaid: true,
      }),
    );
    await reverse();
    expect(await shop.statusOf(order)).toBe("CANCEL_REQUESTED");
    expect(await shop.work()).toContain("cancelBooking");
    expect(await shop.statusOf(order)).toBe("CANCELLED");
    expect(shop.bookings[0]?.words).toBe("Batal");
  });

  test("is not owed back when the courier takes the cancel", async () => {
    await shop.work();
    await reverse();
    await shop.askForCancel(order);
    await shop.work();
    expect(await shop.statusOf(order)).toBe("CANCELLED");
    expect(await shop.refunds()).toEqual([]);
    expect(await stockOf(shop)).toBe(1_000);
  });

  test("has no courier come for the goods where the cancel is refused all the same", async () => {
    await shop.work();
    await reverse();
    Object.assign(shop.bookings[0] ?? {}, { words: "a word of its own" });
    await shop.askForCancel(order);
    await shop.work();
    await shop.work();
    expect(await shop.statusOf(order)).toBe("PROCESSING");
    expect(shop.pickups).toEqual([]);
    expect(await shop.openCases()).toMatchObject([{ kind: "REVERSED_AFTER_SHIPPING", subject: order.orderId }]);
  });

  test("is a person's matter when the courier has the parcel", async () => {
    await shop.work();
    await shop.work();
    await reverse();
    Object.assign(shop.bookings[0] ?? {}, { words: "Dikirim" });
    await shop.askForCancel(order);
    await shop.work();
    expect(await shop.statusOf(order)).toBe("SHIPPED");
    expect(await shop.openCases()).toMatchObject([{ kind: "REVERSED_AFTER_SHIPPING", subject: order.orderId }]);
  });
});
