import { createHash } from "node:crypto";
import type { App } from "../domain/app.ts";
import { killPoint } from "../domain/kernel/killPoint.ts";
import { type OfferedJob, returnJobs, returnOfferedJobs, takeDueJobs } from "../platform/outbox.ts";
import type { JobQueue, Offer } from "../platform/queue.ts";
import { togetherMax } from "./handlers.ts";

/**
 * A job that was offered this long ago and is not done was lost with the queue or its worker: it is offered again.
 * Above what the longest handler takes: three calls to a gateway of 60 s at most (GATEWAY_TIMEOUT).
 */
export const LEASE_MS = 200_000;

/** How often a relay looks whether the queue lost what it held: a look is two small commands. */
const LOOK_EVERY_MS = 1_000;

/**
 * Jobs keep their id in the queue, so that offering one twice is one job. One whose lease is over may have a dead run
 * in there, by a clock that was wrong for good: beside that one it goes under an id of its own.
 */
const offerOf = ({ id, handler, isOverdue }: OfferedJob, now: Date): Offer => ({
  id: `outbox-${id}-${handler}`,
  handler,
  outboxIds: [id],
  ...(isOverdue ? { retryId: `outbox-${id}-${handler}-${now.getTime()}` } : {}),
});

/** The same jobs together have the same id again. Others with some of them run beside them, which is harmless. */
function offerOfMany(handler: string, outboxIds: readonly number[]): Offer {
  const digest = createHash("sha1").update(outboxIds.join(" ")).digest("base64url");
  return { id: `outbox-${outboxIds[0]}-${digest}-${handler}`, handler, outboxIds };
}

/** One offer a job; jobs whose handler does many at once go together, unless their lease is over. */
function offersOf(app: Pick<App, "mail">, jobs: readonly OfferedJob[], now: Date): Offer[] {
  const [overdue, fresh] = [jobs.filter(({ isOverdue }) => isOverdue), jobs.filter(({ isOverdue }) => !isOverdue)];
  const together = [...Map.groupBy(fresh, ({ handler }) => handler)].flatMap(([handler, ofHandler]) => {
    const max = togetherMax(app, handler);
    const groups = Array.from({ length: Math.ceil(ofHandler.length / max) }, (_, i) =>
      ofHandler.slice(i * max, (i + 1) * max),
    );
    return groups.map((group) => {
      const [only, ...more] = group;
      return only && more.length === 0
        ? offerOf(only, now)
        : offerOfMany(
            handler,
            group.map(({ id }) => id),
          );
    });
  });
  return [...overdue.map((job) => offerOf(job, now)), ...together];
}

/**
 * Hands due jobs of the outbox to the queue, batch by batch until none is due. A crash between the two leaves a job
 * that is offered again when its lease ends. Several relays may run.
 *
 * @returns how many were handed over
 */
export async function relayOnce(
  app: Pick<App, "db" | "clock" | "mail">,
  queue: JobQueue,
  leaseMs = LEASE_MS,
): Promise<number> {
  let sum = 0;
  for (;;) {
    const now = app.clock.now();
    const jobs = await takeDueJobs(app.db, now, leaseMs);
    if (jobs.length === 0) return sum;
    killPoint("relay.rows-taken");
    try {
      await queue.offer(offersOf(app, jobs, now));
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

/**
 * The rounds of one relay. At its start, and when the queue lost what it held, everything that was offered and is not
 * done is due at once: the queue ignores what it still holds.
 */
export function createRelay(
  app: Pick<App, "db" | "clock" | "mail">,
  queue: JobQueue,
  leaseMs: number | null,
): () => Promise<number> {
  let generation: string | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - lookedAt >= LOOK_EVERY_MS) {
      const found = await queue.generation();
      if (found !== generation) await returnOfferedJobs(app.db);
      generation = found;
      lookedAt = performance.now();
    }
    return relayOnce(app, queue, leaseMs ?? LEASE_MS);
  };
}
