import { createServer } from "node:http";
import os from "node:os";
import { createApp } from "../api/app.ts";
import { createSharedClock } from "../platform/clock.ts";
import { loadConfigOrExit } from "../platform/config.ts";
import { registry } from "../platform/metrics.ts";
import { openQueue } from "../platform/queue.ts";
import { onShutdown } from "../platform/shutdown.ts";
import { startBackups } from "./backups.ts";
import { startLoop } from "./loop.ts";
import { createRelay } from "./relay.ts";
import { runJobs } from "./runJob.ts";
import { startSchedule } from "./schedule.ts";

const JOBS_AT_ONCE = 8; // most of a job is waiting for a gateway or the database
const RELAY_PAUSE_MS = 50; // how long a committed message may lie before it is handed on

// Nobody waits for a worker as he waits for the API: on a machine that both share, the API goes first.
os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL);

const config = loadConfigOrExit();
const clock = createSharedClock();
const app = createApp(config, "worker", clock);
const queue = openQueue(config);

/** What is due is asked by the shop's time alone: nothing runs before that is known. */
async function startWork() {
  await clock.follow(app.db, (ms) => app.log.warn({ wrongByMs: ms }, "this machine's clock was wrong"));
  const consumer = queue.consume((ticket) => runJobs(app, ticket.outboxIds), {
    concurrency: JOBS_AT_ONCE,
    onError: (error) => app.log.warn({ err: error }, "the queue failed"),
  });
  const relay = startLoop(app.log, "relay", RELAY_PAUSE_MS, createRelay(app, queue, config.jobLeaseMs));
  return { consumer, relay, schedule: startSchedule(app), backups: startBackups(app, config) };
}
const starting = startWork();

// Prometheus reads the worker's figures on a port of its own, given by the machine and told in the log.
const metrics = createServer(async (_request, response) => {
  response.setHeader("content-type", registry.contentType).end(await registry.metrics());
}).listen(0, "127.0.0.1", () => {
  app.log.info({ metrics: metrics.address() }, "worker ready");
  process.send?.("ready");
});

onShutdown(app.log, async () => {
  metrics.close();
  clock.stop();
  const { consumer, relay, schedule, backups } = await starting;
  await Promise.all([relay.stop(), schedule.stop(), backups.stop()]);
  await consumer.close();
  await queue.close();
  await app.db.close();
});
