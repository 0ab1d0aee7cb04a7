import { useEffect, useRef, useState } from "react";
import type { CustomerRefundFragment } from "../graphql/generated/buying/graphql.ts";
import { useNow } from "../ui/useNow.ts";
import { useWatch } from "../ui/useWatch.ts";
import { isMoving } from "./refundStage.ts";

/**
 * Looks again at refunds for as long as others than their owner may move them, and whenever there are `news` of what
 * they are for: a status that the page learned of by other ways may have brought one with it.
 */
export function useRefundWatch(
  refunds: readonly CustomerRefundFragment[],
  look: () => Promise<unknown>,
  news: string,
): void {
  const [isWatching, setWatching] = useState(false);
  // Time alone ends the wait for what some refunds never get.
  const now = useNow(isWatching);
  useEffect(() => {
    setWatching(refunds.some((refund) => isMoving(refund, now)));
  }, [refunds, now]);
  useWatch(isWatching, look);
  const known = useRef(news);
  useEffect(() => {
    if (known.current === news) return;
    known.current = news;
    // A look that fails leaves what is shown as it is; the next news ask again.
    look().catch(() => undefined);
  }, [news, look]);
}
