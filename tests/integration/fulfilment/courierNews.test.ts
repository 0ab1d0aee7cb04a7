import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rajaongkirWebhook } from "../../../api/http/rajaongkirWebhook.ts";
import { checkShipment } from "../../../domain/fulfilment/checkShipment.ts";
import { receiveCourierNews } from "../../../domain/fulfilment/receiveCourierNews.ts";
import { trackShipments } from "../../../domain/fulfilment/trackShipments.ts";
import { DAY_MS, MINUTE_MS } from "../../../domain/kernel/time.ts";
import { startTestApi, type TestApi } from "../../support/api.ts";
import { openParcelShop, type ParcelShop, type Shipped, scanned } from "../../support/parcels.ts";

let shop: ParcelShop;
let api: TestApi;
let limit: (address: string) => Promise<number | null> = async () => null;

beforeAll(async () => {
  shop = await openParcelShop();
  api = await startTestApi({
    databaseUrl: shop.url,
    // The shop's own clock and settings; the database is one.
    rajaongkirWebhook: (started) => rajaongkirWebhook({ ...started, clock: shop.app.clock }, (a) => limit(a)),
  });
});
afterAll(async () => {
  await api?.stop();
  await shop?.drop();
});

const send = (body: string, method = "POST", headers: Record<string, string> = {}) =>
  fetch(`${api.url}/api/webhooks/rajaongkir/shipment`, {
    method,
    headers,
    ...(method === "POST" || method === "PUT" ? { body } : {}),
  });
const news = ({ bookingNo, parcel }: Shipped, status = "Diterima") =>
  JSON.stringify({ order_no: bookingNo, cnote: parcel.airwayBill ?? "", status });

/** Everything that a callback could have written. */
const written = () =>
  shop.rows<{ all: string }>(
    `select (select jsonb_agg(to_jsonb(s) order by s.id) from shipments s)::text
            || (select count(*) from outbox_messages) || (select count(*) from shipment_events)
            || (select jsonb_agg(o.status order by o.id) from orders o)::text as all`,
  );
const digest = async () =>
  createHash("sha256")
    .update(JSON.stringify(await written()))
    .digest("hex");

/** On its way, and not due for two hours. */
async function onItsWay(): Promise<Shipped> {
  const parcel = await shop.ship({ words: "Dikirim" });
  await trackShipments(shop.app);
  shop.move(MINUTE_MS);
  return parcel;
}
const toldOf = async ({ shipmentId }: Shipped) =>
  (await shop.messages("shipment.told")).filter(({ payload }) => payload["shipmentId"] === shipmentId).length;

describe("POST and PUT /api/webhooks/rajaongkir/shipment", () => {
  test.each(["POST", "PUT"])("%s makes a look due, and changes nothing else by what it says", async (method) => {
    const parcel = await onItsWay();
    const before = await shop.stateOf(parcel);
    const response = await send(news(parcel, "Diterima"), method);
    expect([response.status, await response.json()]).toEqual([200, { outcome: "received" }]);
    const after = await shop.stateOf(parcel);
    expect(after).toEqual({ ...before, next: shop.app.clock.now() });
    expect(await toldOf(parcel)).toBe(1);
    await checkShipment(shop.app, { shipmentId: parcel.shipmentId });
    // A forged word: the company says that it is still on its way.
    expect(await shop.stateOf(parcel)).toMatchObject({ shipment: "TRANSIT", order: "SHIPPED" });
  });

  test("answers alike for what is not ours, and for what is over, and writes nothing of it", async () => {
    const parcel = await shop.ship({ words: "Diterima" });
    await trackShipments(shop.app);
    const before = await digest();
    for (const body of [news(parcel), JSON.stringify({ order_no: "KOM99999202610010900", cnote: "", status: "x" })]) {
      const response = await send(body);
      expect([response.status, await response.json()]).toEqual([200, { outcome: "received" }]);
    }
    expect(await digest()).toBe(before);
  });

  test.each([
    ["no JSON", "order_no=KOM1"],
    ["no object", "[1]"],
    ["no booking", JSON.stringify({ cnote: "x", status: "Dikirim" })],
    ["no status", JSON.stringify({ order_no: "KOM1" })],
    ["a booking that is none", JSON.stringify({ order_no: "KOM1' or 1=1", status: "Dikirim" })],
    ["an endless booking", JSON.stringify({ order_no: "K".repeat(65), status: "Dikirim" })],
    ["a waybill that is none", JSON.stringify({ order_no: "KOM1", cnote: { a: 1 }, status: "Dikirim" })],
    ["nothing", ""],
  ])("refuses %s with 400", async (_, body) => {
    expect((await send(body)).status).toBe(400);
  });

  test("refuses what is too long, and other methods", async () => {
    const responses = [await send(" ".repeat(17_000)), await send("", "GET"), await send("", "DELETE")];
    expect(responses.map(({ status }) => status)).toEqual([413, 405, 405]);
    expect(responses[1]?.headers.get("allow")).toBe("POST, PUT");
  });

  test("is for servers: no origin may read it, and no session is asked for or given", async () => {
    const response = await send(news(await onItsWay()), "POST", { origin: api.config.publicUrl });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect(response.headers.get("set-cookie")).toBeNull();
  });

  test("says when to come back to an address that sends too much", async () => {
    limit = async () => 30;
    const response = await send(news(await onItsWay()));
    limit = async () => null;
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "30"]);
  });

  test("answers 503, never 500, while the database is away", async () => {
    const body = news(await onItsWay());
    const { connect, query } = api.app.db.pool;
    const away = (() => Promise.reject(new Error("timeout exceeded when trying to connect"))) as never;
    Object.assign(api.app.db.pool, { connect: away, query: away });
    const response = await send(body);
    Object.assign(api.app.db.pool, { connect, query });
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "30"]);
  });
});

describe("a storm of callbacks about one parcel", () => {
  test("makes one look in ten minutes, and one more when those are over", async () => {
    const parcel = await onItsWay();
    const storm = () => Promise.all(Array.from({ length: 40 }, () => send(news(parcel))));
    for (const response of await storm()) expect(response.status).toBe(200);
    expect(await toldOf(parcel)).toBe(1);
    const askedBefore = shop.asked.length;
    await checkShipment(shop.app, { shipmentId: parcel.shipmentId });
    await storm();
    const { next } = await shop.stateOf(parcel);
    expect(next?.getTime()).toBe(shop.app.clock.now().getTime() + 10 * MINUTE_MS);
    const before = await digest();
    await storm();
    expect(await digest()).toBe(before);
    await checkShipment(shop.app, { shipmentId: parcel.shipmentId });
    expect(shop.asked.length - askedBefore).toBe(1);
    shop.move(10 * MINUTE_MS);
    await trackShipments(shop.app);
    expect(shop.asked.filter((one) => one === parcel.bookingNo)).toHaveLength(3);
  });

  test("brings its news within ten minutes, also while a look is under way", async () => {
    const parcel = await shop.ship({ words: "Dikirim" });
    shop.state.beforeAnswer = async () => {
      shop.state.beforeAnswer = async () => {};
      shop.move(1);
      await receiveCourierNews(shop.app, { bookingNo: parcel.bookingNo, airwayBill: null });
    };
    await checkShipment(shop.app, { shipmentId: parcel.shipmentId });
    parcel.parcel.words = "Diterima";
    await trackShipments(shop.app);
    expect(await shop.stateOf(parcel)).toMatchObject({ shipment: "DELIVERED", order: "COMPLETED" });
  });

  test("brings within ten minutes what happened while the look that it caused was under way", async () => {
    const parcel = await onItsWay();
    const hint = { bookingNo: parcel.bookingNo, airwayBill: null };
    await receiveCourierNews(shop.app, hint);
    shop.state.beforeAnswer = async () => {
      shop.state.beforeAnswer = async () => {};
      shop.move(1);
      for (const time of ["first", "again"])
        expect([time, await receiveCourierNews(shop.app, hint)]).toEqual([time, "LATER"]);
    };
    await checkShipment(shop.app, { shipmentId: parcel.shipmentId });
    parcel.parcel.words = "Diterima";
    await trackShipments(shop.app);
    expect(await shop.stateOf(parcel)).toMatchObject({ shipment: "TRANSIT" });
    shop.move(10 * MINUTE_MS);
    await trackShipments(shop.app);
    expect(await shop.stateOf(parcel)).toMatchObject({ shipment: "DELIVERED", order: "COMPLETED" });
  });

  test("is heard again for a parcel that was given up, and from a clock that was ahead", async () => {
    const parcel = await onItsWay();
    await shop.rows("update shipments set next_check_at = null where id = $1", parcel.shipmentId);
    shop.move(DAY_MS);
    await receiveCourierNews(shop.app, { bookingNo: parcel.bookingNo, airwayBill: null });
    expect(await shop.stateOf(parcel)).toMatchObject({ next: shop.app.clock.now() });
    await checkShipment(shop.app, { shipmentId: parcel.shipmentId });
    shop.move(-DAY_MS);
    await shop.rows("update shipments set claimed_until = null where id = $1", parcel.shipmentId);
    expect(await receiveCourierNews(shop.app, { bookingNo: parcel.bookingNo, airwayBill: null })).not.toBe("LATER");
  });
});

test("a line of any length and any characters is kept, and its parcel followed", async () => {
  const parcel = await shop.ship({ words: "Dikirim" });
  parcel.parcel.history = "Process";
  parcel.parcel.scans = [{ ...scanned(1, "Process"), description: `${"y".repeat(499)}🙂`, location: "\ud83d" }];
  await trackShipments(shop.app);
  expect(await shop.stateOf(parcel)).toMatchObject({ shipment: "TRANSIT", order: "SHIPPED" });
  expect(await shop.openAlerts()).toEqual([]);
});
