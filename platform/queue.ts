import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { createPostgresBackend, type Job, Queue as RedisQueue, Worker as RedisWorker, withBackend } from "bullmq";
import { Redis } from "ioredis";

/** What travels through the queue: where to find the work, never the work itself. PostgreSQL is the record. */
export interface QueueTicket {
  /** Jobs of one handler that run together. */
  readonly outboxIds: readonly number[];
}

/** A job on its way into the queue. */
export interface Offer extends QueueTicket {
  readonly id: string;
  readonly handler: string;
  /** The id of one whose lease is over, for the case that the queue takes the earlier run for one that still runs. */
  readonly retryId?: string | undefined;
}

export interface JobQueue {
  /**
   * Offers jobs. One with an id that waits or runs already is ignored, so offering twice is harmless. One with a
   * `retryId` comes in beside a run that holds its id: that run's worker died, or stands still.
   */
  offer(offers: readonly Offer[]): Promise<void>;
  /** Starts a consumer in this process. One that starts while the backend is away begins when that is back. */
  consume(
    run: (ticket: QueueTicket) => Promise<void>,
    options: { concurrency: number; onError(error: Error): void },
  ): JobConsumer;
  /** Names what the backend holds: another name than before says that it lost everything meanwhile. */
  generation(): Promise<string>;
  /** Resolves when the backend answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface JobConsumer {
  /** Takes no further job and waits for those that run. */
  close(): Promise<void>;
}

const QUEUE = "lunas";
const SCHEMA = "bullmq";
/**
 * Jobs leave the queue when they end: a kept one would swallow the next offer of its id, and the outbox has the
 * outcome.
 */
const JOB_OPTIONS = { removeOnComplete: true, removeOnFail: true, attempts: 1 } as const;
const LOCK_DURATION_MS = 30_000; // a job of a process that died is given to another after this
const STALLED_MAX = 5;
const POOL_SIZE = 6;
const AWAY_AFTER_MS = 5_000; // a backend that hangs must not hold up the relay for longer than one that is away
const OPEN_AGAIN_MS = 1_000; // between two looks of a consumer for a backend that is away
const CLOSE_WITHIN_MS = 2_000; // what a backend that is away never answers must not hold up the end of the process

const workerOptions = (concurrency: number, lockMs: number) => ({
  concurrency,
  lockDuration: lockMs,
  stalledInterval: Math.ceil(lockMs / 3),
  maxStalledCount: STALLED_MAX,
  // BullMQ's own 15 s begin anew with every look that fails: workers would stand still long after the backend is back.
  runRetryDelay: OPEN_AGAIN_MS,
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
});

/** The part of BullMQ's classes that is used here; its Redis and PostgreSQL classes both have it. */
interface BullQueue extends Bull {
  addBulk(jobs: { name: string; data: QueueTicket; opts: object }[]): Promise<unknown>;
  getJobState(id: string): Promise<string>;
  getWaitingCount(): Promise<number>;
}
interface Bull {
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
  on(event: "error", listener: (error: Error) => void): unknown;
}

/**
 * Opens what `make` makes when it is first asked for. BullMQ keeps the outcome of its first look at the backend for
 * good: what failed there never works again, so it is thrown away and made anew for the next who asks.
 */
function opener<T extends Bull>(make: () => T, onError: (error: Error) => void) {
  let opening: Promise<T> | null = null;
  const open = async () => {
    const one = make();
    // Without a listener an error of the connection would end the process.
    one.on("error", onError);
    try {
      await one.waitUntilReady();
      return one;
    } catch (error) {
      opening = null;
      one.close().catch(onError);
      throw error;
    }
  };
  return {
    open: (): Promise<T> => {
      opening ??= open();
      return opening;
    },
    async close() {
      const one = await opening?.catch(() => null); // never opened: nothing to close
      await one?.close();
    },
  };
}

/** Waits for `ending`, but not for ever. */
async function endsSoon(ending: Promise<void>): Promise<void> {
  const timer = new AbortController();
  const late = delay(CLOSE_WITHIN_MS, undefined, { signal: timer.signal }).catch(() => undefined); // called off
  await Promise.race([ending, late]).finally(() => timer.abort());
}

type Run = (job: Job<QueueTicket>) => Promise<void>;

function startConsumer(make: (run: Run) => Bull, run: Run, onError: (error: Error) => void): JobConsumer {
  const running = new Set<Promise<void>>();
  const tracked: Run = (job) => {
    const work = run(job).finally(() => running.delete(work));
    running.add(work);
    return work;
  };
  const consumer = opener(() => make(tracked), onError);
  let isEnding = false;
  const start = async () => {
    while (!isEnding) {
      try {
        await consumer.open();
        return;
      } catch (error) {
        onError(error as Error);
        await delay(OPEN_AGAIN_MS);
      }
    }
  };
  const started = start();
  return {
    async close() {
      isEnding = true;
      const closed = started.then(() => consumer.close());
      while (running.size > 0) await Promise.allSettled(running);
      await endsSoon(closed);
    },
  };
}

interface Backend {
  makeQueue(): BullQueue;
  makeWorker(run: Run, options: object): Bull;
  generation(): Promise<string>;
  /** @throws Error at once where the backend is known to be away */
  assertThere(): Promise<void>;
  end(): Promise<void>;
}

function queueOver(backend: Backend, lockMs: number): JobQueue {
  // Errors of the connection show in what fails because of them.
  const queue = opener(backend.makeQueue, () => undefined);
  const open = async () => {
    await backend.assertThere();
    return queue.open();
  };
  const idOf = async (opened: BullQueue, { id, retryId }: Offer) =>
    retryId !== undefined && (await opened.getJobState(id)) === "active" ? retryId : id;
  return {
    async offer(offers) {
      if (offers.length === 0) return;
      const opened = await open();
      const jobIds = await Promise.all(offers.map((one) => idOf(opened, one)));
      await opened.addBulk(
        offers.map(({ handler, outboxIds }, index) => ({
          name: handler,
          data: { outboxIds },
          opts: { ...JOB_OPTIONS, jobId: jobIds[index] },
        })),
      );
    },
    consume: (run, { concurrency, onError }) =>
      startConsumer(
        (work) => backend.makeWorker(work, workerOptions(concurrency, lockMs)),
        (job) => run(job.data),
        onError,
      ),
    generation: async () => {
      await open();
      return backend.generation();
    },
    ping: async () => {
      await (await open()).getWaitingCount();
    },
    async close() {
      await endsSoon(queue.close());
      await backend.end();
    },
  };
}

const GENERATION_KEY = "lunas:queue:generation";

function redisBackend(url: string): Backend {
  // Who offers is told at once that Redis is away; who waits for jobs waits on.
  const offering = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: AWAY_AFTER_MS,
  });
  const waiting: Redis[] = [];
  const tried = new Promise<void>((resolve) => {
    offering.once("ready", resolve).once("error", () => resolve());
  });
  offering.on("error", () => undefined);
  return {
    makeQueue: () => new RedisQueue<QueueTicket>(QUEUE, { connection: offering as never }) as unknown as BullQueue,
    makeWorker(run, options) {
      const connection = new Redis(url, { maxRetriesPerRequest: null });
      connection.on("error", () => undefined);
      waiting.push(connection);
      return new RedisWorker<QueueTicket>(QUEUE, run, { ...options, connection: connection as never });
    },
    async generation() {
      await offering.set(GENERATION_KEY, randomUUID(), "NX");
      return (await offering.get(GENERATION_KEY)) ?? "";
    },
    async assertThere() {
      await tried;
      if (offering.status !== "ready") throw new Error("Redis is away");
    },
    async end() {
      for (const connection of [offering, ...waiting]) connection.disconnect();
    },
  };
}

function postgresBackend(databaseUrl: string): Backend {
  const { Queue, Worker } = withBackend(createPostgresBackend);
  const connection = {
    connectionString: databaseUrl,
    schema: SCHEMA,
    max: POOL_SIZE,
    connectionTimeoutMillis: AWAY_AFTER_MS,
    skipMigrations: true,
  };
  return {
    makeQueue: () => new Queue<QueueTicket>(QUEUE, { connection }) as unknown as BullQueue,
    makeWorker: (run, options) =>
      new Worker<QueueTicket>(QUEUE, run as never, { ...options, connection }) as unknown as Bull,
    // It is lost with the record itself, or not at all.
    generation: async () => SCHEMA,
    assertThere: async () => undefined,
    end: async () => undefined,
  };
}

interface QueueSettings {
  readonly redisUrl: string | null;
  readonly databaseUrl: string;
  /** null: LEASE_MS of the relay. Tests of dead workers wait for less. */
  readonly jobLeaseMs?: number | null;
}

/** The part of a lease after which a job's worker is taken for dead: time is left for two checks and another run. */
const LEASE_PARTS = 4;

/** The queue: BullMQ on Redis where a URL is given, else on PostgreSQL (its tables stand in the schema `bullmq`). */
export function openQueue({ redisUrl, databaseUrl, jobLeaseMs }: QueueSettings): JobQueue {
  const lockMs = Math.min(LOCK_DURATION_MS, (jobLeaseMs ?? Number.POSITIVE_INFINITY) / LEASE_PARTS);
  return queueOver(redisUrl ? redisBackend(redisUrl) : postgresBackend(databaseUrl), Math.ceil(lockMs));
}
