import type { Tx } from "../../platform/db.ts";
import type { UserId } from "../kernel/ids.ts";
import type { Line } from "./stock.rules.ts";

/**
 * Takes everything out of a user's cart, and says what that was, by product id: a checkout holds it against what it
 * sells. The cart's row is locked until the transaction ends, so nothing is put in meanwhile. A second run takes out
 * nothing.
 */
export async function emptyCart(tx: Tx, userId: UserId, now: Date): Promise<Line[]> {
  // Two statements: the second sees what was put in while the first waited for the lock.
  const [cart] = await tx.sql<{ id: string }>("update carts set updated_at = $2 where user_id = $1 returning id", [
    userId,
    now,
  ]);
  if (!cart) return [];
  return tx.sql<Line>(
    `with taken as (delete from cart_items where cart_id = $1 returning product_id, quantity)
     select product_id, quantity from taken order by product_id`,
    [cart.id],
  );
}
