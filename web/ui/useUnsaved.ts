import { useCallback, useLayoutEffect, useState } from "react";
import { unsaved } from "./unsaved.ts";

/**
 * Has LeaveGuard ask before the page is left while `isTyped`: while the form holds something that leaving would lose.
 * Answers what a form calls that was sent and then leads to another page by itself.
 */
export function useUnsaved(isTyped: boolean): () => void {
  const [form] = useState(() => ({}));
  // In the very step that takes the form away: nobody sees it sent and is asked all the same.
  useLayoutEffect(() => {
    if (!isTyped) return;
    unsaved.add(form);
    return () => unsaved.remove(form);
  }, [isTyped, form]);
  return useCallback(() => unsaved.remove(form), [form]);
}
