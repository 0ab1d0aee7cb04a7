import type { Answer } from "../answer.ts";
import { wib } from "../clock.ts";
import { isObject } from "../midtrans/checks.ts";
import type { Sandbox } from "../sandbox.ts";
import { addToBalance, balanceOf } from "./balance.ts";
import { failed, ok, refused } from "./envelope.ts";
import { moveTo, outcomeFor } from "./life.ts";
import type { Shipment, StoredOrder } from "./model.ts";
import { readStoreRequest } from "./storeRequest.ts";
import { orderWord } from "./words.ts";

/** Real ms for which the answer about a product called TIMEOUT is late: the order is there all the same (8.4). */
const LATE_MS = 60_000;

const NUMBERS = 100_000;

/** The next of a row of numbers that survives a restart. */
export function nextNumber({ store }: Pick<Sandbox, "store">, name: string): number {
  return store.counters.put({ name, value: (store.counters.get(name)?.value ?? 0) + 1 }).value;
}

/**
 * `KOM`, five digits and the minute in Jakarta (4.1). An order whose pickup shall fail ends with a 9 (8.4), and no
 * other does: else the clock alone would decide.
 */
function orderNo(number: number, now: number, failsPickup: boolean): string {
  const minute = wib(now).replace(/\D/g, "").slice(0, 12);
  const last = failsPickup ? "9" : minute.slice(-1).replace("9", "8");
  return `KOM${String(number % NUMBERS).padStart(5, "0")}${minute.slice(0, -1)}${last}`;
}

/** Rupiah that a booking takes from the balance: nothing where the receiver pays at the door (4.5, "Refund"). */
function chargeOf(order: StoredOrder): number {
  if (order.payment_method === "COD") return 0;
  return order.shipping_cost - order.shipping_cashback + Math.round(order.insurance_value);
}

const wordIn = (order: StoredOrder): string => (order.order_details[0]?.product_name ?? "").trim().toUpperCase();

const SHORT = failed("Create Order failed", "Insufficent Balance");

function openShipment(sandbox: Sandbox, request: StoredOrder, charged: number): Shipment {
  const born = sandbox.clock.now();
  const number = nextNumber(sandbox, "courier orders");
  addToBalance(sandbox, -charged);
  const shipment: Shipment = {
    order_no: orderNo(number, born, wordIn(request) === "NOPICKUP"),
    order_id: 10_000 + number,
    born,
    request,
    awb: "",
    stage: "stored",
    words: null,
    outcome: outcomeFor(wordIn(request)),
    pickup: null,
    plan: [],
    next_at: null,
    scans: [],
    charged,
    refunded: 0,
    cod_income: 0,
    history: [],
  };
  return moveTo(sandbox, shipment, "stored", { by: "shop", notify: true });
}

/** POST orders/store: there is no key that would make a second one the same (rajaongkir.md 4.1). */
export async function storeOrder(sandbox: Sandbox, body: unknown, met: string | undefined): Promise<Answer> {
  const read = readStoreRequest(body, sandbox.clock.now());
  if ("refusal" in read) return read.refusal;
  const { order } = read;
  const charged = chargeOf(order);
  const isShort = met === "balance" || wordIn(order) === "NOBALANCE" || charged > balanceOf(sandbox);
  if (order.payment_method !== "COD" && isShort) return SHORT;
  const { order_id, order_no } = openShipment(sandbox, order, charged);
  if (wordIn(order) === "TIMEOUT") {
    await sandbox.store.commit();
    await new Promise<void>((resolve) => {
      sandbox.clock.after(LATE_MS, resolve);
    });
  }
  return ok("Success Create New Order", { order_id, order_no }, 201);
}

const turned = (pins: string): string => pins.split(/,\s*/).reverse().join(", ");

/** `DD-MM-YYYY`, unlike the request (4.2). */
const dayFirst = (date: string): string => date.slice(0, 10).split("-").reverse().join("-");

/** GET orders/detail (4.2): pins are turned round, the sender's mail address is not told. */
export function detail(sandbox: Sandbox, orderNumber: string): Answer {
  const shipment = sandbox.store.shipments.get(orderNumber);
  if (!shipment) return refused(400, "Get Order detail failed", { errors: "Data not found" });
  const { shipper_email: _told, order_date, origin_pin_point, destination_pin_point, ...request } = shipment.request;
  return ok("Success get order detail", {
    order_no: shipment.order_no,
    awb: shipment.awb,
    order_status: orderWord(shipment, sandbox.config),
    order_date: dayFirst(order_date),
    ...request,
    origin_pin_point: turned(origin_pin_point),
    destination_pin_point: turned(destination_pin_point),
    booking_id: "",
    driver_name: "",
    driver_phone: "",
    cancelation_reason: "",
    live_tracking_url: "",
  });
}

/** Whether a cancel is still allowed: until the courier scans it (4.5). */
export const canCancel = ({ stage }: Shipment): boolean =>
  stage === "stored" || stage === "packed" || stage === "collected";

/** Cancels it, and gives back at once what was charged (4.5). */
export function cancelShipment(sandbox: Sandbox, shipment: Shipment, by: string, notify: boolean): Shipment {
  const refund = shipment.charged - shipment.refunded;
  addToBalance(sandbox, refund);
  return moveTo(sandbox, { ...shipment, refunded: shipment.charged }, "cancelled", { by, notify });
}

/** PUT orders/cancel (4.5). A repeated one is refused like a late one: the tail says what is true. */
export function cancelOrder(sandbox: Sandbox, body: unknown): Answer {
  const orderNumber = isObject(body) ? body["order_no"] : undefined;
  const shipment = typeof orderNumber === "string" ? sandbox.store.shipments.get(orderNumber) : undefined;
  if (!shipment) return refused(400, "cancel order failed", { errors: "Data not found" });
  if (!canCancel(shipment)) {
    const tail = orderWord(shipment, sandbox.config);
    return refused(422, "cancel order failed", { errors: `Failed Cancel order, order status ${tail}` });
  }
  cancelShipment(sandbox, shipment, "shop", true);
  return ok("success cancel order", null);
}
