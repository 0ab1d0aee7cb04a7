const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago something was heard, in the largest unit of which two have passed. */
export function signAge(seconds: number): {
  readonly unit: "seconds" | "minutes" | "hours" | "days";
  readonly count: number;
} {
  if (seconds >= 2 * DAY) return { unit: "days", count: Math.floor(seconds / DAY) };
  if (seconds >= 2 * HOUR) return { unit: "hours", count: Math.floor(seconds / HOUR) };
  if (seconds >= 2 * MINUTE) return { unit: "minutes", count: Math.floor(seconds / MINUTE) };
  return { unit: "seconds", count: Math.max(0, Math.floor(seconds)) };
}
