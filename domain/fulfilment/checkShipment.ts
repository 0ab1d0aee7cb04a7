import { inTransaction, isDatabaseAway, isDatabaseBusy } from "../../platform/db.ts";
import { redactText } from "../../platform/redact.ts";
import type { App } from "../app.ts";
import { GatewayRefused, GatewayUnavailable } from "../kernel/errors.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { raiseAlert } from "../kernel/raiseAlert.ts";
import { HOUR_MS, later } from "../kernel/time.ts";
import type { Messages } from "../messages.ts";
import { quotaAgainAt } from "../shipping/tracking.rules.ts";
import { type Answer, askAboutParcel, NO_QUOTA } from "./askAboutParcel.ts";
import { type ClaimedShipment, claimShipments } from "./claimShipments.ts";
import { QUOTA_SUBJECT, TRACKING_ALERTS } from "./news.rules.ts";
import { type LookOutcome, recordLook, recordRefusal } from "./recordLook.ts";

/** What we cannot apply now we cannot apply in two minutes either. */
const FAILED_PAUSE_MS = HOUR_MS;

/**
 * AWAY: the company could not say. REFUSED: it says no to this very question. NO_QUOTA: it was not asked. FAILED: its
 * answer cannot be applied.
 */
export type CheckOutcome = LookOutcome | "AWAY" | "REFUSED" | "NO_QUOTA" | "FAILED";

/** Lets go of a parcel without news of it. A claim that went to another meanwhile stays his. */
async function postpone(
  app: App,
  { id, claimedUntil }: ClaimedShipment,
  until: Date,
  also: Parameters<typeof raiseAlert>[2],
) {
  await inTransaction(app.db, async (tx) => {
    const rows = await tx.sql(
      "update shipments set next_check_at = $3, claimed_until = null where id = $1 and claimed_until = $2 returning id",
      [id, claimedUntil, until],
    );
    if (rows.length > 0) await raiseAlert(tx, { ids: app.ids, now: app.clock.now() }, also);
  });
}

/**
 * A company that is away comes back, and so does a database, or a lock of it; what we cannot apply is our bug, and is
 * told.
 */
async function noteFailure(app: App, claimed: ClaimedShipment, error: unknown): Promise<CheckOutcome> {
  app.log.warn({ err: error, shipmentId: claimed.id }, "a parcel could not be looked at and is due again");
  if (error instanceof GatewayRefused) {
    await recordRefusal(app, claimed, redactText(error.message));
    return "REFUSED";
  }
  if (error instanceof GatewayUnavailable || isDatabaseAway(error) || isDatabaseBusy(error)) return "AWAY";
  const message = `The courier's answer about a parcel cannot be applied: ${redactText((error as Error).message)}`;
  const alert = { kind: TRACKING_ALERTS.failed, subject: claimed.id, severity: "CRITICAL", message } as const;
  await postpone(app, claimed, later(app.clock.now(), FAILED_PAUSE_MS), alert);
  return "FAILED";
}

async function noteNoQuota(app: App, claimed: ClaimedShipment): Promise<CheckOutcome> {
  const until = quotaAgainAt(app.clock.now());
  const message = "The day's calls are used up: parcels that were booked elsewhere are looked at again tomorrow";
  await postpone(app, claimed, until, {
    kind: TRACKING_ALERTS.quota,
    subject: QUOTA_SUBJECT,
    severity: "WARNING",
    message,
  });
  return "NO_QUOTA";
}

/**
 * Looks at one claimed parcel: asks, without a transaction, and records the answer in one. Where nobody could say, the
 * parcel stays claimed until its lease is over and is due again then. Never rejects while the database is there.
 */
export async function lookAtParcel(app: App, claimed: ClaimedShipment): Promise<CheckOutcome> {
  try {
    const answer: Answer | typeof NO_QUOTA = await askAboutParcel(app, claimed);
    if (answer === NO_QUOTA) return await noteNoQuota(app, claimed);
    killPoint("tracking.answered");
    const outcome = await recordLook(app, claimed, answer);
    killPoint("tracking.committed");
    return outcome;
  } catch (error) {
    return noteFailure(app, claimed, error);
  }
}

/**
 * Handler of shipment.told: looks at a parcel that somebody tells us news of. Only what the company then says counts.
 *
 * A second run is harmless: it takes the parcel only while it is due, which the first one has ended. Where the company
 * is away the parcel stays due, and the schedule comes by.
 */
export async function checkShipment(app: App, { shipmentId }: Messages["shipment.told"]): Promise<void> {
  const [claimed] = await claimShipments(app, 1, shipmentId);
  if (claimed) await lookAtParcel(app, claimed);
}
