import type { AnyWordKey } from "./useDeskWords.ts";

const REASONS = ["asked", "outOfStock", "damaged", "wrongPrice", "unreachable"] as const;

/** Why staff cancels or gives money back, in the words that are kept and that the customer may read. */
export const staffReasons = (t: (key: AnyWordKey) => string): readonly string[] =>
  REASONS.map((reason) => t(`staffReason.${reason}`));
