import { inTransaction, type Tx } from "../../platform/db.ts";
import type { App } from "../app.ts";
import { requireRight } from "../identity/rights.access.ts";
import type { Actor } from "../kernel/actor.ts";
import { Refusal } from "../kernel/errors.ts";
import { isId, type OrderItemId, type ProductId, type ReviewId, type UserId } from "../kernel/ids.ts";
import { countReview } from "./countReview.ts";
import { lockGround } from "./lockGround.ts";
import { requireUnlike } from "./requireUnlike.ts";
import { likenessOf, type Opinion, requireOpinion } from "./review.rules.ts";

export interface ReviewInput {
  readonly productId: string;
  readonly rating?: number | null;
  readonly comment: string;
}

async function requireProduct(app: Pick<App, "db">, id: string): Promise<ProductId> {
  const [product] = isId(id) ? await app.db.sql<{ id: ProductId }>("select id from products where id = $1", [id]) : [];
  if (!product) throw new Refusal("NOT_FOUND", "There is no such product");
  return product.id;
}

/** Why the place of this author's review is taken. @throws Refusal ALREADY_REVIEWED | REVIEW_NOT_ALLOWED */
async function refuseSecond(tx: Tx, userId: UserId, productId: ProductId): Promise<never> {
  const [first] = await tx.sql<{ id: ReviewId; isArchived: boolean }>(
    `select id, is_archived from reviews where user_id = $1 and product_id = $2 and (is_active or is_archived)`,
    [userId, productId],
  );
  if (first?.isArchived) throw new Refusal("REVIEW_NOT_ALLOWED", "The shop took your review of this product down");
  throw new Refusal("ALREADY_REVIEWED", "You have reviewed this product", first ? { reviewId: first.id } : {});
}

interface NewReview extends Opinion {
  readonly id: ReviewId;
  readonly productId: ProductId;
  readonly userId: UserId;
  readonly orderItemId: OrderItemId;
  readonly likeness: string | null;
  readonly now: Date;
}

/** False: the author's place for this product is taken. A twin under way is waited for. */
async function insertReview(tx: Tx, review: NewReview): Promise<boolean> {
  const { id, productId, userId, orderItemId, rating, comment, likeness, now } = review;
  const rows = await tx.sql(
    `insert into reviews (id, product_id, user_id, order_item_id, rating, comment, likeness, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
     on conflict (user_id, product_id) where is_active or is_archived do nothing returning id`,
    [id, productId, userId, orderItemId, rating, comment, likeness, now],
  );
  return rows.length === 1;
}

/**
 * A buyer's word on a product. One that lives a customer and product: sent twice, the second is told which one stands,
 * and nothing changes.
 *
 * @throws Refusal UNAUTHENTICATED | FORBIDDEN | INVALID_INPUT (length, links, repeats, rating) | NOT_FOUND (no such
 * product) | REVIEW_NOT_ALLOWED (no COMPLETED purchase that was not paid back; or staff took this author's review of it
 * down) | ALREADY_REVIEWED (details.reviewId)
 */
export async function createReview(
  app: Pick<App, "db" | "clock" | "ids">,
  actor: Actor,
  input: ReviewInput,
): Promise<ReviewId> {
  requireRight(actor, "own.reviews");
  const opinion = requireOpinion({ rating: input.rating ?? null, comment: input.comment });
  const [userId, likeness] = [actor.userId as UserId, likenessOf(opinion.comment)];
  const productId = await requireProduct(app, input.productId);
  const [id, now] = [app.ids.next<"review">(), app.clock.now()];
  await inTransaction(app.db, async (tx) => {
    const orderItemId = await lockGround(tx, userId, productId);
    await requireUnlike(tx, { userId, productId, likeness, reviewId: null });
    const isNew = await insertReview(tx, {
      id,
      productId,
      userId,
      orderItemId,
      likeness: likeness.key,
      now,
      ...opinion,
    });
    if (!isNew) await refuseSecond(tx, userId, productId);
    await countReview(tx, productId, null, opinion);
  });
  return id;
}
