const MINUTE_MS = 60 * 1000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;

interface Age {
  readonly unit: "days" | "hours" | "minutes";
  readonly count: number;
}

/** How long something has been open, in the largest unit of which two have passed, as whole ones. */
export function caseAge(openedAt: string, now: number): Age {
  const minutes = Math.max(0, Math.floor((now - Date.parse(openedAt)) / MINUTE_MS));
  if (minutes >= 2 * DAY_MINUTES) return { unit: "days", count: Math.floor(minutes / DAY_MINUTES) };
  if (minutes >= 2 * HOUR_MINUTES) return { unit: "hours", count: Math.floor(minutes / HOUR_MINUTES) };
  return { unit: "minutes", count: minutes };
}
