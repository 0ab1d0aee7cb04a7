import { setTimeout as delay } from "node:timers/promises";
import { type Chance, createChance } from "./chance.ts";
import { CALM_SECONDS, type Fault, type Ground } from "./faults.ts";
import type { Scene } from "./scene.ts";
import type { ShopFloor } from "./shopFloor.ts";
import { comeIn } from "./stories.ts";
import type { Attempt, Diary, ShopperBook } from "./told.ts";

/** When a fault was there, ms since the day's start. */
export interface FaultTime {
  readonly name: string;
  /** Why it did not happen here; null: it did. */
  readonly skipped: string | null;
  readonly from: number;
  /** When it began to be put right; what comes after counts as recovery, the start of a process included. */
  readonly until: number;
}

export interface DayPlan {
  readonly seed: number;
  /** Shoppers a second. */
  readonly rate: number;
  readonly lengthMs: number;
  readonly faults: readonly Fault[];
  progress(line: string): void;
}

export interface Day extends Diary {
  readonly faults: readonly FaultTime[];
  readonly lengthMs: number;
  /** Shoppers who could not come in because too many were inside. */
  readonly turnedAway: number;
  /** The shoppers' processes that broke: our own bugs. */
  readonly errors: readonly string[];
}

/** One process plays them all; beyond this it would measure itself. */
const INSIDE_MAX = 2_000;
/** A shopper gives up by himself before this. */
const LEAVE_WITHIN_MS = 200_000;

/** Who comes, in what order and what for is decided by the seed alone; what then happens is not. */
async function receive(scene: Scene, plan: DayPlan, isOver: () => boolean) {
  const books: ShopperBook[] = [];
  const inside = new Set<Promise<void>>();
  const errors: string[] = [];
  let turnedAway = 0;
  for (let n = 1; ; n++) {
    await delay(Math.max(0, (n * 1_000) / plan.rate - scene.now()));
    if (isOver()) break;
    if (inside.size >= INSIDE_MAX) {
      turnedAway += 1;
      continue;
    }
    const { book, play } = comeIn(scene, n);
    books.push(book);
    const visit: Promise<void> = play()
      .catch((error: unknown) => void errors.push(`${book.key} (${book.story}): ${(error as Error).stack}`))
      .finally(() => inside.delete(visit));
    inside.add(visit);
  }
  const everybodyLeft = Promise.all(inside).then(() => true);
  const isEmpty = await Promise.race([everybodyLeft, delay(LEAVE_WITHIN_MS, false, { ref: false })]);
  if (!isEmpty) errors.push(`${inside.size} shoppers do not leave`);
  return { books, errors, turnedAway };
}

/**
 * One fault after another, each followed by some calm; together they fill the day. A start or stop that takes long
 * comes out of the calm, and makes the day longer where that is not enough.
 */
async function breakThings(ground: Ground, plan: DayPlan, now: () => number): Promise<FaultTime[]> {
  const times: FaultTime[] = [];
  const actions = plan.faults.map((fault) => ({ ...fault, action: fault.on(ground) }));
  const happening = actions.filter(({ action }) => action !== null);
  const nominal = happening.reduce((sum, { seconds }) => sum + seconds + CALM_SECONDS, CALM_SECONDS);
  const msOf = (seconds: number) => (seconds * plan.lengthMs) / nominal;
  let due = msOf(CALM_SECONDS);
  for (const { name, seconds, action } of actions) {
    if (action === null) {
      times.push({ name, skipped: "not on this queue or machine", from: 0, until: 0 });
      continue;
    }
    await delay(Math.max(0, due - now()));
    plan.progress(`${(now() / 1_000).toFixed(0)} s: ${name}`);
    const from = now();
    await action.begin();
    await delay(msOf(seconds));
    const until = now();
    await action.end();
    times.push({ name, skipped: null, from, until });
    due += msOf(seconds + CALM_SECONDS);
  }
  await delay(Math.max(0, plan.lengthMs - now()));
  return times;
}

/** Keeps the shop under a steady load while one thing after another breaks. Ends when every shopper has left. */
export async function runFaultDay(ground: Ground, floor: ShopFloor, plan: DayPlan): Promise<Day> {
  const attempts: Attempt[] = [];
  const waits: Diary["waits"][number][] = [];
  const start = performance.now();
  const now = () => performance.now() - start;
  const chance: Chance = createChance(plan.seed);
  const { apiUrls, sandboxUrl } = ground.shop;
  const scene: Scene = {
    floor,
    apiUrls,
    sandboxUrl,
    chance,
    now,
    note: (attempt) => attempts.push(attempt),
    noteWait: (wait) => waits.push(wait),
  };
  let isOver = false;
  const breaking = breakThings(ground, plan, now).finally(() => {
    isOver = true;
  });
  const [{ books, errors, turnedAway }, faults] = await Promise.all([receive(scene, plan, () => isOver), breaking]);
  return { attempts, waits, books, errors, turnedAway, faults, lengthMs: plan.lengthMs };
}
