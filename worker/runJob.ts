import type { App } from "../domain/app.ts";
import { GatewayUnavailable, GatewayUnreadable, Refusal } from "../domain/kernel/errors.ts";
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
  readJobs,
  returnJobsForLater,
  type StoredJob,
} from "../platform/outbox.ts";
import { redactText } from "../platform/redact.ts";
import { handlers, onParked, togetherHandlers } from "./handlers.ts";
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
  const isAway = error instanceof GatewayUnavailable && !(error instanceof GatewayUnreadable);
  return isAway ? GATEWAY_ATTEMPTS_MAX : ATTEMPTS_MAX;
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

const requestIdOf = (job: StoredJob): string => job.requestId ?? `job-${job.id}`;

/** Where it was in trouble, its alert and what was parked before it end in the same transaction. */
async function finishTroubled(app: App, job: StoredJob): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    if ((await markDone(tx, [job], now)).length === 0) return;
    await endParkedTwins(tx, job, now);
    await clearAlertOf(tx, now, JOB_PARKED, parkedSubject(job));
  });
}

/** Marks jobs done that were handled. */
async function finish(app: App, jobs: readonly StoredJob[]): Promise<void> {
  killPoint("job.handled");
  const smooth = jobs.filter(({ isInTrouble }) => !isInTrouble);
  if (smooth.length > 0) await markDone(app.db, smooth, app.clock.now());
  for (const job of jobs.filter(({ isInTrouble }) => isInTrouble)) {
    await withRequestId(requestIdOf(job), () => finishTroubled(app, job));
  }
  killPoint("job.marked-done");
}

async function fail(app: App, job: StoredJob, error: unknown): Promise<void> {
  const message = redactText(error instanceof Error ? error.message : String(error)).slice(0, ERROR_CHARS_MAX);
  if (job.attempts + 1 >= triesOf(error)) return park(app, job, message);
  killPoint("job.failed");
  const delayMs = backoffMs(job.attempts, (job.id % 16) / 16);
  await markFailed(app.db, job.id, message, new Date(app.clock.now().getTime() + delayMs));
  jobsTotal.inc({ handler: job.handler, outcome: "failed" });
}

type End = PromiseSettledResult<unknown>;

async function handleAlone(app: App, job: StoredJob): Promise<End> {
  if (!isHandler(job.handler)) {
    return { status: "rejected", reason: new Refusal("NOT_FOUND", `no handler ${job.handler}`) };
  }
  const handle = handlers[job.handler] as (app: App, payload: object) => Promise<unknown>;
  const [end] = await Promise.allSettled([withRequestId(requestIdOf(job), () => handle(app, job.payload))]);
  return end;
}

interface Ended {
  readonly job: StoredJob;
  readonly end: End;
}

/**
 * Runs jobs of one handler, by its way of doing many at once where it has one, else one after another; tells their ends
 * as they come, some at a time.
 */
async function* handleAll(app: App, handler: string, jobs: readonly StoredJob[]): AsyncGenerator<readonly Ended[]> {
  killPoint("job.read");
  const open = new Set(jobs);
  const together = isHandler(handler) ? togetherHandlers[handler] : undefined;
  if (together && jobs.length > 1) {
    const payloads = jobs.map((job) => ({ ...job.payload, requestId: requestIdOf(job) }));
    try {
      for await (const ends of together(app, payloads as never)) {
        const some = ends.map(([place, end]) => ({ job: jobs[place] as StoredJob, end }));
        for (const { job } of some) open.delete(job);
        yield some;
      }
    } catch (reason) {
      if (isDatabaseAway(reason)) return yield [...open].map((job) => ({ job, end: { status: "rejected", reason } }));
      // One of them may have spoiled it: each alone has an end of its own.
      app.log.warn({ err: reason, handler, jobs: open.size }, "jobs are run one by one");
    }
  }
  const alone: Ended[] = [];
  for (const job of open) alone.push({ job, end: await handleAlone(app, job) });
  yield alone;
}

interface Failed {
  readonly job: StoredJob;
  readonly error: unknown;
}

/**
 * A database that is away is nobody's failure. Another company's refused connection looks the same from inside, and is
 * its failure.
 */
const isCutOff = ({ error }: Failed): boolean => !(error instanceof GatewayUnavailable) && isDatabaseAway(error);

/** Often a connection is gone, not the database. Where that is away, the jobs lie until their lease ends. */
async function returnCutOff(app: App, failed: readonly Failed[]): Promise<void> {
  const ids = failed.map(({ job }) => job.id);
  await returnJobsForLater(app.db, ids, app.clock.now()).catch((error: unknown) => {
    app.log.warn({ err: error, outboxIds: ids }, "jobs lie until their lease ends");
  });
}

async function endJobs(app: App, ended: readonly Ended[]): Promise<void> {
  const failed = ended.flatMap(({ job, end }) => (end.status === "rejected" ? [{ job, error: end.reason }] : []));
  const handled = ended.filter(({ end }) => end.status === "fulfilled").map(({ job }) => job);
  if (handled.length > 0) {
    try {
      await finish(app, handled);
      for (const job of handled) noteDone(app, job);
    } catch (error) {
      failed.push(...handled.map((job) => ({ job, error })));
    }
  }
  for (const { job, error } of failed) {
    const about = { err: error, handler: job.handler, outboxId: job.id, attempt: job.attempts + 1 };
    withRequestId(requestIdOf(job), () => app.log.warn(about, "a job failed"));
  }
  const [cutOff, own] = [failed.filter(isCutOff), failed.filter((one) => !isCutOff(one))];
  if (cutOff.length > 0) await returnCutOff(app, cutOff);
  for (const { job, error } of own) await withRequestId(requestIdOf(job), () => fail(app, job, error));
}

/** What cannot be written down of one end lies until its lease is over; the others are ended all the same. */
async function runOfOneHandler(app: App, handler: string, jobs: readonly StoredJob[]): Promise<void> {
  const errors: unknown[] = [];
  for await (const ended of handleAll(app, handler, jobs)) {
    await endJobs(app, ended).catch((error: unknown) => errors.push(error));
  }
  if (errors.length > 0) throw errors[0];
}

function noteDone(app: App, job: StoredJob): void {
  jobsTotal.inc({ handler: job.handler, outcome: "done" });
  withRequestId(requestIdOf(job), () => app.log.info({ handler: job.handler, outboxId: job.id }, "job done"));
}

/**
 * Runs jobs of the outbox and keeps the outcome of each there: done, due again later, or parked with an alert. The
 * queue only says which. Running a job twice at once is harmless, because every handler is.
 */
export async function runJobs(app: App, outboxIds: readonly number[]): Promise<void> {
  const jobs = await readJobs(app.db, outboxIds);
  const now = app.clock.now();
  const early = jobs.filter(({ dueAt }) => dueAt > now).map(({ id }) => id);
  if (early.length > 0) await returnJobsForLater(app.db, early, now);
  const due = Map.groupBy(
    jobs.filter(({ dueAt }) => dueAt <= now),
    ({ handler }) => handler,
  );
  for (const [handler, ofHandler] of due) await runOfOneHandler(app, handler, ofHandler);
}

/** As runJobs, of one. */
export const runJob = (app: App, outboxId: number): Promise<void> => runJobs(app, [outboxId]);
