import { stateTable } from "../kernel/stateTable.ts";

export const SHIPMENT_STATUSES = [
  "BOOKING",
  "UNKNOWN",
  "BOOKED",
  "PACKED",
  "TRANSIT",
  "RETURNING",
  "DELIVERED",
  "RETURNED",
  "LOST",
  "CANCELLED",
] as const;
export type ShipmentStatus = (typeof SHIPMENT_STATUSES)[number];

/**
 * What can happen to a shipment. `refused`: the booking was not taken, and nothing exists at the company. `noAnswer`:
 * it was sent and nobody said what became of it. The others are what a courier's word means.
 */
export const SHIPMENT_EVENTS = [
  "stored",
  "refused",
  "noAnswer",
  "pickupArranged",
  "moving",
  "problem",
  "delivered",
  "returning",
  "returned",
  "cancelled",
  "lost",
  "unknownWord",
] as const;
export type ShipmentEvent = (typeof SHIPMENT_EVENTS)[number];

const BOOKED_BY_NOW = { stored: "same", refused: "never", noAnswer: "same", unknownWord: "same" } as const;
const OVER = { ...BOOKED_BY_NOW, pickupArranged: "same", moving: "same", problem: "same", cancelled: "same" } as const;
/** Either end of a parcel that did not arrive. */
const NOT_ARRIVED = { ...OVER, delivered: "same!", returning: "same", returned: "same", lost: "same" } as const;

/** The life of a shipment, every state and event. */
export const shipmentStates = stateTable(SHIPMENT_STATUSES, SHIPMENT_EVENTS, {
  BOOKING: {
    stored: "BOOKED",
    refused: "CANCELLED",
    noAnswer: "UNKNOWN!",
    pickupArranged: "never",
    moving: "never!",
    problem: "never!",
    delivered: "never!",
    returning: "never",
    returned: "never",
    cancelled: "CANCELLED",
    lost: "never",
    unknownWord: "same",
  },
  UNKNOWN: {
    stored: "BOOKED",
    refused: "CANCELLED",
    noAnswer: "same",
    pickupArranged: "PACKED",
    moving: "TRANSIT",
    problem: "TRANSIT",
    delivered: "DELIVERED",
    returning: "RETURNING",
    returned: "RETURNED",
    cancelled: "CANCELLED",
    lost: "LOST",
    unknownWord: "same",
  },
  BOOKED: {
    ...BOOKED_BY_NOW,
    pickupArranged: "PACKED",
    moving: "TRANSIT",
    problem: "TRANSIT",
    delivered: "DELIVERED",
    returning: "RETURNING",
    returned: "RETURNED",
    cancelled: "CANCELLED",
    lost: "LOST",
  },
  PACKED: {
    ...BOOKED_BY_NOW,
    pickupArranged: "same",
    moving: "TRANSIT",
    problem: "TRANSIT",
    delivered: "DELIVERED",
    returning: "RETURNING",
    returned: "RETURNED",
    cancelled: "CANCELLED",
    lost: "LOST",
  },
  TRANSIT: {
    ...BOOKED_BY_NOW,
    pickupArranged: "same",
    moving: "same",
    problem: "same",
    delivered: "DELIVERED",
    returning: "RETURNING",
    returned: "RETURNED",
    cancelled: "same!",
    lost: "LOST",
  },
  RETURNING: { ...OVER, delivered: "same!", returning: "same", returned: "RETURNED", lost: "LOST" },
  DELIVERED: { ...OVER, delivered: "same", returning: "same!", returned: "same!", lost: "same!" },
  RETURNED: NOT_ARRIVED,
  LOST: NOT_ARRIVED,
  CANCELLED: {
    stored: "never!",
    refused: "same",
    noAnswer: "same",
    pickupArranged: "never!",
    moving: "never!",
    problem: "never!",
    delivered: "never!",
    returning: "never!",
    returned: "never!",
    cancelled: "same",
    lost: "same",
    unknownWord: "same",
  },
});
