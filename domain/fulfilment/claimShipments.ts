import type { App } from "../app.ts";
import type { OrderId, ShipmentId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { later, MINUTE_MS } from "../kernel/time.ts";
import type { ShipmentStatus } from "../shipping/shipment.states.ts";

/** A parcel that this run looks at, and nobody else until its claim is over. */
export interface ClaimedShipment {
  readonly id: ShipmentId;
  readonly orderId: OrderId;
  readonly status: ShipmentStatus;
  readonly courier: string;
  readonly shipping: string;
  /** null: it was booked elsewhere, and has its waybill number alone. */
  readonly bookingNo: string | null;
  readonly airwayBill: string | null;
  readonly phoneSuffixSealed: string;
  /** Names the claim: what a run finds out after its claim went to another is not recorded. */
  readonly claimedUntil: Date;
  readonly claimedAt: Date;
}

/** Two reads with their retries take a minute at most; a parcel whose worker died is due again after this. */
export const CLAIM_LEASE_MS = 3 * MINUTE_MS;
/** With a longer limit of a call the lease is as long as six calls. */
const CALLS_OF_A_LOOK = 6;
/** Clocks of two machines agree better than this: a claim that ends later was written by a clock that was ahead. */
const CLOCKS_APART_MS = MINUTE_MS;

// A claim waits for nobody: what another run holds locked is being claimed or recorded.
// Its limit is a number in the text: of one that it does not know PostgreSQL thinks that it takes a tenth of all that
// is due, and reads the whole table for it.
const claimOf = (which: string, limit: number): string => `
  update shipments set claimed_until = $2
   where id in (select id from shipments
                 where next_check_at <= $1 and ${which}
                   and (claimed_until is null or claimed_until <= $1 or claimed_until > $3)
                 order by next_check_at, id limit ${limit} for update skip locked)
  returning id, order_id, status, courier, shipping, booking_no, airway_bill, phone_suffix_sealed, claimed_until`;
// A statement of its own: one plan for both would read the whole backlog for one parcel.
const CLAIM_ONE = claimOf("id = $4", 1);

/** How long a claim lasts, ms. */
const leaseOf = ({ gatewayTimeoutMs }: App["settings"]): number =>
  Math.max(CLAIM_LEASE_MS, CALLS_OF_A_LOOK * (gatewayTimeoutMs ?? 0));

/**
 * Takes due parcels, the longest due first. Several runs may do so at once: each parcel goes to one of them, and is due
 * again only after that one has recorded what it found, or after its lease.
 */
export async function claimShipments(
  app: Pick<App, "db" | "clock" | "settings">,
  limit: number,
  only: ShipmentId | null = null,
): Promise<ClaimedShipment[]> {
  const claimedAt = app.clock.now();
  const until = later(claimedAt, leaseOf(app.settings));
  const values = [claimedAt, until, later(until, CLOCKS_APART_MS)];
  const rows = await app.db.sql<Omit<ClaimedShipment, "claimedAt">>(
    only === null ? claimOf("true", limit) : CLAIM_ONE,
    only === null ? values : [...values, only],
  );
  if (rows.length > 0) killPoint("tracking.claimed");
  return rows.map((row) => ({ ...row, claimedAt }));
}
