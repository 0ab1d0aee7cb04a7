import type { Tx } from "../../platform/db.ts";
import { Refusal } from "../kernel/errors.ts";
import type { OrderItemId, ProductId, UserId } from "../kernel/ids.ts";
import { STANDS_ON } from "./review.queries.ts";

/**
 * The oldest purchase that gives this customer the right to speak of this product: COMPLETED, and not paid back in
 * full. Its order is held until the commit, so that neither a refund nor a second status passes this by.
 *
 * @throws Refusal REVIEW_NOT_ALLOWED where there is none
 */
export async function lockGround(tx: Tx, userId: UserId, productId: ProductId): Promise<OrderItemId> {
  const [item] = await tx.sql<{ id: OrderItemId }>(
    `select i.id from orders o join order_items i on i.order_id = o.id
      where o.user_id = $1 and i.product_id = $2 and ${STANDS_ON}
      order by o.created_at, o.id, i.id limit 1 for share of o`,
    [userId, productId],
  );
  if (!item) throw new Refusal("REVIEW_NOT_ALLOWED", "Only who bought this product and has it may review it");
  return item.id;
}
