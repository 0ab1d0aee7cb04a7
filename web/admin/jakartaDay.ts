// Asia/Jakarta has kept UTC+7 without summer time since 1964.
const JAKARTA_OFFSET_MS = 7 * 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;
const DAY_CHARS = "2026-11-20".length;

/** The day in WIB of an instant in milliseconds, as the server takes it: `2026-11-20`. */
export const jakartaDay = (at: number): string => new Date(at + JAKARTA_OFFSET_MS).toISOString().slice(0, DAY_CHARS);

/** The day that is so many days after a day; before it with a number below 0. */
export const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, DAY_CHARS);
