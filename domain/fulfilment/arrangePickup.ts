import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { GatewayUnavailable } from "../kernel/errors.ts";
import type { ShipmentId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { clearAlertOf, raiseAlert } from "../kernel/raiseAlert.ts";
import { later, MINUTE_MS } from "../kernel/time.ts";
import { type Messages, send } from "../messages.ts";
import { advanceShipment, courierCause, plainText } from "../shipping/advanceShipment.ts";
import type { BookingView } from "../shipping/courierGateway.ts";
import { CALL_LEASE_MS, clearAway, noteAway } from "./bookCourier.ts";
import { type Booking, readBooking } from "./booking.queries.ts";
import { endBooking } from "./endBooking.ts";
import { lockParcel, type Parcel } from "./lockParcel.ts";
import { PICKUP_REFUSED } from "./news.rules.ts";
import { slotFor } from "./pickup.rules.ts";

type PickupApp = Pick<App, "db" | "clock" | "ids" | "couriers">;

/** Refusals in a row after which a person is told; each next try is twice as far away. */
const PICKUP_TRIES_MAX = 5;
const AGAIN_AFTER_MS = 10 * MINUTE_MS;

/** True while a booked parcel waits for its pickup to be arranged. */
export const isWaiting = ({ order, shipment }: Parcel): boolean =>
  order.status === "PROCESSING" && shipment.status === "BOOKED";

interface Request {
  readonly askedAt: Date;
  readonly at: Date;
}

/**
 * Keeps the moment before the call, and a look for the time when whoever made it must be dead. A call that is under way
 * is left alone.
 *
 * @returns when it is called and for when the courier is asked; null where there is nothing to ask
 */
async function claim(app: PickupApp, shipmentId: ShipmentId): Promise<Request | null> {
  return inTransaction(app.db, async (tx) => {
    const parcel = await lockParcel(tx, shipmentId);
    if (!parcel || !isWaiting(parcel)) return null;
    const now = app.clock.now();
    const { pickupAskedAt, pickupAgainAt, pickupAt, pickupTries } = parcel.shipment;
    if (pickupAskedAt && now < later(pickupAskedAt, CALL_LEASE_MS)) return null;
    if (pickupTries >= PICKUP_TRIES_MAX || (pickupAgainAt && now < pickupAgainAt)) return null;
    const at = slotFor(pickupAt, now);
    await tx.sql("update shipments set pickup_asked_at = $2, pickup_at = $3, updated_at = $2 where id = $1", [
      shipmentId,
      now,
      at,
    ]);
    const look = { shipmentId, askedAt: now.toISOString() };
    const [key, dueAt] = [`${shipmentId}:${now.getTime()}`, later(now, CALL_LEASE_MS)];
    await send(tx, now, "shipment.booked", look, { key, dueAt });
    return { askedAt: now, at };
  });
}

/**
 * It never left, and is to be asked again: a second run of the same job, which left this call alone, may have ended it.
 * A call that another has made since stays his.
 */
const unclaim = (app: PickupApp, shipmentId: ShipmentId, { askedAt }: Request): Promise<void> =>
  inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const rows = await tx.sql(
      `update shipments set pickup_asked_at = null, updated_at = $3
        where id = $1 and pickup_asked_at = $2 returning id`,
      [shipmentId, askedAt, now],
    );
    if (rows.length > 0) await send(tx, now, "shipment.booked", { shipmentId }, { key: shipmentId });
  });

/** A courier comes: the parcel has its waybill, and is looked after from now on. */
async function keepWaybill(app: PickupApp, shipmentId: ShipmentId, airwayBill: string, words: string | null) {
  await inTransaction(app.db, async (tx) => {
    const parcel = await lockParcel(tx, shipmentId);
    if (!parcel) return;
    const now = app.clock.now();
    // A refusal that came before it is over; the first look finds what the company calls it now.
    await tx.sql(
      `update shipments set airway_bill = $2, pickup_asked_at = null, pickup_again_at = null, pickup_why = null,
              external_status = coalesce($4, external_status), next_check_at = coalesce(next_check_at, $3),
              updated_at = $3
        where id = $1`,
      [shipmentId, airwayBill, now, words && plainText(words)],
    );
    await advanceShipment(
      tx,
      app.ids,
      { ...parcel.shipment, airwayBill },
      "pickupArranged",
      courierCause(app.clock.now(), null, words),
    );
    await clearAlertOf(tx, now, PICKUP_REFUSED, shipmentId);
    await clearAway(tx, now);
  });
}

/** No courier comes at that hour: another is asked for, or a person is told and the booking is looked at. */
async function refusePickup(app: PickupApp, shipmentId: ShipmentId, why: string): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const parcel = await lockParcel(tx, shipmentId);
    if (!parcel || !isWaiting(parcel)) return;
    const now = app.clock.now();
    await clearAway(tx, now);
    const tries = parcel.shipment.pickupTries + 1;
    const againAt = later(now, AGAIN_AFTER_MS * 2 ** (tries - 1));
    // The slot that was refused is over: the next try asks for one of its own.
    await tx.sql(
      `update shipments set pickup_asked_at = null, pickup_tries = $2::integer, pickup_why = $3, pickup_at = $4,
              pickup_again_at = $5, updated_at = $6,
              next_check_at = case when $2::integer < $7::integer then next_check_at
                                   else coalesce(next_check_at, $6) end
        where id = $1`,
      [shipmentId, tries, plainText(why), slotFor(againAt, againAt), againAt, now, PICKUP_TRIES_MAX],
    );
    if (tries < PICKUP_TRIES_MAX) {
      const key = `${shipmentId}:again:${tries}`;
      return send(tx, now, "shipment.booked", { shipmentId }, { key, dueAt: againAt });
    }
    await raiseAlert(
      tx,
      { ids: app.ids, now },
      {
        kind: PICKUP_REFUSED,
        subject: shipmentId,
        severity: "CRITICAL",
        message: `No courier comes for a booked parcel after ${tries} requests: ${plainText(why)}`,
      },
    );
  });
}

/** The company says that the booking is over: the order is to be booked again. */
async function endGone(app: PickupApp, shipmentId: ShipmentId, { news: { words } }: BookingView): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const parcel = await lockParcel(tx, shipmentId);
    const cause = courierCause(app.clock.now(), `the company says ${words}`, words);
    if (parcel) await endBooking(tx, app.ids, parcel, "cancelled", cause);
  });
}

/**
 * What became of a request whose answer never came, or that was refused: it may have been taken before. True: that is
 * settled; false: it did not land so far. That a confirmed booking is not known there is never taken for its end: a
 * second one of the same parcel would cost money, and the looks tell people of it.
 */
async function settleByReading(app: PickupApp, booking: Booking): Promise<boolean> {
  const view = await app.couriers.readBooking(booking.bookingNo as string);
  if (view?.airwayBill) {
    await keepWaybill(app, booking.id, view.airwayBill, view.news.words || null);
    return true;
  }
  if (view?.news.event === "cancelled") {
    await endGone(app, booking.id, view);
    return true;
  }
  return false;
}

async function request(app: PickupApp, booking: Booking, claimed: Request): Promise<void> {
  const { at } = claimed;
  const bookingNo = booking.bookingNo as string;
  let answers: Awaited<ReturnType<PickupApp["couriers"]["requestPickup"]>>;
  try {
    answers = await app.couriers.requestPickup({ at, vehicle: booking.vehicle, bookingNos: [bookingNo] });
  } catch (error) {
    if (!(error instanceof GatewayUnavailable)) throw error;
    if (error.outcome === "none") await unclaim(app, booking.id, claimed);
    else if (await settleByReading(app, booking)) return;
    throw error;
  }
  killPoint("pickup.answered");
  const answer = answers.find((each) => each.bookingNo === bookingNo);
  if (answer?.airwayBill) await keepWaybill(app, booking.id, answer.airwayBill, null);
  else await refusePickup(app, booking.id, answer?.why ?? "the company says nothing of this booking");
}

async function arrange(app: PickupApp, booking: Booking): Promise<void> {
  const mayHaveLanded = booking.pickupAskedAt !== null || booking.pickupTries > 0;
  if (mayHaveLanded && (await settleByReading(app, booking))) return;
  const claimed = await claim(app, booking.id);
  killPoint("pickup.claimed");
  if (claimed) await request(app, booking, claimed);
}

/**
 * Asks the company to fetch a booked parcel, at the hour that was planned or the next one that is far enough ahead. Its
 * waybill number makes the shipment PACKED. What is refused, also within an answer that says that all is well, is asked
 * for again later at another hour, 5 times; then a person is told. A lost answer is no trouble: the booking itself says
 * whether it has a waybill by now.
 *
 * A second run is harmless: a request under way is left alone, one that may have landed is looked for before another is
 * made, and a parcel with a waybill needs none. A company that is away is told to people until it answers.
 *
 * @throws GatewayUnavailable to be run again
 */
export async function arrangePickup(app: PickupApp, message: Messages["shipment.booked"]): Promise<void> {
  const booking = await readBooking(app.db, message.shipmentId);
  if (booking?.status !== "BOOKED" || booking.orderStatus !== "PROCESSING") return;
  // A look after a request that has its end makes none of its own: whoever ended it goes on.
  if (message.askedAt !== undefined && message.askedAt !== booking.pickupAskedAt?.toISOString()) return;
  try {
    await arrange(app, booking);
  } catch (error) {
    await noteAway(app, error);
    throw error;
  }
}
