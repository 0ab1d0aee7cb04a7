import type { Tx } from "../../platform/db.ts";
import type { Ids } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { closeMoneyCase } from "../kernel/openMoneyCase.ts";
import { clearAlertOf } from "../kernel/raiseAlert.ts";
import { type Messages, send } from "../messages.ts";
import { advanceOrders, type OrderState } from "../order/advanceOrders.ts";
import type { OrderEvent, OrderStatus } from "../order/order.states.ts";
import type { LockedShipment } from "../shipping/advanceShipment.ts";
import { openCaseOfMoney } from "./cancelBooking.ts";
import { BOOKING_GONE, UNANSWERED } from "./endBooking.ts";
import { ORDER_EVENTS_OF } from "./news.rules.ts";
import { openParcelCase } from "./openParcelCase.ts";

type Told = Messages["shipment.changed"]["event"];

/** What the customer is told of an order that came into a state by its parcel's news. */
const TOLD_OF: Partial<Readonly<Record<OrderStatus, Told>>> = {
  SHIPPED: "shipped",
  COMPLETED: "delivered",
  RETURNED: "returned",
};

async function followMove(tx: Tx, now: Date, shipment: LockedShipment, next: OrderStatus) {
  if (next === "SHIPPED") await clearAlertOf(tx, now, BOOKING_GONE, shipment.orderId);
  // A parcel whose first news is that it comes back, or is lost, is not told as shipped.
  const told = next === "SHIPPED" && shipment.status !== "TRANSIT" ? undefined : TOLD_OF[next];
  if (told) await send(tx, now, "shipment.changed", { shipmentId: shipment.id, event: told });
}

async function follow(
  tx: Tx,
  app: { ids: Ids; now: Date },
  order: OrderState,
  { shipment, event, words }: { shipment: LockedShipment; event: OrderEvent; words: string },
): Promise<OrderState> {
  const cause = { source: "RAJAONGKIR", actorId: null, reason: null, externalStatus: words, now: app.now } as const;
  const [advanced] = await advanceOrders(tx, [order], event, cause);
  if (!advanced) return order;
  const { verdict } = advanced;
  killPoint("tracking.order-followed");
  if (verdict.kind === "moved") await followMove(tx, app.now, shipment, verdict.next);
  if (verdict.kind === "moved" && order.status === "CANCEL_REQUESTED") {
    // The parcel answers the cancel: it was too late.
    await send(tx, app.now, "shipment.changed", { shipmentId: shipment.id, event: "cancelRefused" });
    const end = { kind: UNANSWERED, subject: order.id, action: "SYNC", by: null, note: words } as const;
    await closeMoneyCase(tx, app.now, end);
    await openCaseOfMoney(tx, app, { id: order.id, status: verdict.next }, words, app.now);
  }
  const isReturn = verdict.kind === "moved" && verdict.next === "RETURNED";
  // What no table expects of a machine's news is for a person, whether the cell says so or not.
  if (isReturn || verdict.opensCase || verdict.kind === "never") {
    await openParcelCase(tx, app, { orderId: order.id, status: order.status, event, words, shipment });
  }
  return { id: order.id, status: verdict.next };
}

/**
 * Moves an order after its parcel, by the order's table, with the courier's own words in its log, and does what
 * follows: mails, and a case where goods came back or are lost. Order and shipment are locked by the caller. The end of
 * a booking is endBooking's.
 *
 * @param shipment as it is now
 * @returns the order as it is then
 */
export async function followParcel(
  tx: Tx,
  app: { ids: Ids; now: Date },
  order: OrderState,
  shipment: LockedShipment,
  words: string,
): Promise<OrderState> {
  let follower = order;
  for (const event of ORDER_EVENTS_OF[shipment.status]) {
    follower = await follow(tx, app, follower, { shipment, event, words });
  }
  return follower;
}
