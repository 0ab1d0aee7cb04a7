import type { App } from "../domain/app.ts";
import { clearAlertOf } from "../domain/kernel/raiseAlert.ts";
import type { HandlerName, Messages } from "../domain/messages.ts";
import { reopenNotifications } from "../domain/payment/replayNotification.ts";
import { inTransaction, type Tx } from "../platform/db.ts";

/** The alert of a job that was given up. */
export const JOB_PARKED = "JOB_PARKED";

/** What that alert is about: the same matter that is given up again counts on the open alert. */
export const parkedSubject = (job: {
  readonly handler: string;
  readonly key: string | null;
  readonly id: number;
}): string => `${job.handler}:${job.key ?? job.id}`;

export interface ParkedJob {
  readonly id: number;
  readonly handler: string;
  readonly key: string | null;
  readonly payload: object;
  readonly attempts: number;
  readonly parkedAt: Date;
  readonly error: string | null;
}

/** What else happens, in the same transaction, when a job of this handler is made due again. */
const ON_REPLAYED: { readonly [H in HandlerName]?: (tx: Tx, payload: object) => Promise<void> } = {
  applyNotification: (tx, payload) => reopenNotifications(tx, payload as Messages["payment.notified"]),
};

const COLUMNS = "id, handler, key, payload, attempts, parked_at, error";
/** Jobs of one answer and of one transaction: more than a person reads, and locks for less than a second. */
export const PARKED_MAX = 500;

/** The jobs that were given up and wait for a person, the oldest first; PARKED_MAX at most. */
export function listParked(app: Pick<App, "db">): Promise<ParkedJob[]> {
  return app.db.sql<ParkedJob>(
    `select ${COLUMNS} from outbox_messages where parked_at is not null and done_at is null
      order by parked_at, id limit ${PARKED_MAX}`,
  );
}

/**
 * Makes parked jobs due again, with all their tries, and clears their alerts, in one transaction. A job whose work a
 * pending or newer job of its handler and key does is left parked: it ends with that one. A second run is harmless:
 * what is due already is parked no more.
 *
 * @param which one job, or all of a handler (PARKED_MAX a call, the oldest first)
 * @returns the jobs that are due now
 */
export function replayParked(
  app: Pick<App, "db" | "clock">,
  which: { readonly id: number } | { readonly handler: string },
): Promise<ParkedJob[]> {
  const [condition, value] = "id" in which ? ["id = $1", which.id] : ["handler = $1", which.handler];
  return inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const jobs = await tx.sql<ParkedJob>(
      `update outbox_messages set parked_at = null, attempts = 0, offered_at = null, due_at = $2
        where id in (
          select id from outbox_messages o
           where ${condition} and parked_at is not null and done_at is null
             and not exists (
               select from outbox_messages n
                where n.handler = o.handler and n.key = o.key and n.done_at is null
                  and (n.parked_at is null or n.id > o.id))
           order by id limit ${PARKED_MAX} for update)
        returning ${COLUMNS.replace("parked_at", "$2::timestamptz as parked_at")}`,
      [value, now],
    );
    for (const job of jobs) {
      await ON_REPLAYED[job.handler as HandlerName]?.(tx, job.payload);
      await clearAlertOf(tx, now, JOB_PARKED, parkedSubject(job));
    }
    return jobs;
  });
}
