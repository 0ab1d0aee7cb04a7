import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KEY } from "./couriers.ts";
import { type Stand, stand } from "./support.ts";

interface Row {
  shipping_name: string;
  service_name: string;
  weight: number;
  is_cod: boolean;
  shipping_cost: number;
  shipping_cashback: number;
  shipping_cost_net: number;
  grandtotal: number;
  service_fee: number;
  net_income: number;
  etd: string;
}

let rig: Stand;
beforeAll(async () => {
  rig = await stand();
});
afterAll(() => rig.close());

const get = (path: string) => rig.call("GET", `/tariff/api/v1${path}`, undefined, KEY);
const ROUTE = { shipper_destination_id: "900101", receiver_destination_id: "900113" };
const calculate = (more: Record<string, string> = {}) =>
  get(`/calculate?${new URLSearchParams({ ...ROUTE, weight: "1.2", item_value: "200000", ...more })}`);
const PINS = { origin_pin_point: "-6.1,106.8", destination_pin_point: "-6.2,106.9" };

describe("the delivery API's destination search", () => {
  /** rajaongkir.md 1.3: no province, and the same numbers as the cost API's sub-districts. */
  it("finds by village, district, city and zip code, and names no province", async () => {
    const gambir = {
      id: 900101,
      label: "GAMBIR, GAMBIR, JAKARTA PUSAT, 10110",
      subdistrict_name: "GAMBIR",
      district_name: "GAMBIR",
      city_name: "JAKARTA PUSAT",
      zip_code: "10110",
    };
    for (const keyword of ["gambir", "10110", "gambir%20jakarta"]) {
      expect((await get(`/destination/search?keyword=${keyword}`)).body.data).toEqual([gambir]);
    }
    expect((await get("/destination/search?keyword=ZZZ")).body.data).toEqual([]);
  });
});

describe("the delivery API's rates", () => {
  /** rajaongkir.md 8.3, worked example */
  it("price the worked example to the rupiah", async () => {
    const { body } = await calculate({ cod: "yes" });
    expect(body.data.calculate_reguler[0]).toEqual({
      shipping_name: "JNE",
      service_name: "REG23",
      weight: 1.2,
      is_cod: true,
      shipping_cost: 20_000,
      shipping_cashback: 5_000,
      shipping_cost_net: 15_000,
      grandtotal: 220_000,
      service_fee: 6_160,
      net_income: 198_840,
      etd: "2-3 day",
    });
  });

  /** rajaongkir.md 1.3: the identities of every official sample. */
  it.each(["yes", "no"])("keep net, total, fee and income together with cod=%s", async (cod) => {
    const { body } = await calculate({ weight: "12.5", item_value: "1234567", cod, ...PINS });
    const lists = body.data as Record<string, Row[]>;
    const rows = Object.values(lists).flat();
    expect(rows.length).toBeGreaterThan(8);
    for (const row of rows) {
      const { shipping_cost: cost, shipping_cost_net: net, grandtotal } = row;
      expect(net).toBe(cost - row.shipping_cashback);
      expect(grandtotal).toBe(1_234_567 + cost);
      expect(row.service_fee).toBe(cod === "yes" ? Math.round(grandtotal * 0.028) : 0);
      expect(row.net_income).toBe(grandtotal - net - row.service_fee);
    }
    expect(rows.some((row) => !row.is_cod)).toBe(true);
  });

  /** rajaongkir.md 2.2: regular only at 4 kg, regular and cargo at 10 kg. */
  it("offer cargo from ten kilograms, in a list of its own", async () => {
    const names = async (weight: string) => {
      const { calculate_reguler: regular, calculate_cargo: cargo } = (await calculate({ weight })).body.data;
      return [regular.length > 0, cargo.map((row: Row) => row.service_name)];
    };
    expect(await names("4")).toEqual([true, []]);
    expect(await names("10")).toEqual([true, ["JTR23", "GOKIL"]]);
  });

  /** rajaongkir.md 1.3, 2.2: kilograms; what passes 0.3 kg is billed as one more. */
  it("take kilograms: grams would be a lorry", async () => {
    const cost = async (weight: string) => (await calculate({ weight })).body.data.calculate_reguler[0]?.shipping_cost;
    expect([await cost("1.3"), await cost("1.31"), await cost("1200")]).toEqual([20_000, 40_000, 24_000_000]);
  });

  /** rajaongkir.md 1.3, 2.2: pin points are for instant couriers and one other. */
  it("name an instant courier within a city and Lion only where pin points are given", async () => {
    const near = { receiver_destination_id: "17473" };
    const plain = (await calculate(near)).body.data;
    const pinned = (await calculate({ ...near, ...PINS })).body.data;
    expect(plain.calculate_instant).toEqual([]);
    expect(plain.calculate_reguler.map((row: Row) => row.shipping_name)).not.toContain("LION");
    expect(pinned.calculate_instant).toMatchObject([
      { shipping_name: "GOSEND", shipping_cost: 25_000, shipping_cashback: 0, service_fee: 0, etd: "1-2 hours" },
    ]);
    expect(pinned.calculate_reguler.map((row: Row) => row.shipping_name)).toContain("LION");
    expect((await calculate(PINS)).body.data.calculate_instant).toEqual([]);
  });

  /** rajaongkir.md 1.3 */
  it("are three empty lists for a route that is missing or unknown, with 200", async () => {
    const nothing = { calculate_reguler: [], calculate_cargo: [], calculate_instant: [] };
    for (const id of ["", "1", "900199"]) {
      const { status, body } = await calculate({ receiver_destination_id: id });
      expect([status, body.data]).toEqual([200, nothing]);
    }
  });

  /** rajaongkir.md 1.3: the validator's text, and zero is as missing. */
  it.each([
    [{ weight: "" }, ["Weight"]],
    [{ weight: "0" }, ["Weight"]],
    [{ item_value: "0" }, ["ItemValue"]],
    [{ weight: "", item_value: "" }, ["Weight", "ItemValue"]],
  ])("refuse %j in the validator's words", async (more, fields) => {
    const { status, body } = await calculate(more);
    const lines = fields.map(
      (field) => `Key: 'CalculateRequest.${field}' Error:Field validation for '${field}' failed on the 'required' tag`,
    );
    expect([status, body]).toEqual([
      422,
      { meta: { message: lines.join("\n"), code: 422, status: "error" }, data: null },
    ]);
  });
});
