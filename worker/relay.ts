import type { App } from "../domain/app.ts";
import { killPoint } from "../domain/kernel/killPoint.ts";
import { type OfferedJob, returnJobs, takeDueJobs } from "../platform/outbox.ts";
import type { JobQueue } from "../platform/queue.ts";

/**
 * A job that was offered this long ago and is not done was lost with the queue or its worker: it is offered again.
 * Above what the longest handler takes: three calls to a gateway of 60 s at most (GATEWAY_TIMEOUT).
 */
export const LEASE_MS = 200_000;

/** Jobs keep their id in the queue, so that offering one twice is one job. */
const ticketOf = ({ id, handler }: OfferedJob) => ({ id: `outbox-${id}-${handler}`, handler, outboxId: id });

/**
 * Hands due jobs of the outbox to the queue, batch by batch until none is due. A crash between the two leaves a job
 * that is offered again when its lease ends. Several relays may run.
 *
 * @returns how many were handed over
 */
export async function relayOnce(app: Pick<App, "db" | "clock">, queue: JobQueue, leaseMs = LEASE_MS): Promise<number> {
  let sum = 0;
  for (;;) {
    const jobs = await takeDueJobs(app.db, app.clock.now(), leaseMs);
    if (jobs.length === 0) return sum;
    killPoint("relay.rows-taken");
    try {
      await queue.offer(jobs.map(ticketOf));
    } catch (error) {
      await returnJobs(
        app.db,
        jobs.map(({ id }) => id),
      );
      throw error;
    }
    killPoint("relay.queue-told");
    sum += jobs.length;
  }
}
