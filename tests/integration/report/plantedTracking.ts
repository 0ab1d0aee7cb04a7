import type { PlantedBreach, Write } from "./plantedBreaches.ts";
import { addShipment } from "./plantedShipments.ts";
import { addNotice, type PlantedShop } from "./plantedShop.ts";

const ID = "00000000-0000-7000-8000-000000000002";
const SHIPPED: [string, string, string][] = [["PROCESSING", "SHIPPED", "shipped"]];

/** The order goes the way of its parcel; `words` are the courier's. */
async function go(q: Write, { paid }: PlantedShop, steps: [string, string, string][], words: string | null) {
  for (const [from, to, event] of steps) {
    await q("update orders set status = $2 where id = $1", [paid.orderId, to]);
    await q(
      `insert into order_status_logs (order_id, from_status, to_status, event, source, external_status, at)
       values ($1, $2, $3, $4, 'RAJAONGKIR', $5, now())`,
      [paid.orderId, from, to, event, words],
    );
  }
}

/** Breaches of what must hold of parcels on their way. */
export const PLANTED_TRACKING: readonly PlantedBreach[] = [
  {
    breach: "a parcel that nobody will look at",
    sql: async (q, shop) => {
      await addShipment(q, shop, { id: ID });
      await q("update shipments set next_check_at = null where id = $1", [ID]);
    },
    says: () => [`TRACKED ${ID}`],
  },
  {
    breach: "a parcel whose look is due since yesterday",
    sql: async (q, shop) => {
      await addShipment(q, shop, { id: ID });
      await q("update shipments set next_check_at = next_check_at - interval '1 day' where id = $1", [ID]);
    },
    says: () => [`TRACKED ${ID}`],
  },
  {
    breach: "an order that is completed without a word of anybody",
    sql: async (q, shop) => {
      await addShipment(q, shop, { status: "DELIVERED" });
      await go(q, shop, [["PROCESSING", "COMPLETED", "delivered"]], null);
    },
    says: ({ paid }) => [`ARRIVED ${paid.orderNumber}`],
  },
  {
    breach: "a parcel that arrived, and its order is still on its way",
    sql: async (q, shop) => {
      await addShipment(q, shop, { status: "DELIVERED" });
      await go(q, shop, SHIPPED, "Dikirim");
    },
    says: ({ paid }) => [`ARRIVED ${paid.orderNumber}`],
  },
  {
    breach: "a lost parcel that nobody was asked about",
    sql: async (q, shop) => {
      await addShipment(q, shop, { status: "LOST" });
      await go(q, shop, SHIPPED, "Dikirim");
    },
    says: ({ paid }) => [`ARRIVED ${paid.orderNumber}`],
  },
  {
    breach: "a mail about somebody else's parcel",
    sql: async (q, shop) => {
      await addShipment(q, shop, { id: ID });
      await q(...addNotice(ID, "STORED"));
      await q("update notices set event = 'shipment.shipped:' || id, user_id = null where id = $1", [ID]);
    },
    says: () => [`OWNER shipment.shipped:${ID}`],
  },
  {
    breach: "a story whose lines can be changed",
    sql: (q) => q("drop trigger shipment_events_stay on shipment_events"),
    says: () => ["STORY shipment_events"],
  },
];
