import { useEffect, useRef } from "react";
import { nextPause } from "./pace.ts";

/**
 * Looks again and again while `watching` and the page is in view: 2 s apart for a minute, then slower (see pace.ts).
 * Coming back to the page looks at once, and other `news` make it quick again: more is likely to follow. A look that
 * fails is followed by the next one all the same.
 */
export function useWatch(watching: boolean, look: () => Promise<unknown>, news = ""): void {
  const latest = useRef(look);
  latest.current = look;
  // biome-ignore lint/correctness/useExhaustiveDependencies: news begin the watch anew
  useEffect(() => {
    if (!watching) return;
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let since = performance.now();
    let pause = 0;
    const again = () => {
      clearTimeout(timer);
      if (stopped || document.hidden) return;
      pause = nextPause(performance.now() - since, pause);
      timer = setTimeout(() => {
        // The page says by itself when nothing answers; the watch only has to go on.
        latest.current().then(again, again);
      }, pause);
    };
    const onView = () => {
      if (document.hidden) clearTimeout(timer);
      else {
        since = performance.now();
        latest.current().then(again, again);
      }
    };
    document.addEventListener("visibilitychange", onView);
    again();
    return () => {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onView);
    };
  }, [watching, news]);
}
