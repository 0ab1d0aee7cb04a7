import type { Answer } from "../answer.ts";
import { wibDay } from "../clock.ts";
import { isObject } from "../midtrans/checks.ts";
import { momentOf, type Sandbox } from "../sandbox.ts";
import { broken, ok, refused } from "./envelope.ts";
import { moveTo } from "./life.ts";
import type { Shipment } from "./model.ts";
import { nextNumber } from "./orders.ts";

const MINUTE_MS = 60_000;
/** How far ahead a courier must be called (rajaongkir.md 4.3), in real ms: it is the shop's clock that says when. */
const AHEAD_MS = 90 * MINUTE_MS;

/** Grams of one order that a vehicle takes (2.4, "Pickup"). */
const LOADS: Readonly<Record<string, (grams: number) => boolean>> = {
  Motor: (grams) => grams <= 5_000,
  Mobil: () => true,
  Truk: (grams) => grams >= 10_000,
};

const STRUCT = "PickupRequest";

export const gramsOf = ({ request }: Shipment): number =>
  request.order_details.reduce((sum, line) => sum + line.product_weight * line.qty, 0);

/** Waybill numbers are born here (4.3); couriers' own are plain digits. */
function newAwb(sandbox: Sandbox, shipment: Shipment): string {
  if (sandbox.config.awbForm === "komer") return `KOMER${shipment.order_no}`;
  return `0${String(nextNumber(sandbox, "waybills")).padStart(12, "0")}88`;
}

/** The parcel with a waybill number and a courier that comes at `at`, in simulated ms. */
export function arrangePickup(
  sandbox: Sandbox,
  shipment: Shipment,
  { at, vehicle, by, notify }: { at: number; vehicle: string; by: string; notify: boolean },
): Shipment {
  const awb = shipment.awb === "" ? newAwb(sandbox, shipment) : shipment.awb;
  return moveTo(sandbox, { ...shipment, awb, pickup: { at, vehicle } }, "packed", { by, notify });
}

interface PickupAsked {
  /** Real ms. */
  at: number;
  day: string;
  vehicle: string;
  orderNos: string[];
}

const TIME = /^([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/;

function readPickup(body: unknown): PickupAsked | string {
  if (!isObject(body)) return "unexpected end of JSON input";
  const { pickup_date: day, pickup_time: time, pickup_vehicle: vehicle, orders } = body;
  const faults: string[] = [];
  const isDay = typeof day === "string" && /^\d{4}-\d{2}-\d{2}$/.test(day);
  const isTime = typeof time === "string" && TIME.test(time);
  if (!isDay) faults.push(broken(STRUCT, "PickupDate", day === undefined || day === "" ? "required" : "datetime"));
  if (!isTime) faults.push(broken(STRUCT, "PickupTime", time === undefined || time === "" ? "required" : "datetime"));
  if (typeof vehicle !== "string" || vehicle === "") faults.push(broken(STRUCT, "PickupVehicle", "required"));
  else if (!Object.hasOwn(LOADS, vehicle)) faults.push(broken(STRUCT, "PickupVehicle", "oneof"));
  if (!Array.isArray(orders) || orders.length === 0) faults.push(broken(STRUCT, "Orders", "required"));
  if (faults.length > 0) return faults.join("\n");
  const rows = (orders as unknown[]).map((row) => (isObject(row) ? row["order_no"] : undefined));
  if (!rows.every((row): row is string => typeof row === "string")) {
    return `json: cannot unmarshal into Go struct field ${STRUCT}.orders of type request.PickupOrder`;
  }
  const whole = String(time).length === 5 ? `${time}:00` : String(time);
  return { at: Date.parse(`${day}T${whole}+07:00`), day: String(day), vehicle: String(vehicle), orderNos: rows };
}

/** One order's row of the answer. Not twice, nothing that was cancelled, nothing that the vehicle cannot take. */
function pickUp(sandbox: Sandbox, orderNo: string, asked: PickupAsked, met: string | undefined): object {
  const shipment = sandbox.store.shipments.get(orderNo);
  const fits = shipment !== undefined && (LOADS[asked.vehicle]?.(gramsOf(shipment)) ?? false);
  const isAccepted = shipment?.stage === "stored" && fits && !orderNo.endsWith("9") && met !== "failed";
  if (!shipment || !isAccepted) return { status: "failed", order_no: orderNo, awb: "" };
  // The shop names a moment of its own clock: as long from now as it says, the courier comes on this line.
  const at = momentOf(sandbox, shipment.born) + (asked.at - sandbox.clock.now());
  const { awb } = arrangePickup(sandbox, shipment, { at, vehicle: asked.vehicle, by: "shop", notify: true });
  return { status: "success", order_no: orderNo, awb };
}

/** POST pickup/request (4.3): 201 whatever became of each order. */
export function requestPickup(sandbox: Sandbox, body: unknown, met: string | undefined): Answer {
  const asked = readPickup(body);
  if (typeof asked === "string") return refused(422, asked);
  const now = sandbox.clock.now();
  if (asked.day < wibDay(now)) return refused(400, "Pickup request failed, date pickup is cannot before today");
  // Times are written to the minute, so the present one counts as a whole.
  const earliest = Math.floor(now / MINUTE_MS) * MINUTE_MS + AHEAD_MS;
  if (!(asked.at >= earliest)) {
    return refused(400, "Pickup request failed, pickup time must be at least 90 minutes from now");
  }
  return ok(
    "Success Request Pickup",
    asked.orderNos.map((orderNo) => pickUp(sandbox, orderNo, asked, met)),
    201,
  );
}
