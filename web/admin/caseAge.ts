const HOUR_MS = 60 * 60 * 1000;
const DAY_HOURS = 24;

/** How long something has been open, in whole days from the second day on, else in hours. */
export function caseAge(openedAt: string, now: number): { readonly unit: "days" | "hours"; readonly count: number } {
  const hours = Math.max(0, Math.floor((now - Date.parse(openedAt)) / HOUR_MS));
  return hours >= 2 * DAY_HOURS
    ? { unit: "days", count: Math.floor(hours / DAY_HOURS) }
    : { unit: "hours", count: hours };
}
