import { describe, expect, test } from "vitest";
import { readEtd } from "../../../gateways/komerceAnswer.ts";
import { readAnswer, readDestinations, readRates } from "../../../gateways/rajaongkir/wire.ts";

const answer = (status: number, body: unknown) => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { status, text, json: typeof body === "string" ? null : body };
};
const envelope = (code: number, message: string, data: unknown = null, status = code < 300 ? "success" : "error") => ({
  meta: { message, code, status },
  data,
});

describe("an answer of the rate company", () => {
  test.each([
    ["data", 200, envelope(200, "Success", [])],
    ["empty", 200, envelope(200, "Success", null)],
    ["empty", 400, envelope(400, "Calculate Domestic Shipping Cost not found")],
    ["empty", 404, envelope(404, "calculate domestic shipping cost NOT FOUND", null, "failed")],
    ["empty", 200, envelope(404, "Domestic Destinations Data not found")],
    ["refused", 400, envelope(400, "Invalid Api key, key not found")],
    ["refused", 401, envelope(401, "Unauthorized")],
    ["mistaken", 422, envelope(422, "Invalid Courier")],
    ["refused", 429, envelope(429, "Daily limit exceeded")],
    ["refused", 429, "<html>Too many requests</html>"],
    ["refused", 410, { success: false, code: 410, message: "Endpoint API ini sudah tidak aktif." }],
    ["mistaken", 200, envelope(400, "Missing Params")],
    ["failed", 200, envelope(200, "Something", [], "error")],
    ["failed", 500, envelope(500, "Server Error")],
    ["failed", 200, "<html>Bad gateway</html>"],
    ["failed", 404, "<html>No such page</html>"],
    ["failed", 200, ""],
    ["failed", 200, { rajaongkir: { status: { code: 200 } } }],
  ])("means %s: %i %j", (kind, status, body) => {
    expect(readAnswer(answer(status, body)).kind).toBe(kind);
  });

  test("is shown in a message by its beginning alone", () => {
    const reading = readAnswer(answer(502, `<html>${"x".repeat(5_000)}`));
    expect(reading.kind === "failed" && reading.why.length).toBeLessThan(260);
  });
});

describe("days of a courier", () => {
  test.each([
    ["1-4 day", { minDays: 1, maxDays: 4 }],
    ["7-14 day", { minDays: 7, maxDays: 14 }],
    ["3-3 day", { minDays: 3, maxDays: 3 }],
    ["1 day", { minDays: 1, maxDays: 1 }],
    ["0-0 day", null],
    ["0 day", null],
    ["", null],
    ["-", null],
    ["4-2 day", null],
    [undefined, null],
  ])("%j are %j", (text, days) => {
    expect(readEtd(text)).toEqual(days);
  });
});

describe("rows of the rate company", () => {
  const row = { name: "JNE", code: "JNE", service: "REG", description: "Reguler", cost: 18_000, etd: "2-3 day" };

  test("are flat rates in whole rupiah", () => {
    const read = {
      courier: "jne",
      service: "REG",
      description: "Reguler",
      cost: 18_000,
      etd: { minDays: 2, maxDays: 3 },
    };
    expect(readRates([row, { ...row, cost: "18000" }])).toEqual([read, read]);
  });

  test("are left out where they would be sold for nothing or for no whole price", () => {
    expect(readRates([row, { ...row, cost: 0 }, { ...row, cost: 17_999.5 }, { ...row, cost: null }])).toHaveLength(1);
  });

  test("of the retired first API are no rates at all", () => {
    expect(readRates([{ code: "jne", costs: [{ service: "REG", cost: [{ value: 1 }] }] }])).toBeNull();
    expect(readRates({ code: "jne" })).toBeNull();
  });

  const place = {
    id: 17473,
    label: "SENEN, SENEN, JAKARTA PUSAT, DKI JAKARTA, 10410",
    province_name: "DKI JAKARTA",
    city_name: "JAKARTA PUSAT",
    district_name: "SENEN",
    subdistrict_name: "SENEN",
    zip_code: "10410",
  };

  test("that only stand for a district are no places", () => {
    const placeholders = [
      { ...place, id: 900199, subdistrict_name: "-", zip_code: "0" },
      { ...place, id: 1360, subdistrict_name: "", zip_code: "10410" },
      { ...place, id: 1361, zip_code: "0" },
    ];
    expect(readDestinations([place, ...placeholders])?.map(({ id }) => id)).toEqual([17473]);
    expect(readDestinations(placeholders)).toEqual([]);
  });

  test("name a place once", () => {
    expect(readDestinations([place, place])).toHaveLength(1);
  });
});
