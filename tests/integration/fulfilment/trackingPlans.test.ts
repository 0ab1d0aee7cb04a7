import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkShipment } from "../../../domain/fulfilment/checkShipment.ts";
import { receiveCourierNews } from "../../../domain/fulfilment/receiveCourierNews.ts";
import { trackShipments } from "../../../domain/fulfilment/trackShipments.ts";
import { openParcelShop, type ParcelShop } from "../../support/parcels.ts";

let shop: ParcelShop;
let client: pg.Client;
beforeEach(async () => {
  shop = await openParcelShop();
  client = new pg.Client({ connectionString: shop.url });
  await client.connect();
});
afterEach(async () => {
  await client?.end();
  await shop?.drop();
});

const PARCELS = 20_000; // the planner of so many does as of a million: reading all of them costs the most by far

/** Parcels of years, of which one in twenty is on its way and due later. */
async function addOldParcels(): Promise<void> {
  await client.query("set session_replication_role = replica");
  await client.query(
    `insert into shipments (id, order_id, status, courier, service, shipping, shipping_type, booking_no, airway_bill,
                            weight_grams, quoted_cost, pickup_at, vehicle, phone_suffix_sealed, booked_by,
                            store_sent_at, next_check_at, created_at, updated_at)
     select gen_random_uuid(), gen_random_uuid(), case when n % 20 = 0 then 'TRANSIT' else 'DELIVERED' end, 'jnt', 'EZ',
            'JNT', 'EZ', 'OLD' || n, 'AWB-OLD' || n, 600, 18000, $2::timestamptz, 'Motor', 'x', gen_random_uuid(), $2,
            case when n % 20 = 0 then $2 + n * interval '1 second' end, $2, $2
       from generate_series(1, $1::integer) n`,
    [PARCELS, shop.app.clock.now()],
  );
  await client.query("analyze shipments");
}

/** The plan of a statement as it is prepared, whatever is asked of it. */
async function planOf(text: string, values: readonly unknown[]): Promise<string> {
  await client.query("set plan_cache_mode = force_generic_plan");
  await client.query(`prepare asked as ${text}`);
  const given = values.map((value) =>
    value === null ? "null" : client.escapeLiteral(value instanceof Date ? value.toISOString() : String(value)),
  );
  const { rows } = await client.query(`explain execute asked${given.length > 0 ? `(${given.join(", ")})` : ""}`);
  await client.query("deallocate asked");
  return rows.map((row: Record<string, unknown>) => row["QUERY PLAN"]).join("\n");
}

test("a look, and a callback, find their parcel out of an index however many there are", async () => {
  await shop.ship();
  const parcel = await shop.ship();
  await addOldParcels();
  const asked = new Map<string, readonly unknown[]>();
  const sql = (text: string, values: readonly unknown[] = []) => {
    asked.set(text, values);
    return shop.app.db.sql(text, values);
  };
  const app = { ...shop.app, db: { ...shop.app.db, sql: sql as never } };
  await receiveCourierNews(app, { bookingNo: parcel.bookingNo, airwayBill: null });
  await checkShipment(app, { shipmentId: parcel.shipmentId });
  expect(await trackShipments(app)).toBe(1);
  expect(asked.size).toBeGreaterThan(3);
  for (const [text, values] of asked) expect(await planOf(text, values)).not.toMatch(/Seq Scan on shipments/);
});
