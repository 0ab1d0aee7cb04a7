import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createShipment, createShipments } from "../../../domain/fulfilment/createShipment.ts";
import { listOrdersToShip } from "../../../domain/fulfilment/shipment.queries.ts";
import { Refusal } from "../../../domain/kernel/errors.ts";
import type { OrderId } from "../../../domain/kernel/ids.ts";
import { advanceOrders, lockOrder } from "../../../domain/order/advanceOrders.ts";
import { inTransaction } from "../../../platform/db.ts";
import { type BookingShop, openBookingShop } from "../../support/bookingShop.ts";
import { NOW, type OrderRow } from "../../support/shopRows.ts";

let shop: BookingShop;
beforeAll(async () => {
  shop = await openBookingShop();
});
afterAll(() => shop?.drop());

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "OK",
    (error: unknown) => (error instanceof Refusal ? error.code : Promise.reject(error)),
  );
const book = (orderId: string) => createShipment(shop.app, shop.staff, { orderId });
const living = async (order: OrderRow) =>
  (await shop.rows("select 1 from shipments where order_id = $1 and status <> 'CANCELLED'", order.orderId)).length;

describe("booking a paid order", () => {
  test("makes it PROCESSING with one shipment, its job, a log line and an audit row", async () => {
    const order = await shop.paidOrder();
    expect(await book(order.orderId)).toEqual({ orderId: order.orderId, isNew: true });
    expect(await shop.statusOf(order)).toBe("PROCESSING");
    expect(await shop.shipmentOf(order)).toMatchObject({
      status: "BOOKING",
      shipping: "JNE",
      shippingType: "REG23",
      quotedCost: 18_000,
      vehicle: "Motor",
      weightGrams: 667,
      pickupAt: new Date("2026-11-20T09:00:00.000Z"),
    });
    expect(await shop.rows("select handler from outbox_messages where name = 'shipment.booking'")).toHaveLength(1);
    expect(
      await shop.rows(
        "select event, source from order_status_logs where order_id = $1 order by id desc limit 1",
        order.orderId,
      ),
    ).toEqual([{ event: "booked", source: "STAFF" }]);
    expect(await shop.rows("select permission from audit_logs where entity_id = $1", order.orderId)).toEqual([
      { permission: "shipment.book" },
    ]);
  });

  test("keeps the end of the recipient's phone sealed", async () => {
    const order = await shop.paidOrder();
    await book(order.orderId);
    const { phoneSuffixSealed } = await shop.shipmentOf(order);
    expect(phoneSuffixSealed).not.toContain("12000");
    expect(shop.app.sealer.open(phoneSuffixSealed as string, "shipments.phone_suffix")).toBe("12000");
  });

  test("sixteen times at once books one courier, and every caller is answered by it", async () => {
    const order = await shop.paidOrder();
    const answers = await Promise.all(Array.from({ length: 16 }, () => book(order.orderId)));
    expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(answers.map(({ orderId }) => orderId))).toEqual(new Set([order.orderId]));
    expect(await living(order)).toBe(1);
    await shop.work();
    expect(shop.bookings.filter(({ orderNumber }) => orderNumber === order.orderNumber)).toHaveLength(1);
  });

  test("is refused for an order that is not paid, is not there, or is somebody else's to book", async () => {
    const order = await shop.paidOrder();
    await shop.rows("update orders set status = 'CANCELLED' where id = $1", order.orderId);
    expect(await codeOf(book(order.orderId))).toBe("ILLEGAL_TRANSITION");
    await shop.rows("update orders set status = 'PENDING_PAYMENT' where id = $1", order.orderId);
    expect(await codeOf(book(order.orderId))).toBe("ILLEGAL_TRANSITION");
    expect(await codeOf(book("00000000-0000-7000-8000-000000000000"))).toBe("NOT_FOUND");
    expect(await codeOf(book("no id"))).toBe("NOT_FOUND");
    expect(await codeOf(createShipment(shop.app, shop.customer, { orderId: order.orderId }))).toBe("FORBIDDEN");
    expect(await living(order)).toBe(0);
  });

  test("waits while its money may still be reversed, and says until when", async () => {
    const order = await shop.paidOrder();
    await shop.rows(
      `update payment_transactions set method = 'PERMATA_VA', gateway_payment_type = 'bank_transfer' where id = $1`,
      order.transactionId,
    );
    const refusal = await book(order.orderId).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: "ON_HOLD",
      details: { reason: "REVERSAL", until: new Date(NOW.getTime() + 600_000).toISOString() },
    });
    expect(await shop.statusOf(order)).toBe("PAID");
    shop.move(600_000);
    expect(await codeOf(book(order.orderId))).toBe("OK");
    shop.move(-600_000);
  });

  test("waits while somebody has to look at the payment first", async () => {
    const order = await shop.paidOrder();
    await shop.rows(
      `insert into fraud_verdicts (id, start_key, payment_id, user_id, stage, amount, verdict, reasons, figures, at)
       select $1, 'start', p.id, p.user_id, 'PAID', p.amount, 'REVIEW', '{DECLINED}', '{}', $2
         from payments p where p.id = $3`,
      shop.app.ids.next(),
      NOW,
      order.paymentId,
    );
    expect(await book(order.orderId).catch((error: unknown) => error)).toMatchObject({
      code: "ON_HOLD",
      details: { reason: "REVIEW", until: null },
    });
  });
});

describe("a booking and another end of the order at the same moment", () => {
  const moneyGone = (order: OrderRow) =>
    inTransaction(shop.db, async (tx) => {
      const locked = await lockOrder(tx, order.orderId as OrderId);
      if (!locked) throw new Error("no order");
      const cause = { source: "MIDTRANS", actorId: null, reason: "reversed", now: NOW } as const;
      return (await advanceOrders(tx, [locked], "moneyGone", cause))[0]?.verdict.next;
    });

  test("either books first and the money's way asks for a cancel, or cancels first and nothing is booked", async () => {
    const ends = new Set<string>();
    for (let round = 0; round < 12; round += 1) {
      const order = await shop.paidOrder();
      const both = round % 2 === 0 ? [book(order.orderId), moneyGone(order)] : [moneyGone(order), book(order.orderId)];
      await Promise.allSettled(both);
      const status = await shop.statusOf(order);
      ends.add(status);
      expect(await living(order)).toBe(status === "CANCEL_REQUESTED" ? 1 : 0);
      expect(["CANCEL_REQUESTED", "CANCELLED"]).toContain(status);
    }
    expect(ends.size).toBeGreaterThan(0);
  });
});

describe("booking many", () => {
  test("answers for each order by itself: booked, booked before, or why not", async () => {
    const [fine, booked, held] = [await shop.paidOrder(), await shop.paidOrder(), await shop.paidOrder()];
    await book(booked.orderId);
    await shop.rows("update payment_transactions set method = 'PERMATA_VA' where id = $1", held.transactionId);
    const missing = "00000000-0000-7000-8000-000000000000";
    const orderIds = [fine.orderId, booked.orderId, held.orderId, missing, fine.orderId];
    const outcomes = await createShipments(shop.app, shop.staff, { orderIds });
    expect(outcomes.map(({ outcome, refusal }) => [outcome, refusal?.code ?? null])).toEqual([
      ["BOOKED", null],
      ["ALREADY_BOOKED", null],
      ["REFUSED", "ON_HOLD"],
      ["REFUSED", "NOT_FOUND"],
    ]);
  });

  test("takes 1 to 50 orders", async () => {
    const many = Array.from({ length: 51 }, (_, n) => String(n));
    expect(await codeOf(createShipments(shop.app, shop.staff, { orderIds: many }))).toBe("INVALID_INPUT");
    expect(await codeOf(createShipments(shop.app, shop.staff, { orderIds: [] }))).toBe("INVALID_INPUT");
  });
});

test("orders to ship stand in the order of their payment, page by page", async () => {
  const own = await openBookingShop();
  try {
    const orders = [await own.paidOrder(), await own.paidOrder(), await own.paidOrder()];
    for (const [place, order] of orders.entries()) {
      const paidAt = new Date(NOW.getTime() - place * 60_000);
      await own.rows("update orders set paid_at = $2 where id = $1", order.orderId, paidAt);
    }
    const first = await listOrdersToShip(own.app, own.staff, { first: 2 });
    expect(first.nodes.map(({ id }) => id)).toEqual([orders[2]?.orderId, orders[1]?.orderId]);
    const after = first.pageInfo.endCursor;
    const rest = await listOrdersToShip(own.app, own.staff, { first: 2, after });
    expect(rest.nodes.map(({ id }) => id)).toEqual([orders[0]?.orderId]);
    expect(rest.pageInfo.hasNextPage).toBe(false);
  } finally {
    await own.drop();
  }
});
