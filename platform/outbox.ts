import type { Db, Tx } from "./db.ts";
import { currentRequestId } from "./log.ts";
import type { Sql } from "./sqlClient.ts";

/** One job to be done after the transaction that wrote it has committed: a message for one handler. */
export interface OutboxJob {
  readonly name: string;
  readonly handler: string;
  readonly payload: object;
  /** Not before this instant; null for at once. */
  readonly dueAt?: Date | null;
  /** At most one unfinished job a handler and key: another one only touches it, and it then runs once more. */
  readonly key?: string | null;
  /** The request that it follows from; left out: the one that runs. */
  readonly requestId?: string | undefined;
}

/** Writes jobs with the change that causes them: both commit, or neither. One statement for all of them. */
export async function writeOutbox(tx: Tx, now: Date, jobs: readonly OutboxJob[]): Promise<void> {
  if (jobs.length === 0) return;
  await tx.sql(INSERT_JOBS, [JSON.stringify(jobs.map((job) => outboxRow(job, now)))]);
}

/** The row of a job as INSERT_JOBS reads it, for statements that write several tables at once. */
export function outboxRow(job: OutboxJob, now: Date) {
  return {
    name: job.name,
    handler: job.handler,
    payload: job.payload,
    key: job.key ?? null,
    request_id: job.requestId ?? currentRequestId(),
    due_at: (job.dueAt ?? now).toISOString(),
    created_at: now.toISOString(),
  };
}

// A job that is touched while it runs must run again: markDone compares touches.
const INSERT_JOBS = `
  insert into outbox_messages (name, handler, payload, key, request_id, due_at, created_at)
  select name, handler, payload, key, request_id, due_at, created_at
    from jsonb_to_recordset($1::jsonb)
      as j(name text, handler text, payload jsonb, key text, request_id text, due_at timestamptz, created_at
          timestamptz)
  on conflict (handler, key) where key is not null and done_at is null and parked_at is null
  do update set touches = outbox_messages.touches + 1,
                due_at = least(outbox_messages.due_at, excluded.due_at)`;

export interface OfferedJob {
  readonly id: number;
  readonly handler: string;
  /** It was offered before, and nothing came of it within its lease. */
  readonly isOverdue: boolean;
}

/** Jobs a relay takes at once: enough to fill the workers, small enough to commit quickly. */
const OFFER_BATCH = 200;

/**
 * Takes due jobs to hand to the queue, and marks them offered. A job that was offered longer than `leaseMs` ago and is
 * still not done is taken again: the queue may have lost it. Two relays never take the same job at once.
 */
export async function takeDueJobs(db: Db, now: Date, leaseMs: number): Promise<OfferedJob[]> {
  return db.sql<OfferedJob>(
    `with due as materialized (
       select id, offered_at is not null as is_overdue from outbox_messages
        where done_at is null and parked_at is null and due_at <= $1
          and (offered_at is null or offered_at < $2)
        order by due_at, id limit ${OFFER_BATCH} for update skip locked)
     update outbox_messages o set offered_at = $1 from due where o.id = due.id
     returning o.id, o.handler, due.is_overdue`,
    [now, new Date(now.getTime() - leaseMs)],
  );
}

/** Clocks of machines differ by less, so a job is rarely offered early twice; a connection is there anew. */
const PAUSE_MS = 1_000;

// Locked in the order in which markDone locks: jobs may end while they are given back.
const giveBack = (which: string): string => `
  with back as materialized (
    select id from outbox_messages
     where offered_at is not null and done_at is null and parked_at is null and ${which} order by id for update)
  update outbox_messages o set offered_at = null from back where o.id = back.id`;
const RETURN_SOME = giveBack("id = any($1::bigint[])");
const RETURN_ALL = giveBack("true");
const RETURN_LATER = RETURN_SOME.replace(
  "set offered_at = null",
  `set due_at = greatest(o.due_at, greatest(o.offered_at, $2) + make_interval(secs => ${PAUSE_MS / 1000})),
       offered_at = null`,
);

/** Gives jobs back that could not be handed to the queue. */
export async function returnJobs(db: Db, ids: readonly number[]): Promise<void> {
  await db.sql(RETURN_SOME, [ids]);
}

/** Gives every job back that was handed over and is not done: the queue may have lost them. */
export async function returnOfferedJobs(db: Db): Promise<void> {
  await db.sql(RETURN_ALL);
}

/**
 * Gives jobs back that could not be run now through no fault of theirs: not due by this process's clock, because
 * another machine's runs ahead, or the database was away. They are offered again after a pause, by the clock of their
 * relay too, because the queue ignores an id that it still holds.
 */
export async function returnJobsForLater(db: Db, ids: readonly number[], now: Date): Promise<void> {
  await db.sql(RETURN_LATER, [ids, now]);
}

export interface StoredJob {
  readonly id: number;
  readonly name: string;
  readonly handler: string;
  readonly payload: object;
  readonly key: string | null;
  readonly requestId: string | null;
  readonly attempts: number;
  readonly touches: number;
  readonly dueAt: Date;
  /** Its last try failed, or an earlier job of the same handler and key is parked: an alert may be open. */
  readonly isInTrouble: boolean;
}

/** The jobs as they are stored, in the order of their ids; those that are done or parked already are left out. */
export function readJobs(db: Db, ids: readonly number[]): Promise<StoredJob[]> {
  return db.sql<StoredJob>(
    `select id, name, handler, payload, key, request_id, attempts, touches, due_at,
            error is not null or exists (
              select from outbox_messages p
               where p.handler = o.handler and p.key = o.key and p.parked_at is not null and p.done_at is null) as
                   is_in_trouble
       from outbox_messages o
      where id = any($1::bigint[]) and done_at is null and parked_at is null order by id`,
    [ids],
  );
}

/** The queue ignores an id that it still holds: by then it has let go of the run that just ended. */
const TOUCHED_PAUSE_MS = 250;

/**
 * Ends jobs; one that was touched since it was read becomes due again instead.
 *
 * @returns the ids of those that are done
 */
export async function markDone(source: { sql: Sql }, jobs: readonly StoredJob[], now: Date): Promise<number[]> {
  // Locked in one order: the same jobs may end in another run, too.
  const rows = await source.sql<{ id: number; isDone: boolean }>(
    `with ended as materialized (
       select o.id, o.touches = j.touches as is_done
         from outbox_messages o join jsonb_to_recordset($1::jsonb) as j(id bigint, touches integer) on j.id = o.id
        where o.done_at is null order by o.id for update of o)
     update outbox_messages o
        set done_at = case when e.is_done then $2::timestamptz end,
            attempts = case when e.is_done then o.attempts else 0 end,
            due_at = case when e.is_done then o.due_at else greatest(o.due_at, $3::timestamptz) end,
            offered_at = null, error = null
       from ended e where o.id = e.id returning o.id, e.is_done`,
    [JSON.stringify(jobs.map(({ id, touches }) => ({ id, touches }))), now, new Date(now.getTime() + TOUCHED_PAUSE_MS)],
  );
  return rows.filter(({ isDone }) => isDone).map(({ id }) => id);
}

/** Ends the jobs of the same handler and key that were parked before this one, which has now done their work. */
export async function endParkedTwins(tx: Tx, job: StoredJob, now: Date): Promise<void> {
  await tx.sql(
    `update outbox_messages set done_at = $3
      where handler = $1 and key = $2 and parked_at is not null and done_at is null`,
    [job.handler, job.key, now],
  );
}

/** Puts a failed job off until `dueAt`, with what went wrong (already redacted). */
export async function markFailed(db: Db, id: number, error: string, dueAt: Date): Promise<void> {
  await db.sql(
    `update outbox_messages set attempts = attempts + 1, error = $2, due_at = $3, offered_at = null
      where id = $1 and done_at is null and parked_at is null`,
    [id, error, dueAt],
  );
}

/** Sets a job aside for a person. Returns false when somebody else ended it meanwhile. */
export async function parkJob(tx: Tx, id: number, error: string, now: Date): Promise<boolean> {
  const rows = await tx.sql(
    `update outbox_messages set attempts = attempts + 1, error = $2, parked_at = $3, offered_at = null
      where id = $1 and done_at is null and parked_at is null returning id`,
    [id, error, now],
  );
  return rows.length === 1;
}
