import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { invalidInput, Refusal } from "../kernel/errors.ts";
import { isId, type OrderId, type PaymentId, type ShipmentId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { clearAlertOf } from "../kernel/raiseAlert.ts";
import { send } from "../messages.ts";
import { advanceOrders } from "../order/advanceOrders.ts";
import { type OrderStatus, orderStates } from "../order/order.states.ts";
import { fulfilmentHold } from "../payment/fulfilmentHold.ts";
import { sourceOf } from "../payment/syncPayment.ts";
import { courierService } from "../shipping/couriers.rules.ts";
import { BOOKING_GONE } from "./endBooking.ts";
import { checkPickup, type PickupWish, planPickup } from "./pickup.rules.ts";

type CreateApp = Pick<App, "db" | "clock" | "ids" | "sealer" | "settings">;

export interface CreateShipmentInput extends PickupWish {
  readonly orderId: string;
  /** Another service than the customer's, where that cannot be booked; both or none. */
  readonly courier?: string | null | undefined;
  readonly service?: string | null | undefined;
}

/** What phone suffixes are sealed under. */
export const PHONE_SUFFIX_CONTEXT = "shipments.phone_suffix";
/** Some couriers tell of a parcel only who knows these digits of the recipient's phone. */
const SUFFIX_DIGITS = 5;

interface OrderRow {
  readonly id: OrderId;
  readonly status: OrderStatus;
  readonly paymentId: PaymentId;
  readonly phone: string;
  readonly quote: {
    readonly courier: string;
    readonly service: string;
    readonly cost: number;
    readonly weightGrams: number;
  };
}

async function lockPaidOrder(tx: Tx, orderId: string): Promise<OrderRow> {
  const [order] = isId(orderId)
    ? await tx.sql<OrderRow>(
        `select o.id, o.status, p.id as payment_id, o.shipping_address->>'phone' as phone, o.shipping_quote as quote
           from orders o join payments p on p.session_id = o.session_id where o.id = $1 for update of o`,
        [orderId],
      )
    : [];
  if (!order) throw new Refusal("NOT_FOUND", "There is no such order");
  return order;
}

/** @throws Refusal ON_HOLD (reason, until): the money may still go, or a person must look first */
async function requireNoHold(tx: Tx, app: CreateApp, { paymentId }: OrderRow): Promise<void> {
  const hold = await fulfilmentHold(tx, app, paymentId);
  if (!hold) return;
  const until = hold.until?.toISOString() ?? null;
  throw new Refusal("ON_HOLD", "This order's money is on hold, so no courier is booked yet", {
    reason: hold.reason,
    until,
  });
}

const INSERT_SHIPMENT = `
  with made as (
    insert into shipments (id, order_id, status, courier, service, shipping, shipping_type, weight_grams, quoted_cost,
                           pickup_at, vehicle, phone_suffix_sealed, booked_by, created_at, updated_at)
    values ($1, $2, 'BOOKING', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13) returning id)
  insert into shipment_status_logs (shipment_id, from_status, to_status, event, source, actor_id, at)
  select id, null, 'BOOKING', 'asked', $14, $12, $13 from made`;

/**
 * Writes the shipment of an order that may be sent, and the job that books it. Used again where a person found out that
 * a booking does not exist.
 *
 * @throws Refusal SHIPPING_UNAVAILABLE for a service that cannot be booked (any more)
 */
export async function writeShipment(
  tx: Tx,
  app: CreateApp,
  actor: Actor,
  order: Pick<OrderRow, "id" | "phone" | "quote">,
  pickup: { readonly at: Date; readonly vehicle: string },
): Promise<ShipmentId> {
  const { courier, service, weightGrams, cost } = order.quote;
  const known = courierService(courier, service);
  if (!known || weightGrams < known.minGrams) {
    throw new Refusal("SHIPPING_UNAVAILABLE", "No courier of ours can be booked for this service", {
      courier,
      service,
    });
  }
  const now = app.clock.now();
  const id = app.ids.next<"shipment">();
  const suffix = order.phone.replace(/\D/g, "").slice(-SUFFIX_DIGITS).padStart(SUFFIX_DIGITS, "0");
  await tx.sql(INSERT_SHIPMENT, [
    id,
    order.id,
    courier,
    service,
    known.delivery.shipping,
    known.delivery.shippingType,
    weightGrams,
    cost,
    pickup.at,
    pickup.vehicle,
    app.sealer.seal(suffix, PHONE_SUFFIX_CONTEXT),
    actor.userId,
    now,
    sourceOf(actor),
  ]);
  await send(tx, now, "shipment.booking", { shipmentId: id }, { key: id });
  return id;
}

/** `isNew` is false where the order had been booked before: then nothing was changed. */
export interface CreatedShipment {
  readonly orderId: OrderId;
  readonly isNew: boolean;
}

/** The service that staff chose in place of the customer's, by the price that the customer paid all the same. */
function quoteOf({ quote }: OrderRow, { courier, service }: CreateShipmentInput): OrderRow["quote"] {
  if (!courier && !service) return quote;
  if (!courier || !service)
    throw invalidInput({ [courier ? "service" : "courier"]: "courier and service, or neither" });
  const known = courierService(courier, service);
  return { ...quote, courier: known?.courier ?? courier, service: known?.service ?? service };
}

async function bookPaid(tx: Tx, app: CreateApp, actor: Actor, input: CreateShipmentInput): Promise<CreatedShipment> {
  const now = app.clock.now();
  const order = await lockPaidOrder(tx, input.orderId);
  const { kind } = orderStates.verdict(order.status, "booked");
  if (kind === "same") return { orderId: order.id, isNew: false };
  if (kind === "never") {
    throw new Refusal("ILLEGAL_TRANSITION", "Only a paid order is booked", { status: order.status, event: "booked" });
  }
  const pickup = planPickup(input, order.quote.weightGrams, now);
  await requireNoHold(tx, app, order);
  const quote = quoteOf(order, input);
  const shipmentId = await writeShipment(tx, app, actor, { ...order, quote }, pickup);
  killPoint("shipment.written");
  await advanceOrders(tx, [order], "booked", { source: sourceOf(actor), actorId: actor.userId, reason: null, now });
  await recordAudit(tx, now, actor, {
    permission: "shipment.book",
    entity: "order",
    entityId: order.id,
    before: { status: order.status },
    after: {
      status: "PROCESSING",
      shipmentId,
      courier: quote.courier,
      service: quote.service,
      pickupAt: pickup.at,
      vehicle: pickup.vehicle,
    },
  });
  await clearAlertOf(tx, now, BOOKING_GONE, order.id);
  return { orderId: order.id, isNew: true };
}

/**
 * Staff books the courier for a paid order, which is PROCESSING from then on: the booking itself is the worker's
 * (bookCourier). A second call, or one of many at once, is answered by the first: an order has one living shipment.
 * Without a wish the pickup is in the next half hour of office hours that is far enough ahead, by what fetches the
 * weight. Where the customer's service cannot be booked staff chooses another; the customer's price stays.
 *
 * @throws Refusal FORBIDDEN | NOT_FOUND | INVALID_INPUT; ILLEGAL_TRANSITION for an order that is not paid, ON_HOLD
 * (reason, until) while its money may still go or a person must look first, SHIPPING_UNAVAILABLE for a service that
 * cannot be booked
 */
export async function createShipment(
  app: CreateApp,
  actor: Actor,
  input: CreateShipmentInput,
): Promise<CreatedShipment> {
  requireRight(actor, "shipment.book");
  checkPickup(input, app.clock.now());
  return inTransaction(app.db, (tx) => bookPaid(tx, app, actor, input));
}

/** One screen of orders: each is a transaction of a few milliseconds, and the caller waits for all of them. */
export const SHIPMENTS_AT_ONCE_MAX = 50;

/** What became of one of many orders. */
export type ShipmentOutcome =
  | { readonly orderId: string; readonly outcome: "BOOKED" | "ALREADY_BOOKED"; readonly refusal: null }
  | { readonly orderId: string; readonly outcome: "REFUSED"; readonly refusal: Refusal };

/**
 * As createShipment, for many orders: each is booked or refused by itself, in the order given; the same order twice is
 * one.
 *
 * @throws Refusal FORBIDDEN; INVALID_INPUT for none or more than 50 orders, or a wish that no order can have
 */
export async function createShipments(
  app: CreateApp,
  actor: Actor,
  input: PickupWish & { readonly orderIds: readonly string[] },
): Promise<ShipmentOutcome[]> {
  requireRight(actor, "shipment.book");
  const orderIds = [...new Set(input.orderIds)];
  if (orderIds.length === 0 || orderIds.length > SHIPMENTS_AT_ONCE_MAX) {
    throw invalidInput({ orderIds: `1 to ${SHIPMENTS_AT_ONCE_MAX} orders` });
  }
  const { pickupAt, vehicle } = input;
  checkPickup(input, app.clock.now());
  const outcomes: ShipmentOutcome[] = [];
  for (const orderId of orderIds) {
    try {
      const { isNew } = await createShipment(app, actor, { orderId, pickupAt, vehicle });
      outcomes.push({ orderId, outcome: isNew ? "BOOKED" : "ALREADY_BOOKED", refusal: null });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      outcomes.push({ orderId, outcome: "REFUSED", refusal: error });
    }
  }
  return outcomes;
}
