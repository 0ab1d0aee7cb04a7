import { arrivalDays } from "./format.ts";
import type { Meaning } from "./status.ts";

/** One colour a meaning, as a parcel's state has it. */
export const parcelMeaning = {
  ASKED: "waiting",
  UNKNOWN: "waiting",
  BOOKED: "way",
  PACKED: "way",
  NOT_FETCHED: "waiting",
  TRANSIT: "way",
  OUT: "way",
  PROBLEM: "wrong",
  RETURNING: "waiting",
  DELIVERED: "good",
  RETURNED: "ended",
  LOST: "wrong",
  CANCELLED: "ended",
} as const satisfies Readonly<Record<string, Meaning>>;

export type ParcelState = keyof typeof parcelMeaning;

interface Parcel {
  readonly status:
    | "BOOKING"
    | "UNKNOWN"
    | "BOOKED"
    | "PACKED"
    | "TRANSIT"
    | "RETURNING"
    | "DELIVERED"
    | "RETURNED"
    | "LOST"
    | "CANCELLED";
  readonly flag?: string | null;
}

/** How a parcel is, as people say it: its status, and what the courier says of this very hour. */
export function parcelState({ status, flag }: Parcel): ParcelState {
  switch (status) {
    case "BOOKING":
      return "ASKED";
    case "BOOKED":
    case "PACKED":
      return flag === "pickupProblem" ? "NOT_FETCHED" : status;
    case "TRANSIT":
      if (flag === "problem") return "PROBLEM";
      return flag === "outForDelivery" ? "OUT" : "TRANSIT";
    default:
      return status;
  }
}

interface Line {
  readonly event: string;
  readonly description: string;
}

/** The lines that are worth a look: a bare status says nothing beside a scan that means the same. */
export function parcelLines<One extends Line>(events: readonly One[]): readonly One[] {
  const scanned = new Set(events.filter(({ description }) => description !== "").map(({ event }) => event));
  return events.filter(({ event, description }) => description !== "" || !scanned.has(event));
}

/** What a courier quoted: `days` as he wrote them, and the day in WIB until which he meant, once he has the parcel. */
export interface Arrival {
  readonly days: string;
  readonly isSameDay: boolean;
  /** An instant of that day; null while nobody has fetched the parcel. */
  readonly by: string | null;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const JAKARTA_OFFSET_MS = 7 * 60 * 60 * 1000;
/** A quote is some days; what is longer is a number of something else. */
const DAYS_MAX = 60;

const isWeekend = (instantMs: number): boolean => [0, 6].includes(new Date(instantMs + JAKARTA_OFFSET_MS).getUTCDay());

/**
 * When a parcel is expected, from its quote's words and the moment in which the courier got it. Days are working days:
 * the longest quoted, without any weekend, so that nothing is promised too early. Null where the courier quoted none.
 */
export function expectedArrival(etd: string, fetchedAt: string | null): Arrival | null {
  const days = arrivalDays(etd);
  const longest = Math.max(...(days.match(/\d+/g) ?? []).map(Number));
  if (days === "" || longest > DAYS_MAX) return null;
  const isSameDay = longest === 0;
  if (fetchedAt === null) return { days, isSameDay, by: null };
  let at = Date.parse(fetchedAt);
  for (let left = longest; left > 0; ) {
    at += DAY_MS;
    if (!isWeekend(at)) left -= 1;
  }
  return { days, isSameDay, by: new Date(at).toISOString() };
}

/** True once the day of an instant is over in WIB. */
export function isDayOver(instant: string, nowMs: number): boolean {
  const dayOf = (ms: number) => Math.floor((ms + JAKARTA_OFFSET_MS) / DAY_MS);
  return dayOf(nowMs) > dayOf(Date.parse(instant));
}
