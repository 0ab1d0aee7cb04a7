import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAccessTokens } from "../../../api/http/accessTokens.ts";
import { labelRoutes } from "../../../api/http/labels.ts";
import { createShipment } from "../../../domain/fulfilment/createShipment.ts";
import { printLabels } from "../../../domain/fulfilment/printLabels.ts";
import type { UserId } from "../../../domain/kernel/ids.ts";
import { statementsSent } from "../../../platform/sqlClient.ts";
import { startTestApi, type TestApi } from "../../support/api.ts";
import { type BookingShop, openBookingShop } from "../../support/bookingShop.ts";
import type { OrderRow } from "../../support/shopRows.ts";

const BOOKING = "booking { bookingNo quotedCost cost cashback difference pickupAt vehicle }";
const SHIPMENT = `id status courier service airwayBill externalStatus lastCheckedAt
  events { status description location at } ${BOOKING}`;

let shop: BookingShop;
let api: TestApi;
let staff: string;
let customer: string;
let orders: OrderRow[];

beforeAll(async () => {
  shop = await openBookingShop();
  api = await startTestApi({ databaseUrl: shop.url, env: { RATE_LIMIT_SCALE: "0" } });
  const accessTokens = createAccessTokens(api.config.jwtSecret, api.app.clock);
  staff = await accessTokens.forUser({ id: shop.staff.userId as UserId, role: "STAFF" });
  customer = await accessTokens.forUser({ id: shop.customer.userId as UserId, role: "CUSTOMER" });
  orders = [];
  for (let n = 0; n < 6; n += 1) orders.push(await shop.paidOrder());
  for (const { orderId } of orders.slice(0, 4)) await createShipment(shop.app, shop.staff, { orderId });
  await shop.work();
  await shop.work();
  await shop.rows(
    `insert into shipment_events (shipment_id, digest, event, external_status, description, location, source, at,
                                  recorded_at)
     select h.id, n::text, 'moving', 'Process', 'Tiba di gudang ' || n, 'SURABAYA', 'KOMERCE', now(), now()
       from shipments h, generate_series(1, 3) n`,
  );
});
afterAll(async () => {
  await api?.stop();
  await shop?.drop();
});

describe("a shipment", () => {
  const query = `query($id: ID!) { order(id: $id) { status shipment { ${SHIPMENT} } } }`;
  type Shown = { order: { shipment: Record<string, unknown> | null } };

  test("is shown to its customer without what is the shop's own", async () => {
    const { data, errors } = await api.graphql<Shown>(query, { id: orders[0]?.orderId }, { token: customer });
    expect(errors).toEqual([]);
    expect(data?.order.shipment).toMatchObject({
      status: "PACKED",
      courier: "jne",
      airwayBill: `AWB${shop.bookings[0]?.bookingNo}`,
      booking: null,
    });
    expect(data?.order.shipment?.["events"]).toHaveLength(3);
  });

  test("tells staff what it costs beyond what the customer paid", async () => {
    const { data } = await api.graphql<Shown>(query, { id: orders[0]?.orderId }, { token: staff });
    expect(data?.order.shipment?.["booking"]).toMatchObject({
      quotedCost: 18_000,
      cost: 20_000,
      cashback: 5_000,
      difference: -3_000,
      vehicle: "Motor",
    });
  });

  test("is none before a courier is booked", async () => {
    const { data } = await api.graphql<Shown>(query, { id: orders[5]?.orderId }, { token: customer });
    expect(data?.order.shipment).toBeNull();
  });
});

describe("lists for staff", () => {
  const shipments = (list: string, first = 10) =>
    `{ shipments(list: ${list}, first: ${first}) { totalCount nodes { ${SHIPMENT} order { number } } } }`;
  type Listed = { shipments: { totalCount: number; nodes: { order: { number: string } }[] } };

  test("name what is on its way, to hand over, and in trouble", async () => {
    await shop.rows("update shipments set flag = 'problem' where order_id = $1", orders[1]?.orderId);
    const counts: Record<string, number> = {};
    for (const list of ["ALL", "IN_TRANSIT", "TROUBLED", "TO_HAND_OVER"]) {
      const { data, errors } = await api.graphql<Listed>(shipments(list), {}, { token: staff });
      expect(errors).toEqual([]);
      counts[list] = data?.shipments.totalCount ?? 0;
      expect(data?.shipments.nodes).toHaveLength(counts[list]);
    }
    expect(counts).toEqual({ ALL: 4, IN_TRANSIT: 4, TROUBLED: 1, TO_HAND_OVER: 4 });
    const { data } = await api.graphql<{ ordersToShip: { totalCount: number } }>(
      "{ ordersToShip { totalCount } }",
      {},
      { token: staff },
    );
    expect(data?.ordersToShip.totalCount).toBe(2);
  });

  test("cost the same statements for one row and for all", async () => {
    const costOf = async (text: string) => {
      const before = statementsSent();
      await api.graphql(text, {}, { token: staff });
      return statementsSent() - before;
    };
    await costOf(shipments("ALL", 1));
    expect(await costOf(shipments("ALL", 1))).toBe(4);
    expect(await costOf(shipments("ALL", 4))).toBe(4);
    const toShip = (first: number) => `{ ordersToShip(first: ${first}) { nodes { number shipment { id } } } }`;
    expect(await costOf(toShip(1))).toBe(2);
    expect(await costOf(toShip(2))).toBe(2);
  });

  test("read no more than a page, however many parcels there are", async () => {
    await shop.rows(
      `insert into shipments (id, order_id, status, courier, service, shipping, shipping_type, weight_grams,
                              quoted_cost, pickup_at, vehicle, phone_suffix_sealed, booked_by, created_at, updated_at)
       select gen_random_uuid(), order_id, 'CANCELLED', courier, service, shipping, shipping_type, weight_grams,
              quoted_cost, pickup_at, vehicle, 'x', booked_by, created_at - n * interval '1 second', updated_at
         from shipments, generate_series(1, 2000) n where booking_no is not null`,
    );
    await shop.db.sql("analyze shipments");
    const conditions = [
      ["true", "shipments_list"],
      ["status in ('BOOKING', 'BOOKED', 'PACKED', 'TRANSIT', 'RETURNING')", "shipments_transit"],
      [
        `(status in ('UNKNOWN', 'RETURNING', 'LOST') or pickup_why is not null
          or flag in ('problem', 'pickupProblem'))`,
        "shipments_troubled",
      ],
    ];
    for (const [condition, index] of conditions) {
      const plan = await shop.db.sql<Record<string, string>>(
        `explain select id from shipments h where ${condition} order by created_at desc, id desc limit 26`,
      );
      expect(plan.map((row) => Object.values(row)[0]).join("\n")).toContain(index);
    }
  });
});

describe("booking through the API", () => {
  test("answers for many orders one by one, in words that a page can show", async () => {
    const ids = [orders[4]?.orderId, orders[0]?.orderId, "00000000-0000-7000-8000-000000000000"];
    const { data, errors } = await api.graphql<{ createShipments: unknown[] }>(
      "mutation($ids: [ID!]!) { createShipments(orderIds: $ids) { orderId outcome code message details } }",
      { ids },
      { token: staff },
    );
    expect(errors).toEqual([]);
    expect(data?.createShipments).toMatchObject([
      { outcome: "BOOKED", code: null, message: null, details: null },
      { outcome: "ALREADY_BOOKED" },
      { outcome: "REFUSED", code: "NOT_FOUND", details: "{}" },
    ]);
  });

  test("gives the order back, PROCESSING, and a wrong vehicle or hour by its field", async () => {
    const create = (id: string, more: object) =>
      api.graphql<{ createShipment: { status: string; shipment: { status: string } } }>(
        `mutation($id: ID!, $vehicle: String, $at: DateTime) {
           createShipment(orderId: $id, vehicle: $vehicle, pickupAt: $at) { status shipment { status } }
         }`,
        { id, ...more },
        { token: staff },
      );
    const id = orders[5]?.orderId as string;
    for (const [wrong, field] of [
      [{ vehicle: "Truk" }, "vehicle"],
      [{ at: new Date().toISOString() }, "pickupAt"],
    ] as const) {
      const { errors } = await create(id, wrong);
      expect(errors[0]?.extensions).toMatchObject({ code: "INVALID_INPUT" });
      expect(Object.keys(errors[0]?.extensions.details["fields"] as object)).toEqual([field]);
    }
    const { data, errors } = await create(id, {});
    expect(errors).toEqual([]);
    expect(data?.createShipment).toEqual({ status: "PROCESSING", shipment: { status: "BOOKING" } });
  });
});

describe("a link to labels", () => {
  test("gives the PDF to whoever holds it, and nothing once it is over, forged or about nothing", async () => {
    const { url } = await printLabels(shop.app, shop.staff, { orderIds: [orders[0]?.orderId as string], page: "A4" });
    const { default: express } = await import("express");
    const server = express().use(labelRoutes(shop.app)).listen(0, "127.0.0.1");
    try {
      await new Promise((resolve) => server.once("listening", resolve));
      const { port } = server.address() as { port: number };
      const get = (link: string) => fetch(link.replace("https://toko.test", `http://127.0.0.1:${port}`));
      const pdf = await get(url);
      expect(pdf.headers.get("content-type")).toBe("application/pdf");
      expect(pdf.headers.get("cache-control")).toBe("private, no-store");
      expect((await pdf.text()).slice(0, 5)).toBe("%PDF-");
      const forged = url.replace(/signature=./, (start) => (start.endsWith("A") ? "signature=B" : "signature=A"));
      expect((await get(forged)).status).toBe(403);
      await shop.rows("delete from shipment_labels");
      expect((await get(url)).status).toBe(404);
      shop.move(15 * 60_000);
      expect((await get(url)).status).toBe(410);
    } finally {
      server.close();
    }
  });
});
