import type { Tx } from "../../platform/db.ts";
import type { RefundId } from "../kernel/ids.ts";

/**
 * Puts the pieces of a refund that are to be sold again back on the shelves. A second run is harmless: an item has one
 * RESTOCK movement a refund (unique index), and the stock is raised only by movements that this statement inserted. The
 * caller holds the order's lock and has looked how many pieces are still out. Product rows are locked in the order of
 * their ids, as in releaseStock.
 */
export async function restockRefunded(tx: Tx, now: Date, refundId: RefundId, reason: string): Promise<void> {
  await tx.sql(
    `with came_back as materialized (
       select r.order_item_id, r.quantity, i.product_id
         from refund_items r join order_items i on i.id = r.order_item_id where r.refund_id = $1 and r.restock
     ), shelf as materialized (
       select p.id from products p where p.id in (select product_id from came_back) order by p.id for no key update
     ), restocked as (
       insert into stock_movements (product_id, order_item_id, kind, quantity, reason, refund_id, at)
       select c.product_id, c.order_item_id, 'RESTOCK', c.quantity, $3, $1, $2
         from shelf s join came_back c on c.product_id = s.id
       on conflict (refund_id, order_item_id) where refund_id is not null do nothing
       returning product_id, quantity
     ), given_back as (
       select product_id, sum(quantity)::integer as quantity from restocked group by product_id
     )
     update products p set stock = p.stock + g.quantity, updated_at = $2
       from given_back g where p.id = g.product_id`,
    [refundId, now, reason],
  );
}
