import type { Tx } from "../../platform/db.ts";
import type { ProductId } from "../kernel/ids.ts";

/** What a review counts for while it lives. */
export interface Counted {
  readonly rating: number | null;
}

/**
 * Moves a product's sums from what a review counted to what it counts now; null: it does not live. The review's own row
 * is written or locked before, so that each of its steps is counted once, and the sums are added to, never set.
 */
export async function countReview(
  tx: Tx,
  productId: ProductId,
  before: Counted | null,
  after: Counted | null,
): Promise<void> {
  const rated = (counted: Counted | null) => (counted !== null && counted.rating !== null ? 1 : 0);
  await tx.sql(
    `update products set rating_sum = rating_sum + $2, rating_count = rating_count + $3,
            review_count = review_count + $4 where id = $1`,
    [
      productId,
      (after?.rating ?? 0) - (before?.rating ?? 0),
      rated(after) - rated(before),
      (after ? 1 : 0) - (before ? 1 : 0),
    ],
  );
}
