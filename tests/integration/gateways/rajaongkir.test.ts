import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { REQUEST_CONTEXT, RESPONSE_CONTEXT } from "../../../domain/kernel/sealedColumns.ts";
import { createRajaongkirGateway } from "../../../gateways/rajaongkir/http.ts";
import { createCallRecorder, type GatewayCall } from "../../../gateways/recordCall.ts";
import { inTransaction } from "../../../platform/db.ts";
import { createLog } from "../../../platform/log.ts";
import { createSealer } from "../../../platform/secrets.ts";
import {
  envelope,
  type FakeCourier,
  html,
  noRates,
  RATES,
  ratesAnswer,
  startFakeCourier,
} from "../../support/fakeCourier.ts";
import { clock, ids, openTestShop, type TestShop } from "../../support/shopRows.ts";

const KEY = "a-very-secret-courier-key";
const request = { originId: 900101, destinationId: 900113, weightGrams: 1_200, couriers: ["jne", "jnt"] };
const yes = async () => true;

let courier: FakeCourier;
let shop: TestShop;
beforeAll(async () => {
  [courier, shop] = await Promise.all([startFakeCourier(), openTestShop()]);
});
afterAll(async () => {
  await courier?.stop();
  await shop?.drop();
});
beforeEach(() => {
  courier.requests.length = 0;
  courier.behave(ratesAnswer());
});

/** A gateway with a breaker of its own that waits hardly at all between tries. */
function gatewayWith(options: { timeoutMs?: number; breakMs?: number } = {}) {
  const calls: GatewayCall[] = [];
  const gateway = createRajaongkirGateway({
    url: courier.url,
    key: KEY,
    timeoutMs: null,
    random: () => 0,
    recordCall: async (call) => void calls.push(call),
    ...options,
  });
  return { gateway, calls };
}

describe("a cost call", () => {
  test("asks for all couriers at once, in grams, form encoded, with the key in its header", async () => {
    const { gateway } = gatewayWith();
    const rates = await gateway.domesticRates(request, yes);
    expect(rates).toHaveLength(RATES.length);
    expect(courier.requests).toHaveLength(1);
    expect(courier.requests[0]).toMatchObject({
      method: "POST",
      path: "/api/v1/calculate/domestic-cost",
      fields: { origin: "900101", destination: "900113", weight: "1200", courier: "jne:jnt" },
      headers: { key: KEY, "content-type": "application/x-www-form-urlencoded" },
    });
  });

  test.each([400, 404])("reads a 'not found' of status %i as no rates, without a second try", async (status) => {
    courier.behave({ ...noRates, status });
    expect(await gatewayWith().gateway.domesticRates(request, yes)).toEqual([]);
    expect(courier.requests).toHaveLength(1);
  });

  test.each([
    ["server errors", { status: 500, body: envelope(500, "Server Error") }],
    ["HTML in place of JSON", html],
    ["an error inside a 200", { status: 200, body: envelope(500, "Server Error") }],
    ["a cut connection", "cut" as const],
    ["half an answer", "half" as const],
    ["silence", "hang" as const],
  ])("is tried three times on %s, then given up as unavailable", async (_, behaviour) => {
    courier.behave(behaviour);
    const { gateway, calls } = gatewayWith({ timeoutMs: behaviour === "hang" ? 300 : 5_000 });
    await expect(gateway.domesticRates(request, yes)).rejects.toMatchObject({
      name: "GatewayUnavailable",
      gateway: "rajaongkir",
      outcome: "none",
    });
    expect(courier.requests).toHaveLength(3);
    expect(calls).toHaveLength(3);
  });

  test("finds what it asked for when the second try works", async () => {
    courier.behave(() => (courier.requests.length === 1 ? html : ratesAnswer()));
    expect(await gatewayWith().gateway.domesticRates(request, yes)).toHaveLength(RATES.length);
  });

  test.each([
    ["a refused key", { status: 400, body: envelope(400, "Invalid Api key, key not found") }, /key is refused/],
    ["a used-up quota", { status: 429, body: envelope(429, "Daily limit exceeded") }, /quota/],
    ["a retired endpoint", { status: 410, body: { success: false, code: 410 } }, /retired/],
    ["an unknown courier", { status: 422, body: envelope(422, "Invalid Courier") }, /Invalid Courier/],
  ])("is not repeated on %s, and says so", async (_, behaviour, message) => {
    courier.behave(behaviour);
    await expect(gatewayWith().gateway.domesticRates(request, yes)).rejects.toThrow(message);
    expect(courier.requests).toHaveLength(1);
  });

  test("waits for a slow courier as long as its limit allows", async () => {
    courier.behave({ ...ratesAnswer(), afterMs: 150 });
    expect(await gatewayWith({ timeoutMs: 2_000 }).gateway.domesticRates(request, yes)).toHaveLength(RATES.length);
  });

  test("leaves for the company only with leave, every try anew", async () => {
    courier.behave(html);
    let left = 2;
    await expect(gatewayWith().gateway.domesticRates(request, async () => left-- > 0)).rejects.toThrow(/quota/);
    expect(courier.requests).toHaveLength(2);
  });

  test("is refused inside a transaction", async () => {
    const { gateway } = gatewayWith();
    const inside = inTransaction(shop.db, () => gateway.domesticRates(request, yes));
    await expect(inside).rejects.toThrow(/inside a database transaction/);
    expect(courier.requests).toHaveLength(0);
  });
});

describe("a search", () => {
  test("is a GET, and its places are ones that parcels can be sent to", async () => {
    const place = {
      id: 17473,
      label: "SENEN, SENEN, JAKARTA PUSAT, DKI JAKARTA, 10410",
      subdistrict_name: "SENEN",
      district_name: "SENEN",
      city_name: "JAKARTA PUSAT",
      province_name: "DKI JAKARTA",
      zip_code: "10410",
    };
    courier.behave({
      status: 200,
      body: envelope(200, "x", [place, { ...place, id: 900199, subdistrict_name: "-", zip_code: "0" }]),
    });
    const found = await gatewayWith().gateway.searchDestinations("SENEN", yes);
    expect(found).toEqual([
      {
        id: 17473,
        label: place.label,
        province: "DKI JAKARTA",
        city: "JAKARTA PUSAT",
        district: "SENEN",
        subdistrict: "SENEN",
        postalCode: "10410",
      },
    ]);
    expect(courier.requests[0]).toMatchObject({
      method: "GET",
      path: "/api/v1/destination/domestic-destination",
      fields: { search: "SENEN" },
    });
  });

  test("still works when costs have failed too often", async () => {
    const { gateway } = gatewayWith();
    courier.behave(html);
    for (let i = 0; i < 2; i++) await gateway.domesticRates(request, yes).catch(() => undefined);
    courier.behave({ status: 404, body: envelope(404, "Domestic Destinations Data not found") });
    await expect(gateway.domesticRates(request, yes)).rejects.toThrow(/too often/);
    expect(await gateway.searchDestinations("SENEN", yes)).toEqual([]);
  });
});

describe("a company that fails five times in a row", () => {
  test("is left alone for a while, and asked again after it", async () => {
    const { gateway } = gatewayWith({ breakMs: 1_500 });
    courier.behave(html);
    await expect(gateway.domesticRates(request, yes)).rejects.toThrow();
    await expect(gateway.domesticRates(request, yes)).rejects.toThrow();
    expect(courier.requests).toHaveLength(5);
    courier.behave(ratesAnswer());
    await expect(gateway.domesticRates(request, yes)).rejects.toThrow(/too often/);
    expect(courier.requests).toHaveLength(5);
    await expect(eventually(() => gateway.domesticRates(request, yes))).resolves.toHaveLength(RATES.length);
  });
});

/** Repeats until it works, for a minute at most. */
async function eventually<T>(work: () => Promise<T>): Promise<T> {
  const end = performance.now() + 60_000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

describe("what is kept of a call", () => {
  const sealer = createSealer([{ id: "k1", key: Buffer.alloc(32, 7) }]);
  const log = createLog("silent", "test");

  test("is sealed and redacted, and the key stands nowhere, even where the company repeats it", async () => {
    courier.behave({ status: 400, body: envelope(400, `Invalid Api key, key not found: ${KEY}`) });
    const recordCall = createCallRecorder({ db: shop.db, sealer, ids, clock, log });
    const gateway = createRajaongkirGateway({
      url: courier.url,
      key: KEY,
      timeoutMs: null,
      random: () => 0,
      recordCall,
    });
    const error = await gateway.domesticRates(request, yes).catch((thrown: Error) => thrown);
    const [row] = await shop.db.sql<Record<string, unknown>>("select * from gateway_calls order by id desc limit 1");
    expect(row).toMatchObject({
      gateway: "rajaongkir",
      operation: "cost",
      method: "POST",
      path: "/api/v1/calculate/domestic-cost",
      status: 400,
      outcome: "refused",
    });
    const stored = JSON.stringify(row);
    const sealedRequest = sealer.open(row?.["requestSealed"] as string, REQUEST_CONTEXT);
    const sealedResponse = sealer.open(row?.["responseSealed"] as string, RESPONSE_CONTEXT);
    expect(JSON.parse(sealedRequest)).toMatchObject({ origin: "900101", weight: "1200" });
    expect(sealedResponse).toContain("Invalid Api key");
    expect(stored).not.toContain("900113");
    for (const text of [stored, sealedRequest, sealedResponse, String((error as Error).stack)])
      expect(text).not.toContain(KEY);
  });

  test("is a row without a status when no answer came", async () => {
    courier.behave("cut");
    const recordCall = createCallRecorder({ db: shop.db, sealer, ids, clock, log });
    const gateway = createRajaongkirGateway({
      url: courier.url,
      key: KEY,
      timeoutMs: null,
      random: () => 0,
      recordCall,
    });
    await gateway.domesticRates(request, yes).catch(() => undefined);
    const [row] = await shop.db.sql(
      "select status, outcome, response_sealed from gateway_calls where outcome = 'no_answer' limit 1",
    );
    expect(row).toEqual({ status: null, outcome: "no_answer", responseSealed: null });
  });

  test("never decides about the call: it works when nothing can be kept", async () => {
    const broken = { ...shop.db, pool: { connect: () => Promise.reject(new Error("away")) } } as never;
    const recordCall = createCallRecorder({ db: broken, sealer, ids, clock, log });
    const gateway = createRajaongkirGateway({
      url: courier.url,
      key: KEY,
      timeoutMs: null,
      random: () => 0,
      recordCall,
    });
    expect(await gateway.domesticRates(request, yes)).toHaveLength(RATES.length);
  });
});
