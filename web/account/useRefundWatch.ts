import { useEffect, useState } from "react";
import type { CustomerRefundFragment } from "../graphql/generated/buying/graphql.ts";
import { useNow } from "../ui/useNow.ts";
import { useWatch } from "../ui/useWatch.ts";
import { isMoving } from "./refundStage.ts";

/** Looks again at refunds for as long as others than their owner may move them. */
export function useRefundWatch(refunds: readonly CustomerRefundFragment[], look: () => Promise<unknown>): void {
  const [isWatching, setWatching] = useState(false);
  // Time alone ends the wait for what some refunds never get.
  const now = useNow(isWatching);
  useEffect(() => {
    setWatching(refunds.some((refund) => isMoving(refund, now)));
  }, [refunds, now]);
  useWatch(isWatching, look);
}
