import type { OrderEvent } from "../order/order.states.ts";
import type { ParcelFlag, ParcelNews, ParcelScan } from "../shipping/courierGateway.ts";
import type { ShipmentStatus } from "../shipping/shipment.states.ts";

/**
 * What becomes of an order when its parcel comes into a state, one after the other. What is on its way back or lost has
 * left the store, so that an order whose first news is that ends where it would with every word before it. What the end
 * of a booking does says endBooking.
 */
export const ORDER_EVENTS_OF: Readonly<Record<ShipmentStatus, readonly OrderEvent[]>> = {
  BOOKING: [],
  UNKNOWN: [],
  BOOKED: [],
  PACKED: [],
  TRANSIT: ["shipped"],
  RETURNING: ["shipped"],
  DELIVERED: ["delivered"],
  RETURNED: ["returned"],
  LOST: ["shipped", "lostOrDamaged"],
  CANCELLED: [],
};

const isOver = (status: ShipmentStatus): boolean => status !== "TRANSIT" && status !== "BOOKED" && status !== "PACKED";

/** What people like to know of a parcel besides its state, by its latest look; an unknown word says nothing. */
export function flagAfter(status: ShipmentStatus, words: readonly ParcelNews[], before: ParcelFlag | null) {
  if (isOver(status)) return null;
  const known = words.filter(({ event }) => event !== "unknownWord");
  if (known.length === 0) return before;
  return known.findLast(({ flag }) => flag !== null)?.flag ?? null;
}

/** The courier's latest known words; those of before where it said none. */
export const wordsAfter = (words: readonly ParcelNews[], before: string | null): string | null =>
  words.findLast(({ event, words: text }) => event !== "unknownWord" && text.trim() !== "")?.words ?? before;

/**
 * A booking that has a waybill number has a pickup, whatever its word: the answer to the request for it may be lost.
 */
export const withPickup = (word: ParcelNews, airwayBill: string | null): ParcelNews =>
  airwayBill !== null && word.event === "stored" ? { ...word, event: "pickupArranged" } : word;

/**
 * What a courier says of a parcel that was booked here. Only the booking itself says that it is over: an order that a
 * courier's word alone had freed would be booked, and paid for, a second time.
 */
export const besideBooking = (word: ParcelNews, booking: ParcelNews): ParcelNews =>
  word.event === "cancelled" && booking.event !== "cancelled" ? { ...word, event: "unknownWord" } : word;

/**
 * The way back that a parcel was on by its courier's lines, where its booking is called delivered: that may be to its
 * sender. Said first, it leaves the end to a person. None where no line speaks of one.
 */
export const wayBackOf = (booking: ParcelNews, scans: readonly ParcelScan[]): readonly ParcelNews[] =>
  booking.event === "delivered"
    ? scans
        .map(({ news }) => news)
        .filter(({ event }) => event === "returning" || event === "returned")
        .slice(-1)
    : [];

/** Alerts of tracking, each with what its subject is. */
export const TRACKING_ALERTS = {
  /** A word that nobody knows; the word, so that it is told once whatever parcel says it. */
  unknownWord: "COURIER_WORD",
  /** A parcel that was silent for too long; the shipment. */
  silent: "SHIPMENT_SILENT",
  /** A booking that its company does not know; the shipment. */
  missing: "BOOKING_MISSING",
  /** A courier came for a parcel and left without it; the shipment. */
  notFetched: "PICKUP_PROBLEM",
  /** News that no table allows; the shipment. */
  impossible: "SHIPMENT_IMPOSSIBLE",
  /** An answer that we cannot apply; the shipment. */
  failed: "TRACKING_FAILED",
  /** A no to every question about it; the shipment. */
  refused: "TRACKING_REFUSED",
  /** The day's calls are used up; the company. */
  quota: "TRACKING_QUOTA",
  /** Looks are overdue; all parcels. */
  behind: "TRACKING_BEHIND",
} as const;

/** The alert of a booking that no courier comes for; the shipment. */
export const PICKUP_REFUSED = "PICKUP_REFUSED";

/** What is told of one parcel until there is news of it. */
export const ENDED_BY_NEWS = [
  TRACKING_ALERTS.silent,
  TRACKING_ALERTS.missing,
  TRACKING_ALERTS.failed,
  TRACKING_ALERTS.refused,
] as const;

/** What is told of one parcel until it goes on: nobody need look any more once its booking is over. */
export const PARCEL_ALERTS = [...ENDED_BY_NEWS, PICKUP_REFUSED, TRACKING_ALERTS.notFetched] as const;

/** Whose quota of the day is used up. */
export const QUOTA_SUBJECT = "rajaongkir";
