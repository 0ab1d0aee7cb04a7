import type { Answer } from "../answer.ts";
import { wib } from "../clock.ts";
import type { Sandbox } from "../sandbox.ts";
import { ok, refused } from "./envelope.ts";
import type { ForeignWaybill, Scan, Shipment, Stage } from "./model.ts";
import { WORDS } from "./words.ts";

/** A parcel that the courier knows: one booked here, or one that only its waybill's ending tells of. */
export interface Tracked {
  awb: string;
  stage: Stage;
  words: string | null;
  scans: Scan[];
  shipment: Shipment | null;
}

const ROUTE = ["picked_up", "transit"] as const satisfies Stage[];

/** What the ending of a waybill that was booked elsewhere says, the first look's stages first (rajaongkir.md 8.4). */
const ENDINGS: Readonly<Record<string, readonly (readonly Stage[] | null)[]>> = {
  "00": [[...ROUTE, "arrived", "out_for_delivery", "delivered"]],
  "01": [ROUTE],
  "02": [[...ROUTE, "arrived", "out_for_delivery"]],
  "03": [
    [...ROUTE, "problem"],
    [...ROUTE, "problem", "arrived"],
  ],
  "04": [[...ROUTE, "problem", "returning"]],
  "05": [[...ROUTE, "problem", "returning", "returned"]],
  "06": [null, null, ROUTE],
  "07": [[...ROUTE, "lost"]],
};

const HOUR_MS = 3_600_000;

/** Counts the look, for endings whose story moves on with each one. */
function foreign(sandbox: Sandbox, awb: string): Tracked | null {
  const story = awb.startsWith("KOMER") ? undefined : ENDINGS[awb.slice(-2)];
  if (!story) return null;
  const known = sandbox.store.foreignWaybills.get(awb);
  const row: ForeignWaybill = { awb, born: known?.born ?? sandbox.clock.now(), looks: (known?.looks ?? 0) + 1 };
  sandbox.store.foreignWaybills.put(row);
  const stages = story[Math.min(row.looks, story.length) - 1];
  const stage = stages?.at(-1);
  if (!stages || !stage) return null;
  const scans = stages.flatMap((each, at): Scan[] => {
    const { scan } = WORDS[each];
    const city = at < ROUTE.length ? "JAKARTA" : "SURABAYA";
    if (!scan) return [];
    const hoursAgo = (stages.length - at) * HOUR_MS;
    return [
      { at: row.born - hoursAgo, stage: each, code: scan.code, description: scan.description.replace("%", city), city },
    ];
  });
  return { awb, stage, words: null, scans, shipment: null };
}

/** The parcel of this waybill; null for a typo, for another courier's, and until the courier has it (3.1). */
export function findParcel(sandbox: Sandbox, awb: string, isCourier: (shipping: string) => boolean): Tracked | null {
  const shipment = sandbox.store.shipments.inGroup(awb).at(-1);
  if (awb === "" || !shipment) return awb === "" ? null : foreign(sandbox, awb);
  const isWithCourier = shipment.stage === "collected" || shipment.scans.length > 0;
  if (!isWithCourier || !isCourier(shipment.request.shipping)) return null;
  const { stage, words, scans } = shipment;
  return { awb, stage, words, scans, shipment };
}

/** The courier's last word, in the small vocabulary of the history (3.2). */
const lastStatus = ({ words, scans }: Tracked): string => {
  const last = scans.at(-1);
  return words ?? (last ? (WORDS[last.stage].scan?.status ?? "") : "");
};

/** GET orders/history-airway-bill (3.2). A parcel that was fetched and not scanned yet has an empty history. */
export function history(sandbox: Sandbox, shipping: string, awb: string, met: string | undefined): Answer {
  if (shipping === "" || awb === "") return refused(422, "shipping and airway_bill are required");
  const isCourier = (name: string): boolean => name === shipping.toUpperCase();
  const parcel = met === "not_found" ? null : findParcel(sandbox, awb, isCourier);
  if (!parcel) return refused(400, "invalid cnote/airway bill", {});
  const lines = parcel.scans.map(({ at, stage, code, description }, index) => {
    const isLast = index === parcel.scans.length - 1;
    const status = isLast ? lastStatus(parcel) : (WORDS[stage].scan?.status ?? "");
    return { desc: description, date: wib(at), code, status };
  });
  return ok("success get data", { airway_bill: awb, last_status: lastStatus(parcel), history: lines });
}
