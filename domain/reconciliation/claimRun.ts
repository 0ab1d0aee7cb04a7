import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { later, MINUTE_MS, SECOND_MS } from "../kernel/time.ts";

/** Any number that no other lock of ours uses: two workers must not choose at once. */
const CLAIM_LOCK = 7_246_304;

/** A slice is some seconds of work, and one call at its end may take a minute. */
const LEASE_MS = 3 * MINUTE_MS;

/** A gateway that is away is asked again after so long, and twice as long each time. */
const BACKOFF_MS = 5 * SECOND_MS;
const BACKOFF_MS_MAX = 10 * MINUTE_MS;

/** A day's run in the hands of one worker. */
export interface ClaimedRun {
  readonly day: string;
  readonly token: string;
  readonly startedAt: Date;
  readonly failures: number;
  /** Until when nobody else works on it. */
  readonly until: Date;
}

/** Another worker has the run: whatever this one was about to write is void. */
export class ClaimLost extends Error {
  override readonly name = "ClaimLost";
}

/**
 * Takes the oldest day that runs and is due, for one worker alone: of all days one is worked on at a time, so that one
 * process keeps the gateway's rate. A dead worker's claim ends by itself, and another goes on where it stopped. One
 * whose end is being made is nobody else's, however long that takes.
 *
 * @param token of a claim that this worker has already, to keep it; null: a new one
 */
export function claimRun(app: Pick<App, "db" | "clock" | "ids">, token: string | null): Promise<ClaimedRun | null> {
  return inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const [free] = await tx.sql<{ mine: boolean }>(`select pg_try_advisory_xact_lock(${CLAIM_LOCK}) as mine`);
    if (!free?.mine) return null;
    const until = later(now, LEASE_MS);
    const mine = token ?? app.ids.next<"reconciliationClaim">();
    const [run] = await tx.sql<Omit<ClaimedRun, "token" | "until">>(
      `update reconciliation_runs set claimed_by = $1, claimed_until = $3
        where day = (select day from reconciliation_runs
                      where next_slice_at <= $2 and (claimed_until is null or claimed_until <= $2 or claimed_by = $1)
                        and not exists (select from reconciliation_runs o
                                         where o.claimed_until > $2 and o.claimed_by <> $1)
                      order by day limit 1 for update skip locked)
       returning day, started_at, failures`,
      [mine, now, until],
    );
    if (run) killPoint("day.claimed");
    return run ? { ...run, token: mine, until } : null;
  });
}

/**
 * Keeps a run in its worker's hands until the transaction ends. Nothing but a claim waits for it: whoever ends one of
 * the day's discrepancies meanwhile changes its sums.
 *
 * @throws ClaimLost where another worker has the run
 */
export async function keepRun(tx: Tx, { day, token }: ClaimedRun): Promise<void> {
  const rows = await tx.sql("select from reconciliation_runs where day = $1 and claimed_by = $2 for key share", [
    day,
    token,
  ]);
  if (rows.length === 0) throw new ClaimLost(`another worker closes ${day}`);
}

/** What a slice adds to the counts of its run. */
export interface Counted {
  readonly matched: number;
  readonly healed: number;
  readonly differing: number;
  readonly unanswered: number;
}

/** Adds to the counts, in the transaction that ends the items. @throws ClaimLost where another worker has the run */
export async function countItems(tx: Tx, { day, token }: ClaimedRun, counted: Counted): Promise<void> {
  const rows = await tx.sql(
    `update reconciliation_runs
        set checked = checked + $3 + $4 + $5, matched = matched + $3, healed = healed + $4, differing = differing + $5,
            unanswered = unanswered + $6
      where day = $1 and claimed_by = $2 returning day`,
    [day, token, counted.matched, counted.healed, counted.differing, counted.unanswered],
  );
  if (rows.length === 0) throw new ClaimLost(`another worker closes ${day}`);
}

/**
 * Says how a slice went: after one with answers the next is due at once, after one without any it waits, longer each
 * time. Nothing is lost meanwhile.
 */
export async function planNextSlice(app: Pick<App, "db" | "clock">, run: ClaimedRun, isAway: boolean): Promise<void> {
  const now = app.clock.now();
  const failures = isAway ? run.failures + 1 : 0;
  const pauseMs = isAway ? Math.min(BACKOFF_MS * 2 ** run.failures, BACKOFF_MS_MAX) : 0;
  await app.db.sql(
    "update reconciliation_runs set failures = $3, next_slice_at = $4 where day = $1 and claimed_by = $2",
    [run.day, run.token, failures, later(now, pauseMs)],
  );
}

/** Gives a run back, so that whichever worker comes first goes on. */
export async function releaseRun(app: Pick<App, "db">, { day, token }: ClaimedRun): Promise<void> {
  await app.db.sql(
    "update reconciliation_runs set claimed_by = null, claimed_until = null where day = $1 and claimed_by = $2",
    [day, token],
  );
}
