const TRIED = "lunas.reloaded";
/** A second failure this soon is none that loading anew mends. */
const ONCE_IN_MS = 60_000;

/** Whether code could not be loaded, by the browsers' own words for it: the names of the files change by a release. */
export const isCodeMissing = (error: unknown): boolean =>
  error instanceof Error &&
  /dynamically imported module|Importing a module script failed|Unable to preload CSS/i.test(error.message);

/** Whether loading the page anew is worth it: there is a line, and it was not just done. `now`: ms since 1970. */
export function mayLoadAnew(storage: Pick<Storage, "getItem" | "setItem">, isOnline: boolean, now: number): boolean {
  const last = Number(storage.getItem(TRIED) ?? 0);
  if (!isOnline || Math.abs(now - last) < ONCE_IN_MS) return false;
  storage.setItem(TRIED, String(now));
  return true;
}
