import type { Tx } from "../../platform/db.ts";
import type { Ids, OrderId, ShipmentId, UserId } from "../kernel/ids.ts";
import { openMoneyCase } from "../kernel/openMoneyCase.ts";
import type { Verdict } from "../kernel/stateTable.ts";
import { type ShipmentEvent, type ShipmentStatus, shipmentStates } from "./shipment.states.ts";

/** A shipment as its lock found it. Money in whole rupiah. */
export interface LockedShipment {
  readonly id: ShipmentId;
  readonly orderId: OrderId;
  readonly status: ShipmentStatus;
  readonly courier: string;
  readonly bookingNo: string | null;
  readonly airwayBill: string | null;
  readonly externalStatus: string | null;
  readonly flag: string | null;
  readonly onWayBack: boolean;
  readonly weightGrams: number;
  readonly quotedCost: number;
  readonly cost: number | null;
  readonly storeSentAt: Date | null;
  readonly pickupAskedAt: Date | null;
  readonly pickupAgainAt: Date | null;
  readonly pickupTries: number;
  readonly pickupAt: Date;
  readonly alertedWord: string | null;
  readonly version: number;
}

/** Why a shipment moves: goes into its log. */
export interface ShipmentCause {
  readonly source: "CUSTOMER" | "STAFF" | "MIDTRANS" | "RAJAONGKIR" | "SYSTEM";
  readonly actorId: UserId | null;
  readonly reason: string | null;
  readonly externalStatus?: string | null;
  readonly now: Date;
}

const TEXT_CHARS_MAX = 300; // a sentence of the company's; an error page of it is longer, and says no more

/** PostgreSQL takes no NUL and no half of a character, which a cut may leave, and a page no other control character. */
export const plainText = (text: string): string =>
  text
    .replace(/\p{Cc}+/gu, " ")
    .slice(0, TEXT_CHARS_MAX)
    .toWellFormed();

/** A cause by the courier company: why, as we or it say it, and its own words of where the parcel is. */
export const courierCause = (now: Date, reason: string | null, words: string | null = null): ShipmentCause => ({
  source: "RAJAONGKIR",
  actorId: null,
  reason: reason === null ? null : plainText(reason),
  externalStatus: words === null ? null : plainText(words),
  now,
});

const COLUMNS = `id, order_id, status, courier, booking_no, airway_bill, external_status, flag, on_way_back,
  weight_grams, quoted_cost, cost, store_sent_at, pickup_asked_at, pickup_again_at, pickup_tries, pickup_at,
  alerted_word, version`;

/** Locks a shipment. Its order is locked before it, always: `advanceOrders` says how. null: there is none. */
export async function lockShipment(tx: Tx, id: ShipmentId): Promise<LockedShipment | null> {
  const [row] = await tx.sql<LockedShipment>(`select ${COLUMNS} from shipments where id = $1 for update`, [id]);
  return row ?? null;
}

/** Locks the one shipment of a locked order that was not cancelled. null: none was booked, or all were cancelled. */
export async function lockLivingShipment(tx: Tx, orderId: OrderId): Promise<LockedShipment | null> {
  const [row] = await tx.sql<LockedShipment>(
    `select ${COLUMNS} from shipments where order_id = $1 and status <> 'CANCELLED' for update`,
    [orderId],
  );
  return row ?? null;
}

// The one place that writes a shipment's status: the row and its log line in one statement. What is on its way is
// looked at, however it came there; what was in its way to the courier is over with the move.
const MOVE_SHIPMENT = `
  with moved as (
    update shipments set status = $3, version = version + 1, updated_at = $4,
           ended_why = case when $3 = 'CANCELLED' then $8 else ended_why end,
           next_check_at = case when $3 in ('DELIVERED', 'RETURNED', 'LOST', 'CANCELLED') then null
                                when $3 in ('PACKED', 'TRANSIT', 'RETURNING') then coalesce(next_check_at, $4)
                                else next_check_at end,
           pickup_why = null,
           flag = case when $3 in ('DELIVERED', 'RETURNED', 'LOST', 'CANCELLED') then null else flag end
     where id = $1 and status = $2 returning id)
  insert into shipment_status_logs (shipment_id, from_status, to_status, event, source, actor_id, reason,
                                    external_status, at)
  select id, $2, $3, $5, $6, $7, $8, $9, $4 from moved returning shipment_id`;

/**
 * Applies one event to a locked shipment by the total table: moves it with a log line, opens the case that a cell asks
 * for (STORE_UNKNOWN for a booking without an answer, SHIPMENT_CONTRADICTED for news that cannot be), and says what the
 * table said. What the table calls `never` changes nothing.
 *
 * @throws Error when the row is not as it was locked, which only a missing lock can cause
 */
export async function advanceShipment(
  tx: Tx,
  ids: Ids,
  shipment: LockedShipment,
  event: ShipmentEvent,
  cause: ShipmentCause,
): Promise<Verdict<ShipmentStatus>> {
  const verdict = shipmentStates.verdict(shipment.status, event);
  if (verdict.kind === "moved") {
    const rows = await tx.sql(MOVE_SHIPMENT, [
      shipment.id,
      shipment.status,
      verdict.next,
      cause.now,
      event,
      cause.source,
      cause.actorId,
      cause.reason,
      cause.externalStatus ?? null,
    ]);
    if (rows.length !== 1) throw new Error(`shipment ${shipment.id} moved without its lock`);
  }
  if (verdict.opensCase) {
    const isUnknown = event === "noAnswer";
    const app = { ids, now: cause.now };
    await openMoneyCase(tx, app, {
      kind: isUnknown ? "STORE_UNKNOWN" : "SHIPMENT_CONTRADICTED",
      subject: shipment.id,
      orderId: shipment.orderId,
      amount: shipment.cost ?? shipment.quotedCost,
      summary: isUnknown
        ? "A courier's booking was sent and nobody said what became of it: look at the courier company's own list"
        : `A shipment that is ${shipment.status} is said to be ${event}`,
      evidence: { status: shipment.status, event, bookingNo: shipment.bookingNo, why: cause.reason },
      actions: isUnknown ? ["CONFIRM_BOOKING"] : ["DISMISS"],
      ...(isUnknown ? {} : { told: `${shipment.status}:${event}` }),
    });
  }
  return verdict;
}
