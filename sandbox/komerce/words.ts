import type { SandboxConfig } from "../config.ts";
import type { Shipment, Stage } from "./model.ts";

/** What the three ways of asking say about a stage (rajaongkir.md 3.1 to 3.3, 4, 5); null where they say nothing. */
interface Words {
  /** `order_status` of detail. */
  order: string;
  /** `status` of a history line, with the courier's code and what it writes; `%` is the city. */
  scan: { status: string; code: string; description: string } | null;
  /** `summary.status` of the waybill. */
  waybill: string | null;
  /** The webhook's, where the change is news. */
  news: string | null;
  isOver: boolean;
}

const words = (
  order: string,
  scan: [status: string, code: string, description: string] | null,
  waybill: string | null,
  news: string | null,
  isOver = false,
): Words => ({
  order,
  scan: scan && { status: scan[0], code: scan[1], description: scan[2] },
  waybill,
  news,
  isOver,
});

export const WORDS: Readonly<Record<Stage, Words>> = {
  stored: words("Diajukan", null, null, "Diajukan"),
  packed: words("Dipacking", null, null, "Dipacking"),
  // The courier has it, and nothing was scanned: the history is empty.
  collected: words("Dipacking", null, null, null),
  picked_up: words("Dikirim", ["Pickup", "PU0", "Paket dijemput [%]"], "MANIFESTED", "Dijemput"),
  transit: words("Dikirim", ["Process", "OP1", "Paket diproses di gudang asal [%]"], "ON TRANSIT", "Dikirim"),
  arrived: words("Dikirim", ["Process", "TP1", "Tiba di gudang tujuan [%]"], "RECEIVED ON DESTINATION", null),
  out_for_delivery: words("Dikirim", ["Delivery", "IP1", "Paket dibawa kurir [%]"], "WITH DELIVERY COURIER", null),
  problem: words("Dikirim", ["Problem", "IP2", "Penerima tidak di tempat [%]"], "UNDELIVERED", null),
  delivered: words("Diterima", ["Delivered", "IP3", "Paket diterima [%]"], "DELIVERED", "Diterima", true),
  returning: words("Retur", ["Retur", "RT1", "Paket dikirim kembali [%]"], "RETURN PROCESS", "Retur"),
  returned: words("Return Done", ["Retur", "RT2", "Paket kembali ke pengirim [%]"], "RETURN DONE", "Return Done", true),
  lost: words("Hilang", ["Problem", "LS1", "Paket hilang [%]"], "LOST", "Hilang", true),
  damaged: words("Rusak", ["Problem", "DM1", "Paket rusak [%]"], "DAMAGED", "Rusak", true),
  cancelled: words("Batal", null, "CANCELED", "Dibatalkan", true),
};

/** `order_status`, as detail and a refused cancel write it. */
export function orderWord(
  shipment: Pick<Shipment, "stage" | "words">,
  config: Pick<SandboxConfig, "returnDone">,
): string {
  if (shipment.words !== null) return shipment.words;
  if (shipment.stage === "returned" && config.returnDone === "waybill") return WORDS.returning.order;
  return WORDS[shipment.stage].order;
}

/** Stages under the words that people, tests and the dashboard's Simulator have for them, in any spelling. */
const NAMES: Readonly<Record<string, Stage>> = {
  DIAJUKAN: "stored",
  STORED: "stored",
  BOOKED: "stored",
  DIPACKING: "packed",
  PACKED: "packed",
  COLLECTED: "collected",
  DIJEMPUT: "picked_up",
  "PICKED UP": "picked_up",
  PICKUP: "picked_up",
  DIKIRIM: "transit",
  TRANSIT: "transit",
  "IN TRANSIT": "transit",
  SHIPPED: "transit",
  ARRIVED: "arrived",
  DELIVERY: "out_for_delivery",
  "OUT FOR DELIVERY": "out_for_delivery",
  PROBLEM: "problem",
  BERMASALAH: "problem",
  UNDELIVERED: "problem",
  DITERIMA: "delivered",
  DELIVERED: "delivered",
  SELESAI: "delivered",
  RETUR: "returning",
  RETURN: "returning",
  RETURNING: "returning",
  "RETURN DONE": "returned",
  RETURNED: "returned",
  HILANG: "lost",
  LOST: "lost",
  RUSAK: "damaged",
  DAMAGED: "damaged",
  BATAL: "cancelled",
  DIBATALKAN: "cancelled",
  CANCELLED: "cancelled",
  CANCELED: "cancelled",
};

export const STAGE_NAMES: readonly string[] = Object.keys(NAMES);

/** The stage that a word from outside means. */
export function stageNamed(word: unknown): Stage | undefined {
  if (typeof word !== "string") return undefined;
  const name = word.trim().toUpperCase().replace(/[_-]+/g, " ");
  return Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
}
