import { lastDue } from "../../platform/cron.ts";
import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { raiseAlert } from "../kernel/raiseAlert.ts";
import { DAY_MS, dayInJakarta, HOUR_MS, later, SECOND_MS, startOfJakartaDay } from "../kernel/time.ts";
import { beginRun } from "./beginRun.ts";
import { type ClaimedRun, ClaimLost, claimRun, planNextSlice, releaseRun } from "./claimRun.ts";
import { finishRun, LATE_ALERT } from "./finishRun.ts";
import { walkSlice } from "./walkSlice.ts";

/** A worker that is to stop waits for so long at most, and for the calls under way. */
const ROUND_MS = 5 * SECOND_MS;
/** Days that a shop which was down closes one after another when it is back. */
const CATCH_UP_DAYS = 31;
/** People are told of a day that is not closed so long after it began to be. */
const LATE_AFTER_MS = 8 * HOUR_MS;
/** So long a gateway that is away is waited for: the next day's close is near by then. */
const GIVE_UP_AFTER_MS = 20 * HOUR_MS;

const dayAfter = (day: string, many = 1): string => dayInJakarta(later(startOfJakartaDay(day), many * DAY_MS));

/** The day of the oldest transaction; null: a shop that has sold nothing has no day to close. */
async function firstDay(app: Pick<App, "db">): Promise<string | null> {
  const [first] = await app.db.sql<{ at: Date }>(
    "select created_at as at from payment_transactions order by id limit 1",
  );
  return first ? dayInJakarta(first.at) : null;
}

/** The days whose time has come and that the schedule has not closed, oldest first. */
async function dueDays(app: Pick<App, "db" | "clock" | "settings">): Promise<string[]> {
  const due = lastDue(app.settings.reconcileCron, app.clock.now());
  if (!due) return [];
  const last = dayAfter(dayInJakarta(due), -1);
  const [newest] = await app.db.sql<{ day: string | null }>(
    "select max(day) as day from reconciliation_runs where scheduled_at is not null",
  );
  if (newest?.day && newest.day >= last) return [];
  const next = newest?.day ? dayAfter(newest.day) : await firstDay(app);
  if (!next) return [];
  const earliest = dayAfter(last, 1 - CATCH_UP_DAYS);
  const days: string[] = [];
  for (let day = next > earliest ? next : earliest; day <= last; day = dayAfter(day)) days.push(day);
  return days;
}

// One that was begun and, if at all, signed after it was over is the whole day's close, whoever began it.
const STAMP = `
  update reconciliation_runs set scheduled_at = $2
   where day = $1 and scheduled_at is null and started_at >= $3 and (signed_off_at is null or signed_off_at >= $3)`;

/** Begins the close of each due day, once over all workers: the day's row is its key. */
async function beginDueDays(app: Pick<App, "db" | "clock" | "ids" | "settings">): Promise<void> {
  for (const day of await dueDays(app)) {
    const isHeld = await inTransaction(app.db, async (tx) => {
      const now = app.clock.now();
      if (await beginRun(tx, { ids: app.ids, now }, day, "schedule")) return false;
      await tx.sql(STAMP, [day, now, startOfJakartaDay(dayAfter(day))]);
      const left = await tx.sql("select from reconciliation_runs where day = $1 and scheduled_at is null", [day]);
      return left.length > 0;
    });
    // A part of the day is being closed: the whole of it follows when that has ended, and the later days after it.
    if (isHeld) return;
  }
}

/** What the gateway did not answer about for most of a day is counted as that, and the run goes to its end. */
async function giveUp(app: Pick<App, "db">, run: ClaimedRun): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const rows = await tx.sql(
      `update reconciliation_items set outcome = 'UNANSWERED' where day = $1 and outcome is null
         and exists (select from reconciliation_runs where day = $1 and claimed_by = $2) returning day`,
      [run.day, run.token],
    );
    await tx.sql("update reconciliation_runs set unanswered = unanswered + $3 where day = $1 and claimed_by = $2", [
      run.day,
      run.token,
      rows.length,
    ]);
  });
}

async function tellLate(app: App, run: ClaimedRun, isAway: boolean): Promise<void> {
  const now = app.clock.now();
  if (now < later(run.startedAt, LATE_AFTER_MS)) return;
  const why = isAway ? "the gateway does not answer" : "there is much to ask about";
  const message = `The close of ${run.day} is not done after ${LATE_AFTER_MS / HOUR_MS} hours: ${why}`;
  await inTransaction(app.db, (tx) =>
    raiseAlert(tx, { ids: app.ids, now }, { kind: LATE_ALERT, subject: run.day, severity: "CRITICAL", message }),
  );
}

/** Works on one claimed run until it is done, the gateway is away, or the round is over. @returns whether to go on */
async function workOn(app: App, run: ClaimedRun): Promise<boolean> {
  const went = await walkSlice(app, run);
  if (went === "done") {
    await finishRun(app, run);
    return true;
  }
  await planNextSlice(app, run, went === "away");
  await tellLate(app, run, went === "away");
  if (went === "more") return true;
  if (app.clock.now() > later(run.startedAt, GIVE_UP_AFTER_MS)) await giveUp(app, run);
  return false;
}

/**
 * Closes days: begins those that are due by RECONCILE_CRON, and walks the oldest one that runs, slice by slice, each
 * committed with what it found. Any number of workers may call it: one of them has the run at a time, and another goes
 * on where it stopped or died. A second run of the same slice finds its items done.
 *
 * @returns the slices that it walked
 */
export async function closeDays(app: App): Promise<number> {
  await beginDueDays(app);
  const endsAtMs = performance.now() + ROUND_MS;
  let slices = 0;
  let run: ClaimedRun | null = await claimRun(app, null);
  while (run) {
    const mine: ClaimedRun = run;
    try {
      slices++;
      const goesOn = await workOn(app, mine);
      if (!goesOn || performance.now() > endsAtMs) {
        await releaseRun(app, mine);
        return slices;
      }
    } catch (error) {
      if (!(error instanceof ClaimLost)) {
        await releaseRun(app, mine);
        throw error;
      }
      app.log.warn({ err: error }, "another worker has the close");
      return slices;
    }
    run = await claimRun(app, mine.token);
    if (!run) await releaseRun(app, mine);
  }
  return slices;
}
