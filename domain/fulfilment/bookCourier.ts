import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { GatewayUnavailable } from "../kernel/errors.ts";
import type { ShipmentId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { closeMoneyCase } from "../kernel/openMoneyCase.ts";
import { clearAlertOf, raiseAlert } from "../kernel/raiseAlert.ts";
import { later, MINUTE_MS } from "../kernel/time.ts";
import { type Messages, send } from "../messages.ts";
import { advanceShipment, courierCause, plainText, type ShipmentCause } from "../shipping/advanceShipment.ts";
import type { BookingAnswer, BookingItem, BookingRate } from "../shipping/courierGateway.ts";
import { type Booking, bookingRequest, ratesRequest, readBooking, readPieces } from "./booking.queries.ts";
import { endBooking } from "./endBooking.ts";
import { lockParcel, type Parcel } from "./lockParcel.ts";

type BookApp = Pick<App, "db" | "clock" | "ids" | "log" | "couriers">;

/** A call to the company takes 60 s at most: behind this, whoever sent a booking is dead, and nobody knows. */
export const CALL_LEASE_MS = 3 * MINUTE_MS;

/** The alert of a balance at the company that is too low to book anything. */
const COURIER_BALANCE = "COURIER_BALANCE";
/** The alert of a company that does not answer while orders wait to be booked. */
const COURIER_AWAY = "COURIER_AWAY";
const COMPANY = "komerce";

/** True while a parcel waits for its one store call. */
const isUnsent = ({ order, shipment }: Parcel): boolean =>
  order.status === "PROCESSING" && shipment.status === "BOOKING" && shipment.storeSentAt === null;

/** Another call than the one that we know of may have been made since: what we know says nothing of that one. */
const isOfCall = ({ shipment }: Parcel, sentAt: Date | null): boolean =>
  shipment.storeSentAt?.getTime() === sentAt?.getTime();

interface Call {
  readonly shipmentId: ShipmentId;
  /** null: none was made. */
  readonly sentAt: Date | null;
}

const callOf = ({ id, storeSentAt }: Booking): Call => ({ shipmentId: id, sentAt: storeSentAt });

const UNKNOWN_CASE = "STORE_UNKNOWN";

/** The company takes calls again. */
export const clearAway = (tx: Tx, now: Date): Promise<void> => clearAlertOf(tx, now, COURIER_AWAY, COMPANY);

/** Nothing exists at the company: the order is to be booked again. */
async function refuse(app: BookApp, call: Call, why: string, isBalance = false): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const parcel = await lockParcel(tx, call.shipmentId);
    if (!parcel || !isOfCall(parcel, call.sentAt)) return;
    const now = app.clock.now();
    await clearAway(tx, now);
    await endBooking(tx, app.ids, parcel, "refused", courierCause(app.clock.now(), why));
    const end = { kind: UNKNOWN_CASE, subject: call.shipmentId, action: "CONFIRM_BOOKING", by: null } as const;
    await closeMoneyCase(tx, now, { ...end, note: why });
    if (!isBalance) return;
    await raiseAlert(
      tx,
      { ids: app.ids, now },
      {
        kind: COURIER_BALANCE,
        subject: COMPANY,
        severity: "CRITICAL",
        message: `The balance at the courier company is too low to book: ${why}`,
      },
    );
  });
}

/**
 * Keeps the moment before the call, with what it costs, and a look for the time when whoever sent it must be dead. Only
 * one process sends: the others find it set.
 */
async function claim(app: BookApp, shipmentId: ShipmentId, rate: BookingRate): Promise<Date | null> {
  return inTransaction(app.db, async (tx) => {
    const parcel = await lockParcel(tx, shipmentId);
    if (!parcel || !isUnsent(parcel)) return null;
    const now = app.clock.now();
    await tx.sql("update shipments set store_sent_at = $2, cost = $3, cashback = $4, updated_at = $2 where id = $1", [
      shipmentId,
      now,
      rate.cost,
      rate.cashback,
    ]);
    const look = { shipmentId, sentAt: now.toISOString() };
    const [key, dueAt] = [`${shipmentId}:${now.getTime()}`, later(now, CALL_LEASE_MS)];
    await send(tx, now, "shipment.booking", look, { key, dueAt });
    return now;
  });
}

/**
 * It never left: it is sent as if nothing had been, though a second run of the same job, which left this call alone,
 * may have ended that; or cancelled, where that has waited for its answer.
 */
async function unclaim(app: BookApp, { shipmentId, sentAt }: Call): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const parcel = await lockParcel(tx, shipmentId);
    if (parcel?.shipment.status !== "BOOKING" || !isOfCall(parcel, sentAt)) return;
    const now = app.clock.now();
    const unsent = "store_sent_at = null, cost = null, cashback = null";
    await tx.sql(`update shipments set ${unsent}, updated_at = $2 where id = $1`, [shipmentId, now]);
    const { id: orderId, status } = parcel.order;
    if (status === "CANCEL_REQUESTED") await send(tx, now, "order.cancelAsked", { orderId }, { key: orderId });
    else await send(tx, now, "shipment.booking", { shipmentId }, { key: shipmentId });
  });
}

/** Nobody knows whether it was booked: a person looks, and says it (confirmBooking). Nothing is sent again. */
async function park(app: BookApp, { shipmentId, sentAt }: Call, why: string): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const parcel = await lockParcel(tx, shipmentId);
    if (parcel && isOfCall(parcel, sentAt))
      await advanceShipment(tx, app.ids, parcel.shipment, "noAnswer", courierCause(app.clock.now(), why));
  });
}

/**
 * Keeps the number of a booking that exists, and goes on with its pickup; or with its cancel, where that was asked for
 * meanwhile. The parcel is locked.
 */
export async function keepBooking(
  tx: Tx,
  app: Pick<App, "ids">,
  { order, shipment }: Parcel,
  bookingNo: string,
  cause: ShipmentCause,
): Promise<void> {
  const { now } = cause;
  const { id: shipmentId } = shipment;
  if (shipment.bookingNo === null) {
    await tx.sql("update shipments set booking_no = $2, updated_at = $3 where id = $1", [shipmentId, bookingNo, now]);
  }
  const verdict = await advanceShipment(tx, app.ids, { ...shipment, bookingNo }, "stored", cause);
  if (verdict.kind !== "moved") return;
  const note = `Booked as ${bookingNo}`;
  const end = { kind: UNKNOWN_CASE, subject: shipmentId, action: "CONFIRM_BOOKING" } as const;
  await closeMoneyCase(tx, now, { ...end, by: cause.actorId, note });
  await clearAlertOf(tx, now, COURIER_BALANCE, COMPANY);
  await clearAway(tx, now);
  if (order.status === "CANCEL_REQUESTED") {
    await send(tx, now, "order.cancelAsked", { orderId: order.id }, { key: order.id });
  } else await send(tx, now, "shipment.booked", { shipmentId }, { key: shipmentId });
}

/** Nobody takes a booking or a pickup now: staff sees why orders wait. */
export async function noteAway(app: Pick<App, "db" | "clock" | "ids">, error: unknown): Promise<void> {
  if (!(error instanceof GatewayUnavailable)) return;
  const message = `Couriers cannot be booked or called now; it is tried again by itself: ${plainText(error.message)}`;
  const alert = { kind: COURIER_AWAY, subject: COMPANY, severity: "WARNING", message } as const;
  await inTransaction(app.db, (tx) => raiseAlert(tx, { ids: app.ids, now: app.clock.now() }, alert));
}

/** The company's answer to the one call; null where nobody knows, which is kept by then. */
async function store(
  app: BookApp,
  booking: Booking,
  call: Call,
  items: readonly BookingItem[],
  rate: BookingRate,
): Promise<BookingAnswer | null> {
  try {
    return await app.couriers.storeBooking(bookingRequest(booking, items, rate, app.clock.now()));
  } catch (error) {
    if (error instanceof GatewayUnavailable && error.outcome === "none") {
      await unclaim(app, call);
      await noteAway(app, error);
      throw error;
    }
    // An answer that we cannot read may tell of a booking, too.
    app.log.error({ err: error, shipmentId: booking.id }, "a courier's booking has no known outcome");
    await park(app, call, error instanceof Error ? error.message : String(error));
    return null;
  }
}

async function sendBooking(
  app: BookApp,
  booking: Booking,
  call: Call,
  items: readonly BookingItem[],
  rate: BookingRate,
): Promise<void> {
  const answer = await store(app, booking, call, items, rate);
  killPoint("booking.answered");
  if (answer === null) return;
  if (answer.kind === "refused") return refuse(app, call, plainText(answer.why), answer.isBalance);
  await inTransaction(app.db, async (tx) => {
    const parcel = await lockParcel(tx, booking.id);
    if (parcel) await keepBooking(tx, app, parcel, answer.bookingNo, courierCause(app.clock.now(), null));
  });
  killPoint("booking.recorded");
}

/**
 * Books a shipment at the courier company at a price that was just asked for. The call is made once: there is no key
 * that would make a second one the same booking, and no list to find a lost one in. Its moment is kept before it; where
 * no answer comes back, or the process dies, the shipment is UNKNOWN with a case, until a person says what became of
 * it. What the company refuses makes the order PAID again, with an alert. A call that was not sent is tried later.
 *
 * A second run is harmless: it finds the moment of the first one's call, and sends nothing.
 *
 * @throws GatewayUnavailable to be run again; nothing was sent
 */
export async function bookCourier(app: BookApp, message: Messages["shipment.booking"]): Promise<void> {
  const booking = await readBooking(app.db, message.shipmentId);
  if (booking?.status !== "BOOKING") return;
  // A look after a call that has its end makes no call of its own: whoever ended it goes on.
  if (message.sentAt !== undefined && message.sentAt !== booking.storeSentAt?.toISOString()) return;
  if (booking.storeSentAt) {
    if (app.clock.now() < later(booking.storeSentAt, CALL_LEASE_MS)) return;
    return park(app, callOf(booking), "the process that sent it ended before it had an answer");
  }
  // Its cancel was asked for meanwhile: cancelBooking ends it.
  if (booking.orderStatus !== "PROCESSING") return;
  const items = await readPieces(app.db, booking.orderId);
  const rates = await app.couriers.bookingRates(ratesRequest(booking, items)).catch(async (error: unknown) => {
    await noteAway(app, error);
    throw error;
  });
  killPoint("booking.rates-answered");
  const rate = rates.find(
    ({ shipping, shippingType }) => shipping === booking.shipping && shippingType === booking.shippingType,
  );
  if (!rate) {
    const offered = rates.map(({ shipping, shippingType }) => `${shipping} ${shippingType}`).join(", ") || "nothing";
    return refuse(
      app,
      callOf(booking),
      `${booking.shipping} ${booking.shippingType} is not offered now, but ${offered}`,
    );
  }
  const sentAt = await claim(app, booking.id, rate);
  if (!sentAt) return;
  killPoint("booking.claimed");
  await sendBooking(app, booking, { shipmentId: booking.id, sentAt }, items, rate);
}
