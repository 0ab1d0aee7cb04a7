import type { Answer } from "../answer.ts";
import { wibDay } from "../clock.ts";
import { isObject, type Json } from "../midtrans/checks.ts";
import { broken, failed, refused } from "./envelope.ts";
import type { OrderLine, StoredOrder } from "./model.ts";
import { placeById, serviceOf } from "./tariffs.ts";

const STRUCT = "CreateOrderRequest";

/** `Required`: the validator's tag, which refuses zero values too. `Given`: 0 is fine, nothing is not (4.1). */
type Rule = "text" | "textRequired" | "intRequired" | "intGiven" | "floatGiven";

/** Members in the order in which the validator names them. */
const FIELDS: Readonly<Record<Exclude<keyof StoredOrder, "order_details">, Rule>> = {
  order_date: "textRequired",
  brand_name: "textRequired",
  shipper_name: "textRequired",
  shipper_phone: "textRequired",
  shipper_destination_id: "intRequired",
  shipper_address: "textRequired",
  shipper_email: "textRequired",
  origin_pin_point: "text",
  receiver_name: "textRequired",
  receiver_phone: "textRequired",
  receiver_destination_id: "intRequired",
  receiver_address: "textRequired",
  receiver_email: "text",
  destination_pin_point: "text",
  shipping: "textRequired",
  shipping_type: "textRequired",
  payment_method: "textRequired",
  shipping_cost: "intRequired",
  shipping_cashback: "intGiven",
  service_fee: "intGiven",
  additional_cost: "intGiven",
  grand_total: "intRequired",
  cod_value: "intGiven",
  insurance_value: "floatGiven",
  notes: "text",
  commodity_code: "text",
};

const LINE_FIELDS: Readonly<Record<keyof OrderLine, Rule>> = {
  product_name: "textRequired",
  product_variant_name: "textRequired",
  product_price: "intRequired",
  product_weight: "intRequired",
  product_width: "intRequired",
  product_height: "intRequired",
  product_length: "intRequired",
  qty: "intRequired",
  subtotal: "intRequired",
};

/** `shipper_destination_id` as the validator calls it: `ShipperDestinationID`. */
export const goName = (name: string): string =>
  name
    .split("_")
    .map((part) => (part === "id" ? "ID" : part.charAt(0).toUpperCase() + part.slice(1)))
    .join("");

/** A member whose JSON type is wrong stops the reading at once, before any validation. */
class WrongType extends Error {}

function read(from: Json, name: string, rule: Rule, path: string): { value: string | number; tag: string | null } {
  const value = from[name];
  const isText = rule === "text" || rule === "textRequired";
  if (value === undefined || value === null) {
    return { value: isText ? "" : 0, tag: rule === "text" ? null : "required" };
  }
  const kind = isText ? "string" : rule === "floatGiven" ? "float64" : "int";
  const fits = isText ? typeof value === "string" : typeof value === "number";
  if (!fits || (kind === "int" && !Number.isSafeInteger(value))) {
    throw new WrongType(`json: cannot unmarshal ${typeof value} into Go struct field ${path} of type ${kind}`);
  }
  const given = value as string | number;
  const isZero = given === "" || given === 0;
  return { value: given, tag: isZero && rule.endsWith("Required") ? "required" : null };
}

function readFields(
  from: Json,
  fields: Readonly<Record<string, Rule>>,
  struct: string,
): { row: Json; faults: string[] } {
  const row: Json = {};
  const faults: string[] = [];
  for (const [name, rule] of Object.entries(fields)) {
    const { value, tag } = read(from, name, rule, `${struct}.${name}`);
    row[name] = value;
    if (tag !== null) faults.push(broken(struct, goName(name), tag));
  }
  return { row, faults };
}

/** Fields by their rules, then the rows below them. @throws WrongType */
function readOrder(body: Json): { order: StoredOrder; faults: string[] } {
  const { row, faults } = readFields(body, FIELDS, STRUCT);
  const given = body["order_details"] ?? [];
  if (!Array.isArray(given))
    throw new WrongType(`json: cannot unmarshal object into Go struct field ${STRUCT}.order_details`);
  if (given.length === 0) faults.push(broken(STRUCT, "OrderDetails", "required"));
  const lines = given.map((line: unknown, at) => {
    if (!isObject(line)) throw new WrongType(`json: cannot unmarshal into Go struct field ${STRUCT}.order_details`);
    const read = readFields(line, LINE_FIELDS, `${STRUCT}.OrderDetails[${at}]`);
    faults.push(...read.faults);
    return read.row as unknown as OrderLine;
  });
  return { order: { ...(row as unknown as StoredOrder), order_details: lines }, faults };
}

/**
 * Digits that begin with 62, 0 or 8; a plus sign or anything else is refused (4.1: its pages disagree about 0 and 8,
 * and agree about the plus).
 */
const PHONE = /^(?:62|0|8)\d{6,14}$/;

const DATE = /^\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}:\d{2})?$/;

const isPin = (text: string): boolean => /^-?\d+(\.\d+)?,\s*-?\d+(\.\d+)?$/.test(text);

/** Faults of form that the validator does not name with `required`; their tags are this sandbox's own. */
function formFaults(order: StoredOrder): string[] {
  const faults: string[] = [];
  for (const name of ["shipper_phone", "receiver_phone"] as const) {
    if (!PHONE.test(order[name])) faults.push(broken(STRUCT, goName(name), "phone"));
  }
  if (!DATE.test(order.order_date)) faults.push(broken(STRUCT, "OrderDate", "datetime"));
  if (order.payment_method !== "COD" && order.payment_method !== "BANK TRANSFER") {
    faults.push(broken(STRUCT, "PaymentMethod", "oneof"));
  }
  return faults;
}

/** What the business refuses, in the order in which it is looked at. */
function businessFault(order: StoredOrder): Answer | null {
  if (order.grand_total < order.shipping_cost) return failed("minimum grand_total equals shipping_cost");
  const isCod = order.payment_method === "COD";
  if (isCod && order.cod_value !== order.grand_total) return failed("cod_value must be equal to grand_total");
  if (!isCod && order.cod_value !== 0) return failed("cod_value must be 0 for BANK TRANSFER");
  const service = serviceOf(order.shipping, order.shipping_type);
  if (!service) return failed("shipping service not found");
  if (isCod && !service.isCod) return failed("shipping service does not support COD");
  if (service.needsPins && !(isPin(order.origin_pin_point) && isPin(order.destination_pin_point))) {
    return failed("origin_pin_point and destination_pin_point are required");
  }
  const isKnown = placeById(order.shipper_destination_id) && placeById(order.receiver_destination_id);
  return isKnown ? null : failed("destination not found");
}

/**
 * Reads the body of `store` as the service does: its JSON types, then the validator's lines, then the date by the
 * clock in Jakarta, then the business. `now` in real ms.
 */
export function readStoreRequest(body: unknown, now: number): { order: StoredOrder } | { refusal: Answer } {
  if (!isObject(body)) return { refusal: refused(422, "unexpected end of JSON input") };
  try {
    const { order, faults } = readOrder(body);
    const all = faults.length > 0 ? faults : formFaults(order);
    if (all.length > 0) return { refusal: refused(422, all.join("\n")) };
    if (order.order_date.slice(0, 10) < wibDay(now)) {
      return { refusal: refused(422, "Create Order failed, date order can't be before today") };
    }
    const refusal = businessFault(order);
    return refusal ? { refusal } : { order };
  } catch (error) {
    if (error instanceof WrongType) return { refusal: refused(422, error.message) };
    throw error;
  }
}
