import type { Tx } from "../../platform/db.ts";
import type { OrderId } from "../kernel/ids.ts";

/**
 * Puts the goods of an order that came back on the shelves again. A second run is harmless: pieces that were put there
 * before, by this, a refund or the order's cancel, are left out, and the caller holds the order's lock. Product rows
 * are locked by their ids, in order.
 */
export async function restock(tx: Tx, now: Date, orderId: OrderId, reason: string): Promise<void> {
  await tx.sql(
    `with came_back as materialized (
       select i.id, i.product_id, (i.quantity - coalesce(sum(m.quantity), 0))::integer as quantity
         from order_items i left join stock_movements m on m.order_item_id = i.id and m.kind in ('RESTOCK', 'RELEASE')
        where i.order_id = $1 group by i.id having i.quantity > coalesce(sum(m.quantity), 0)
     ), shelf as materialized (
       select p.id from products p where p.id in (select product_id from came_back) order by p.id for no key update
     ), restocked as (
       insert into stock_movements (product_id, order_item_id, kind, quantity, reason, at)
       select c.product_id, c.id, 'RESTOCK', c.quantity, $3, $2 from shelf s join came_back c on c.product_id = s.id
       returning product_id, quantity
     ), given_back as (
       select product_id, sum(quantity)::integer as quantity from restocked group by product_id
     )
     update products p set stock = p.stock + g.quantity, updated_at = $2
       from given_back g where p.id = g.product_id`,
    [orderId, now, reason],
  );
}
