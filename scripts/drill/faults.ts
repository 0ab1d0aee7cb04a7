import type { DatabaseServer } from "./databaseServer.ts";
import {
  canFillDisk,
  clockJumps,
  connectionsAreCut,
  databaseEnds,
  type FaultAction,
  gatewayFaults,
  type OwnRedis,
  processesEnd,
  processPauses,
  redisEnds,
  redisIsFlushed,
  sandboxDiskIsFull,
} from "./faultActions.ts";
import type { RunningShop } from "./stack.ts";

/** What a fault day happens to: two API processes and two workers, each with a relay and a schedule, all the time. */
export interface Ground {
  readonly shop: RunningShop;
  readonly database: DatabaseServer;
  /** null on the PostgreSQL queue. */
  readonly redis: OwnRedis | null;
}

export interface Fault {
  readonly name: string;
  /** How long it lasts on an unscaled day, s. */
  readonly seconds: number;
  /** null where it cannot happen on this ground. */
  readonly on: (ground: Ground) => FaultAction | null;
}

const APIS = ["api-0", "api-1"];
const WORKERS = ["worker-0", "worker-1"];
const CALLS = "midtrans.*";
const NOTIFICATIONS = "midtrans.notification";
const SLOW_MS = 1_500; // below the limit of a call, above what a checkout waits
const HANGS_MS = 20_000; // above every limit

const gateway = (kind: string, more: object = {}): Fault["on"] => {
  return ({ shop }) => gatewayFaults(shop.sandboxUrl, [{ target: CALLS, kind, ...more }]);
};
const refunds = (kind: string, more: object = {}): Fault["on"] => {
  return ({ shop }) => gatewayFaults(shop.sandboxUrl, [{ target: "midtrans.refund", kind, ...more }]);
};
const notifications = (kind: string, more: object = {}): Fault["on"] => {
  return ({ shop }) => gatewayFaults(shop.sandboxUrl, [{ target: NOTIFICATIONS, kind, ...more }]);
};

const COURIER_CALLS = "komerce.*";
const couriers = (target: string, kind: string, more: object = {}): Fault["on"] => {
  return ({ shop }) => gatewayFaults(shop.sandboxUrl, [{ target, kind, ...more }]);
};

/** The fault day, in this order. */
export const FAULTS: readonly Fault[] = [
  { name: "midtrans-slow", seconds: 8, on: gateway("slow", { ms: SLOW_MS }) },
  { name: "midtrans-500", seconds: 8, on: gateway("500") },
  { name: "midtrans-429", seconds: 8, on: gateway("429") },
  { name: "midtrans-html", seconds: 8, on: gateway("html") },
  { name: "midtrans-half-answer", seconds: 8, on: gateway("half") },
  { name: "midtrans-answer-lost", seconds: 8, on: gateway("timeout_after", { ms: HANGS_MS }) },
  { name: "midtrans-no-answer", seconds: 8, on: gateway("timeout", { ms: HANGS_MS }) },
  { name: "refunds-denied", seconds: 8, on: refunds("denied") },
  { name: "refunds-without-funds", seconds: 8, on: refunds("funds") },
  { name: "refunds-500", seconds: 8, on: refunds("500") },
  { name: "refunds-answer-lost", seconds: 8, on: refunds("timeout_after", { ms: HANGS_MS }) },
  { name: "notifications-lost", seconds: 8, on: notifications("none") },
  { name: "notifications-doubled", seconds: 8, on: notifications("duplicate", { copies: 3 }) },
  { name: "notifications-out-of-order", seconds: 8, on: notifications("out_of_order", { ms: 5_000 }) },
  { name: "notifications-forged", seconds: 8, on: notifications("forged") },
  { name: "couriers-500", seconds: 8, on: couriers(COURIER_CALLS, "500") },
  { name: "couriers-answer-lost", seconds: 8, on: couriers(COURIER_CALLS, "timeout_after", { ms: HANGS_MS }) },
  { name: "couriers-no-answer", seconds: 8, on: couriers(COURIER_CALLS, "timeout", { ms: HANGS_MS }) },
  { name: "couriers-do-not-call", seconds: 8, on: couriers("komerce.webhook", "none") },
  { name: "couriers-call-lies", seconds: 8, on: couriers("komerce.webhook", "forged") },
  { name: "sandbox-killed", seconds: 8, on: ({ shop }) => processesEnd(shop, ["sandbox"]) },
  {
    name: "sandbox-disk-full",
    seconds: 8,
    on: ({ shop }) => (canFillDisk() ? sandboxDiskIsFull(shop) : null),
  },
  { name: "worker-killed", seconds: 8, on: ({ shop }) => processesEnd(shop, ["worker-0"]) },
  { name: "worker-paused", seconds: 10, on: ({ shop }) => processPauses(shop, "worker-1") },
  { name: "no-worker", seconds: 8, on: ({ shop }) => processesEnd(shop, WORKERS, "SIGTERM") },
  { name: "api-killed", seconds: 8, on: ({ shop }) => processesEnd(shop, ["api-1"]) },
  { name: "no-api", seconds: 5, on: ({ shop }) => processesEnd(shop, APIS) },
  { name: "connections-cut", seconds: 3, on: ({ database }) => connectionsAreCut(database) },
  { name: "postgres-restarted", seconds: 3, on: ({ database }) => databaseEnds(database) },
  { name: "postgres-crashed", seconds: 5, on: ({ database }) => databaseEnds(database, "crash") },
  { name: "clock-jump", seconds: 8, on: ({ shop }) => clockJumps(shop, ["api-1", "worker-1"]) },
  { name: "redis-flushed", seconds: 3, on: ({ redis }) => redis && redisIsFlushed(redis) },
  { name: "redis-away-5s", seconds: 5, on: ({ redis }) => redis && redisEnds(redis) },
  { name: "redis-away-30s", seconds: 30, on: ({ redis }) => redis && redisEnds(redis) },
];

/** Calm before the first fault and after each, on an unscaled day, s. */
export const CALM_SECONDS = 5;
