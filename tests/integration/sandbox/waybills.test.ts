import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { couriers } from "./couriers.ts";
import { DAY, type Stand, stand } from "./support.ts";

let rig: Stand;
let api: ReturnType<typeof couriers>;
beforeEach(async () => {
  rig = await stand();
  api = couriers(rig);
});
afterEach(() => rig.close());

const NOT_FOUND = { meta: { message: "Checking AWB not found", code: 404, status: "error" }, data: null };

describe("the cost API's tracking", () => {
  /** rajaongkir.md 3.1 */
  it("tells of a parcel with its summary, its digits of proof and a manifest", async () => {
    const { awb } = await api.send();
    await rig.pass(3 * DAY);
    const { status, body } = await api.waybill(awb);
    expect([status, body.meta.message]).toEqual([200, "Success Get Waybill"]);
    expect(body.data).toMatchObject({
      delivered: true,
      summary: {
        courier_code: "jne",
        courier_name: "Jalur Nugraha Ekakurir (JNE)",
        waybill_number: awb,
        service_code: "REG23",
        waybill_date: "2026-03-14",
        shipper_name: "Gudang Contoh",
        receiver_name: "BUDI",
        origin: "JAKARTA PUSAT",
        destination: "SURABAYA",
        status: "DELIVERED",
      },
      details: { waybill_number: awb, weight: "1", shipper_address1: "", receiver_address3: "" },
      delivery_status: { status: "DELIVERED", pod_receiver: "BUDI", pod_date: "2026-03-16" },
    });
    expect(body.data.manifest).toHaveLength(5);
    expect(body.data.manifest.at(-1)).toEqual({
      manifest_code: "PU0",
      manifest_description: "Paket dijemput [JAKARTA PUSAT]",
      manifest_date: "2026-03-14",
      manifest_time: "12:30",
      city_name: "JAKARTA PUSAT",
    });
  });

  /** rajaongkir.md 3.1: the last five digits of the recipient's phone, for one courier. */
  it("wants the recipient's digits for JNE alone", async () => {
    const { awb } = await api.send();
    await rig.pass(DAY);
    const without = await api.waybill(awb, "jne", "");
    expect([without.status, without.body.meta.message]).toEqual([400, "last_phone_number is required"]);
    expect((await api.waybill(awb, "jne", "54321")).status).toBe(400);
    expect((await api.waybill(awb, "jne", "12345")).status).toBe(200);
    const other = await api.send({ shipping: "JNT", shipping_type: "EZ" });
    await rig.pass(DAY);
    expect((await api.waybill(other.awb, "jnt", "")).status).toBe(200);
  });

  /** rajaongkir.md 3.1: the same answer for a typo, for another courier's, and before the first scan. */
  it("answers a typo, another courier's number and a fresh one alike, with 404", async () => {
    const { awb } = await api.send();
    expect((await api.waybill(awb)).body).toEqual(NOT_FOUND);
    await rig.pass(DAY);
    expect((await api.waybill(`${awb}X`)).body).toEqual(NOT_FOUND);
    expect((await api.waybill(awb, "jnt")).body).toEqual(NOT_FOUND);
    expect((await api.waybill(awb)).status).toBe(200);
  });

  /** rajaongkir.md 3.2: the delivery API says 400 and an empty object; its couriers' names are upper case. */
  it("has another no in the delivery API: 400 with an empty object", async () => {
    const { awb } = await api.send();
    const { status, body } = await api.history(awb);
    expect([status, body]).toEqual([
      400,
      { meta: { message: "invalid cnote/airway bill", code: 400, status: "error" }, data: {} },
    ]);
    await rig.pass(DAY);
    expect((await api.history(awb, "SICEPAT")).status).toBe(400);
    expect((await api.history(awb, "jne")).status).toBe(200);
  });

  /** rajaongkir.md 2.1: not every courier is tracked there. */
  it("does not know the parcels of couriers that it only quotes; the delivery API does", async () => {
    const { awb } = await api.send({ shipping: "IDEXPRESS", shipping_type: "STD" });
    await rig.pass(DAY);
    expect((await api.waybill(awb, "ide")).status).toBe(404);
    expect((await api.history(awb, "IDEXPRESS")).status).toBe(200);
  });

  /** rajaongkir.md 1.2, 3.1 */
  it("refuses an unknown courier, missing members and a foreign key", async () => {
    expect((await api.waybill("X", "xyz")).body.meta).toMatchObject({ code: 422, message: "Invalid Courier" });
    expect((await api.waybill("", "jnt")).body.meta).toMatchObject({ code: 400, message: "Missing Params" });
    expect((await api.waybill("X", "jnt", "", "other")).body.meta).toMatchObject({
      code: 400,
      message: "Invalid Api key, key not found",
    });
  });

  /** rajaongkir.md 1.2: form bodies work too. */
  it("reads its parameters from a form as well", async () => {
    const response = await fetch(`${rig.sandbox.url}/api/v1/track/waybill`, {
      method: "POST",
      headers: { key: "sim-ok" },
      body: new URLSearchParams({ awb: "JP00000001", courier: "jnt" }),
    });
    expect(response.status).toBe(200);
  });

  /** rajaongkir.md 6, 8.4: tracking counts like any call. */
  it("counts toward the day's quota and meets the throttle", async () => {
    for (let call = 0; call < 100; call += 1) await api.waybill("JP00000001", "jnt", "", "sim-quota");
    expect((await api.waybill("JP00000001", "jnt", "", "sim-quota")).status).toBe(429);
    const seen = [];
    for (let call = 0; call < 5; call += 1) seen.push((await api.waybill("X01", "jnt", "", "sim-throttle")).status);
    expect(seen).toEqual([200, 200, 200, 200, 429]);
  });

  /** rajaongkir.md 8.4, its magic endings; 3.4 on the flag of a returned parcel. */
  it.each([
    ["00", [["DELIVERED", true]]],
    ["01", [["ON TRANSIT", false]]],
    ["02", [["WITH DELIVERY COURIER", false]]],
    [
      "03",
      [
        ["UNDELIVERED", false],
        ["RECEIVED ON DESTINATION", false],
      ],
    ],
    ["04", [["RETURN PROCESS", false]]],
    ["05", [["RETURN DONE", true]]],
    ["06", [[null], [null], ["ON TRANSIT", false]]],
    ["07", [["LOST", false]]],
    ["99", [[null]]],
  ])("tells of a foreign waybill that ends with %s what its ending says", async (ending, looks) => {
    const seen = [];
    for (const _look of looks) {
      const { data } = (await api.waybill(`JP0000${ending}`, "jnt", "")).body;
      seen.push(data === null ? [null] : [data.summary.status, data.delivered]);
    }
    expect(seen).toEqual(looks);
  });

  /** rajaongkir.md 1.0, 1.1: wherever the first generation lived. */
  it.each(["/starter/province", "/basic/waybill", "/api/cost", "/api/waybill", "/api/v2/internationalCost"])(
    "is not at the retired %s: 410 without the old envelope",
    async (path) => {
      const { status, body } = await rig.call("POST", path, { waybill: "X", courier: "jne" });
      expect([status, body.success, body.rajaongkir]).toEqual([410, false, undefined]);
    },
  );
});
