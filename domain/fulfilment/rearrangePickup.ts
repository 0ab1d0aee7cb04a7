import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import { isId, type OrderId } from "../kernel/ids.ts";
import { clearAlertOf } from "../kernel/raiseAlert.ts";
import { send } from "../messages.ts";
import { isWaiting } from "./arrangePickup.ts";
import { lockParcelOf } from "./lockParcel.ts";
import { PICKUP_REFUSED } from "./news.rules.ts";
import { checkPickup, type PickupWish, planPickup } from "./pickup.rules.ts";

/**
 * Staff has a courier asked for again after the requests for a booked parcel were refused, at another hour or by
 * another vehicle. Asking twice changes nothing more: a request under way is left alone.
 *
 * @throws Refusal FORBIDDEN | NOT_FOUND | INVALID_INPUT; ILLEGAL_TRANSITION for an order whose parcel waits for no
 * pickup
 */
export async function rearrangePickup(
  app: Pick<App, "db" | "clock">,
  actor: Actor,
  input: PickupWish & { readonly orderId: string },
): Promise<OrderId> {
  requireRight(actor, "shipment.book");
  checkPickup(input, app.clock.now());
  return inTransaction(app.db, async (tx) => {
    const parcel = isId(input.orderId) ? await lockParcelOf(tx, input.orderId as OrderId) : null;
    if (!parcel) throw new Refusal("NOT_FOUND", "There is no such order");
    const { order, shipment } = parcel;
    if (!shipment || !isWaiting({ order, shipment })) {
      throw new Refusal("ILLEGAL_TRANSITION", "This order waits for no pickup", { status: order.status });
    }
    const now = app.clock.now();
    const { at, vehicle } = planPickup(input, shipment.weightGrams, now);
    await tx.sql(
      `update shipments set pickup_tries = 0, pickup_again_at = null, pickup_at = $2, vehicle = $3, updated_at = $4
        where id = $1`,
      [shipment.id, at, vehicle, now],
    );
    await clearAlertOf(tx, now, PICKUP_REFUSED, shipment.id);
    await send(tx, now, "shipment.booked", { shipmentId: shipment.id }, { key: shipment.id });
    await recordAudit(tx, now, actor, {
      permission: "shipment.book",
      entity: "order",
      entityId: order.id,
      before: { pickupTries: shipment.pickupTries },
      after: { pickupAt: at, vehicle },
    });
    return order.id;
  });
}
