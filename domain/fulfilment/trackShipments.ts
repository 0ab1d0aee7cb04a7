import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { clearAlertOf, raiseAlert } from "../kernel/raiseAlert.ts";
import { later, SECOND_MS } from "../kernel/time.ts";
import { BEHIND_AFTER_MS } from "../shipping/tracking.rules.ts";
import { type CheckOutcome, lookAtParcel } from "./checkShipment.ts";
import { type ClaimedShipment, claimShipments } from "./claimShipments.ts";
import { TRACKING_ALERTS } from "./news.rules.ts";

/** Parcels taken at once: seconds of work, so that a stopped worker leaves little to be taken over. */
const BATCH = 40;
/** Looks side by side: a backlog must not flood the company, nor take the worker's connections. */
const PARALLEL = 8;
/** Batches of one round: a backlog drains without the pause between rounds. */
const BATCHES_MAX = 25;
/** A round begins no batch after this: whoever stops a worker waits for the round. */
const ROUND_MS = 10 * SECOND_MS;

const BEHIND = TRACKING_ALERTS.behind;
const SUBJECT = "parcels";

/** People are told of a backlog that does not go away, and once more when it has. */
async function tellOfBacklog(app: App): Promise<void> {
  const now = app.clock.now();
  const [row] = await app.db.sql<{ late: boolean; told: boolean }>(
    // The longest due, out of its index: where none is late, looking for one that is would read the whole table.
    `select coalesce((select min(next_check_at) from shipments) < $1, false) as late,
            exists (select from alerts where kind = $2 and subject = $3 and cleared_at is null) as told`,
    [later(now, -BEHIND_AFTER_MS), BEHIND, SUBJECT],
  );
  if (!row || row.late === row.told) return;
  await inTransaction(app.db, async (tx) => {
    if (!row.late) return clearAlertOf(tx, now, BEHIND, SUBJECT);
    const message =
      "Parcels have not been looked at for hours: the courier company may be away, or the workers too few";
    await raiseAlert(tx, { ids: app.ids, now }, { kind: BEHIND, subject: SUBJECT, severity: "CRITICAL", message });
  });
}

async function lookAtAll(app: App, claimed: readonly ClaimedShipment[]): Promise<CheckOutcome[]> {
  const queue = [...claimed];
  const outcomes: CheckOutcome[] = [];
  const work = async () => {
    for (let one = queue.shift(); one; one = queue.shift()) outcomes.push(await lookAtParcel(app, one));
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return outcomes;
}

/**
 * Looks at parcels whose look is due, the longest due first. Several workers may run it: each parcel is claimed by one
 * of them, and is due again only after its own pause. A round ends early where the company is away.
 *
 * @returns how many parcels were looked at
 */
export async function trackShipments(app: App): Promise<number> {
  const untilMs = app.clock.now().getTime() + ROUND_MS;
  let count = 0;
  for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
    const claimed = await claimShipments(app, BATCH);
    if (claimed.length === 0) break;
    const outcomes = await lookAtAll(app, claimed);
    count += claimed.length;
    const isAway = outcomes.every((outcome) => outcome === "AWAY");
    if (claimed.length < BATCH || isAway || app.clock.now().getTime() >= untilMs) break;
  }
  if (count > 0) await tellOfBacklog(app);
  return count;
}
