import { AsyncLocalStorage } from "node:async_hooks";
import type pg from "pg";
import type { App } from "../../domain/app.ts";
import type { PaymentGateway } from "../../domain/payment/paymentGateway.ts";
import { sqlOver } from "../../platform/sqlClient.ts";
import { PATIENCE_MS } from "./until.ts";

type GatewayCall = Exclude<keyof PaymentGateway, "readNotification" | "awayForMs">;

/**
 * A place in the run of a use case: right before or after a call of the payment gateway, or a statement whose text
 * holds these words, `begin` and `commit` among them.
 */
export interface Point {
  readonly when: "before" | "after";
  readonly what: { readonly gateway: GatewayCall } | { readonly sql: string };
  /** Which of several, from 1. */
  readonly nth?: number;
}

export const beforeCall = (gateway: GatewayCall, nth = 1): Point => ({ when: "before", what: { gateway }, nth });
export const afterCall = (gateway: GatewayCall, nth = 1): Point => ({ when: "after", what: { gateway }, nth });
export const beforeSql = (sql: string, nth = 1): Point => ({ when: "before", what: { sql }, nth });
export const afterSql = (sql: string, nth = 1): Point => ({ when: "after", what: { sql }, nth });

interface Event {
  readonly when: "before" | "after";
  /** The name of a gateway's call, or the text of a statement. */
  readonly gateway?: string;
  readonly sql?: string;
}

const flat = (text: string) => text.replace(/\s+/g, " ").trim();
const nameOf = ({ when, gateway, sql }: Event) => `${when} ${gateway ?? flat(sql ?? "").slice(0, 80)}`;
const labelOf = ({ when, what, nth = 1 }: Point) =>
  `${when} ${"gateway" in what ? what.gateway : what.sql}${nth > 1 ? ` (${nth})` : ""}`;
const isAt = ({ when, what }: Point, event: Event): boolean =>
  event.when === when &&
  ("gateway" in what ? event.gateway === what.gateway : event.sql !== undefined && flat(event.sql).includes(what.sql));

type OnEvent = (event: Event) => Promise<void>;

/** Calls `on` before and after each use of a function. */
function around<A extends unknown[], R>(work: (...given: A) => Promise<R>, on: OnEvent, what: (...given: A) => object) {
  return async (...given: A): Promise<R> => {
    const event = what(...given);
    await on({ when: "before", ...event });
    const result = await work(...given);
    await on({ when: "after", ...event });
    return result;
  };
}

/** A pool or a connection whose statements are seen; everything else is as it was. */
function watched<T extends pg.Pool | pg.PoolClient>(target: T, on: OnEvent): T {
  const textOf = (given: unknown) => ({ sql: typeof given === "string" ? given : (given as { text: string }).text });
  const query = around(target.query.bind(target) as (...given: unknown[]) => Promise<unknown>, on, textOf);
  return new Proxy(target, {
    get(_, name) {
      if (name === "query") return query;
      if (name === "connect") return async () => watched(await (target as pg.Pool).connect(), on);
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** The shop as it is, with every call of the gateway and every statement shown to `on`, which may hold it. */
function watchedApp(app: App, on: OnEvent): App {
  const payments = { ...app.payments };
  for (const call of ["openPage", "charge", "fetchStatus", "cancel", "expire", "closePage"] as const) {
    const original = app.payments[call] as (given: never) => Promise<never>;
    payments[call] = around(original, on, () => ({ gateway: call }));
  }
  const pool = watched(app.db.pool, on);
  return { ...app, payments, db: { ...app.db, pool, sql: sqlOver(pool) } };
}

export interface Race<A, B> {
  /** Runs until it is at `from`, and is held there; it goes on to `to`, with nothing between the two. */
  readonly a: (app: App) => Promise<A>;
  readonly from: Point;
  readonly to: Point;
  /** Runs meanwhile: to its end, or until it waits for a lock that the first one holds. */
  readonly b: () => Promise<B>;
}

export interface Outcome<A, B> {
  readonly a: PromiseSettledResult<A>;
  readonly b: PromiseSettledResult<B>;
  /** The second one had to wait for the first one. */
  readonly hasWaited: boolean;
}

/** True once a statement in this database waits for a lock, false when `isOver` before. */
async function waitsForLock(app: App, isOver: () => boolean): Promise<boolean> {
  const end = performance.now() + PATIENCE_MS;
  while (performance.now() < end && !isOver()) {
    const [row] = await app.db.sql<{ waiting: number }>(
      `select count(*) as waiting from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (row && row.waiting > 0) return true;
  }
  if (!isOver()) throw new Error("the second one neither ends nor waits for a lock");
  return false;
}

/**
 * Runs B exactly between two points of A that follow each other: no timers, so it is the same every time.
 *
 * @throws Error when A ends without coming by, or when something lies between the two points
 */
export async function race<A, B>(app: App, { a, from, to, b }: Race<A, B>): Promise<Outcome<A, B>> {
  const trail: string[] = [];
  let seen = 0;
  let isHeld = false;
  let next: string | null = null;
  let second: Promise<PromiseSettledResult<B>[]> | null = null;
  let hasWaited = false;
  // The second one is somebody else: what the first one is in the middle of, such as a transaction, is not about it.
  const elsewhere = AsyncLocalStorage.snapshot();
  const on: OnEvent = async (event) => {
    trail.push(nameOf(event));
    if (isHeld && next === null) next = isAt(to, event) ? "" : nameOf(event);
    if (isHeld || !isAt(from, event)) return;
    seen += 1;
    if (seen < (from.nth ?? 1)) return;
    isHeld = true;
    let isOver = false;
    second = elsewhere(() => Promise.allSettled([b()])).finally(() => {
      isOver = true;
    });
    hasWaited = await elsewhere(() => waitsForLock(app, () => isOver));
  };
  const [first] = (await Promise.allSettled([a(watchedApp(app, on))])) as [PromiseSettledResult<A>];
  if (!second) throw new Error(`never came by ${labelOf(from)}, but by: ${trail.join("; ")}`);
  const [other] = (await second) as [PromiseSettledResult<B>];
  if (next !== "") throw new Error(`${labelOf(from)} is followed by ${next ?? "nothing"}, not by ${labelOf(to)}`);
  return { a: first, b: other, hasWaited };
}

/** What became of one of them: `done`, or the code or name of its error. */
export function wordOf(result: PromiseSettledResult<unknown>): string {
  if (result.status === "fulfilled") return "done";
  const { code, name } = result.reason as { code?: string; name: string };
  return code ?? name;
}
