import type { Tx } from "../../platform/db.ts";
import { invalidInput } from "../kernel/errors.ts";
import type { ProductId, ReviewId, UserId } from "../kernel/ids.ts";

/** The review that is about to be written. */
export interface Writing {
  readonly userId: UserId;
  readonly productId: ProductId;
  /** null: the text is too short to be known again. */
  readonly likeness: string | null;
  /** The review that is changed; null: a new one. */
  readonly reviewId: ReviewId | null;
}

/**
 * The same long text does not stand twice: not by one author on several products, nor by several on one. What was taken
 * back counts, too, since it is how the same text comes again and again.
 *
 * @throws Refusal INVALID_INPUT
 */
export async function requireUnlike(tx: Tx, { userId, productId, likeness, reviewId }: Writing): Promise<void> {
  if (likeness === null) return;
  const [twin] = await tx.sql<{ id: string }>(
    `select id from reviews
      where likeness = $1 and (user_id = $2 or product_id = $3) and not (user_id = $2 and product_id = $3)
        and id is distinct from $4::uuid limit 1`,
    [likeness, userId, productId, reviewId],
  );
  if (twin) throw invalidInput({ comment: "words of your own: the same text stands in another review" });
}
