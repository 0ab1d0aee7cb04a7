import { CALL_LEASE_MS } from "../../domain/fulfilment/bookCourier.ts";
import { CLAIM_LEASE_MS } from "../../domain/fulfilment/claimShipments.ts";
import type { Sql } from "../../platform/sqlClient.ts";
import type { Loss } from "./reconcile.ts";

/** A shipment as the shop's rows have it. */
export interface ShipmentHere {
  /** null: the company has not said one. */
  readonly bookingNo: string | null;
  readonly status: string;
  readonly orderNumber: string;
  readonly orderStatus: string;
  /** The customer confirmed it himself. */
  readonly isConfirmed: boolean;
}

/** A booking as the courier company has it. */
export interface BookingThere {
  readonly orderNo: string;
  readonly stage: string;
  /** What the shop wrote on it: the order's number. */
  readonly notes: string;
}

export const readShipments = (sql: Sql): Promise<ShipmentHere[]> =>
  sql(
    `select h.booking_no, h.status, o.number as order_number, o.status as order_status,
            exists (select from order_status_logs l where l.order_id = o.id and l.event = 'receiptConfirmed')
              as is_confirmed
       from shipments h join orders o on o.id = h.order_id`,
  );

/** Of the newest; a drill books fewer. */
const BOOKINGS_MAX = 1_000;

export async function readBookings(sandboxUrl: string): Promise<BookingThere[]> {
  const response = await fetch(`${sandboxUrl}/sandbox/shipments?limit=${BOOKINGS_MAX}`);
  if (!response.ok) throw new Error(`the sandbox's shipments: ${response.status}`);
  interface View {
    readonly order_no: string;
    readonly stage: string;
    readonly request: { readonly notes?: string };
  }
  const { shipments } = (await response.json()) as { shipments: readonly View[] };
  return shipments.map(({ order_no, stage, request }) => ({ orderNo: order_no, stage, notes: request.notes ?? "" }));
}

/** What a shipment must be when its booking is at a stage, and what its order is then. */
const ENDS: Readonly<Record<string, { readonly shipment: string; readonly order: readonly string[] }>> = {
  delivered: { shipment: "DELIVERED", order: ["COMPLETED"] },
  returned: { shipment: "RETURNED", order: ["RETURNED"] },
  lost: { shipment: "LOST", order: ["SHIPPED"] },
  damaged: { shipment: "LOST", order: ["SHIPPED"] },
  cancelled: { shipment: "CANCELLED", order: ["PAID", "PROCESSING", "SHIPPED", "COMPLETED", "CANCELLED"] },
};
const ON_THE_WAY: ReadonlySet<string> = new Set(["BOOKED", "PACKED", "TRANSIT", "RETURNING"]);

/** Every booking at the company has exactly one shipment here, in the state that the company has; none is made up. */
export function parcelLosses(here: readonly ShipmentHere[], there: readonly BookingThere[]): Loss[] {
  const losses: Loss[] = [];
  const known = new Set(there.map(({ orderNo }) => orderNo));
  for (const { bookingNo, status, orderNumber } of here) {
    if (bookingNo !== null && !known.has(bookingNo))
      losses.push({
        kind: "PARCEL_INVENTED",
        subject: orderNumber,
        detail: `${status}: ${bookingNo} was never booked`,
      });
  }
  for (const { orderNo, stage, notes } of there) {
    const lose = (kind: string, detail: string) =>
      losses.push({ kind, subject: orderNo, detail: `${stage}: ${detail}` });
    const rows = here.filter(({ bookingNo }) => bookingNo === orderNo);
    const isParked = here.some(({ status, orderNumber }) => status === "UNKNOWN" && notes.includes(orderNumber));
    if (rows.length === 0 && !isParked) lose("PARCEL_LOST", `no shipment has it (${notes})`);
    if (rows.length > 1) lose("PARCEL_TWICE", `${rows.length} shipments have it`);
    const [row] = rows;
    if (!row) continue;
    const end = ENDS[stage];
    if (end ? row.status !== end.shipment : !ON_THE_WAY.has(row.status)) lose("PARCEL_STATE", `is ${row.status} here`);
    const mayBe = row.isConfirmed ? [...(end?.order ?? []), "COMPLETED"] : end?.order;
    if (mayBe && !mayBe.includes(row.orderStatus)) lose("PARCEL_ORDER", `its order is ${row.orderStatus}`);
  }
  return losses;
}

/**
 * What the shop still has to do about parcels by itself, in words; what a person was told of is not. Looks fall due
 * every few seconds here: one that a worker has not taken by the next moment is no work that is left over.
 */
export const PARCELS_UNFINISHED = `
  select 'shipment ' || id || ' is ' || status from shipments
   where status = 'BOOKING'
      or (next_check_at <= now() - interval '5 seconds' and status in ('BOOKED', 'PACKED', 'TRANSIT', 'RETURNING'))`;

/**
 * Lets the time be over in which a call to the courier company may still be answered, minutes before it is: what was
 * sent longer ago than any call takes was answered, or never will be.
 *
 * @param callMs the limit of a call
 */
export async function letCourierCallsEnd(sql: Sql, callMs: number): Promise<void> {
  for (const column of ["store_sent_at", "pickup_asked_at"]) {
    await sql(
      `update shipments set ${column} = ${column} - make_interval(secs => $1)
        where status in ('BOOKING', 'BOOKED') and ${column} < now() - make_interval(secs => $2)
          and ${column} > now() - make_interval(secs => $1)`,
      [CALL_LEASE_MS / 1000 + 1, callMs / 1000],
    );
  }
  // Two calls and what follows from them: whoever holds a parcel for longer is dead.
  await sql(
    `update shipments set claimed_until = null
      where claimed_until < now() + make_interval(secs => $1) - 4 * make_interval(secs => $2)`,
    [CLAIM_LEASE_MS / 1000, callMs / 1000],
  );
  await sql(
    `update outbox_messages set due_at = now()
      where handler in ('bookCourier', 'arrangePickup') and done_at is null and due_at > now()`,
  );
}
