import { useEffect, useState } from "react";
import { shopNow } from "./shopClock.ts";

const TICK_MS = 1_000;

/** The shop's present in milliseconds since 1970, renewed each second while running. */
export function useNow(running: boolean): number {
  const [now, setNow] = useState(() => shopNow());
  useEffect(() => {
    if (!running) return;
    setNow(shopNow());
    const timer = setInterval(() => setNow(shopNow()), TICK_MS);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
