import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { GatewayUnavailable } from "../kernel/errors.ts";
import type { Ids, OrderId, PaymentId, UserId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { closeMoneyCase, openMoneyCase } from "../kernel/openMoneyCase.ts";
import { clearAlertOf } from "../kernel/raiseAlert.ts";
import { send } from "../messages.ts";
import { advanceOrders, type OrderState } from "../order/advanceOrders.ts";
import type { OrderEvent } from "../order/order.states.ts";
import { advanceShipment, courierCause, type LockedShipment, plainText } from "../shipping/advanceShipment.ts";
import type { BookingView, CancelAnswer, ParcelNews } from "../shipping/courierGateway.ts";
import type { ShipmentStatus } from "../shipping/shipment.states.ts";
import { clearAway } from "./bookCourier.ts";
import { endBooking, endCancelled, UNANSWERED } from "./endBooking.ts";
import { lockParcel, lockParcelOf, type Parcel } from "./lockParcel.ts";
import { PICKUP_REFUSED } from "./news.rules.ts";
import { openParcelCase } from "./openParcelCase.ts";

type CancelApp = Pick<App, "db" | "clock" | "ids" | "couriers">;

/** Calls without a clear answer after which a person is told: about ten minutes of tries. They go on all the same. */
const UNANSWERED_MAX = 10;

/** Where a parcel is decides what a refused cancel makes of its order. */
const REFUSED_AS: Readonly<Record<ShipmentStatus, OrderEvent>> = {
  BOOKING: "courierRefusesProcessing",
  UNKNOWN: "courierRefusesProcessing",
  BOOKED: "courierRefusesProcessing",
  PACKED: "courierRefusesProcessing",
  TRANSIT: "courierRefusesShipped",
  RETURNING: "courierRefusesShipped",
  LOST: "courierRefusesShipped",
  DELIVERED: "courierRefusesCompleted",
  RETURNED: "courierRefusesReturned",
  CANCELLED: "courierAcceptsCancel",
};

/** What came back or is lost is for staff to decide about. */
const DECIDED_BY_PEOPLE: Partial<Readonly<Record<ShipmentStatus, OrderEvent>>> = {
  RETURNED: "returned",
  LOST: "lostOrDamaged",
};

interface MoneyOfOrder {
  readonly paymentId: string;
  readonly isGone: boolean;
  readonly total: number;
}

/**
 * A parcel that goes on although its money went away: nobody but a person can end that.
 *
 * @returns true where the money is gone
 */
export async function openCaseOfMoney(
  tx: Tx,
  app: { ids: Ids },
  order: OrderState,
  why: string,
  now: Date,
): Promise<boolean> {
  const [money] = await tx.sql<MoneyOfOrder>(
    `select p.id as payment_id, o.total, p.status not in ('PAID', 'APPROVED', 'PARTIALLY_REFUNDED') as is_gone
       from orders o join payments p on p.session_id = o.session_id where o.id = $1`,
    [order.id],
  );
  if (!money?.isGone) return false;
  await openMoneyCase(
    tx,
    { ids: app.ids, now },
    {
      kind: "REVERSED_AFTER_SHIPPING",
      subject: order.id,
      orderId: order.id,
      paymentId: money.paymentId as never,
      amount: money.total,
      summary: "The money of an order is gone, and its courier did not take the cancel",
      evidence: { order: order.status, why },
      actions: ["DISMISS"],
    },
  );
  return true;
}

/** The courier has it: the order goes on as what is true, and the customer is told why. The parcel is locked. */
async function refuseCancel(
  tx: Tx,
  app: CancelApp,
  { order, shipment }: { order: OrderState; shipment: LockedShipment },
  why: string,
): Promise<void> {
  const cause = courierCause(app.clock.now(), why, shipment.externalStatus);
  const [refused] = await advanceOrders(tx, [order], REFUSED_AS[shipment.status], cause);
  if (refused?.verdict.kind !== "moved") return;
  const { id: shipmentId } = shipment;
  await send(tx, cause.now, "shipment.changed", { shipmentId, event: "cancelRefused" });
  const isUnpaid = await openCaseOfMoney(tx, app, { id: order.id, status: refused.verdict.next }, why, cause.now);
  // A booking that waited for its pickup goes on with it. Goods whose money is gone are fetched on staff's word alone.
  if (shipment.status === "BOOKED" && !isUnpaid)
    await send(tx, cause.now, "shipment.booked", { shipmentId }, { key: shipmentId });
  const event = DECIDED_BY_PEOPLE[shipment.status];
  if (!event) return;
  const story = { orderId: order.id, status: order.status, event, words: shipment.externalStatus ?? why, shipment };
  await openParcelCase(tx, { ids: app.ids, now: cause.now }, story);
}

/** What the company's word of a booking says by itself about its cancel: it is over, or it goes on. */
async function believe(
  tx: Tx,
  app: CancelApp,
  parcel: Parcel,
  news: readonly ParcelNews[],
  why: string,
): Promise<void> {
  const ended = news.find(({ event }) => event === "cancelled");
  if (ended) {
    await endBooking(tx, app.ids, parcel, "cancelled", courierCause(app.clock.now(), why, ended.words));
    return;
  }
  let { shipment } = parcel;
  for (const { event, words } of news) {
    const verdict = await advanceShipment(tx, app.ids, shipment, event, courierCause(app.clock.now(), why, words));
    shipment = { ...shipment, status: verdict.next, externalStatus: words || shipment.externalStatus };
  }
  // Nobody need have a courier come for what one has, or will.
  if (parcel.shipment.status === "BOOKED" && shipment.status !== "BOOKED")
    await clearAlertOf(tx, app.clock.now(), PICKUP_REFUSED, shipment.id);
  await refuseCancel(tx, app, { order: parcel.order, shipment }, why);
}

/** Writes what a clear answer means, if the order still waits for it. */
async function settle(
  app: CancelApp,
  parcel: Parcel,
  write: (tx: Tx, parcel: Parcel) => Promise<unknown>,
): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const locked = await lockParcel(tx, parcel.shipment.id);
    if (locked?.order.status !== "CANCEL_REQUESTED") return;
    await write(tx, locked);
    const note = "The courier company has answered";
    const end = { kind: UNANSWERED, subject: parcel.order.id, action: "SYNC", by: null, note } as const;
    await closeMoneyCase(tx, app.clock.now(), end);
    await clearAway(tx, app.clock.now());
  });
  killPoint("cancel-booking.recorded");
}

/** No clear answer: it is asked for again; after some time a person is told, too. */
async function noteUnanswered(app: CancelApp, { order, shipment }: Parcel, why: string): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const locked = await lockParcel(tx, shipment.id);
    if (locked?.order.status !== "CANCEL_REQUESTED") return;
    const now = app.clock.now();
    const [row] = await tx.sql<{ tries: number }>(
      "update shipments set cancel_tries = least(cancel_tries + 1, 99) where id = $1 returning cancel_tries as tries",
      [shipment.id],
    );
    if ((row?.tries ?? 0) < UNANSWERED_MAX) return;
    const [payment] = await tx.sql<{ id: PaymentId }>(
      "select p.id from orders o join payments p on p.session_id = o.session_id where o.id = $1",
      [order.id],
    );
    await openMoneyCase(
      tx,
      { ids: app.ids, now },
      {
        kind: UNANSWERED,
        subject: order.id,
        orderId: order.id,
        paymentId: payment?.id ?? null,
        amount: shipment.cost ?? shipment.quotedCost,
        summary: "A booking is to be cancelled and the courier company gives no clear answer: ask it",
        evidence: { bookingNo: shipment.bookingNo, tries: row?.tries, why },
        actions: ["RESTOCK_REFUND", "DISMISS"],
      },
    );
  });
}

const isSilent = (answer: CancelAnswer): boolean => answer.kind === "refused" && answer.news.event === "unknownWord";

const isEnd = (view: BookingView | null): boolean => view?.news.event === "cancelled";

/**
 * The cancel call and, where it is refused or lost, what the booking itself says. null: nobody says anything clear.
 */
async function ask(
  app: CancelApp,
  bookingNo: string,
): Promise<{ answer: CancelAnswer; view: BookingView | null } | null> {
  try {
    const answer = await app.couriers.cancelBooking(bookingNo);
    return { answer, view: answer.kind === "accepted" ? null : await app.couriers.readBooking(bookingNo) };
  } catch (error) {
    if (!(error instanceof GatewayUnavailable) || error.outcome === "none") throw error;
    const view = await app.couriers.readBooking(bookingNo);
    return isEnd(view) ? { answer: { kind: "accepted" }, view } : null;
  }
}

async function cancelAtCompany(app: CancelApp, parcel: Parcel, bookingNo: string): Promise<void> {
  const asked = await ask(app, bookingNo).catch(async (error: unknown) => {
    if (error instanceof GatewayUnavailable) await noteUnanswered(app, parcel, plainText(error.message));
    throw error;
  });
  killPoint("cancel-booking.answered");
  if (asked?.answer.kind === "accepted") {
    const cause = courierCause(app.clock.now(), "The courier took the cancel", asked.view?.news.words ?? null);
    return settle(app, parcel, (tx, locked) => endBooking(tx, app.ids, locked, "cancelled", cause));
  }
  // A no without its reason, about a booking that is not known there, may be about that: it says nothing.
  const isClear = asked !== null && (asked.view !== null || !isSilent(asked.answer));
  if (asked?.answer.kind === "refused" && isClear) {
    const { news } = asked.answer;
    const why = plainText(asked.answer.why);
    const told = asked.view ? [news, asked.view.news] : [news];
    return settle(app, parcel, (tx, locked) => believe(tx, app, locked, told, why));
  }
  // Lost on the way, or a booking that is not known there although it was confirmed: never taken for a cancel.
  const why = asked ? "the company does not know the booking that it confirmed" : "the answer was lost";
  await noteUnanswered(app, parcel, why);
  throw new GatewayUnavailable("komerce", `the cancel of ${bookingNo} has no clear answer: ${why}`, "unknown");
}

/**
 * A person says that the booking of an order is over, where the company gives no clear answer: the cancel has its end,
 * as if the company had taken it. The order is locked by the caller.
 *
 * @returns false where the order waits for no answer (any more), and nothing was changed
 */
export async function endUnanswered(
  tx: Tx,
  ids: Ids,
  orderId: OrderId,
  cause: { readonly actorId: UserId | null; readonly reason: string | null; readonly now: Date },
): Promise<boolean> {
  const locked = await lockParcelOf(tx, orderId);
  const { order, shipment } = locked ?? {};
  if (order?.status !== "CANCEL_REQUESTED" || !shipment) return false;
  return endBooking(tx, ids, { order, shipment }, "cancelled", { ...cause, source: "STAFF" });
}

/** What needs no word of the company. False: it must be asked. */
async function settleAlone(tx: Tx, app: CancelApp, orderId: OrderId): Promise<Parcel | null> {
  const locked = await lockParcelOf(tx, orderId);
  if (locked?.order.status !== "CANCEL_REQUESTED") return null;
  const { order, shipment } = locked;
  const cause = courierCause(app.clock.now(), "The order was cancelled before its courier was booked", null);
  if (shipment === null) {
    await endCancelled(tx, app.ids, order, "courierAcceptsCancel", cause);
    return null;
  }
  const parcel = { order, shipment };
  switch (shipment.status) {
    case "BOOKING":
      // Sent, and not answered yet: whoever gets the answer goes on with the cancel.
      if (shipment.storeSentAt === null)
        await endBooking(tx, app.ids, parcel, "cancelled", { ...cause, source: "SYSTEM" });
      return null;
    case "UNKNOWN":
      return null; // A person says first whether there is anything to cancel (confirmBooking).
    case "BOOKED":
    case "PACKED":
      return parcel;
    default:
      await refuseCancel(tx, app, parcel, "The courier has it already");
      return null;
  }
}

/**
 * Handler of order.cancelAsked: cancels the courier's booking of an order whose cancel was asked for. Taken, or nothing
 * was booked yet: the order is CANCELLED, its stock goes back and what it cost is owed back. Refused: the order goes on
 * as what is true, and the customer is told why. Without a clear answer it is asked again and again, also beside the
 * case that is opened for a person; what is not known is never taken for a yes or a no.
 *
 * A second run is harmless: a booking that is cancelled already says so, and both tables hold what is over.
 *
 * @throws GatewayUnavailable to be run again
 */
export async function cancelBooking(app: CancelApp, message: { orderId: OrderId }): Promise<void> {
  const parcel = await inTransaction(app.db, (tx) => settleAlone(tx, app, message.orderId));
  const bookingNo = parcel?.shipment.bookingNo;
  if (parcel && bookingNo) await cancelAtCompany(app, parcel, bookingNo);
}
