import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { until } from "../../support/until.ts";
import { couriers, KEY, orderBody } from "./couriers.ts";
import { HOUR, type Stand, stand } from "./support.ts";

let rig: Stand;
let api: ReturnType<typeof couriers>;
beforeEach(async () => {
  rig = await stand();
  api = couriers(rig);
});
afterEach(() => rig.close());

const balance = async (): Promise<number> => (await rig.call("GET", "/sandbox/couriers")).body.balance;
const missing = (field: string, struct = "CreateOrderRequest"): string =>
  `Key: '${struct}.${field}' Error:Field validation for '${field}' failed on the 'required' tag`;

describe("an order of the delivery API", () => {
  /** rajaongkir.md 4.1, 4.2 */
  it("is stored with 201, a number of 20 characters and no waybill, and is told back with the day first", async () => {
    const { status, body } = await api.store({ origin_pin_point: "-6.1, 106.8" });
    expect([status, body.meta]).toEqual([201, { message: "Success Create New Order", code: 201, status: "success" }]);
    expect(body.data.order_no).toMatch(/^KOM\d{5}202603141000$/);
    const { data } = (await api.detail(body.data.order_no)).body;
    expect(data).toMatchObject({ awb: "", order_status: "Diajukan", order_date: "14-03-2026", notes: "ref ORD-1" });
    expect(data).toMatchObject({ shipping: "JNE", shipping_type: "REG23", grand_total: 220_000 });
    expect(data.origin_pin_point).toBe("106.8, -6.1");
    expect(data.order_details).toEqual(orderBody().order_details);
    expect(data).not.toHaveProperty("shipper_email");
  });

  /** rajaongkir.md 4.1, 7.7: there is no key that makes a repetition the same order. */
  it("that is sent twice is two orders, charged twice", async () => {
    const before = await balance();
    const [one, other] = [await api.book(), await api.book()];
    expect(one).not.toBe(other);
    expect(before - (await balance())).toBe(2 * 15_000);
  });

  /** rajaongkir.md 4.1: what the validator misses, one line each. */
  it("with empty members is refused in the validator's words, all of them at once", async () => {
    const { status, body } = await api.store({ shipper_name: "", receiver_destination_id: 0, cod_value: undefined });
    expect([status, body.meta.status, body.data]).toEqual([422, "error", null]);
    expect(body.meta.message).toBe(
      ["ShipperName", "ReceiverDestinationID", "CodValue"].map((at) => missing(at)).join("\n"),
    );
    const line = await api.store({}, { qty: 0, product_variant_name: "" });
    const struct = "CreateOrderRequest.OrderDetails[0]";
    expect(line.body.meta.message).toBe(`${missing("ProductVariantName", struct)}\n${missing("Qty", struct)}`);
    expect((await api.store({ order_details: [] })).body.meta.message).toBe(missing("OrderDetails"));
  });

  it("whose members have another type is refused before anything is validated", async () => {
    const { status, body } = await api.store({ shipper_destination_id: "900101", shipper_name: "" });
    expect(status).toBe(422);
    expect(body.meta.message).toContain("cannot unmarshal string into Go struct field CreateOrderRequest.shipper_dest");
  });

  /** rajaongkir.md 4.1, 7.7: half past midnight in Jakarta is yesterday in UTC. */
  it("is dated by the clock in Jakarta", async () => {
    await rig.pass(14.5 * HOUR);
    const late = await api.store({ order_date: "2026-03-14" });
    expect([late.status, late.body.meta.message]).toEqual([
      422,
      "Create Order failed, date order can't be before today",
    ]);
    expect((await api.store({ order_date: "2026-03-15" })).status).toBe(201);
  });

  /** rajaongkir.md 4.1 */
  it.each([
    ["+6281200000001", 422],
    ["62 812-0000-0001", 422],
    ["12345678", 422],
    ["6281200000001", 201],
    ["081200000001", 201],
  ])("with the phone %s is answered %i", async (receiver_phone, status) => {
    expect((await api.store({ receiver_phone })).status).toBe(status);
  });

  /** rajaongkir.md 4.1, its table of answers */
  it.each([
    [{ grand_total: 19_999 }, "minimum grand_total equals shipping_cost"],
    [{ payment_method: "COD", cod_value: 1 }, "cod_value must be equal to grand_total"],
    [{ shipping_type: "REG" }, "shipping service not found"],
    [{ receiver_destination_id: 1 }, "destination not found"],
    [{ shipping: "LION", shipping_type: "REGPACK" }, "origin_pin_point and destination_pin_point are required"],
  ])("with %j is refused with 400", async (more, message) => {
    const { status, body } = await api.store(more);
    expect([status, body.meta]).toEqual([400, { message, code: 400, status: "failed" }]);
  });

  /** rajaongkir.md 4.1: spelt so; COD is charged nothing. */
  it("beyond the dashboard's balance is refused and costs nothing; one that is paid at the door is taken", async () => {
    await rig.call("POST", "/sandbox/couriers", { balance: 14_999 });
    const { status, body } = await api.store();
    expect([status, body.meta.status, body.data]).toEqual([400, "failed", "Insufficent Balance"]);
    expect((await api.store({ payment_method: "COD", cod_value: 220_000, service_fee: 6_160 })).status).toBe(201);
    expect(await balance()).toBe(14_999);
    expect((await rig.call("GET", "/sandbox/couriers")).body.count).toBe(1);
  });

  /** rajaongkir.md 8.4 */
  it("of a product called TIMEOUT is stored while its answer is a minute late", async () => {
    const waiting = api.store({}, { product_name: "TIMEOUT" });
    const known = async (): Promise<string[]> =>
      (await rig.call("GET", "/sandbox/shipments")).body.shipments.map((row: { order_no: string }) => row.order_no);
    await until("it is known", async () => (await known()).length === 1);
    const [orderNo] = await known();
    rig.clock.fire(60_000);
    expect((await waiting).body.data.order_no).toBe(orderNo);
  });

  /** rajaongkir.md 4.2 */
  it("that is unknown is told with 400, not 404", async () => {
    const { status, body } = await api.detail("KOM0");
    expect([status, body.meta.message, body.data]).toEqual([
      400,
      "Get Order detail failed",
      { errors: "Data not found" },
    ]);
  });

  /** rajaongkir.md 8.4 */
  it("needs the delivery key in x-api-key: the cost API's header is answered 401", async () => {
    const wrong: Record<string, string>[] = [{ key: "sim-ok" }, { "x-api-key": "other" }];
    for (const headers of wrong) {
      expect((await rig.call("GET", "/order/api/v1/orders/detail?order_no=X", undefined, headers)).status).toBe(401);
      expect((await rig.call("POST", "/order/api/v1/orders/store", orderBody(), headers)).status).toBe(401);
    }
  });
});

describe("a pickup", () => {
  /** rajaongkir.md 4.3 */
  it("gives each order its waybill number", async () => {
    const orderNo = await api.book();
    const { status, body } = await api.pickup([orderNo]);
    expect([status, body.data]).toEqual([201, [{ status: "success", order_no: orderNo, awb: `KOMER${orderNo}` }]]);
    expect((await api.detail(orderNo)).body.data).toMatchObject({ awb: `KOMER${orderNo}`, order_status: "Dipacking" });
  });

  /** rajaongkir.md 4.3: production returns the courier's number. */
  it("gives the courier's own number where it is set so", async () => {
    await rig.restart({ awbForm: "courier" });
    const { orderNo, awb } = await api.send();
    expect(awb).toMatch(/^\d{15}$/);
    expect((await api.look(awb)).order_no).toBe(orderNo);
  });

  /** rajaongkir.md 4.3, 8.4: 201 with failures inside. */
  it("fails for one order and succeeds for another within one 201", async () => {
    const good = await api.book();
    const bad = await api.book({}, { product_name: "NOPICKUP" });
    expect(bad).toMatch(/9$/);
    const { status, body } = await api.pickup([bad, good, "KOM0"]);
    expect(status).toBe(201);
    expect(body.data.map((row: { status: string; awb: string }) => [row.status, row.awb === ""])).toEqual([
      ["failed", true],
      ["success", false],
      ["failed", true],
    ]);
  });

  /** rajaongkir.md 4.3: the same order not twice, nothing that was cancelled. */
  it("of an order that has one, or was cancelled, fails and changes nothing", async () => {
    const { orderNo, awb } = await api.send();
    expect((await api.pickup([orderNo])).body.data[0]).toMatchObject({ status: "failed", awb: "" });
    expect((await api.detail(orderNo)).body.data.awb).toBe(awb);
    const gone = await api.book();
    await api.cancel(gone);
    expect((await api.pickup([gone])).body.data[0].status).toBe("failed");
  });

  /** rajaongkir.md 4.3 */
  it("is called 90 minutes ahead or refused, and not for a day that is over", async () => {
    const orderNo = await api.book();
    const at = (pickup_time: string, pickup_date = "2026-03-14") => api.pickup([orderNo], { pickup_date, pickup_time });
    expect((await at("11:29")).status).toBe(400);
    expect((await at("23:59", "2026-03-13")).body.meta.message).toBe(
      "Pickup request failed, date pickup is cannot before today",
    );
    expect((await api.detail(orderNo)).body.data.awb).toBe("");
    expect((await at("11:30")).body.data[0].status).toBe("success");
  });

  /** rajaongkir.md 2.4: Motor up to 5 kg, Truk from 10 kg. */
  it.each([
    ["Motor", 2_500, "success"],
    ["Motor", 2_501, "failed"],
    ["Mobil", 2_501, "success"],
    ["Truk", 4_999, "failed"],
    ["Truk", 5_000, "success"],
  ])("by %s of two pieces of %i g is a %s", async (pickup_vehicle, product_weight, status) => {
    const orderNo = await api.book({}, { product_weight });
    expect((await api.pickup([orderNo], { pickup_vehicle })).body.data[0].status).toBe(status);
  });

  it("with plain numbers instead of objects, or with another vehicle, is refused", async () => {
    const orderNo = await api.book();
    expect((await api.pickup([], { orders: [orderNo] })).status).toBe(422);
    expect((await api.pickup([orderNo], { pickup_vehicle: "motor" })).status).toBe(422);
  });
});

describe("a label", () => {
  /** rajaongkir.md 4.4 */
  it.each([
    ["page_1", 1],
    ["page_2", 1],
    ["page_4", 1],
    ["page_5", 2],
    ["page_6", 2],
  ])("on %s is a PDF of the whole list, and its path answers below /order", async (page, sheets) => {
    const [one, other] = [await api.send(), await api.send()];
    const { status, body } = await api.label(`${one.orderNo},${other.orderNo}`, page);
    expect(status).toBe(200);
    const text = Buffer.from(body.data.base_64, "base64").toString("latin1");
    expect(text.startsWith("%PDF-")).toBe(true);
    const pages = page === "page_1" ? 2 : sheets;
    expect(text.match(/\/Type \/Page\b/g)).toHaveLength(pages);
    expect(body.data.path).toMatch(/^\/storage\/label-14-03-2026-\d+\.pdf$/);
    const file = await rig.call("GET", `/order${body.data.path}`, undefined, { Authorization: "" });
    expect([file.status, file.text.startsWith("%PDF-")]).toEqual([200, true]);
  });

  /** rajaongkir.md 4.4: a wrong number is answered 500, and there is no page_3. */
  it("of an unknown order, or before its pickup, is a 500; of an unknown sheet a 422", async () => {
    const orderNo = await api.book();
    for (const number of ["KOM0", orderNo]) {
      const { status, body } = await api.label(number, "page_5");
      expect([status, body.meta.message, body.data]).toEqual([
        500,
        "Generate Print Label failed",
        "order_no not found",
      ]);
    }
    expect((await api.label((await api.send()).orderNo, "page_3")).status).toBe(422);
  });

  /** rajaongkir.md 10: integrators send the list with its commas as they are. */
  it("of a list whose commas are encoded is that of one order that nobody has", async () => {
    const [one, other] = [await api.send(), await api.send()];
    expect((await api.label(`${one.orderNo}%2C${other.orderNo}`, "page_4")).status).toBe(500);
  });
});

describe("a cancel", () => {
  /** rajaongkir.md 4.5: also after the waybill number, until the courier scans it; the balance has it back at once. */
  it("is taken before and after the pickup was asked for, and gives the cost back once", async () => {
    const before = await balance();
    const [early, { orderNo: late }] = [await api.book(), await api.send()];
    for (const orderNo of [early, late]) {
      const { status, body } = await api.cancel(orderNo);
      expect([status, body.meta.message, body.data]).toEqual([200, "success cancel order", null]);
      expect((await api.detail(orderNo)).body.data.order_status).toBe("Batal");
    }
    expect(await balance()).toBe(before);
    const again = await api.cancel(late);
    expect([again.status, again.body.data]).toEqual([422, { errors: "Failed Cancel order, order status Batal" }]);
    expect(await balance()).toBe(before);
  });

  /** rajaongkir.md 4.5 */
  it.each([
    ["transit", "Dikirim"],
    ["delivered", "Diterima"],
    ["returning", "Retur"],
  ])("of a parcel in %s is refused with 422, whose tail says %s", async (status, word) => {
    const { orderNo, awb } = await api.send();
    await api.move(awb, { status });
    const refused = await api.cancel(orderNo);
    expect([refused.status, refused.body]).toEqual([
      422,
      {
        meta: { message: "cancel order failed", code: 422, status: "error" },
        data: { errors: `Failed Cancel order, order status ${word}` },
      },
    ]);
  });

  /** rajaongkir.md 4.5 */
  it("of an unknown order is a 400, and text/plain is read as JSON", async () => {
    expect((await api.cancel("KOM0")).status).toBe(400);
    const body = JSON.stringify({ order_no: await api.book() });
    const plain = { ...KEY, "Content-Type": "text/plain" };
    expect((await rig.call("PUT", "/order/api/v1/orders/cancel", body, plain)).status).toBe(200);
  });

  it("ends the parcel's own life", async () => {
    const { orderNo } = await api.send();
    await api.cancel(orderNo);
    await rig.pass(30 * 24 * HOUR);
    expect((await api.look(orderNo)).stage).toBe("cancelled");
  });
});
