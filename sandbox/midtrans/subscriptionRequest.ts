import type { Subscription } from "../model.ts";
import { type Checks, createChecks, isObject, type Json } from "./checks.ts";
import { readStartTime } from "./snapRequest.ts";

/** Longest name of a new subscription, and of one that is changed: the pages differ (midtrans.md 7.2, 13). */
const NAME_LENGTH = { create: 40, update: 15 } as const;

/** Most retries of one charge, and bytes that metadata stays below (midtrans.md 7.2). */
const MAX_RETRIES = 3;
const METADATA_BYTES = 1_024;

/** What a create or an update asks for; members that only a create has are absent from an update. */
export interface SubscriptionOrder {
  name: string;
  amount: number;
  payment_type: Subscription["payment_type"];
  token: string;
  account_id: string | null;
  interval: number | undefined;
  interval_unit: Subscription["interval_unit"];
  max_interval: number | null;
  /** Ms since the epoch. */
  start_at: number | undefined;
  retry: Subscription["retry"];
  customer: Json | null;
  metadata: Json | null;
}

function oneOf<T extends string>(check: Checks, parent: Json, path: string, words: readonly T[], fallback: T): T {
  const text = check.text(parent, path, 50, true);
  const word = words.find((candidate) => candidate === text);
  if (text !== undefined && word === undefined) check.add(path, `must be ${words.join(" or ")}`);
  return word ?? fallback;
}

function readAmount(check: Checks, body: Json): number {
  const text = check.text(body, "amount", 15, true) ?? "0";
  if (!/^[1-9]\d*$/.test(text)) check.add("amount", "must be a whole number as a string");
  if (check.text(body, "currency", 3, true) !== "IDR") check.add("currency", "must be IDR");
  return Number(text);
}

function readRetry(check: Checks, body: Json): Subscription["retry"] {
  const part = check.object(body, "retry_schedule");
  if (!part) return null;
  const interval = check.integer(part, "retry_schedule.interval", true) ?? 1;
  const unit = oneOf(check, part, "retry_schedule.interval_unit", ["minute", "hour", "day"] as const, "day");
  const most = check.integer(part, "retry_schedule.max_interval", true) ?? 0;
  if (interval < 1) check.add("retry_schedule.interval", "must be at least 1");
  if (most < 0 || most > MAX_RETRIES) check.add("retry_schedule.max_interval", `must be from 0 to ${MAX_RETRIES}`);
  return { interval, interval_unit: unit, max_interval: most };
}

function readStart(check: Checks, schedule: Json, now: number): number | undefined {
  const text = check.text(schedule, "schedule.start_time", 50);
  if (text === undefined) return undefined;
  const start = readStartTime(text);
  if (Number.isNaN(start)) check.add("schedule.start_time", "must be written yyyy-MM-dd HH:mm:ss Z");
  else if (start <= now) check.add("schedule.start_time", "must be in the future");
  return start;
}

function readMost(check: Checks, schedule: Json): number | null {
  const most = check.integer(schedule, "schedule.max_interval");
  if (most !== undefined && most < 0) check.add("schedule.max_interval", "must not be negative");
  // 0 asks for a single charge; nothing at all for charges without end.
  return most === undefined ? null : Math.max(1, most);
}

/**
 * Checks the body of a create, or of an update, which must name all but the schedule again (midtrans.md 7.2). `now` in
 * ms. Answers the order and every fault found.
 */
export function readSubscription(
  body: unknown,
  call: "create" | "update",
  now: number,
): { order: SubscriptionOrder; errors: string[] } {
  const check = createChecks();
  const json = isObject(body) ? body : {};
  if (!isObject(body)) check.add("request body", "must be a JSON object");
  const creates = call === "create";
  const types = ["credit_card", "gopay"] as const;
  const paymentType = creates ? oneOf(check, json, "payment_type", types, "credit_card") : "credit_card";
  const schedule = check.object(json, "schedule") ?? {};
  const interval = check.integer(schedule, "schedule.interval", creates);
  if (interval !== undefined && interval < 1) check.add("schedule.interval", "must be at least 1");
  const units = ["day", "week", "month"] as const;
  const metadata = check.object(json, "metadata") ?? null;
  if (metadata && Buffer.byteLength(JSON.stringify(metadata)) >= METADATA_BYTES) {
    check.add("metadata", "must be smaller than 1 kB");
  }
  const wallet = check.object(json, "gopay") ?? {};
  const needsAccount = creates && paymentType === "gopay";
  const order: SubscriptionOrder = {
    name: check.text(json, "name", NAME_LENGTH[call], true) ?? "",
    amount: readAmount(check, json),
    payment_type: paymentType,
    token: check.text(json, "token", 2_000, true) ?? "",
    account_id: check.text(wallet, "gopay.account_id", 100, needsAccount) ?? null,
    interval,
    interval_unit: creates ? oneOf(check, schedule, "schedule.interval_unit", units, "month") : "month",
    max_interval: creates ? readMost(check, schedule) : null,
    start_at: creates ? readStart(check, schedule, now) : undefined,
    retry: creates ? readRetry(check, json) : null,
    customer: check.object(json, "customer_details") ?? null,
    metadata,
  };
  return { order, errors: check.errors };
}
