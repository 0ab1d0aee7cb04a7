import type { Tx } from "../../platform/db.ts";
import { invalidInput } from "../kernel/errors.ts";
import type { ProductId, ReviewId, UserId } from "../kernel/ids.ts";
import type { Likeness } from "./review.rules.ts";

/** The review that is about to be written. */
export interface Writing {
  readonly userId: UserId;
  readonly productId: ProductId;
  readonly likeness: Likeness;
  /** The review that is changed; null: a new one. */
  readonly reviewId: ReviewId | null;
}

/**
 * One author does not say the same of thing after thing, nor several the same long text of one. What was taken back
 * counts, too, since it is how the same text comes again and again. Of two who write the same at once, the second waits
 * for the first, and sees it.
 *
 * @throws Refusal INVALID_INPUT
 */
export async function requireUnlike(tx: Tx, { userId, productId, likeness, reviewId }: Writing): Promise<void> {
  const { key, ownMax, isCopied } = likeness;
  if (key === null) return;
  // What only its own author may not repeat holds up nobody else who writes the same.
  const lock = isCopied ? `review ${key}` : `review ${userId} ${key}`;
  await tx.sql("select pg_advisory_xact_lock(hashtextextended($1, 0))", [lock]);
  const [found] = await tx.sql<{ own: number; others: number }>(
    `select (select count(distinct product_id) from reviews
              where user_id = $2 and likeness = $1 and product_id <> $3
                and id is distinct from $4::uuid)::integer as own,
            (select count(*) from (
               select from reviews
                where $5 and product_id = $3 and likeness = $1 and user_id <> $2 limit 1) copied)::integer as others`,
    [key, userId, productId, reviewId, isCopied],
  );
  const { own = 0, others = 0 } = found ?? {};
  if (own > ownMax || others > 0)
    throw invalidInput({ comment: "words of your own: the same text stands in another review" });
}
