import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY, type Stand, stand } from "./support.ts";

describe("RajaOngkir", () => {
  let rig: Stand;
  beforeAll(async () => {
    rig = await stand();
  });
  afterAll(() => rig.close());

  const get = (path: string, key = "sim-ok") => rig.call("GET", `/api/v1${path}`, undefined, { key });
  const search = (query: string) => get(`/destination/domestic-destination?${query}`);
  const cost = async (form: Record<string, string>, path = "/calculate/domestic-cost", key = "sim-ok") => {
    const response = await fetch(`${rig.sandbox.url}/api/v1${path}`, {
      method: "POST",
      headers: { key },
      body: new URLSearchParams(form),
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  const route = { origin: "900101", destination: "900113", weight: "1200", courier: "jne" };

  it("answers a foreign key with 400 and its own words", async () => {
    expect(await get("/destination/province", "other")).toMatchObject({
      status: 400,
      body: { meta: { message: "Invalid Api key, key not found", code: 400, status: "error" }, data: null },
    });
  });

  it("lists the 35 provinces", async () => {
    const { body } = await get("/destination/province");
    expect(body.data).toHaveLength(35);
    expect(body.data[10]).toEqual({ id: 11, name: "DKI JAKARTA" });
  });

  it("finds a place by village, district, city and zip code", async () => {
    const gambir = {
      id: 900101,
      label: "GAMBIR, GAMBIR, JAKARTA PUSAT, DKI JAKARTA, 10110",
      province_name: "DKI JAKARTA",
      city_name: "JAKARTA PUSAT",
      district_name: "GAMBIR",
      subdistrict_name: "GAMBIR",
      zip_code: "10110",
    };
    expect((await search("search=gambir")).body.data).toEqual([gambir]);
    expect((await search("search=10110")).body.data).toEqual([gambir]);
    expect((await search("search=gambir%20jakarta")).body.data).toEqual([gambir]);
    expect((await search("search=surabaya")).body.data).toHaveLength(2);
  });

  it("puts seven villages of that name and a placeholder before the town of Purwokerto", async () => {
    const { body } = await search("search=PURWOKERTO&limit=50");
    const cities: string[] = body.data.map((row: { city_name: string }) => row.city_name);
    expect(cities.slice(0, 7)).toEqual(["KEDIRI", "PATI", "PATI", "BLITAR", "KENDAL", "KENDAL", "LAMONGAN"]);
    expect(body.data).toContainEqual(expect.objectContaining({ subdistrict_name: "-", zip_code: "0" }));
    expect(cities.indexOf("BANYUMAS")).toBeGreaterThan(7);
  });

  it("pages by limit and offset, without a total", async () => {
    const first = await search("search=purwokerto&limit=2");
    const second = await search("search=purwokerto&limit=2&offset=2");
    expect(first.body.data.map((row: { id: number }) => row.id)).toEqual([34167, 67150]);
    expect(second.body.data.map((row: { id: number }) => row.id)).toEqual([67266, 46940]);
    expect(Object.keys(first.body)).toEqual(["meta", "data"]);
  });

  it("answers 404 to a search without hits and 422 to an empty one", async () => {
    expect(await search("search=ZZZ")).toMatchObject({
      status: 404,
      body: { meta: { message: "Domestic Destinations Data not found" }, data: null },
    });
    expect(await search("search=")).toMatchObject({ status: 422, body: { meta: { message: "Parameter Missing" } } });
  });

  it("prices the worked example", async () => {
    const { status, body } = await cost(route);
    expect(status).toBe(200);
    expect(body.meta).toEqual({ message: "Success Calculate Domestic Shipping cost", code: 200, status: "success" });
    expect(body.data[0]).toEqual({
      name: "Jalur Nugraha Ekakurir (JNE)",
      code: "jne",
      service: "REG",
      description: "Layanan Reguler",
      cost: 20_000,
      etd: "2-3 day",
    });
  });

  it("takes a colon list and sorts by price when asked", async () => {
    const couriers = { ...route, courier: "jne:sicepat:pos" };
    const costs = async (price: string) =>
      (await cost({ ...couriers, price })).body.data.map((row: { cost: number }) => row.cost);
    expect(await costs("lowest")).toEqual([16_500, 18_500, 20_000, 34_000]);
    expect(await costs("highest")).toEqual([34_000, 20_000, 18_500, 16_500]);
  });

  it.each([
    ["no origin", { ...route, origin: "" }, 400, "Missing Params"],
    ["no courier", { ...route, courier: "" }, 400, "Missing Params"],
    ["weight 0", { ...route, weight: "0" }, 400, "Missing Params"],
    ["a negative weight", { ...route, weight: "-5" }, 400, "Missing Params"],
    ["kilograms", { ...route, weight: "1.2" }, 400, "Missing Params"],
    ["an unknown courier", { ...route, courier: "jne:xyz" }, 422, "Invalid Courier"],
    ["an unknown destination", { ...route, destination: "1" }, 400, "Calculate Domestic Shipping Cost not found"],
    ["a placeholder row", { ...route, destination: "900199" }, 400, "Calculate Domestic Shipping Cost not found"],
    [
      "a route that nobody serves",
      { ...route, destination: "900123", courier: "anteraja" },
      400,
      "Calculate Domestic Shipping Cost not found",
    ],
  ])("answers %s with its error", async (_name, form, status, message) => {
    expect(await cost(form)).toEqual({
      status,
      body: { meta: { message, code: status, status: "error" }, data: null },
    });
  });

  it("answers 404 instead of 400 for an unserved route where it is configured so", async () => {
    await rig.restart({ noRateStatus: 404 });
    expect((await cost({ ...route, destination: "900123", courier: "anteraja" })).status).toBe(404);
    await rig.restart();
  });

  it("takes only forms, not JSON", async () => {
    const answer = await rig.call("POST", "/api/v1/calculate/domestic-cost", route, { key: "sim-ok" });
    expect([answer.status, answer.body.meta.message]).toEqual([400, "Missing Params"]);
  });

  it("prices districts by their own ids", async () => {
    const { body } = await cost({ ...route, origin: "1361", destination: "1369" }, "/calculate/district/domestic-cost");
    expect(body.data[0]).toMatchObject({ service: "REG", cost: 11_000 });
    expect((await cost({ ...route, origin: "1361" })).status).toBe(400);
  });

  it("ends the free key after 100 calls of a day and begins again the next", async () => {
    for (let call = 0; call < 100; call += 1)
      expect((await get("/destination/province", "sim-quota")).status).toBe(200);
    expect(await get("/destination/province", "sim-quota")).toMatchObject({
      status: 429,
      body: { meta: { message: "Daily limit exceeded" } },
    });
    await rig.pass(DAY);
    expect((await get("/destination/province", "sim-quota")).status).toBe(200);
  });

  it("turns every fifth call of the throttled key away for two seconds", async () => {
    const seen = [];
    for (let call = 0; call < 5; call += 1) seen.push(await get("/destination/province", "sim-throttle"));
    expect(seen.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 429]);
    expect(seen[4]?.headers.get("retry-after")).toBe("2");
  });

  it("answers the retired paths with 410 and without the old envelope", async () => {
    const answer = await rig.call("GET", "/starter/province");
    expect([answer.status, answer.body.success]).toEqual([410, false]);
    expect(answer.body).not.toHaveProperty("rajaongkir");
  });
});
