import express, { type Request, type Response, Router } from "express";
import { wib } from "../clock.ts";
import { courierBooks, setBalance } from "../komerce/balance.ts";
import { moveTo } from "../komerce/life.ts";
import type { Shipment, Stage } from "../komerce/model.ts";
import { cancelShipment } from "../komerce/orders.ts";
import { arrangePickup } from "../komerce/pickup.ts";
import { tellByHand } from "../komerce/webhook.ts";
import { orderWord, STAGE_NAMES, stageNamed, WORDS } from "../komerce/words.ts";
import { isObject, type Json } from "../midtrans/checks.ts";
import { momentOf, type Sandbox } from "../sandbox.ts";
import type { Answering } from "./recurring.ts";
import { notificationView } from "./view.ts";

/** Shipments of one list, newest first; `?limit=` may ask for fewer, `?before=` an order_no for older ones. */
const LIST_MAX = 1_000;

/** Copies of one message that a test may ask for. */
const MAX_COPIES = 200;

/** The shipment of that waybill number or order number. */
export const findShipment = ({ store }: Pick<Sandbox, "store">, id: string): Shipment | undefined =>
  store.shipments.get(id) ?? (id === "" ? undefined : store.shipments.inGroup(id).at(-1));

/** All that the sandbox knows of a shipment. Moments in WIB on its own line. */
export function shipmentView(sandbox: Sandbox, shipment: Shipment): Record<string, unknown> {
  const { request, history, scans, pickup, next_at, born, ...rest } = shipment;
  return {
    ...rest,
    order_status: orderWord(shipment, sandbox.config),
    notes: request.notes,
    pickup: pickup && { ...pickup, at: wib(pickup.at) },
    next_at: next_at === null ? null : wib(next_at),
    clock: wib(momentOf(sandbox, born)),
    request,
    scans: scans.map((scan) => ({ ...scan, at: wib(scan.at) })),
    history: history.map((entry) => ({ ...entry, at: wib(entry.at) })),
    notifications: sandbox.store.courierNews.inGroup(shipment.order_no).map(notificationView),
  };
}

/** A stage that a parcel can be put into by hand from this one: nothing that is over goes on, and nothing goes back. */
export function canMove(from: Stage, to: Stage): boolean {
  if (WORDS[from].isOver || to === "stored" || from === to) return false;
  const order: readonly Stage[] = ["stored", "packed", "collected", "picked_up", "transit", "arrived"];
  if (to === "cancelled") return order.indexOf(from) >= 0 && order.indexOf(from) <= 2;
  if (from === "returning") return to === "returned" || to === "lost" || to === "damaged";
  const at = order.indexOf(to);
  return at === -1 || (order.includes(from) && order.indexOf(from) < at);
}

export type ShipmentMoved = { problem: string; status: 400 | 404 | 409 } | { shipment: Shipment };

interface Wish {
  stage: Stage;
  words: string | null;
  notify: boolean;
  force: boolean;
  hold: boolean;
}

function readWish(body: unknown, shipment: Shipment): Wish | string {
  if (!isObject(body)) return "the body must be a JSON object";
  const { status, words } = body;
  const stage = status === undefined && typeof words === "string" ? shipment.stage : stageNamed(status);
  if (!stage) return `status must be one of ${STAGE_NAMES.join(", ")}`;
  return {
    stage,
    words: typeof words === "string" ? words : null,
    notify: body["notify"] !== false,
    force: body["force"] === true,
    hold: body["hold"] === true,
  };
}

/**
 * Moves a shipment as the body asks: with a pickup where it had none, and the scans that lead there. `words` is what
 * the courier writes instead of its own word; `hold` ends its own life; `force` against the rules.
 */
export function moveShipment(sandbox: Sandbox, id: string, body: unknown): ShipmentMoved {
  const found = findShipment(sandbox, id);
  if (!found) return { problem: `no shipment ${id}`, status: 404 };
  const wish = readWish(body, found);
  if (typeof wish === "string") return { problem: wish, status: 400 };
  const { stage, words, notify, force } = wish;
  if (stage === found.stage && words !== null) {
    const plan = wish.hold ? [] : found.plan;
    return { shipment: moveTo(sandbox, found, stage, { by: "control", notify, words, plan }) };
  }
  if (!force && !canMove(found.stage, stage)) {
    return { problem: `${found.stage} cannot become ${stage}; "force" does it all the same`, status: 409 };
  }
  if (stage === "cancelled") return { shipment: cancelShipment(sandbox, found, "control", notify) };
  const at = momentOf(sandbox, found.born);
  const asked = { at, vehicle: "Motor", by: "control", notify: notify && stage === "packed" };
  const hasAwb = found.awb !== "";
  const packed = hasAwb || stage === "stored" ? found : arrangePickup(sandbox, found, asked);
  if (stage === "packed" && !hasAwb) return { shipment: packed };
  const step = { by: "control", notify, words, ...(wish.hold ? { plan: [] } : {}) };
  return { shipment: moveTo(sandbox, packed, stage, step) };
}

function listed(sandbox: Sandbox, req: Request): unknown[] {
  const asked = Number(req.query["limit"] ?? 100);
  const limit = Number.isInteger(asked) && asked > 0 ? Math.min(asked, LIST_MAX) : 100;
  const all = sandbox.store.shipments.values();
  const before = all.findIndex(({ order_no }) => order_no === req.query["before"]);
  const newest = all
    .slice(0, before === -1 ? all.length : before)
    .slice(-limit)
    .reverse();
  return newest.map((shipment) => shipmentView(sandbox, shipment));
}

/** Sends news of the caller's making: by default what is true; `body` says its members, `copies` how often. */
function craft(sandbox: Sandbox, shipment: Shipment, body: unknown): object[] | string {
  const wanted: Json = isObject(body) ? body : {};
  const { copies = 1, tamper = {}, status = orderWord(shipment, sandbox.config) } = wanted;
  if (typeof copies !== "number" || !Number.isInteger(copies) || copies < 1 || copies > MAX_COPIES) {
    return `copies must be a whole number from 1 to ${MAX_COPIES}`;
  }
  const news = { order_no: shipment.order_no, cnote: shipment.awb, status, ...(isObject(tamper) ? tamper : {}) };
  return tellByHand(sandbox, shipment, news, copies).map(notificationView);
}

/** The control API of shipments, below /sandbox. */
export function shipmentControl(sandbox: Sandbox, answer: Answering): Router {
  const router = Router();
  router.get("/shipments", (req, res) => answer(res, 200, { shipments: listed(sandbox, req) }));
  router.get("/shipments/:id", (req, res) => {
    const shipment = findShipment(sandbox, req.params.id);
    if (!shipment) return answer(res, 404, { error: `no shipment ${req.params.id}` });
    return answer(res, 200, shipmentView(sandbox, shipment));
  });
  router.post("/shipments/:id", (req, res) => {
    const moved = moveShipment(sandbox, req.params.id, req.body);
    if ("problem" in moved) return answer(res, moved.status, { error: moved.problem });
    return answer(res, 200, shipmentView(sandbox, moved.shipment));
  });
  router.post("/shipments/:id/notify", (req, res) => {
    const shipment = findShipment(sandbox, req.params.id);
    if (!shipment) return answer(res, 404, { error: `no shipment ${req.params.id}` });
    const sent = craft(sandbox, shipment, req.body);
    if (typeof sent === "string") return answer(res, 400, { error: sent });
    return answer(res, 202, { notifications: sent });
  });
  router.get("/couriers", (_req, res) => answer(res, 200, courierBooks(sandbox)));
  router.post("/couriers", (req, res) => {
    const rupiah: unknown = isObject(req.body) ? req.body["balance"] : undefined;
    if (typeof rupiah !== "number" || !Number.isSafeInteger(rupiah) || rupiah < 0) {
      return answer(res, 400, { error: "balance must be a whole number of rupiah" });
    }
    setBalance(sandbox, rupiah);
    return answer(res, 200, courierBooks(sandbox));
  });
  return router;
}

/** The dashboard's "Simulator" menu (rajaongkir.md 1.0, 8.4): `POST /_sim/orders/{order_no}/status`. */
export function simulatorRoutes(sandbox: Sandbox): Router {
  const router = Router();
  router.use(express.json({ limit: "4kb", type: () => true, strict: false }));
  router.post("/orders/:orderNo/status", async (req: Request, res: Response) => {
    const shipment = sandbox.store.shipments.get(String(req.params["orderNo"]));
    const moved = moveShipment(sandbox, shipment?.order_no ?? "", req.body);
    await sandbox.store.commit();
    if ("problem" in moved) return void res.status(moved.status).json({ error: moved.problem });
    res.json(shipmentView(sandbox, moved.shipment));
  });
  return router;
}
