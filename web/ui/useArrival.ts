import { useEffect, useRef } from "react";
import { useLocation } from "react-router";

/** For a heading: it takes the focus on arrival from another page, unless somebody is at something else by then. */
export function useArrival() {
  const heading = useRef<HTMLHeadingElement>(null);
  const { key } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what happens on the page later is no arrival
  useEffect(() => {
    // "default" is the first page of a visit: the browser's own focus is right there.
    const isFree = document.activeElement === document.body || document.activeElement === null;
    if (key !== "default" && isFree) heading.current?.focus({ preventScroll: true });
  }, []);
  return heading;
}
