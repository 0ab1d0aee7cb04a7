import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { recordAudit } from "../identity/recordAudit.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import type { ReviewId } from "../kernel/ids.ts";
import { countReview } from "./countReview.ts";
import { lockReview } from "./lockReview.ts";
import { requireReason } from "./review.rules.ts";

/**
 * Staff takes a review down and says why; the row stays, and its author may not write it again. One that is down
 * already stays as it is, with its first reason.
 *
 * @throws Refusal UNAUTHENTICATED | FORBIDDEN without review.archive | INVALID_INPUT for a reason that is empty or too
 * long | NOT_FOUND | CONFLICT (its author took it back before: there is nothing to take down)
 */
export async function archiveReview(
  app: Pick<App, "db" | "clock">,
  actor: Actor,
  id: string,
  reasonGiven: string,
): Promise<ReviewId> {
  requireRight(actor, "review.archive");
  const reason = requireReason(reasonGiven);
  const now = app.clock.now();
  return inTransaction(app.db, async (tx) => {
    const before = await lockReview(tx, id, null);
    if (before.isArchived) return before.id;
    if (!before.isActive) throw new Refusal("CONFLICT", "Its author has taken this review back");
    await tx.sql(
      `update reviews set is_archived = true, archived_by = $2, archived_at = $3, archive_reason = $4, updated_at = $3
        where id = $1`,
      [before.id, actor.userId, now, reason],
    );
    await countReview(tx, before.productId, before, null);
    await recordAudit(tx, now, actor, {
      permission: "review.archive",
      entity: "review",
      entityId: before.id,
      before,
      after: { ...before, isArchived: true },
      reason,
    });
    return before.id;
  });
}
