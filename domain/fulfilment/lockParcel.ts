import type { Tx } from "../../platform/db.ts";
import type { OrderId, ShipmentId } from "../kernel/ids.ts";
import { lockOrder, type OrderState } from "../order/advanceOrders.ts";
import { type LockedShipment, lockLivingShipment, lockShipment } from "../shipping/advanceShipment.ts";

/** An order and one shipment of it, both locked. */
export interface Parcel {
  readonly order: OrderState;
  readonly shipment: LockedShipment;
}

/** Locks a shipment's order, then the shipment, as every transaction about parcels begins. null: there is none. */
export async function lockParcel(tx: Tx, shipmentId: ShipmentId): Promise<Parcel | null> {
  const [found] = await tx.sql<{ orderId: OrderId }>("select order_id from shipments where id = $1", [shipmentId]);
  const order = found && (await lockOrder(tx, found.orderId));
  const shipment = order && (await lockShipment(tx, shipmentId));
  return order && shipment ? { order, shipment } : null;
}

/** As lockParcel, of an order's shipment that was not cancelled; `shipment` is null where there is none. */
export async function lockParcelOf(
  tx: Tx,
  orderId: OrderId,
): Promise<{ readonly order: OrderState; readonly shipment: LockedShipment | null } | null> {
  const order = await lockOrder(tx, orderId);
  return order && { order, shipment: await lockLivingShipment(tx, orderId) };
}
