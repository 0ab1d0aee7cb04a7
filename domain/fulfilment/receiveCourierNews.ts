import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { ShipmentId } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { later } from "../kernel/time.ts";
import { send } from "../messages.ts";
import { toldApartMs } from "../shipping/tracking.rules.ts";

/** What a callback names. Nothing else of it is read: nobody signs it. */
export interface CourierHint {
  readonly bookingNo: string;
  /** null: it names none. */
  readonly airwayBill: string | null;
}

/** TOLD: a look is due now. LATER: there was one a moment ago, and the next is due when it may be. */
export type HintOutcome = "TOLD" | "LATER" | "KNOWN" | "UNKNOWN";

interface Hinted {
  readonly id: ShipmentId;
  readonly toldAt: Date | null;
  readonly nextCheckAt: Date | null;
  readonly claimedUntil: Date | null;
  readonly isTracked: boolean;
}

const IS_TRACKED = "status in ('BOOKED', 'PACKED', 'TRANSIT', 'RETURNING')";

// Without a lock: a flood only reads, as long as there is nothing to write.
const FIND = `
  select id, told_at, next_check_at, claimed_until, ${IS_TRACKED} as is_tracked
    from shipments where booking_no = $1 or (booking_no is null and airway_bill = $2)
   order by booking_no nulls last, created_at desc limit 1`;

// Copies at once wait for each other here, and all but one find that it was told; who waits for a look that ends the
// parcel's way finds it over. What a clock that was ahead has written bounds nothing.
const TELL = `
  update shipments set told_at = $2, next_check_at = least(next_check_at, $2)
   where id = $1 and ${IS_TRACKED} and (told_at is null or told_at <= $3 or told_at > $4) returning id`;

// A look that is under way may not see what this tells of: recordLook keeps what stands here then.
const POSTPONE = `
  update shipments set next_check_at = $2
   where id = $1 and ${IS_TRACKED} and told_at > $3
     and (next_check_at is null or next_check_at > $2 or (claimed_until > $4 and next_check_at < $2))`;

/**
 * Takes a callback of the courier company. Nobody signs it, so nothing of it is believed: it makes a look at the parcel
 * due, at once and at most once in 10 minutes a parcel, or when those are over. Whatever anybody sends writes at most
 * two rows a parcel in that time, and one more while it is looked at; what names no parcel of ours, or one that is
 * over, writes nothing.
 */
export async function receiveCourierNews(
  app: Pick<App, "db" | "clock"> & { readonly settings: Pick<App["settings"], "trackingIntervalMs"> },
  hint: CourierHint,
): Promise<HintOutcome> {
  const now = app.clock.now();
  const [found] = await app.db.sql<Hinted>(FIND, [hint.bookingNo, hint.airwayBill]);
  if (!found) return "UNKNOWN";
  if (!found.isTracked) return "KNOWN";
  const apartMs = toldApartMs(app.settings.trackingIntervalMs);
  const before = later(now, -apartMs);
  const ahead = later(now, apartMs);
  const isFresh = found.toldAt !== null && found.toldAt > before && found.toldAt <= ahead;
  if (isFresh) {
    const again = later(found.toldAt, apartMs);
    const isLookedAt = found.claimedUntil !== null && found.claimedUntil > now;
    const isDue = found.nextCheckAt !== null && found.nextCheckAt <= again;
    const isAsked = isLookedAt ? found.nextCheckAt?.getTime() === again.getTime() : isDue;
    if (!isAsked) await app.db.sql(POSTPONE, [found.id, again, before, now]);
    return "LATER";
  }
  const outcome = await inTransaction(app.db, async (tx) => {
    const told = await tx.sql(TELL, [found.id, now, before, ahead]);
    if (told.length === 0) return "LATER";
    await send(tx, now, "shipment.told", { shipmentId: found.id }, { key: found.id });
    return "TOLD";
  });
  killPoint("news.told");
  return outcome;
}
