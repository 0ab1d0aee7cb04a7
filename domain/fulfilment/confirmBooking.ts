import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { invalidInput, Refusal } from "../kernel/errors.ts";
import { isId, type OrderId, type PaymentId, type ShipmentId, type UserId } from "../kernel/ids.ts";
import { closeMoneyCase } from "../kernel/openMoneyCase.ts";
import { fulfilmentHold } from "../payment/fulfilmentHold.ts";
import { advanceShipment, type ShipmentCause } from "../shipping/advanceShipment.ts";
import { keepBooking } from "./bookCourier.ts";
import { type Booking, readBooking } from "./booking.queries.ts";
import { writeShipment } from "./createShipment.ts";
import { endBooking } from "./endBooking.ts";
import { lockParcel, type Parcel } from "./lockParcel.ts";
import { nextSlot, vehicleFor } from "./pickup.rules.ts";

type ConfirmApp = Pick<App, "db" | "clock" | "ids" | "sealer" | "settings" | "couriers">;

export interface BookingWord {
  readonly shipmentId: string;
  /** The company's number of the booking, as a person found it there; null: he found that there is none. */
  readonly bookingNo: string | null;
  readonly note: string;
}

const NOTE_CHARS_MAX = 500; // a sentence or two of where it was looked for
const BOOKING_NO_CHARS_MAX = 40; // twice what the company's numbers have
const UNIQUE_VIOLATION = "23505";

function readWord(input: BookingWord): { bookingNo: string | null; note: string } {
  const note = input.note.trim();
  const bookingNo = input.bookingNo?.trim() ?? null;
  const fields = {
    ...(note.length >= 1 && note.length <= NOTE_CHARS_MAX ? {} : { note: `1 to ${NOTE_CHARS_MAX} characters` }),
    ...(bookingNo === null || (/^[\w-]+$/.test(bookingNo) && bookingNo.length <= BOOKING_NO_CHARS_MAX)
      ? {}
      : { bookingNo: "the company's number of the booking" }),
  };
  if (Object.keys(fields).length > 0) throw invalidInput(fields);
  return { bookingNo, note };
}

async function requireShipment(app: ConfirmApp, id: string): Promise<Booking> {
  const booking = isId(id) ? await readBooking(app.db, id as ShipmentId) : null;
  if (!booking) throw new Refusal("NOT_FOUND", "There is no such shipment");
  return booking;
}

/** @throws Refusal CONFLICT where the company does not have it, or has it for something else; GatewayUnavailable */
async function requireOurs(app: ConfirmApp, { orderNumber }: Booking, bookingNo: string): Promise<void> {
  const view = await app.couriers.readBooking(bookingNo);
  if (view?.orderNumber === orderNumber) return;
  throw new Refusal(
    "CONFLICT",
    view ? "That booking is not about this order" : "The courier company knows no such booking",
    { bookingNo, orderNumber: view?.orderNumber ?? null },
  );
}

/** True where the same was said before. @throws Refusal ILLEGAL_TRANSITION where nobody need say anything */
function isSaid({ status, bookingNo }: Pick<Booking, "status" | "bookingNo">, said: string | null): boolean {
  if (status === "UNKNOWN") return false;
  if (said === null ? status === "CANCELLED" : bookingNo === said) return true;
  throw new Refusal("ILLEGAL_TRANSITION", "What became of this booking is known", { status, bookingNo });
}

/**
 * Nothing was booked: the same parcel is booked anew, by a shipment of its own. While its money is on hold nothing is,
 * and its order is paid and free to be booked again, with an alert.
 */
async function bookAnew(tx: Tx, app: ConfirmApp, actor: Actor, { order, shipment }: Parcel, cause: ShipmentCause) {
  const [row] = await tx.sql<Parameters<typeof writeShipment>[3] & { paymentId: PaymentId }>(
    `select o.id, o.shipping_address->>'phone' as phone, p.id as payment_id,
            o.shipping_quote || jsonb_build_object('courier', h.courier, 'service', h.service) as quote
       from shipments h join orders o on o.id = h.order_id join payments p on p.session_id = o.session_id
      where h.id = $1`,
    [shipment.id],
  );
  if (!row) throw new Error(`order ${order.id} is gone`);
  if (await fulfilmentHold(tx, app, row.paymentId)) {
    await endBooking(tx, app.ids, { order, shipment }, "refused", cause);
    return;
  }
  await advanceShipment(tx, app.ids, shipment, "refused", cause);
  const vehicle = vehicleFor(row.quote.weightGrams);
  await writeShipment(tx, app, actor, row, { at: nextSlot(cause.now), vehicle });
}

async function writeWord(tx: Tx, app: ConfirmApp, actor: Actor, id: ShipmentId, said: ReturnType<typeof readWord>) {
  const parcel = await lockParcel(tx, id);
  if (!parcel) throw new Refusal("NOT_FOUND", "There is no such shipment");
  if (isSaid(parcel.shipment, said.bookingNo)) return;
  const now = app.clock.now();
  const by = actor.userId as UserId;
  const cause: ShipmentCause = { source: "STAFF", actorId: by, reason: said.note, now };
  await tx.sql("update shipments set decided_by = $2, updated_at = $3 where id = $1", [id, by, now]);
  if (said.bookingNo !== null) await keepBooking(tx, app, parcel, said.bookingNo, cause);
  else if (parcel.order.status === "PROCESSING") await bookAnew(tx, app, actor, parcel, cause);
  else await endBooking(tx, app.ids, parcel, "refused", cause);
  const end = { kind: "STORE_UNKNOWN", subject: id, action: "CONFIRM_BOOKING", by, note: said.note } as const;
  await closeMoneyCase(tx, now, end);
  await recordAudit(tx, now, actor, {
    permission: "shipment.book",
    entity: "shipment",
    entityId: id,
    before: { status: "UNKNOWN" },
    after: { bookingNo: said.bookingNo },
    reason: said.note,
  });
}

/**
 * A person says what became of a booking whose answer was lost. With its number, which the company must have for this
 * very order: it is BOOKED, and its pickup is arranged. Without: there is none, and the parcel is booked anew by a
 * shipment of its own; or the order is cancelled, where that was asked for meanwhile, or waits to be booked again
 * where its money is on hold by now. The case ends with it. The same word again changes nothing.
 *
 * @throws Refusal FORBIDDEN | NOT_FOUND | INVALID_INPUT; ILLEGAL_TRANSITION where it is known already; CONFLICT where
 * the company has no such booking for this order, or another shipment has it; GatewayUnavailable, and nothing changed
 */
export async function confirmBooking(app: ConfirmApp, actor: Actor, input: BookingWord): Promise<OrderId> {
  requireRight(actor, "shipment.book");
  const said = readWord(input);
  const booking = await requireShipment(app, input.shipmentId);
  if (isSaid(booking, said.bookingNo)) return booking.orderId;
  if (said.bookingNo !== null) await requireOurs(app, booking, said.bookingNo);
  try {
    await inTransaction(app.db, (tx) => writeWord(tx, app, actor, booking.id, said));
  } catch (error) {
    if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
    throw new Refusal("CONFLICT", "Another shipment has that booking", { bookingNo: said.bookingNo });
  }
  return booking.orderId;
}
