import type { Tx } from "../../platform/db.ts";
import type { OrderId, ProductId } from "../kernel/ids.ts";

export interface Released {
  readonly productId: ProductId;
  readonly quantity: number;
}

/** What items of the orders $1 hold: what they reserved, but for what a refund put on the shelf again. */
export const HELD = `
  select i.id, i.product_id, i.product_name, -m.quantity - back.quantity as quantity
    from order_items i
    join stock_movements m on m.order_item_id = i.id and m.kind = 'RESERVE'
   cross join lateral (select coalesce(sum(b.quantity), 0)::integer as quantity from stock_movements b
                        where b.order_item_id = i.id and b.kind = 'RESTOCK') back
   where i.order_id = any($1::uuid[]) and -m.quantity > back.quantity`;

/**
 * Puts what these orders reserved back on the shelves, but for what a refund put there before, and says what that was.
 * A second run is harmless: an item has at most one RELEASE movement (unique index), and the stock is raised only by
 * movements that this statement inserted.
 *
 * The caller holds the orders' locks. Product rows are locked in the order of their ids: the movements are made out of
 * the rows of `shelf`, so no movement is there before its product is locked.
 */
export async function releaseStock(tx: Tx, now: Date, orderIds: readonly OrderId[]): Promise<Released[]> {
  return tx.sql<Released>(
    `with reserved as materialized (${HELD}
     ), shelf as materialized (
       select p.id from products p where p.id in (select product_id from reserved) order by p.id for no key update
     ), released as (
       insert into stock_movements (product_id, order_item_id, kind, quantity, at)
       select r.product_id, r.id, 'RELEASE', r.quantity, $2 from shelf s join reserved r on r.product_id = s.id
       on conflict (order_item_id, kind) where kind in ('RESERVE', 'RELEASE') do nothing
       returning product_id, quantity
     ), given_back as (
       select product_id, sum(quantity)::integer as quantity from released group by product_id
     )
     update products p set stock = p.stock + g.quantity, updated_at = $2
       from given_back g where p.id = g.product_id
     returning p.id as product_id, g.quantity`,
    [orderIds, now],
  );
}
