import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { GatewayUnavailable, Refusal } from "../kernel/errors.ts";
import { isId, type OrderId, type ShipmentId } from "../kernel/ids.ts";
import type { ShipmentStatus } from "../shipping/shipment.states.ts";
import { isTracked } from "../shipping/tracking.rules.ts";
import { lookAtParcel } from "./checkShipment.ts";
import { claimShipments } from "./claimShipments.ts";

interface Asked {
  readonly orderId: OrderId;
  readonly status: ShipmentStatus;
}

/**
 * Staff has the courier company asked about a parcel now, and not when its next look is due; one that was given up is
 * followed again where there is news of it. A second call is harmless: a look takes the parcel only while no other has
 * it, and what it finds twice is kept once.
 *
 * @throws Refusal FORBIDDEN | NOT_FOUND; ILLEGAL_TRANSITION where nothing is booked, or it is over; IN_PROGRESS while
 * another look at it is under way; RATE_LIMITED while the day's calls are used up; GATEWAY_REJECTED where the company
 * answers with a no to this very question; GatewayUnavailable, and the parcel is due again in some minutes
 */
export async function checkParcel(app: App, actor: Actor, shipmentId: string): Promise<OrderId> {
  requireRight(actor, "shipment.book");
  const id = shipmentId as ShipmentId;
  const [found] = isId(shipmentId)
    ? await app.db.sql<Asked>("select order_id, status from shipments where id = $1", [id])
    : [];
  if (!found) throw new Refusal("NOT_FOUND", "There is no such shipment");
  if (!isTracked(found.status))
    throw new Refusal("ILLEGAL_TRANSITION", "No courier has news of this parcel", { status: found.status });
  const now = app.clock.now();
  await inTransaction(app.db, async (tx) => {
    await tx.sql(
      "update shipments set next_check_at = $2 where id = $1 and (next_check_at is null or next_check_at > $2)",
      [id, now],
    );
    await recordAudit(tx, now, actor, {
      permission: "shipment.book",
      entity: "shipment",
      entityId: id,
      after: { nextCheckAt: now },
    });
  });
  const [claimed] = await claimShipments(app, 1, id);
  if (!claimed) throw new Refusal("IN_PROGRESS", "This parcel is being looked at");
  const outcome = await lookAtParcel(app, claimed);
  if (outcome === "NO_QUOTA") throw new Refusal("RATE_LIMITED", "The day's calls to the courier are used up");
  if (outcome === "REFUSED")
    throw new Refusal("GATEWAY_REJECTED", "The courier company refuses to tell of this parcel");
  if (outcome === "AWAY") throw new GatewayUnavailable("komerce", "the courier company did not answer", "none");
  return found.orderId;
}
