import { useDeskWords } from "./useDeskWords.ts";

/** A day as people say it, of the server's `2026-11-20`: `20 Nov 2026`. */
export function useDayWords() {
  const { on } = useDeskWords();
  // Noon in UTC is the same day in WIB.
  return (day: string): string => on(`${day}T12:00:00Z`);
}
