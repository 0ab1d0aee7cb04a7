import type { Tx } from "../../platform/db.ts";
import { releaseStock } from "../catalog/releaseStock.ts";
import type { Ids } from "../kernel/ids.ts";
import { closeMoneyCase } from "../kernel/openMoneyCase.ts";
import { clearAlertOf, clearAlertsAbout, raiseAlert } from "../kernel/raiseAlert.ts";
import { send } from "../messages.ts";
import { advanceOrders, type OrderState } from "../order/advanceOrders.ts";
import { oweForOrder } from "../refund/oweForOrder.ts";
import { advanceShipment, type ShipmentCause } from "../shipping/advanceShipment.ts";
import type { Parcel } from "./lockParcel.ts";
import { PARCEL_ALERTS } from "./news.rules.ts";
import { openParcelCase } from "./openParcelCase.ts";

/** The alert that stands while a paid order waits for another booking. */
export const BOOKING_GONE = "BOOKING_GONE";

/** The kind of the case about a cancel that the company does not answer; its subject is the order. */
export const UNANSWERED = "CANCEL_UNANSWERED";

type CancelEvent = "courierAcceptsCancel" | "bookingGone";

/**
 * Ends a locked order whose cancel was asked for and that no courier has: its stock goes back to the shelf, and what it
 * cost is owed back; a case about a cancel without an answer is over, whoever found the answer. Nothing happens to an
 * order in any other state.
 */
export async function endCancelled(
  tx: Tx,
  ids: Ids,
  order: OrderState,
  event: CancelEvent,
  cause: ShipmentCause,
): Promise<void> {
  if (order.status !== "CANCEL_REQUESTED") return;
  await advanceOrders(tx, [order], event, cause);
  const reason = cause.reason ?? "The order was cancelled";
  await oweForOrder(tx, { ids, now: cause.now }, { orderId: order.id, reason });
  await releaseStock(tx, cause.now, [order.id]);
  await clearAlertOf(tx, cause.now, BOOKING_GONE, order.id);
  const end = { kind: UNANSWERED, subject: order.id, action: "SYNC", by: null, note: reason } as const;
  await closeMoneyCase(tx, cause.now, end);
  await send(tx, cause.now, "order.cancelled", { orderId: order.id }, { key: order.id });
}

/**
 * Ends the booking of a locked parcel: the shipment is CANCELLED with its reason. Its order is paid and free to be
 * booked again, with an alert for staff; or, where its cancel was asked for, it is cancelled for good (endCancelled).
 * News that the shipment's table does not take for an end change no order.
 *
 * @returns true where it ended now
 */
export async function endBooking(
  tx: Tx,
  ids: Ids,
  { order, shipment }: Parcel,
  event: "refused" | "cancelled",
  cause: ShipmentCause,
): Promise<boolean> {
  const verdict = await advanceShipment(tx, ids, shipment, event, cause);
  if (verdict.kind !== "moved") return false;
  await clearAlertsAbout(tx, cause.now, PARCEL_ALERTS, shipment.id);
  if (order.status === "CANCEL_REQUESTED") {
    await endCancelled(tx, ids, order, event === "cancelled" ? "courierAcceptsCancel" : "bookingGone", cause);
    return true;
  }
  const [freed] = await advanceOrders(tx, [order], "bookingGone", cause);
  if (freed?.verdict.opensCase) {
    const words = cause.externalStatus ?? cause.reason ?? event;
    const story = { orderId: order.id, status: order.status, event: "bookingGone", words, shipment } as const;
    await openParcelCase(tx, { ids, now: cause.now }, story);
  }
  if (freed?.verdict.kind !== "moved") return true;
  await raiseAlert(
    tx,
    { ids, now: cause.now },
    {
      kind: BOOKING_GONE,
      subject: order.id,
      severity: "WARNING",
      message: `A paid order has no courier any more and is to be booked again: ${cause.reason ?? event}`,
    },
  );
  return true;
}
