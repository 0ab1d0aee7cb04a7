import { setTimeout as delay } from "node:timers/promises";
import type { Db } from "./db.ts";

/** Where "now" comes from. Tests set it; nothing in domain/ or gateways/ asks the machine directly. */
export interface Clock {
  now(): Date;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => new Date() };

/** Closer to the database's time is right: nobody waits for a second, and time never goes back by so little. */
const TOLERANCE_MS = 500;
/** A look that took longer says too little about when it was answered. */
const LOOK_WITHIN_MS = 1_000;
const LOOK_EVERY_MS = 5_000;
/** Until the first look succeeds. */
const LOOK_AGAIN_MS = 250;

/** A clock that all processes of a shop share: the database's. */
export interface SharedClock extends Clock {
  /**
   * Begins to follow the database's clock. Answers when this one is right for the first time; a database that is away
   * is asked until it answers.
   *
   * @param onCorrected told by how many ms this machine's time was wrong, each time that it was
   */
  follow(db: Pick<Db, "pool">, onCorrected: (ms: number) => void): Promise<void>;
  stop(): void;
}

/**
 * Machines whose clocks differ would end each other's payment windows and leases too early, or never. So a process
 * reads the time from the database and counts on from there by a counter that no correction of the machine's clock
 * moves. Before the first look it is the machine's.
 */
export function createSharedClock(): SharedClock {
  const stopping = new AbortController();
  let offsetMs = Date.now() - performance.now();
  const look = async (db: Pick<Db, "pool">): Promise<number> => {
    const asked = performance.now();
    const { rows } = await db.pool.query<{ ms: number }>(
      "select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms",
    );
    const answered = performance.now();
    if (answered - asked > LOOK_WITHIN_MS) throw new Error("the database's time came too late");
    const ms = (rows[0]?.ms ?? Number.NaN) - (asked + answered) / 2;
    const wrongBy = offsetMs - ms;
    if (!(Math.abs(wrongBy) > TOLERANCE_MS)) return 0;
    offsetMs = ms;
    return wrongBy;
  };
  return {
    now: () => new Date(offsetMs + performance.now()),
    follow(db, onCorrected) {
      return new Promise((resolve) => {
        const run = async () => {
          let pauseMs = LOOK_AGAIN_MS;
          while (!stopping.signal.aborted) {
            try {
              const wrongBy = await look(db);
              if (wrongBy !== 0) onCorrected(Math.round(wrongBy));
              pauseMs = LOOK_EVERY_MS;
              resolve();
            } catch {
              // Away, or too slow to tell the time: what was known goes on, and the next look comes soon.
            }
            await delay(pauseMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
          }
          resolve();
        };
        void run();
      });
    },
    stop: () => stopping.abort(),
  };
}
