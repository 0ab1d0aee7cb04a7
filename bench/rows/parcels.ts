import type { Shop } from "../harness/shop.ts";
import { addCatalogue } from "./catalogue.ts";
import { addManyOrders } from "./manyOrders.ts";

/** One parcel in so many was booked elsewhere, and is asked for within the day's quota. */
export const FOREIGN_EVERY = 10;
const ORDERS_OF_A_CUSTOMER = 10;

// The oldest paid orders, each with a parcel that has its waybill and that nobody has looked at.
const PICKED = `
  create temp table picked as
  select o.id as order_id, uuidv7() as id, row_number() over (order by o.id) as n,
         row_number() over (order by o.id) % ${FOREIGN_EVERY} = 0 as is_foreign
    from orders o where o.status = 'PAID' order by o.id limit $1`;

const PROCESSING = [
  "update orders set status = 'PROCESSING' where id in (select order_id from picked)",
  `insert into order_status_logs (order_id, from_status, to_status, event, source, at)
   select order_id, 'PAID', 'PROCESSING', 'booked', 'STAFF', now() from picked order by n`,
];

const SHIPMENTS = `
  insert into shipments (id, order_id, status, courier, service, shipping, shipping_type, booking_no, airway_bill,
                         weight_grams, quoted_cost, cost, cashback, pickup_at, vehicle, phone_suffix_sealed, booked_by,
                         store_sent_at, created_at, updated_at)
  select id, order_id, 'PACKED', 'jnt', 'EZ', 'JNT', 'EZ', case when not is_foreign then 'KOM' || n end,
         case when is_foreign then 'AWB' || n else 'AWB-KOM' || n end, 600, 18000, 18000, 4500, now(), 'Motor', $1,
         (select id from users order by id limit 1), case when not is_foreign then now() end, now(), now()
    from picked order by n`;

const LOGS = `
  insert into shipment_status_logs (shipment_id, from_status, to_status, event, source, at)
  select id, f, t, e, 'SYSTEM', now()
    from picked, (values (1, null, 'BOOKING', 'asked'), (2, 'BOOKING', 'BOOKED', 'stored'),
                         (3, 'BOOKED', 'PACKED', 'pickupArranged')) as s(step, f, t, e)
   order by n, step`;

/** Fills a shop with that many parcels, of which nobody has to look at any yet. */
export async function addParcels(shop: Shop, count: number, sealedPhone: string): Promise<void> {
  const orders = Math.ceil((count * 10) / 9) + 10; // one order in ten is not paid
  await addCatalogue(shop.sql, Math.max(1, Math.floor(orders / ORDERS_OF_A_CUSTOMER)));
  await addManyOrders(shop.databaseUrl, orders, "OLD");
  const client = await shop.pool.connect();
  try {
    await client.query(PICKED, [count]);
    for (const step of PROCESSING) await client.query(step);
    await client.query(SHIPMENTS, [sealedPhone]);
    await client.query(LOGS);
    await client.query("drop table picked");
    await client.query("vacuum (analyze) orders, order_status_logs, shipments, shipment_status_logs");
  } finally {
    client.release();
  }
}
