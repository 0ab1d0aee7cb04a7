import { ids, NOW } from "../../support/shopRows.ts";
import type { PlantedBreach, Write } from "./plantedBreaches.ts";
import type { PlantedShop } from "./plantedShop.ts";

interface Planted {
  readonly status?: string;
  readonly orderStatus?: "PAID" | "PROCESSING" | "CANCEL_REQUESTED";
  readonly bookingNo?: string | null;
  readonly id?: string;
}

const PATHS: Readonly<Record<string, readonly (readonly [string | null, string, string])[]>> = {
  BOOKING: [[null, "BOOKING", "asked"]],
  UNKNOWN: [
    [null, "BOOKING", "asked"],
    ["BOOKING", "UNKNOWN", "noAnswer"],
  ],
  BOOKED: [
    [null, "BOOKING", "asked"],
    ["BOOKING", "BOOKED", "stored"],
  ],
  CANCELLED: [
    [null, "BOOKING", "asked"],
    ["BOOKING", "BOOKED", "stored"],
    ["BOOKED", "CANCELLED", "cancelled"],
  ],
  PACKED: [
    [null, "BOOKING", "asked"],
    ["BOOKING", "BOOKED", "stored"],
    ["BOOKED", "PACKED", "pickupArranged"],
  ],
  DELIVERED: [
    [null, "BOOKING", "asked"],
    ["BOOKING", "BOOKED", "stored"],
    ["BOOKED", "PACKED", "pickupArranged"],
    ["PACKED", "DELIVERED", "delivered"],
  ],
  LOST: [
    [null, "BOOKING", "asked"],
    ["BOOKING", "BOOKED", "stored"],
    ["BOOKED", "PACKED", "pickupArranged"],
    ["PACKED", "LOST", "lost"],
  ],
};

/** A shipment of the paid order as booking leaves it; healthy but for what a breach changes. */
export async function addShipment(q: Write, { paid }: PlantedShop, planted: Planted = {}): Promise<string> {
  const { status = "PACKED", orderStatus = "PROCESSING", bookingNo = "KOM1", id = ids.next() } = planted;
  const hasNumber = status !== "BOOKING" && status !== "UNKNOWN";
  await q(
    `insert into shipments (id, order_id, status, courier, service, shipping, shipping_type, booking_no, airway_bill,
                            weight_grams, quoted_cost, pickup_at, vehicle, phone_suffix_sealed, booked_by,
                            store_sent_at, next_check_at, created_at, updated_at)
     values ($1, $2, $3, 'jne', 'REG', 'JNE', 'REG23', $4, $4, 600, 18000, $5, 'Motor', 'x', $1, $5,
             case when $3 = 'PACKED' then $5::timestamptz end, $5, $5)`,
    [id, paid.orderId, status, hasNumber ? bookingNo : null, NOW],
  );
  for (const [from, to, event] of PATHS[status] ?? []) {
    await q(
      `insert into shipment_status_logs (shipment_id, from_status, to_status, event, source, at)
       values ($1, $2, $3, $4, 'SYSTEM', $5)`,
      [id, from, to, event, NOW],
    );
  }
  if (orderStatus === "PAID") return id;
  const steps: [string, string, string][] = [["PAID", "PROCESSING", "booked"]];
  if (orderStatus === "CANCEL_REQUESTED") steps.push(["PROCESSING", "CANCEL_REQUESTED", "cancelAsked"]);
  for (const [from, to, event] of steps) {
    await q(
      `insert into order_status_logs (order_id, from_status, to_status, event, source, at)
       values ($1, $2, $3, $4, 'STAFF', $5)`,
      [paid.orderId, from, to, event, NOW],
    );
  }
  await q("update orders set status = $2 where id = $1", [paid.orderId, orderStatus]);
  return id;
}

const STORE_CALL = `
  insert into gateway_calls (id, gateway, operation, method, path, correlation, status, outcome, duration_ms,
                             request_sealed, at)
  values ($1, 'komerce', 'store', 'POST', '/order/api/v1/orders/store', $2, 201, 'ok', 1, 'x', $3)`;

/** Breaches of parcels and their bookings. */
export const PLANTED_SHIPMENTS: readonly PlantedBreach[] = [
  {
    breach: "an order that is on its way without a shipment",
    sql: async (q, shop) => {
      const id = await addShipment(q, shop);
      await q("delete from shipment_status_logs where shipment_id = $1", [id]);
      await q("delete from shipments where id = $1", [id]);
    },
    says: ({ paid }) => [`SHIPMENT ${paid.orderNumber}`],
  },
  {
    breach: "two couriers that come for one order",
    sql: async (q, shop) => {
      await q("drop index shipments_living");
      await addShipment(q, shop);
      await addShipment(q, shop, { orderStatus: "PAID", bookingNo: "KOM2" });
      await q("update orders set status = 'PROCESSING' where id = $1", [shop.paid.orderId]);
    },
    says: ({ paid }) => [`SHIPMENT ${paid.orderNumber}`],
  },
  {
    breach: "a parcel of an order that nobody has asked to send",
    sql: (q, shop) => addShipment(q, shop, { orderStatus: "PAID" }),
    says: ({ paid }) => [`SHIPMENT ${paid.orderNumber}`],
  },
  {
    breach: "one booking of two shipments",
    sql: async (q, shop) => {
      await q("alter table shipments drop constraint shipments_booking_no_key");
      await addShipment(q, shop);
      await addShipment(q, shop, { status: "CANCELLED", orderStatus: "PAID" });
    },
    says: () => ["BOOKING KOM1"],
  },
  {
    breach: "a booking that was sent twice",
    sql: async (q, shop) => {
      await addShipment(q, shop);
      await q(STORE_CALL, [ids.next(), shop.paid.orderNumber, NOW]);
      await q(STORE_CALL, [ids.next(), shop.paid.orderNumber, NOW]);
    },
    says: ({ paid }) => [`BOOKING ${paid.orderNumber}`],
  },
  {
    breach: "a lost booking that no person is asked about",
    sql: (q, shop) => addShipment(q, shop, { status: "UNKNOWN" }),
    says: ({ paid }) => [`BOOKING ${paid.orderNumber}`],
  },
  {
    breach: "a booking that no job makes",
    sql: (q, shop) => addShipment(q, shop, { status: "BOOKING" }),
    says: ({ paid }) => [`BOOKING ${paid.orderNumber}`],
  },
  {
    breach: "a booked parcel that no courier is asked to fetch",
    sql: (q, shop) => addShipment(q, shop, { status: "BOOKED" }),
    says: ({ paid }) => [`BOOKING ${paid.orderNumber}`],
  },
  {
    breach: "a cancel that nobody tells the courier of",
    sql: (q, shop) => addShipment(q, shop, { orderStatus: "CANCEL_REQUESTED" }),
    says: ({ paid }) => [`BOOKING ${paid.orderNumber}`],
  },
  {
    breach: "a shipment that went backwards",
    sql: async (q, shop) => {
      const id = await addShipment(q, shop, { id: "00000000-0000-7000-8000-000000000001" });
      await q("update shipments set status = 'TRANSIT' where id = $1", [id]);
    },
    says: ({ paid }) => ["SHIPMENT_LOG 00000000-0000-7000-8000-000000000001", `ARRIVED ${paid.orderNumber}`],
  },
];
