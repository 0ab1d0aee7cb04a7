import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import type { ReviewId, UserId } from "../kernel/ids.ts";
import { countReview } from "./countReview.ts";
import { lockReview } from "./lockReview.ts";

/**
 * An author takes his review back; the row stays. A second time changes nothing. He may write another, unless staff had
 * taken this one down.
 *
 * @throws Refusal UNAUTHENTICATED | FORBIDDEN | NOT_FOUND (another's)
 */
export async function deleteReview(app: Pick<App, "db" | "clock">, actor: Actor, id: string): Promise<ReviewId> {
  requireRight(actor, "own.reviews");
  return inTransaction(app.db, async (tx) => {
    const review = await lockReview(tx, id, actor.userId as UserId);
    if (!review.isActive) return review.id;
    await tx.sql("update reviews set is_active = false, updated_at = $2 where id = $1", [review.id, app.clock.now()]);
    if (!review.isArchived) await countReview(tx, review.productId, review, null);
    return review.id;
  });
}
