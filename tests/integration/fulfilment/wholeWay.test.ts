import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createShipment } from "../../../domain/fulfilment/createShipment.ts";
import { receiveCourierNews } from "../../../domain/fulfilment/receiveCourierNews.ts";
import type { Actor } from "../../../domain/kernel/actor.ts";
import { type LiveShop, openLiveShop } from "../../support/liveShop.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The whole way of a parcel between the shop and the couriers' stand-in, with nothing scripted on either side. */
describe("a paid order", () => {
  let shop: LiveShop;
  let buyer: Actor;
  let staff: Actor;
  beforeAll(async () => {
    shop = await openLiveShop();
    [buyer, staff] = [await shop.addBuyer(), await shop.addStaff()];
  });
  afterAll(() => shop?.close());

  async function paidOrder(): Promise<string> {
    const product = await shop.addProduct();
    const { gatewayOrderId, sessionId } = await shop.buy(buyer, shop.order([{ ...product, quantity: 2 }]));
    const id = String(gatewayOrderId);
    await shop.gatewayMoves(id, { transaction_status: "settlement", payment_type: "qris" });
    await shop.notify(id);
    await shop.drain();
    // Beyond the hold of a method that can be reversed.
    shop.advance(15 * MINUTE);
    return (await shop.one<{ id: string }>("select id from orders where session_id = $1", sessionId)).id;
  }

  const book = async (orderId: string): Promise<{ bookingNo: string; airwayBill: string }> => {
    await createShipment(shop.app, staff, { orderId });
    await shop.drain();
    return shop.one("select booking_no, airway_bill from shipments where order_id = $1", orderId);
  };
  const control = async (path: string, body: object) => {
    const response = await fetch(`${shop.sandbox.url}/sandbox/${path}`, { method: "POST", body: JSON.stringify(body) });
    if (!response.ok) throw new Error(await response.text());
  };
  /** The parcel is moved, the courier company says that there are news, and the shop looks. */
  const happens = async (bookingNo: string, status: string) => {
    await control(`shipments/${bookingNo}`, { status });
    shop.advance(HOUR);
    await receiveCourierNews(shop.app, { bookingNo, airwayBill: null });
    await shop.drain();
  };
  const where = (orderId: string) =>
    shop.one<{ shipment: string; order: string }>(
      `select s.status as shipment, o.status as order from orders o join shipments s on s.order_id = o.id
        where o.id = $1 order by s.created_at desc limit 1`,
      orderId,
    );

  test("is booked, fetched, shipped, delivered in spite of a failed try, and completed", async () => {
    const orderId = await paidOrder();
    const { bookingNo, airwayBill } = await book(orderId);
    expect(airwayBill).toBe(`KOMER${bookingNo}`);
    const seen = [await where(orderId)];
    for (const status of ["Dijemput", "SHIPPED", "UNDELIVERED", "DELIVERED"]) {
      await happens(bookingNo, status);
      seen.push(await where(orderId));
    }
    expect(seen).toEqual([
      { shipment: "PACKED", order: "PROCESSING" },
      { shipment: "TRANSIT", order: "SHIPPED" },
      { shipment: "TRANSIT", order: "SHIPPED" },
      { shipment: "TRANSIT", order: "SHIPPED" },
      { shipment: "DELIVERED", order: "COMPLETED" },
    ]);
    expect(await shop.audit()).toEqual([]);
  });

  test("that comes back is returned only when its sender has it", async () => {
    const orderId = await paidOrder();
    const { bookingNo } = await book(orderId);
    await happens(bookingNo, "SHIPPED");
    await happens(bookingNo, "RETUR");
    expect(await where(orderId)).toEqual({ shipment: "RETURNING", order: "SHIPPED" });
    await happens(bookingNo, "RETURN DONE");
    expect(await where(orderId)).toEqual({ shipment: "RETURNED", order: "RETURNED" });
    expect(await shop.audit()).toEqual([]);
  });

  test("whose booking's answer is lost is booked once, and waits for a person", async () => {
    const orderId = await paidOrder();
    const { count: before } = await (await fetch(`${shop.sandbox.url}/sandbox/couriers`)).json();
    await shop.gatewayFaults({ target: "komerce.store", kind: "reset_after" });
    await createShipment(shop.app, staff, { orderId });
    await shop.drain();
    shop.advance(HOUR);
    await shop.drain();
    expect(await where(orderId)).toEqual({ shipment: "UNKNOWN", order: "PROCESSING" });
    const { count: after } = await (await fetch(`${shop.sandbox.url}/sandbox/couriers`)).json();
    expect(after - before).toBe(1);
    expect(await shop.audit()).toEqual([]);
  });
});
