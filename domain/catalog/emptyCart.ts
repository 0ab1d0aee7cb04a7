import type { Tx } from "../../platform/db.ts";
import type { Id, UserId } from "../kernel/ids.ts";
import { logCart } from "./logCart.ts";
import type { Line } from "./stock.rules.ts";

/**
 * Takes everything out of a user's cart, and says what that was, by product id: a checkout holds it against what it
 * sells. The cart's row is locked until the transaction ends, so nothing is put in meanwhile. A second run takes out
 * nothing.
 *
 * @param why `ordered`: a cart that had been left is recovered by that, and counted
 */
export async function emptyCart(tx: Tx, userId: UserId, now: Date, why: "ordered" | "cleared"): Promise<Line[]> {
  // Two statements: the second sees what was put in while the first waited for the lock.
  const [cart] = await tx.sql<{ id: Id<"cart">; abandonedAt: Date | null }>(
    `update carts set updated_at = $2, started_at = null, emptied_at = null,
                      counted_at = case when $3::boolean then null else counted_at end
      where user_id = $1 returning id, abandoned_at`,
    [userId, now, why === "ordered"],
  );
  if (!cart) return [];
  const lines = await tx.sql<Line>(
    `with taken as (delete from cart_items where cart_id = $1 returning product_id, quantity)
     select product_id, quantity from taken order by product_id`,
    [cart.id],
  );
  if (why === "ordered" && cart.abandonedAt && lines.length > 0) await logCart(tx, now, "RECOVERED", [cart.id]);
  return lines;
}
