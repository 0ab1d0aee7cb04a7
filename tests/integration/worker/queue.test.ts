import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type JobConsumer, type JobQueue, openQueue } from "../../../platform/queue.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { redisUrl } from "../../support/redis.ts";
import { PATIENCE_MS } from "../../support/until.ts";

const ticket = (n: number) => ({ id: `outbox-${n}-handler`, handler: "handler", outboxIds: [n] });

/** Resolves as soon as `isSo` holds. */
async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`it did not happen: ${isSo}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

// Where the machine has no Redis, the run said so at its start.
const BACKENDS: [string, () => { redisUrl: string | null; databaseUrl: string }][] = [
  ["PostgreSQL", () => ({ redisUrl: null, databaseUrl: database.url })],
];
if (redisUrl() !== null) BACKENDS.push(["Redis", () => ({ redisUrl: redisUrl(), databaseUrl: "" })]);

/** A consumer takes the job of a dead one after a quarter of it; a living one on a busy machine keeps its own. */
const SHORT_LEASE_MS = 2_000;
const LEASE_MS = 60_000;

/** Another machine's consumer, which takes a job and dies with it. */
async function dieWithAJob(settings: object): Promise<void> {
  const queue = new URL("../../../platform/queue.js", import.meta.url).href;
  const code = `
    const { openQueue } = await import(${JSON.stringify(queue)});
    const { parentPort } = await import("node:worker_threads");
    const run = () => { parentPort.postMessage("taken"); return new Promise(() => {}); };
    openQueue(${JSON.stringify(settings)}).consume(run, { concurrency: 1, onError() {} });`;
  const thread = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
  await once(thread, "message");
  await thread.terminate();
}

describe.each(BACKENDS)("the queue on %s", (_backend, settings) => {
  let queue: JobQueue;
  let consumers: JobConsumer[] = [];
  const consume = (run: (outboxId: number) => Promise<void>, concurrency = 4): JobConsumer => {
    const consumer = queue.consume(({ outboxIds: [id] }) => run(id as number), {
      concurrency,
      onError: () => undefined,
    });
    consumers.push(consumer);
    return consumer;
  };
  const start = (jobLeaseMs = LEASE_MS) => {
    queue = openQueue({ ...settings(), jobLeaseMs });
    consumers = [];
  };
  afterEach(async () => {
    await Promise.all(consumers.map((consumer) => consumer.close()));
    await queue.close();
  });

  test("hands each of 300 jobs over once, to two consumers, and runs no more at once than asked for", async () => {
    start();
    const seen: number[] = [];
    let [running, most] = [0, 0];
    const run = async (id: number) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(id);
      running -= 1;
    };
    consume(run, 3);
    consume(run, 3);
    await queue.offer(Array.from({ length: 300 }, (_, n) => ticket(n)));
    await until(() => seen.length === 300);
    expect(new Set(seen).size).toBe(300);
    expect(most).toBeLessThanOrEqual(6);
  });

  test("takes a job that waits already, or runs, only once", async () => {
    start();
    const seen: number[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    for (let copy = 0; copy < 5; copy++) await queue.offer([ticket(1001), ticket(1002)]);
    consume(async (id) => {
      seen.push(id);
      await held;
    });
    await until(() => seen.length === 2);
    await queue.offer([ticket(1001)]);
    release();
    await queue.offer([ticket(1003)]);
    await until(() => seen.includes(1003));
    expect([...seen].sort()).toEqual([1001, 1002, 1003]);
  });

  test("takes a job again once it has ended, well or badly: the outbox alone knows whether it is done", async () => {
    start();
    const seen: number[] = [];
    consume(async (id) => {
      seen.push(id);
      if (id === 2002) throw new Error("this job fails");
    }, 1);
    for (let round = 1; round <= 3; round++) {
      // The last one comes out behind the others, so that they have ended when it does.
      await queue.offer([ticket(2001), ticket(2002), ticket(2100 + round)]);
      await until(() => seen.includes(2100 + round));
    }
    await queue.offer([ticket(2999)]);
    await until(() => seen.includes(2999));
    expect(seen.filter((id) => id === 2001)).toHaveLength(3);
    expect(seen.filter((id) => id === 2002)).toHaveLength(3);
  });

  test("ends a consumer only when what it runs has ended, and keeps the rest for another", async () => {
    start();
    const seen: string[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = consume(async (id) => {
      await held;
      seen.push(`first ${id}`);
    }, 1);
    await queue.offer([ticket(3001)]);
    await queue.offer([ticket(3002), ticket(3003)]);
    const closing = first.close();
    release();
    await closing;
    consume(async (id) => {
      seen.push(`second ${id}`);
    });
    await until(() => seen.length >= 3);
    expect(seen.map((text) => text.replace(/\w+ /, "")).sort()).toEqual(["3001", "3002", "3003"]);
  });

  test("gives the job of a consumer that died to another", async () => {
    start(SHORT_LEASE_MS);
    await queue.offer([ticket(4001)]);
    await dieWithAJob({ ...settings(), jobLeaseMs: SHORT_LEASE_MS });
    const seen: number[] = [];
    consume(async (id) => void seen.push(id));
    await until(() => seen.includes(4001));
    expect(seen).toEqual([4001]);
  });

  test("lets one whose lease is over in beside a run that does not end, and once where none runs", async () => {
    start();
    const seen: number[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const again = (id: number) => ({ ...ticket(id), retryId: `outbox-${id}-handler-again` });
    // Waits still: it is the same job.
    await queue.offer([ticket(5001), ticket(5002)]);
    await queue.offer([again(5002)]);
    consume(async (id) => {
      seen.push(id);
      if (seen.length === 1) await held;
    }, 2);
    await until(() => seen.includes(5002));
    await queue.offer([ticket(5001)]);
    await queue.offer([ticket(5003)]);
    await until(() => seen.includes(5003));
    expect(seen).toEqual([5001, 5002, 5003]);
    await queue.offer([again(5001)]);
    await until(() => seen.length === 4);
    expect(seen).toEqual([5001, 5002, 5003, 5001]);
    release();
  });

  test("has one name for what it holds, whoever asks", async () => {
    start();
    const other = openQueue(settings());
    const names = [await queue.generation(), await other.generation(), await queue.generation()];
    await other.close();
    expect(new Set(names).size).toBe(1);
  });

  test("answers a ping, and an offer of nothing", async () => {
    start();
    await queue.offer([]);
    await expect(queue.ping()).resolves.toBeUndefined();
  });
});
