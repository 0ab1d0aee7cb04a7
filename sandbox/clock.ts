/** Where the sandbox reads the time and sets its alarms; tests inject one that they move by hand. */
export interface Clock {
  /** Real milliseconds since the epoch. */
  now(): number;
  /** Runs `run` once after `ms` real milliseconds; the answer cancels it. */
  after(ms: number, run: () => void): () => void;
}

/** Longest wait of a Node timer, in ms; a longer one would fire at once, so longer waits are taken in steps. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    let timer: NodeJS.Timeout;
    const wait = (left: number): void => {
      const step = Math.min(left, LONGEST_TIMER_MS);
      timer = setTimeout(() => (left > step ? wait(left - step) : run()), Math.max(0, step));
    };
    wait(ms);
    return () => clearTimeout(timer);
  },
};

/**
 * Simulated time of something born at `born`, at the real moment `now`, both in ms. Every page and its transactions
 * live on their own line that starts at the real time: a shop with an unscaled clock that sends "valid from now for
 * 24 h" is understood, and a restart needs no stored epoch.
 */
export const simulated = (born: number, now: number, scale: number): number => born + (now - born) * scale;

/** The real moment, in ms, at which the line born at `born` reaches the simulated moment `at`. */
export const realMoment = (born: number, at: number, scale: number): number => born + (at - born) / scale;

const WIB_OFFSET_MS = 7 * 3_600_000;

/** `YYYY-MM-DD HH:MM:SS` in GMT+7 without a zone, as Midtrans writes every timestamp (midtrans.md 1.5). */
export const wib = (ms: number): string => new Date(ms + WIB_OFFSET_MS).toISOString().slice(0, 19).replace("T", " ");

/** `YYYY-MM-DD` of the Jakarta day that holds the moment. */
export const wibDay = (ms: number): string => wib(ms).slice(0, 10);

/** Milliseconds of `hour`:`minute` WIB on the day after the one that holds `ms`. */
export function nextDayAt(ms: number, hour: number, minute: number): number {
  const local = new Date(ms + WIB_OFFSET_MS);
  return Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate() + 1, hour, minute) - WIB_OFFSET_MS;
}

/**
 * The moment (ms) `count` calendar units after `ms`, by the clock in Jakarta. A day that the month does not have is its
 * last one, so that a subscription of the 31st is charged on the 28th and then on the 31st again.
 */
export function unitsLater(ms: number, unit: "minute" | "hour" | "day" | "week" | "month", count: number): number {
  const lengths = { minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000 };
  if (unit !== "month") return ms + count * lengths[unit];
  const local = new Date(ms + WIB_OFFSET_MS);
  const [year, month] = [local.getUTCFullYear(), local.getUTCMonth() + count];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const timeOfDay = (ms + WIB_OFFSET_MS) % 86_400_000;
  return Date.UTC(year, month, Math.min(local.getUTCDate(), lastDay)) + timeOfDay - WIB_OFFSET_MS;
}
