import { placeById } from "../komerce/tariffs.ts";
import { zoneOf } from "../rajaongkir/tariffs.ts";
import { dueAt, momentOf, type Sandbox } from "../sandbox.ts";
import { addToBalance } from "./balance.ts";
import type { Outcome, Scan, Shipment, Stage } from "./model.ts";
import { tell } from "./webhook.ts";
import { WORDS } from "./words.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const WAY: readonly Stage[] = ["collected", "picked_up", "transit", "arrived", "out_for_delivery"];

/** What comes after a pickup is arranged; the names of products choose among them (rajaongkir.md 8.4). */
const LIVES: Readonly<Record<Outcome, readonly Stage[]>> = {
  delivered: [...WAY, "delivered"],
  problem: [...WAY, "problem", "out_for_delivery", "delivered"],
  returned: [...WAY, "problem", "out_for_delivery", "problem", "returning", "returned"],
  lost: ["collected", "picked_up", "transit", "lost"],
  damaged: [...WAY.slice(0, 4), "damaged"],
};

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  PROBLEM: "problem",
  RETURN: "returned",
  LOST: "lost",
  DAMAGED: "damaged",
};

/** How the parcel's life will go: the first product's name may ask for trouble. */
export const outcomeFor = (productName: string): Outcome => OUTCOMES[productName.trim().toUpperCase()] ?? "delivered";

/** What follows a stage that somebody put the parcel into. */
function planAfter(stage: Stage, outcome: Outcome): Stage[] {
  if (WORDS[stage].isOver || stage === "stored") return [];
  if (stage === "returning") return ["returned"];
  if (stage === "problem") return ["out_for_delivery", "delivered"];
  const life = LIVES[outcome];
  return life.slice(life.indexOf(stage) + 1);
}

/** Days between two hubs by zone: the middle of the tariff's days, less those at both ends. */
const DAYS: Readonly<Record<string, number>> = { A: 0.5, B: 1, C: 2, D: 3, E: 5 };

function daysOnTheWay({ request }: Shipment): number {
  const [from, to] = [placeById(request.shipper_destination_id), placeById(request.receiver_destination_id)];
  return from && to ? (DAYS[zoneOf(from, to)] ?? 1) : 1;
}

/** Simulated ms from the stage that the parcel is in to its next one. */
function waitFor(shipment: Shipment, next: Stage): number {
  switch (next) {
    case "picked_up":
      return 0.5 * HOUR_MS;
    case "transit":
    case "delivered":
    case "problem":
      return 4 * HOUR_MS;
    case "arrived":
      return daysOnTheWay(shipment) * DAY_MS;
    case "out_for_delivery":
      return shipment.stage === "problem" ? 20 * HOUR_MS : 6 * HOUR_MS;
    case "returned":
      return daysOnTheWay(shipment) * DAY_MS;
    case "lost":
      return 3 * DAY_MS;
    default:
      return DAY_MS;
  }
}

/** Stages whose scan is the sender's city; the rest happen where the receiver lives. */
const AT_ORIGIN: readonly Stage[] = ["picked_up", "transit", "lost", "returned"];

function scanOf(shipment: Shipment, stage: Stage, at: number): Scan[] {
  const { scan } = WORDS[stage];
  if (!scan) return [];
  const { shipper_destination_id: sender, receiver_destination_id: receiver } = shipment.request;
  const city = placeById(AT_ORIGIN.includes(stage) ? sender : receiver)?.city_name ?? "";
  return [{ at, stage, code: scan.code, description: scan.description.replace("%", city), city }];
}

/** Stages that a parcel must have passed to be where somebody put it. */
function passed(stage: Stage): readonly Stage[] {
  if (stage === "lost" || stage === "damaged") return WAY.slice(0, 3);
  const at = WAY.indexOf(stage);
  if (at >= 0) return WAY.slice(0, at);
  return stage === "stored" || stage === "packed" || stage === "cancelled" ? [] : WAY;
}

/** Stages with a scan that lead to this one and that the parcel has not been seen in. */
function unseen(shipment: Shipment, stage: Stage): Stage[] {
  const seen = new Set(shipment.scans.map((scan) => scan.stage));
  return passed(stage).filter((each) => WORDS[each].scan !== null && !seen.has(each));
}

/**
 * The moment of the stage's own scan, in simulated ms: not before the last scan, however fast somebody moves the
 * parcel, with a minute for each stage between, for waybills tell no seconds.
 */
function scanTime(shipment: Shipment, stage: Stage, at: number): number {
  const last = shipment.scans.at(-1)?.at;
  return last === undefined ? at : Math.max(at, last + (unseen(shipment, stage).length + 1) * MINUTE_MS);
}

/** Scans that are missing where a parcel was moved over several stages at once, a minute apart before `at`. */
const missingScans = (shipment: Shipment, stage: Stage, at: number): Scan[] =>
  unseen(shipment, stage).flatMap((each, index, all) => scanOf(shipment, each, at - (all.length - index) * MINUTE_MS));

export interface Step {
  /** Simulated ms; now unless said. */
  at?: number;
  by: string;
  notify: boolean;
  /** The courier's word in place of the stage's own. */
  words?: string | null;
  /** What follows; by default the life that its products asked for. */
  plan?: Stage[];
}

/** Rupiah that a delivered COD parcel brings in (rajaongkir.md 4.1, "Seller profit on COD"). */
function codIncome({ request }: Shipment): number {
  if (request.payment_method !== "COD") return 0;
  const net = request.shipping_cost - request.shipping_cashback;
  return request.cod_value - net - request.service_fee - Math.round(request.insurance_value);
}

/**
 * Puts the parcel into a stage, whatever it was in (callers ask first), with the scans that lead there, stores it, sets
 * its next alarm and tells the shop unless told otherwise.
 */
export function moveTo(sandbox: Sandbox, shipment: Shipment, stage: Stage, step: Step): Shipment {
  const at = scanTime(shipment, stage, step.at ?? momentOf(sandbox, shipment.born));
  const plan = step.plan ?? planAfter(stage, shipment.outcome);
  const income = stage === "delivered" && shipment.cod_income === 0 ? codIncome(shipment) : 0;
  addToBalance(sandbox, income);
  const moved: Shipment = {
    ...shipment,
    stage,
    words: step.words ?? null,
    plan,
    scans: [...shipment.scans, ...missingScans(shipment, stage, at), ...scanOf(shipment, stage, at)],
    cod_income: shipment.cod_income + income,
    history: [...shipment.history, { at, stage, by: step.by }],
  };
  const [next] = plan;
  const next_at = next === undefined ? null : dueTime(moved, next, at);
  const stored = sandbox.store.shipments.put({ ...moved, next_at });
  sandbox.log.info({ order_no: stored.order_no, awb: stored.awb, stage, by: step.by }, "parcel moved");
  armShipment(sandbox, stored);
  const news = step.words ?? WORDS[stage].news;
  if (step.notify && news !== null) tell(sandbox, stored, news);
  return stored;
}

/** The courier comes when it was asked to; everything else follows from the stage before. */
function dueTime(shipment: Shipment, next: Stage, at: number): number {
  return next === "collected" ? Math.max(at, shipment.pickup?.at ?? at) : at + waitFor(shipment, next);
}

/** Sets the alarm of the parcel's next step. Safe to repeat; called for every shipment after a restart. */
export function armShipment(sandbox: Sandbox, { order_no, born, next_at }: Shipment): void {
  sandbox.jobs.clear(`parcel:${order_no}`);
  if (next_at === null) return;
  sandbox.jobs.set(`parcel:${order_no}`, dueAt(sandbox, born, next_at), async () => {
    const current = sandbox.store.shipments.get(order_no);
    const [next, ...plan] = current?.plan ?? [];
    if (!current || next === undefined || current.next_at !== next_at) return;
    // A step that fell due while the sandbox was down happened when it was due.
    moveTo(sandbox, current, next, { at: next_at, by: "courier", notify: true, plan });
    await sandbox.store.commit();
  });
}
