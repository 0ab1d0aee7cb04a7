import type { App } from "../domain/app.ts";
import { GatewayUnavailable, Refusal } from "../domain/kernel/errors.ts";
import { killPoint } from "../domain/kernel/killPoint.ts";
import { clearAlertOf, raiseAlert } from "../domain/kernel/raiseAlert.ts";
import type { HandlerName } from "../domain/messages.ts";
import { inTransaction, isDatabaseAway } from "../platform/db.ts";
import { withRequestId } from "../platform/log.ts";
import { jobsTotal } from "../platform/metrics.ts";
import {
  endParkedTwins,
  markDone,
  markFailed,
  parkJob,
  readJob,
  returnEarlyJob,
  type StoredJob,
} from "../platform/outbox.ts";
import { redactText } from "../platform/redact.ts";
import { handlers, onParked } from "./handlers.ts";
import { JOB_PARKED, parkedSubject } from "./parkedJobs.ts";

/** Tries of a job that fails by an error of ours; after them a person looks at it. */
const ATTEMPTS_MAX = 8;
/** A gateway that is away comes back by itself: about a day of tries at the longest backoff. */
const GATEWAY_ATTEMPTS_MAX = 150;
const BACKOFF_MS = 500;
const BACKOFF_MS_MAX = 10 * 60_000;
const ERROR_CHARS_MAX = 500;

/**
 * Doubles with each try, capped, and shifted by up to a quarter so that jobs that failed together do not return
 * together.
 */
export function backoffMs(attempt: number, spread: number): number {
  const base = Math.min(BACKOFF_MS * 2 ** Math.min(attempt, 20), BACKOFF_MS_MAX);
  return Math.round(base * (1 + spread / 4));
}

const isHandler = (name: string): name is HandlerName => Object.hasOwn(handlers, name);

/** A refusal will not change by asking again; a gateway's outage gets many tries; anything else a few. */
function triesOf(error: unknown): number {
  if (error instanceof Refusal && error.code !== "CONFLICT" && error.code !== "IN_PROGRESS") return 1;
  return error instanceof GatewayUnavailable ? GATEWAY_ATTEMPTS_MAX : ATTEMPTS_MAX;
}

async function park(app: App, job: StoredJob, error: string): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    if (!(await parkJob(tx, job.id, error, now))) return;
    killPoint("job.parked");
    const extra = isHandler(job.handler) ? onParked[job.handler] : undefined;
    if (extra) return extra(tx, app, job.payload as never, error);
    await raiseAlert(
      tx,
      { ids: app.ids, now },
      {
        kind: JOB_PARKED,
        subject: parkedSubject(job),
        severity: "CRITICAL",
        message: `${job.handler} was given up after ${job.attempts + 1} tries: ${error}`,
      },
    );
  });
  jobsTotal.inc({ handler: job.handler, outcome: "parked" });
}

/** Marks the job done. Where it was in trouble, its alert and what was parked before it end in the same transaction. */
async function finish(app: App, job: StoredJob): Promise<void> {
  const now = app.clock.now();
  if (!job.isInTrouble) {
    await markDone(app.db, job, now);
    return;
  }
  await inTransaction(app.db, async (tx) => {
    if (!(await markDone(tx, job, now))) return;
    await endParkedTwins(tx, job, now);
    await clearAlertOf(tx, now, JOB_PARKED, parkedSubject(job));
  });
}

async function fail(app: App, job: StoredJob, error: unknown): Promise<void> {
  const message = redactText(error instanceof Error ? error.message : String(error)).slice(0, ERROR_CHARS_MAX);
  app.log.warn({ err: error, handler: job.handler, outboxId: job.id, attempt: job.attempts + 1 }, "a job failed");
  // A database that is away is nobody's failure: the lease ends, and the job is offered again. Another company's
  // refused connection looks the same from inside, and is its failure.
  if (!(error instanceof GatewayUnavailable) && isDatabaseAway(error)) return;
  if (job.attempts + 1 >= triesOf(error)) return park(app, job, message);
  killPoint("job.failed");
  const delayMs = backoffMs(job.attempts, (job.id % 16) / 16);
  await markFailed(app.db, job.id, message, new Date(app.clock.now().getTime() + delayMs));
  jobsTotal.inc({ handler: job.handler, outcome: "failed" });
}

/**
 * Runs one job of the outbox and keeps its outcome there: done, due again later, or parked with an alert. The queue
 * only says which. Running a job twice at once is harmless, because every handler is.
 */
export async function runJob(app: App, outboxId: number): Promise<void> {
  const job = await readJob(app.db, outboxId);
  if (!job) return;
  if (job.dueAt > app.clock.now()) return returnEarlyJob(app.db, job.id);
  await withRequestId(job.requestId ?? `job-${job.id}`, async () => {
    try {
      if (!isHandler(job.handler)) throw new Refusal("NOT_FOUND", `no handler ${job.handler}`);
      killPoint("job.read");
      const handle = handlers[job.handler] as (app: App, payload: object) => Promise<unknown>;
      await handle(app, job.payload);
      killPoint("job.handled");
      await finish(app, job);
      killPoint("job.marked-done");
      jobsTotal.inc({ handler: job.handler, outcome: "done" });
      app.log.info({ handler: job.handler, outboxId: job.id }, "job done");
    } catch (error) {
      await fail(app, job, error);
    }
  });
}
