import { inTransaction } from "../../platform/db.ts";
import type { App } from "../app.ts";
import type { Id } from "../kernel/ids.ts";
import { killPoint } from "../kernel/killPoint.ts";
import { later } from "../kernel/time.ts";
import { send } from "../messages.ts";
import { logCart } from "./logCart.ts";

const BATCH = 200; // carts of one transaction: people who come back meanwhile wait for milliseconds

// A closed account is reminded of nothing, and staff shops like anybody.
const MARK = `
  with left_behind as (
    select id, user_id from carts
     where started_at is not null and abandoned_at is null and updated_at < $1
     order by updated_at limit ${BATCH} for update skip locked)
  update carts c set abandoned_at = $2::timestamptz,
         reminded_at = case when u.marketing_consent and u.is_active then $2::timestamptz end
    from left_behind l join users u on u.id = l.user_id
   where c.id = l.id
  returning c.id, c.reminded_at is not null as is_reminded`;

interface Marked {
  readonly id: Id<"cart">;
  readonly isReminded: boolean;
}

async function markBatch(app: Pick<App, "db" | "clock" | "settings">): Promise<number> {
  const count = await inTransaction(app.db, async (tx) => {
    const now = app.clock.now();
    const marked = await tx.sql<Marked>(MARK, [later(now, -app.settings.cartAbandonedAfterMs), now]);
    const reminded = marked.filter(({ isReminded }) => isReminded).map(({ id }) => id);
    await logCart(
      tx,
      now,
      "ABANDONED",
      marked.map(({ id }) => id),
    );
    for (const cartId of reminded) await send(tx, now, "cart.abandoned", { cartId, at: now.toISOString() });
    killPoint("cart.marked");
    return marked.length;
  });
  if (count > 0) killPoint("cart.abandoned");
  return count;
}

/** Batches of one round; what is left waits for the next. */
const BATCHES_MAX = 50;

/**
 * Marks the carts that hold something and were not touched for CART_ABANDONED_AFTER, each once until it is emptied and
 * begun anew; owners who have agreed to mails are reminded by a message, which counts what it writes. Carts hold no
 * stock, so nothing is given back. Harmless beside another worker that does the same: a cart is claimed by its row, and
 * marked once.
 */
export async function markAbandonedCarts(app: Pick<App, "db" | "clock" | "settings">): Promise<void> {
  for (let batch = 0; batch < BATCHES_MAX; batch += 1) if ((await markBatch(app)) < BATCH) return;
}
