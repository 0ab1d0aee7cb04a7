import { createPostgresBackend, type Job, Queue as RedisQueue, Worker as RedisWorker, withBackend } from "bullmq";
import { Redis } from "ioredis";

/** What travels through the queue: where to find the work, never the work itself. PostgreSQL is the record. */
export interface QueueTicket {
  readonly outboxId: number;
}

export interface JobQueue {
  /** Offers jobs. One with an id that waits or runs already is ignored, so offering twice is harmless. */
  offer(
    tickets: readonly { readonly id: string; readonly handler: string; readonly outboxId: number }[],
  ): Promise<void>;
  /** Starts a consumer in this process. */
  consume(
    run: (ticket: QueueTicket) => Promise<void>,
    options: { concurrency: number; onError(error: Error): void },
  ): JobConsumer;
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
const LOCK_DURATION_MS = 60_000; // a job of a process that died is given to another after this
const STALLED_MAX = 5;
const POOL_SIZE = 6;

const workerOptions = (concurrency: number) => ({
  concurrency,
  lockDuration: LOCK_DURATION_MS,
  maxStalledCount: STALLED_MAX,
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
});

/** The part of BullMQ's classes that is used here; its Redis and PostgreSQL classes both have it. */
interface BullQueue {
  addBulk(jobs: { name: string; data: QueueTicket; opts: object }[]): Promise<unknown>;
  getWaitingCount(): Promise<number>;
  close(): Promise<void>;
  on(event: "error", listener: (error: Error) => void): unknown;
}
interface BullWorker {
  close(): Promise<void>;
  on(event: "error", listener: (error: Error) => void): unknown;
}

function queueOver(
  queue: BullQueue,
  makeWorker: (run: (job: Job<QueueTicket>) => Promise<void>, options: object) => BullWorker,
  end: () => Promise<void>,
): JobQueue {
  // Connection errors show in what fails because of them; without a listener BullMQ would end the process.
  queue.on("error", () => undefined);
  return {
    async offer(tickets) {
      if (tickets.length === 0) return;
      await queue.addBulk(
        tickets.map(({ id, handler, outboxId }) => ({
          name: handler,
          data: { outboxId },
          opts: { ...JOB_OPTIONS, jobId: id },
        })),
      );
    },
    consume(run, { concurrency, onError }) {
      const worker = makeWorker((job) => run(job.data), workerOptions(concurrency));
      worker.on("error", onError);
      return { close: () => worker.close() };
    },
    ping: async () => {
      await queue.getWaitingCount();
    },
    async close() {
      await queue.close();
      await end();
    },
  };
}

function redisQueue(url: string): JobQueue {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  connection.on("error", () => undefined);
  const queue = new RedisQueue<QueueTicket>(QUEUE, { connection: connection as never });
  return queueOver(
    queue as unknown as BullQueue,
    (run, options) => new RedisWorker<QueueTicket>(QUEUE, run, { ...options, connection: connection as never }),
    async () => {
      connection.disconnect();
    },
  );
}

function postgresQueue(databaseUrl: string): JobQueue {
  const { Queue, Worker } = withBackend(createPostgresBackend);
  const connection = { connectionString: databaseUrl, schema: SCHEMA, max: POOL_SIZE, skipMigrations: true };
  const queue = new Queue<QueueTicket>(QUEUE, { connection });
  return queueOver(
    queue as unknown as BullQueue,
    (run, options) => new Worker<QueueTicket>(QUEUE, run as never, { ...options, connection }) as unknown as BullWorker,
    async () => undefined,
  );
}

/** The queue: BullMQ on Redis where a URL is given, else on PostgreSQL (its tables stand in the schema `bullmq`). */
export function openQueue(config: { readonly redisUrl: string | null; readonly databaseUrl: string }): JobQueue {
  return config.redisUrl ? redisQueue(config.redisUrl) : postgresQueue(config.databaseUrl);
}
