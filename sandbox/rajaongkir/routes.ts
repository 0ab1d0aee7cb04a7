import express, { type NextFunction, type Request, type RequestHandler, type Response, Router } from "express";
import { type Answer, endpoint } from "../answer.ts";
import { wibDay } from "../clock.ts";
import type { Sandbox } from "../sandbox.ts";
import { DESTINATIONS, DISTRICTS, PROVINCES } from "./data.ts";
import { fail, form, ok } from "./envelope.ts";
import { COURIERS, type Place, quotes } from "./tariffs.ts";
import { waybill } from "./waybill.ts";

/** Rows of a search page: by default, and at most. */
const PAGE_DEFAULT = 10;
const PAGE_MAX = 1_000;

/** Calls a WIB day of the key `sim-quota`: the free plan (rajaongkir.md 6). */
const DAILY_QUOTA = 100;

/** Every how many calls the key `sim-throttle` is turned away (rajaongkir.md 8.4). */
const THROTTLE_EVERY = 5;

function count({ store }: Sandbox, name: string): number {
  return store.counters.put({ name, value: (store.counters.get(name)?.value ?? 0) + 1 }).value;
}

/** Turns away foreign keys, and plays the two limited ones (rajaongkir.md 8.4). */
function keyGate(sandbox: Sandbox): RequestHandler {
  const verdict = (key: string | undefined): Answer | null => {
    if (key === "sim-quota") {
      const used = count(sandbox, `quota ${wibDay(sandbox.clock.now())}`);
      return used > DAILY_QUOTA ? fail(429, "Daily limit exceeded") : null;
    }
    if (key === "sim-throttle") {
      const turned = count(sandbox, "throttle") % THROTTLE_EVERY === 0;
      return turned ? fail(429, "Too many requests", { "Retry-After": "2" }) : null;
    }
    return key === sandbox.config.rajaongkirKey ? null : fail(400, "Invalid Api key, key not found");
  };
  return (req: Request, res: Response, next: NextFunction) => {
    const answer = verdict(req.get("key"));
    if (!answer) return next();
    res
      .status(answer.status)
      .set(answer.headers ?? {})
      .json(answer.body);
  };
}

const wholeNumber = (value: unknown): number | null =>
  typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : null;

function search(req: Request): Answer {
  const text = typeof req.query["search"] === "string" ? req.query["search"].trim().toUpperCase() : "";
  if (text === "") return fail(422, "Parameter Missing");
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  const limit = Math.min(wholeNumber(req.query["limit"]) ?? PAGE_DEFAULT, PAGE_MAX);
  const offset = wholeNumber(req.query["offset"]) ?? 0;
  const hits = DESTINATIONS.map(({ zone: _zone, id, ...names }) => {
    const { subdistrict_name, district_name, city_name, province_name, zip_code } = names;
    const label = [subdistrict_name, district_name, city_name, province_name, zip_code].join(", ");
    return { id, label, ...names };
  })
    .filter(({ label }) => words.every((word) => label.includes(word)))
    .slice(offset, offset + limit);
  if (hits.length === 0) return fail(404, "Domestic Destinations Data not found");
  return ok("Success Get Domestic Destinations", hits);
}

/** A place by sub-district id, or by district id too where the endpoint takes both; placeholder rows are no place. */
function placeOf(id: number, level: "subdistrict" | "district"): Place | undefined {
  const district = level === "district" ? DISTRICTS.get(id) : undefined;
  return district ?? DESTINATIONS.find((row) => row.id === id && row.zip_code !== "0");
}

function cost(sandbox: Sandbox, req: Request, level: "subdistrict" | "district"): Answer {
  const sent = (req.body ?? {}) as Record<string, unknown>;
  const [origin, destination, grams] = [sent["origin"], sent["destination"], sent["weight"]].map(wholeNumber);
  const couriers = typeof sent["courier"] === "string" ? sent["courier"].split(":").filter((code) => code !== "") : [];
  if (!origin || !destination || !grams || couriers.length === 0) return fail(400, "Missing Params");
  if (couriers.some((code) => !COURIERS.includes(code))) return fail(422, "Invalid Courier");
  const from = placeOf(origin, level);
  const to = placeOf(destination, level);
  const found = from && to ? quotes(from, to, grams, [...new Set(couriers)]) : [];
  if (found.length === 0) return fail(sandbox.config.noRateStatus, "Calculate Domestic Shipping Cost not found");
  if (sent["price"] === "lowest") found.sort((one, other) => one.cost - other.cost);
  if (sent["price"] === "highest") found.sort((one, other) => other.cost - one.cost);
  return ok("Success Calculate Domestic Shipping cost", found);
}

/** RajaOngkir's "Shipping Cost" API below /api/v1 (rajaongkir.md 1.2). */
export function rajaongkirRoutes(sandbox: Sandbox): Router {
  const router = Router();
  router.use(keyGate(sandbox), express.urlencoded({ extended: false, limit: "16kb" }));
  const searching = (handler: (req: Request) => Answer) => endpoint(sandbox, "rajaongkir.search", form, handler);
  const costing = (level: "subdistrict" | "district") =>
    endpoint(sandbox, "rajaongkir.cost", form, (req) => cost(sandbox, req, level));

  const provinces = PROVINCES.map((name, at) => ({ id: at + 1, name }));
  router.get(
    "/destination/province",
    searching(() => ok("Success Get Province", provinces)),
  );
  router.get("/destination/domestic-destination", searching(search));
  router.post("/calculate/domestic-cost", costing("subdistrict"));
  router.post("/calculate/district/domestic-cost", costing("district"));
  router.post(
    "/track/waybill",
    endpoint(sandbox, "rajaongkir.track", form, (req, met) => waybill(sandbox, req, met)),
  );
  return router;
}

/** Where the first generation lived (rajaongkir.md 1.0, 1.1). */
export const RETIRED_PATHS: readonly string[] = [
  ...["/starter", "/basic", "/api/starter", "/api/basic"],
  ...["province", "city", "subdistrict", "cost", "waybill", "currency"].map((name) => `/api/${name}`),
  ...["internationalOrigin", "internationalDestination", "internationalCost"].map((name) => `/api/v2/${name}`),
];

/** The retired first generation: every path answers 410 without the envelope that old clients expect (1.1). */
export const retiredRajaongkir: RequestHandler = (_req, res) => {
  res.status(410).json({ success: false, code: 410, message: "Endpoint API ini sudah tidak aktif." });
};
