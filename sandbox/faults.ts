import { randomUUID } from "node:crypto";
import type { Fault } from "./model.ts";
import type { Sandbox } from "./sandbox.ts";

/** Calls of the simulated services that a fault may meet. */
export const API_TARGETS = [
  "midtrans.snap",
  "midtrans.charge",
  "midtrans.status",
  "midtrans.cancel",
  "midtrans.expire",
  "midtrans.refund",
  "midtrans.approve",
  "midtrans.deny",
  "midtrans.capture",
  "midtrans.token",
  "midtrans.account",
  "midtrans.subscription",
  "rajaongkir.search",
  "rajaongkir.cost",
  "rajaongkir.track",
  "komerce.search",
  "komerce.calculate",
  "komerce.store",
  "komerce.detail",
  "komerce.pickup",
  "komerce.label",
  "komerce.cancel",
  "komerce.history",
] as const;

export type ApiTarget = (typeof API_TARGETS)[number];

export type NewsTarget = "midtrans.notification" | "komerce.webhook";

/** What the sandbox sends by itself. */
const NEWS_TARGETS: readonly string[] = ["midtrans.notification", "komerce.webhook"] satisfies NewsTarget[];

const COMPANIES: readonly string[] = ["midtrans.*", "rajaongkir.*", "komerce.*"];

/** Everything that POST /sandbox/faults takes as `target`. */
export const TARGETS: readonly string[] = [...API_TARGETS, ...NEWS_TARGETS, ...COMPANIES];

/** Kinds for calls: the `_after` ones and `half` let the effect happen before the answer is lost. */
export const API_KINDS = [
  "timeout",
  "timeout_after",
  "reset",
  "reset_after",
  "500",
  "503",
  "429",
  "slow",
  "html",
  "half",
  "empty",
] as const;

/**
 * What only one call can meet: a refund that the bank declines, or that the merchant's balance does not cover
 * (midtrans.md 4.3, 4.8); a booking that the dashboard's balance does not cover, a pickup that fails inside a 201, a
 * waybill that the courier does not know yet (rajaongkir.md 4.1, 4.3, 3.1).
 */
const OWN_KINDS: Readonly<Record<string, readonly string[]>> = {
  "midtrans.refund": ["denied", "funds"],
  "komerce.store": ["balance"],
  "komerce.pickup": ["failed"],
  "komerce.history": ["not_found"],
  "rajaongkir.track": ["not_found"],
};

/** Kinds for what the sandbox sends; news of a shipment is unsigned, so a forged one says what is not true. */
export const NOTIFICATION_KINDS = ["duplicate", "out_of_order", "none", "late", "forged"] as const;

/** Most faults that wait at once, and most calls that one of them may meet. */
const MAX_FAULTS = 100;
const MAX_TIMES = 1_000_000;
/** Longest wait that a fault may ask for, in ms: one hour. */
const MAX_MS = 3_600_000;
/** Most copies of one notification. */
const MAX_COPIES = 200;

const isWhole = (value: unknown, min: number, max: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;

/** Kinds that make sense for a target; none for a target that does not exist. */
export function kindsFor(target: string): readonly string[] {
  if (!TARGETS.includes(target)) return [];
  if (NEWS_TARGETS.includes(target)) return NOTIFICATION_KINDS;
  return [...API_KINDS, ...(OWN_KINDS[target] ?? [])];
}

/** Checks a fault from outside. Answers it ready to store, or one sentence that says what is wrong. */
export function readFault(body: Record<string, unknown>): Fault | string {
  const { target, kind, times = 1, ms = null, copies = null, status = null } = body;
  if (typeof target !== "string" || !TARGETS.includes(target)) return "unknown target";
  const kinds = kindsFor(target);
  if (typeof kind !== "string" || !kinds.includes(kind)) return `unknown kind for ${target}`;
  if (!isWhole(times, 1, MAX_TIMES)) return `times must be a whole number from 1 to ${MAX_TIMES}`;
  if (ms !== null && !isWhole(ms, 0, MAX_MS)) return `ms must be a whole number from 0 to ${MAX_MS}`;
  if (copies !== null && !isWhole(copies, 1, MAX_COPIES))
    return `copies must be a whole number from 1 to ${MAX_COPIES}`;
  if (status !== null && !isWhole(status, 200, 599)) return "status must be an HTTP status from 200 to 599";
  return { id: randomUUID(), target, kind, left: times, ms, copies, status };
}

/** Every kind that some call may meet. */
export const CALL_KINDS: readonly string[] = [...new Set(API_TARGETS.flatMap(kindsFor))];

/** Adds a fault; false where too many wait already. */
export function addFault({ store }: Pick<Sandbox, "store">, fault: Fault): boolean {
  if (store.faults.values().length >= MAX_FAULTS) return false;
  store.faults.put(fault);
  return true;
}

/** Clears one fault, or all of them. */
export function clearFaults({ store }: Pick<Sandbox, "store">, id?: string): void {
  for (const fault of store.faults.values()) if (id === undefined || fault.id === id) store.faults.remove(fault.id);
}

function take({ store }: Pick<Sandbox, "store">, fits: (target: string) => boolean): Fault | undefined {
  const fault = store.faults.values().find((candidate) => fits(candidate.target));
  if (!fault) return undefined;
  if (fault.left <= 1) store.faults.remove(fault.id);
  else store.faults.put({ ...fault, left: fault.left - 1 });
  return fault;
}

/** Uses up one call of the oldest fault that concerns this target. */
export const takeApiFault = (sandbox: Pick<Sandbox, "store">, target: ApiTarget): Fault | undefined =>
  take(sandbox, (name) => name === target || name === `${target.slice(0, target.indexOf("."))}.*`);

/** Uses up one message of the oldest fault for what the sandbox sends. */
export const takeNewsFault = (sandbox: Pick<Sandbox, "store">, target: NewsTarget): Fault | undefined =>
  take(sandbox, (name) => name === target);
