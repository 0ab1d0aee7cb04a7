import { createHash } from "node:crypto";
import { DAY_MS, dayInJakarta, HOUR_MS, later, MINUTE_MS, startOfJakartaDay } from "../kernel/time.ts";
import type { ParcelFlag, ParcelNews, ParcelScan } from "./courierGateway.ts";
import type { ShipmentStatus } from "./shipment.states.ts";

/** What the next look at a parcel depends on. */
export interface Tracked {
  readonly status: ShipmentStatus;
  readonly flag: ParcelFlag | null;
  /** Looks in a row that told nothing new. */
  readonly checks: number;
  /** When anything of it was news the last time. */
  readonly newsAt: Date;
}

/** Pauses between looks, in units of TRACKING_INTERVAL: the first after news, and the longest after many without. */
interface Pace {
  readonly first: number;
  readonly longest: number;
}

// With the default of 30 minutes: 30 min to 8 h before the first scan, 2 to 4 h on the road, 30 to 60 min on the last
// mile, 4 h in trouble (a second attempt is made the next day), 12 h on the way back, which nobody waits for.
const PACES = {
  unseen: { first: 1, longest: 16 },
  onTheRoad: { first: 4, longest: 8 },
  lastMile: { first: 1, longest: 2 },
  trouble: { first: 8, longest: 8 },
  wayBack: { first: 24, longest: 24 },
} as const satisfies Record<string, Pace>;

/** Whatever TRACKING_INTERVAL is set to, a parcel is looked at once a day. */
const PAUSE_MAX_MS = DAY_MS;
const DOUBLINGS_MAX = 30; // 2^30 pauses are longer than any limit here, and still a safe number

function paceOf({ status, flag }: Pick<Tracked, "status" | "flag">): Pace | null {
  switch (status) {
    case "BOOKED":
    case "PACKED":
      return PACES.unseen;
    case "TRANSIT":
      if (flag === "problem") return PACES.trouble;
      return flag === "outForDelivery" ? PACES.lastMile : PACES.onTheRoad;
    case "RETURNING":
      return PACES.wayBack;
    default:
      return null;
  }
}

/** True while a courier may have news of it. What has no booking yet, and what is over, is not looked at. */
export const isTracked = (status: ShipmentStatus): boolean => paceOf({ status, flag: null }) !== null;

/** A waybill that no courier has scanned for this long was never handed over. */
const UNSEEN_MAX_MS = 7 * DAY_MS;
/** The longest routes take three weeks: a parcel that nobody has touched for longer is looked for by people. */
const SILENT_MAX_MS = 30 * DAY_MS;

/** How long a parcel may be without news until asking on is of no use, ms. */
export const silenceMax = (status: ShipmentStatus): number =>
  status === "BOOKED" || status === "PACKED" ? UNSEEN_MAX_MS : SILENT_MAX_MS;

/**
 * When a parcel is looked at next.
 *
 * @param intervalMs TRACKING_INTERVAL
 * @returns the instant; null: it is over; "givenUp": it was silent for too long, and a person is told
 */
export function nextCheckAt(tracked: Tracked, intervalMs: number, now: Date): Date | null | "givenUp" {
  const pace = paceOf(tracked);
  if (!pace) return null;
  if (now.getTime() - tracked.newsAt.getTime() >= silenceMax(tracked.status)) return "givenUp";
  const doubled = pace.first * 2 ** Math.min(tracked.checks, DOUBLINGS_MAX);
  return later(now, Math.min(intervalMs * Math.min(doubled, pace.longest), PAUSE_MAX_MS));
}

/** Whoever calls, a callback makes us look at one parcel this seldom. Its own pauses may be shorter. */
const TOLD_APART_MS = 10 * MINUTE_MS;

export const toldApartMs = (intervalMs: number): number => Math.min(TOLD_APART_MS, intervalMs);

/** The company counts the day's calls anew at midnight in Jakarta; a little later all of its clocks agree. */
const QUOTA_AGAIN_MS = 5 * MINUTE_MS;

/** When a used-up quota of the day is worth another try. */
export const quotaAgainAt = (now: Date): Date =>
  later(startOfJakartaDay(dayInJakarta(later(now, DAY_MS))), QUOTA_AGAIN_MS);

/** A backlog of looks older than this is told to people: parcels arrive and nobody is told. */
export const BEHIND_AFTER_MS = 2 * HOUR_MS;

/** Longest pauses without an answer after which a no is not a passing one: two looks at least had it. */
const UNANSWERED_PAUSES = 2;

/**
 * True where looks at it have had no answer for so long that a person should ask.
 *
 * @param intervalMs TRACKING_INTERVAL
 */
export function isUnanswered(
  { status, flag }: Pick<Tracked, "status" | "flag">,
  answeredAt: Date,
  intervalMs: number,
  now: Date,
): boolean {
  const pace = paceOf({ status, flag });
  if (!pace) return false;
  const longestMs = Math.min(intervalMs * pace.longest, PAUSE_MAX_MS);
  return now.getTime() - answeredAt.getTime() >= UNANSWERED_PAUSES * longestMs;
}

const WORDS_MAX = 100;
const DESCRIPTION_MAX = 500;
const LOCATION_MAX = 100;

/** PostgreSQL takes no NUL and no half of a character, which a cut may leave, and a page no other control character. */
const clean = (text: string, max: number): string =>
  text
    .replace(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, max)
    .toWellFormed();

/** A courier's words as they are kept and compared: one spelling of space, dash and case. */
export const wordOf = (words: string): string => clean(words.replace(/[\s_-]+/g, " "), WORDS_MAX).toUpperCase();

/** One line of a parcel's story as it is kept. */
export interface KeptEvent {
  readonly digest: string;
  readonly event: string;
  readonly externalStatus: string;
  readonly description: string;
  readonly location: string | null;
  readonly at: Date;
}

const digestOf = (parts: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex");

/** A scan as it is kept: the same line told again has the same digest, and so is kept once. */
export function keptScan({ at, news, description, location, code }: ParcelScan): KeptEvent {
  const kept = {
    event: news.event,
    externalStatus: clean(news.words, WORDS_MAX),
    description: clean(description, DESCRIPTION_MAX),
    location: location === null ? null : clean(location, LOCATION_MAX),
    at,
  };
  return { ...kept, digest: digestOf(["scan", at, wordOf(news.words), kept.description, kept.location, code]) };
}

/** A status that the courier gives without a time is kept once, from when it was first seen. */
export const keptStatus = (news: ParcelNews, source: string, now: Date): KeptEvent => ({
  digest: digestOf(["status", source, wordOf(news.words)]),
  event: news.event,
  externalStatus: clean(news.words, WORDS_MAX),
  description: "",
  location: null,
  at: now,
});

/** Lines of one answer that are kept, the newest of them: the longest journeys have some sixty. */
const SCANS_MAX = 200;

/** The newest lines of a history, oldest first, whatever order the courier tells them in. */
export const newestScans = (scans: readonly ParcelScan[]): ParcelScan[] =>
  scans
    .map((scan, place) => ({ scan, place }))
    .sort((a, b) => a.scan.at.getTime() - b.scan.at.getTime() || a.place - b.place)
    .slice(-SCANS_MAX)
    .map(({ scan }) => scan);

/** What nothing can follow from counts last: of two words of one moment the one that goes further is the truth. */
const RANK: Readonly<Record<ParcelNews["event"], number>> = {
  unknownWord: 0,
  stored: 1,
  pickupArranged: 2,
  moving: 3,
  problem: 3,
  returning: 4,
  // A parcel that is handed back to its sender may be called delivered besides: the way back is looked at first.
  returned: 5,
  lost: 6,
  delivered: 7,
  cancelled: 8,
};

/** The words of one look in the order in which they are believed; that they came in does not matter. */
export const inOrderOfTruth = (all: readonly ParcelNews[]): ParcelNews[] =>
  [...all].sort((a, b) => RANK[a.event] - RANK[b.event] || (a.words < b.words ? -1 : Number(a.words > b.words)));
