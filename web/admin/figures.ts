const EVERY_MS = 60_000;

/** For sums, which are read in passing: never kept, and asked for anew each minute while the page is in view. */
export const FIGURES = {
  fetchPolicy: "no-cache",
  pollInterval: EVERY_MS,
  skipPollAttempt: () => document.hidden,
} as const;
