import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import { isId, type OrderItemId, type ProductId, type ReviewId, type UserId } from "../kernel/ids.ts";
import { countReview } from "./countReview.ts";
import { lockGround } from "./lockGround.ts";
import { type LockedReview, lockReview } from "./lockReview.ts";
import { requireUnlike } from "./requireUnlike.ts";
import { likenessOf, type Opinion, requireOpinion } from "./review.rules.ts";

export interface ReviewUpdateInput {
  /** Left out: as it is; null: none any more. */
  readonly rating?: number | null;
  /** Left out or null: as it is. */
  readonly comment?: string | null;
}

/** Orders are locked before what hangs from them: so the product is looked up first, and the review locked last. */
async function productOf(tx: Tx, id: string, userId: UserId): Promise<ProductId> {
  const [row] = isId(id)
    ? await tx.sql<{ productId: ProductId }>("select product_id from reviews where id = $1 and user_id = $2", [
        id,
        userId,
      ])
    : [];
  if (!row) throw new Refusal("NOT_FOUND", "There is no such review");
  return row.productId;
}

async function writeOpinion(
  tx: Tx,
  now: Date,
  review: LockedReview,
  next: Opinion & { readonly orderItemId: OrderItemId },
): Promise<void> {
  const likeness = likenessOf(next.comment);
  const { id, userId, productId } = review;
  if (next.comment !== review.comment) await requireUnlike(tx, { userId, productId, likeness, reviewId: id });
  await tx.sql(
    `update reviews set rating = $2, comment = $3, likeness = $4, order_item_id = $5, updated_at = $6 where id = $1`,
    [id, next.rating, next.comment, likeness.key, next.orderItemId, now],
  );
  await countReview(tx, productId, review, next);
}

/**
 * An author changes what he said, while he still has the right to say it. Sent twice, the second changes nothing.
 *
 * @throws Refusal UNAUTHENTICATED | FORBIDDEN | INVALID_INPUT | NOT_FOUND (another's, or taken back) |
 * REVIEW_NOT_ALLOWED (staff took it down, or the purchase was paid back)
 */
export async function updateReview(
  app: Pick<App, "db" | "clock">,
  actor: Actor,
  id: string,
  input: ReviewUpdateInput,
): Promise<ReviewId> {
  requireRight(actor, "own.reviews");
  const userId = actor.userId as UserId;
  const now = app.clock.now();
  return inTransaction(app.db, async (tx) => {
    const productId = await productOf(tx, id, userId);
    const orderItemId = await lockGround(tx, userId, productId);
    const review = await lockReview(tx, id, userId);
    if (review.isArchived) throw new Refusal("REVIEW_NOT_ALLOWED", "The shop took this review down");
    if (!review.isActive) throw new Refusal("NOT_FOUND", "There is no such review");
    const rating = input.rating === undefined ? review.rating : input.rating;
    const opinion = requireOpinion({ rating, comment: input.comment ?? review.comment });
    const isSame = opinion.rating === review.rating && opinion.comment === review.comment;
    if (!isSame) await writeOpinion(tx, now, review, { ...opinion, orderItemId });
    return review.id;
  });
}
