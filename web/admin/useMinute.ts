import { useEffect, useState } from "react";
import { shopNow } from "../ui/shopClock.ts";

const MINUTE_MS = 60_000;

/** The shop's present, milliseconds since 1970, renewed each minute: ages grow on a page that stays open, days end. */
export function useMinute(): number {
  const [now, setNow] = useState(shopNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(shopNow()), MINUTE_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
