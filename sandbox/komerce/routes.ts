import express, { type Request, Router } from "express";
import { type Answer, endpoint } from "../answer.ts";
import type { ApiTarget } from "../faults.ts";
import { DESTINATIONS } from "../rajaongkir/data.ts";
import type { Sandbox } from "../sandbox.ts";
import { broken, keyGate, komerceForm, ok, refused } from "./envelope.ts";
import { labelFile, printLabel } from "./label.ts";
import { cancelOrder, detail, storeOrder } from "./orders.ts";
import { requestPickup } from "./pickup.ts";
import { placeById, rates } from "./tariffs.ts";
import { history } from "./tracking.ts";

/** Rows of a search: the service has no pages (rajaongkir.md 1.3). */
const FOUND_MAX = 100;

/** Bytes of a body: an order of many lines is larger than a form. */
const BODY_LIMIT = "256kb";

const queried = (req: Request, name: string): string => {
  const value = req.query[name];
  return typeof value === "string" ? value.trim() : "";
};

/**
 * Orders of a sheet of labels. Integrators report that only a literal comma divides them: an encoded one makes a single
 * number that no order has (rajaongkir.md 4.4, 10).
 */
const orderNosOf = (req: Request): string => {
  const isEncoded = /[?&]order_no=[^&]*%2c/i.test(req.originalUrl);
  const orderNos = queried(req, "order_no");
  return isEncoded ? orderNos.replaceAll(",", "%2C") : orderNos;
};

/** A number as the query's decoder takes it: digits with a dot; 0 where there is nothing, NaN where it is none. */
const numbered = (text: string): number => (text === "" ? 0 : /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN);

/** GET destination/search: no province in it (1.3); an empty list where nothing fits. */
function search(req: Request): Answer {
  const words = queried(req, "keyword")
    .toUpperCase()
    .split(/[\s,]+/)
    .filter((word) => word !== "");
  if (words.length === 0) return refused(422, broken("SearchRequest", "Keyword", "required"));
  const rows = DESTINATIONS.map(({ id, subdistrict_name, district_name, city_name, zip_code }) => {
    const label = [subdistrict_name, district_name, city_name, zip_code].join(", ");
    return { id, label, subdistrict_name, district_name, city_name, zip_code };
  });
  const hits = rows.filter(({ label }) => words.every((word) => label.includes(word)));
  return ok("Sucessfully Get Destination Data", hits.slice(0, FOUND_MAX));
}

const NOTHING = { calculate_reguler: [], calculate_cargo: [], calculate_instant: [] };

/** GET calculate: kilograms; what is missing of the route gives empty lists, not an error (1.3). */
function calculate(req: Request): Answer {
  const [kg, itemValue] = [numbered(queried(req, "weight")), numbered(queried(req, "item_value"))];
  if (Number.isNaN(kg) || Number.isNaN(itemValue)) return refused(422, "strconv.ParseFloat: parsing: invalid syntax");
  const faults = [
    ...(kg === 0 ? [broken("CalculateRequest", "Weight", "required")] : []),
    ...(itemValue === 0 ? [broken("CalculateRequest", "ItemValue", "required")] : []),
  ];
  if (faults.length > 0) return refused(422, faults.join("\n"));
  const from = placeById(numbered(queried(req, "shipper_destination_id")));
  const to = placeById(numbered(queried(req, "receiver_destination_id")));
  const hasPins = queried(req, "origin_pin_point") !== "" && queried(req, "destination_pin_point") !== "";
  const isCod = queried(req, "cod") === "yes";
  const lists = from && to ? rates({ from, to, kg, itemValue, isCod, hasPins }) : NOTHING;
  return ok("Success Calculate Shipping", lists);
}

/** The body, whatever type its sender named: the UAT sheet sends text/plain (4.5). */
const json = express.json({ limit: BODY_LIMIT, type: () => true, strict: false });

/** Komerce's delivery API below /tariff/api/v1 and /order/api/v1 (rajaongkir.md 1.3). */
export function komerceRoutes(sandbox: Sandbox): Router {
  const router = Router();
  const met = (target: ApiTarget, handler: Parameters<typeof endpoint>[3]) =>
    endpoint(sandbox, target, komerceForm, handler);

  router.get("/order/storage/:name", async (req, res) => {
    const file = await labelFile(sandbox, req.params.name);
    if (file) return void res.type("pdf").send(file);
    res.status(404).json(refused(404, "Not Found").body);
  });
  router.use(["/tariff/api/v1", "/order/api/v1"], keyGate(sandbox), json);
  router.get("/tariff/api/v1/destination/search", met("komerce.search", search));
  router.get("/tariff/api/v1/calculate", met("komerce.calculate", calculate));
  router.post(
    "/order/api/v1/orders/store",
    met("komerce.store", (req, kind) => storeOrder(sandbox, req.body, kind)),
  );
  router.get(
    "/order/api/v1/orders/detail",
    met("komerce.detail", (req) => detail(sandbox, queried(req, "order_no"))),
  );
  router.put(
    "/order/api/v1/orders/cancel",
    met("komerce.cancel", (req) => cancelOrder(sandbox, req.body)),
  );
  router.post(
    "/order/api/v1/pickup/request",
    met("komerce.pickup", (req, kind) => requestPickup(sandbox, req.body, kind)),
  );
  router.post(
    "/order/api/v1/orders/print-label",
    met("komerce.label", (req) => printLabel(sandbox, orderNosOf(req), queried(req, "page"))),
  );
  router.get(
    "/order/api/v1/orders/history-airway-bill",
    met("komerce.history", (req, kind) =>
      history(sandbox, queried(req, "shipping"), queried(req, "airway_bill"), kind),
    ),
  );
  return router;
}
