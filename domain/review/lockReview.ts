import type { Tx } from "../../platform/db.ts";
import { Refusal } from "../kernel/errors.ts";
import { isId, type OrderItemId, type ProductId, type ReviewId, type UserId } from "../kernel/ids.ts";

/** What its steps need of a review. */
export interface LockedReview {
  readonly id: ReviewId;
  readonly productId: ProductId;
  readonly userId: UserId;
  readonly orderItemId: OrderItemId;
  readonly rating: number | null;
  readonly comment: string;
  readonly isActive: boolean;
  readonly isArchived: boolean;
}

/** @throws Refusal NOT_FOUND where there is none, or where it is not this author's; null: anybody's */
export async function lockReview(tx: Tx, id: string, authorId: UserId | null): Promise<LockedReview> {
  const [review] = isId(id)
    ? await tx.sql<LockedReview>(
        `select id, product_id, user_id, order_item_id, rating, comment, is_active, is_archived
           from reviews where id = $1 for update`,
        [id],
      )
    : [];
  if (!review || (authorId !== null && review.userId !== authorId))
    throw new Refusal("NOT_FOUND", "There is no such review");
  return review;
}
