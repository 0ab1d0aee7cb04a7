import { invalidInput } from "../kernel/errors.ts";
import { DAY_MS, dayInJakarta, HOUR_MS, later, MINUTE_MS, startOfJakartaDay } from "../kernel/time.ts";
import type { Vehicle } from "../shipping/courierGateway.ts";

const VEHICLES: readonly Vehicle[] = ["Motor", "Mobil", "Truk"];

/** The courier company takes no pickup that is nearer. */
export const PICKUP_AHEAD_MS = 90 * MINUTE_MS;
/** What is proposed leaves the booking itself this long. */
const SPARE_MS = 15 * MINUTE_MS;
const SLOT_MS = 30 * MINUTE_MS;
/** Somebody of the store is there, and couriers drive: office hours of Asia/Jakarta. */
const OPENS_MS = 9 * HOUR_MS;
const CLOSES_MS = 21 * HOUR_MS;
/** Nobody plans a parcel for later; a typing error is more likely. */
const PICKUP_AHEAD_MS_MAX = 7 * DAY_MS;

/** A motorcycle takes no more, and a truck does not come for less. Source: the company's pickup API. */
const MOTOR_GRAMS_MAX = 5_000;
const TRUCK_GRAMS_MIN = 10_000;

/** The next half hour at which a courier can come and finds somebody there. */
export function nextSlot(now: Date): Date {
  const soonest = later(now, PICKUP_AHEAD_MS + SPARE_MS);
  const slot = new Date(Math.ceil(soonest.getTime() / SLOT_MS) * SLOT_MS);
  const midnight = startOfJakartaDay(dayInJakarta(slot));
  const intoDay = slot.getTime() - midnight.getTime();
  if (intoDay < OPENS_MS) return later(midnight, OPENS_MS);
  if (intoDay >= CLOSES_MS) return later(midnight, DAY_MS + OPENS_MS);
  return slot;
}

/** The planned moment as long as it is far enough ahead, else the next one that is. */
export const slotFor = (planned: Date, now: Date): Date =>
  planned >= later(now, PICKUP_AHEAD_MS) ? planned : nextSlot(now);

/** What fetches a parcel of this weight. */
export function vehicleFor(weightGrams: number): Vehicle {
  if (weightGrams <= MOTOR_GRAMS_MAX) return "Motor";
  return weightGrams >= TRUCK_GRAMS_MIN ? "Truk" : "Mobil";
}

export interface PickupWish {
  readonly pickupAt?: Date | null | undefined;
  readonly vehicle?: string | null | undefined;
}

/** @throws Refusal INVALID_INPUT for a moment nearer than 90 minutes or farther than 7 days, or no known vehicle */
export function checkPickup({ pickupAt, vehicle }: PickupWish, now: Date): void {
  const isNear = pickupAt && pickupAt < later(now, PICKUP_AHEAD_MS);
  const isFar = pickupAt && pickupAt > later(now, PICKUP_AHEAD_MS_MAX);
  const fields = {
    ...(isNear || isFar ? { pickupAt: "90 minutes to 7 days from now" } : {}),
    ...(vehicle && !VEHICLES.some((known) => known === vehicle) ? { vehicle: `one of ${VEHICLES.join(", ")}` } : {}),
  };
  if (Object.keys(fields).length > 0) throw invalidInput(fields);
}

/**
 * When and by what a parcel of this weight is fetched, as it was wished or as it fits.
 *
 * @throws Refusal INVALID_INPUT as checkPickup, and for a vehicle that does not fetch this weight
 */
export function planPickup(wish: PickupWish, weightGrams: number, now: Date): { at: Date; vehicle: Vehicle } {
  checkPickup(wish, now);
  const vehicle = (wish.vehicle as Vehicle | null | undefined) ?? vehicleFor(weightGrams);
  if (vehicle === "Motor" && weightGrams > MOTOR_GRAMS_MAX) {
    throw invalidInput({ vehicle: `a motorcycle takes up to ${MOTOR_GRAMS_MAX} g; this is ${weightGrams} g` });
  }
  if (vehicle === "Truk" && weightGrams < TRUCK_GRAMS_MIN) {
    throw invalidInput({ vehicle: `a truck comes from ${TRUCK_GRAMS_MIN} g on; this is ${weightGrams} g` });
  }
  return { at: wish.pickupAt ?? nextSlot(now), vehicle };
}
